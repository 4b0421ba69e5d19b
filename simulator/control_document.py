"""The OpenAPI document of the control surface, made from the routes and one table of words.

A field is written `name:type`, with `?` behind the name if it may be absent. A call that is not in the table
is described by its operation's name.
"""

import re
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """What a call does, takes and answers."""

    summary: str
    body: str = ""
    answer: str = ""
    query: str = ""
    status: int = 200


NUMBER = (
    "kind?:string registration?:string sms?:boolean mms?:boolean sms_url?:string sms_fallback_url?:string"
)
ZENDESK = (
    "multi_conversations?:boolean default_responder?:string index_lag?:number private_attachments?:boolean "
    "key_scope?:string webhook_registered?:boolean"
)
SCRIPT = (
    "rules?:array otherwise?:string mode?:string envelope?:string delay?:number fails?:integer topics?:array "
    "echo?:boolean rate_limit?:integer level?:integer triggers?:array autopilot_off?:array assist?:boolean "
    "no_assist_topics?:array unhelpful?:array overlap?:string idle_seconds?:number data?:string"
)
VIEW = (
    "id:string user:object metadata:object tags:array control?:string ended:boolean tickets:array "
    "ticket?:object messages:array"
)
CHAT = "/conversations/{id}"

TABLE = {
    "POST /reset": Words("Forget everything.", answer="now:number"),
    "GET /clock": Words("Simulated time, in Unix seconds.", answer="now:number"),
    "POST /clock": Words("Move simulated time forward.", "advance:number", "now:number"),
    "POST /faults": Words(
        "Plant a fault: which system, which operation (all if absent), how many calls, which facts.",
        "system:string operation?:string fault:string count?:integer match?:object",
        "id:integer system:string operation:string fault:string count:integer match:object",
        status=201,
    ),
    "GET /faults": Words("Faults that are not used up.", answer="faults:array"),
    "DELETE /faults": Words("Forget all planted faults.", answer="faults:array"),
    "DELETE /faults/{id}": Words("Take one planted fault back.", answer="faults:array"),
    "POST /faults/release": Words(
        "Let go of webhooks that a fault holds, of all systems or of one.",
        "system?:string",
        "released:integer",
    ),
    "GET /ledger": Words(
        "Entries above `after`, waiting up to `wait` seconds for the first.",
        answer="entries:array next:integer",
        query="after?:integer wait?:number",
    ),
    "GET /env": Words("The BRIDGE_… variables.", query="bridge?:string format?:string"),
    "GET /idle": Words("Whether nothing is due or running.", answer="idle:boolean"),
    "GET /doors": Words("Where the bridge takes webhooks in.", answer="bridge:string doors:object"),
    "GET /systems": Words(
        "Systems, their calls and webhooks, and the words for faults.",
        answer="systems:array words:string quirks:array",
    ),
    "GET /line": Words("How the line to the bridge is bent, if it is.", answer="bend:string bends:array"),
    "PUT /line": Words(
        "Bend the line, so that any bridge is wrong; an empty name lays it straight. It outlives a reset.",
        "bend:string",
        "bend:string bends:array",
    ),
    "GET /openapi.json": Words("This document."),
    "POST /phones/{phone}/texts": Words(
        "The customer texts one of our numbers.",
        "to:string text:string media?:array source_id?:string",
        "sid:string",
        status=201,
    ),
    "GET /phones/{phone}/messages": Words("What the phone's screen shows.", answer="messages:array"),
    "GET /numbers": Words("Our numbers.", answer="numbers:array"),
    "PUT /numbers/{number}": Words("Class, registration and abilities of a number.", NUMBER, NUMBER),
    "DELETE /numbers/{number}": Words("We no longer own the number.", status=204),
    "POST /twilio/outcomes": Words(
        "The fate of the next messages.",
        "to?:string number?:string containing?:string statuses?:array error_code?:integer refused?:integer "
        "delay?:number count?:integer",
        status=201,
    ),
    "GET /twilio": Words("How the carrier and our account there behave."),
    "PUT /twilio": Words(
        "Switch that: rates, concurrency, trial, suspended, closed regions, signing key and more.",
        "rates?:boolean queue_seconds?:number concurrency?:integer call_seconds?:number daily_cap?:integer "
        "trial?:boolean verified?:array unconfirmed?:array suspended?:boolean balance?:string "
        "closed_regions?:array review_seconds?:number attach_seconds?:number media_redirect?:integer "
        "media_seconds?:number geography?:string graphemes?:boolean opt_out_words?:string "
        "late_opt_out?:boolean signing_key?:string signing_secret?:string signing_algorithm?:string",
    ),
    "POST /twilio/reviews": Words(
        "Through which states the next brand, campaign or verification moves, and what is wrong with it.",
        "resource:string statuses?:array errors?:array delay?:number",
        status=201,
    ),
    "PUT /twilio/registrations/{sid}": Words(
        "Move a brand, campaign or verification to a state now.", "status:string errors?:array"
    ),
    "PUT /twilio/services/{sid}/opt-out": Words(
        "Advanced Opt-Out of a Messaging Service; an empty object ends it.",
        "words?:object answers?:object languages?:object",
    ),
    "PUT /twilio/phones/{phone}": Words(
        "What is the matter with a phone: off, blocking, unknown, landline, congested, no pictures.",
        "line?:string deactivated?:boolean",
    ),
    "POST /twilio/release": Words("Let go of the carrier's held webhooks.", answer="released:integer"),
    "GET /conversations": Words("Live chats as the agent sees them.", answer="conversations:array"),
    f"GET {CHAT}": Words("One live chat as the agent sees it.", answer=VIEW),
    f"POST {CHAT}/replies": Words(
        "The agent replies, sends a file or what SMS cannot show (a form, a carousel), or writes a note.",
        "text?:string file?:object content?:object note?:boolean agent?:string",
        status=201,
    ),
    f"POST {CHAT}/solve": Words("The agent solves the ticket."),
    f"POST {CHAT}/close": Words("The ticket closes."),
    f"POST {CHAT}/end": Words("The agent ends the messaging session."),
    f"POST {CHAT}/delete": Words("An administrator deletes the conversation for good."),
    f"POST {CHAT}/typing": Words("The agent is typing."),
    f"POST {CHAT}/read": Words("The agent has read the conversation."),
    f"POST {CHAT}/customer/postback": Words(
        "The customer presses a button.", "payload:string metadata?:object"
    ),
    f"POST {CHAT}/customer/referral": Words(
        "A link leads the customer there.", "code:string details?:object"
    ),
    f"POST {CHAT}/customer/read": Words("The customer's channel tells that they have read."),
    f"POST {CHAT}/customer/typing": Words("The customer is typing, or has stopped.", "stop?:boolean"),
    f"POST {CHAT}/customer/passthrough": Words("A channel forwards something as it is."),
    "POST /sunshine/users/{user}/login": Words(
        "The user logs in with an SDK, on a new device.",
        "type?:string",
        "client:string device:string",
        status=201,
    ),
    "POST /sunshine/users/{user}/locale": Words("The user's language was detected.", "locale:string"),
    **{
        f"POST /sunshine/users/{{user}}/clients/{{client}}/{did}": Words(summary)
        for did, summary in {
            "confirm": "The user confirms the link.",
            "match": "The channel found the user that the link is for.",
            "block": "The user blocks the app on this channel.",
            "unblock": "The user lets the app in again.",
            "cancel": "The user declines the link.",
            "fail": "The channel refuses the link.",
            "logout": "The user logs out of the SDK.",
            "theft": "Another user takes the client over.",
        }.items()
    },
    f"POST {CHAT}/status": Words("The agent sets the ticket's status.", "status:string agent?:string"),
    f"POST {CHAT}/tags": Words(
        "The agent adds tags to the ticket and takes tags away.",
        "add?:array remove?:array agent?:string",
        "tags:array",
    ),
    f"POST {CHAT}/ticket": Words(
        "The agent edits the ticket: priority, assignee by name, group, custom fields.",
        "priority?:string assignee?:string group_id?:integer fields?:object agent?:string",
    ),
    f"POST {CHAT}/transfer-to-email": Words("The agent goes on by e-mail; the messaging session ends."),
    f"POST {CHAT}/reopen": Words("The ticket is opened again."),
    f"POST {CHAT}/trigger-line": Words("A trigger writes a line.", "text:string"),
    "POST /support/users": Words(
        "Add a Support user.",
        "name:string phone?:string email?:string external_id?:string role?:string",
        "id:integer name:string",
        status=201,
    ),
    "GET /support/users": Words("Support users and their identities.", answer="users:array"),
    "PUT /support/users/{user}": Words(
        "An agent changes a Support user.",
        "name?:string phone?:string email?:string external_id?:string role?:string tags?:array",
        "id:integer name:string",
    ),
    "DELETE /support/users/{user}": Words("An agent deletes a Support user.", answer="id:integer"),
    "POST /support/users/{user}/merge": Words(
        "An agent merges this user into another, who stays.", "into:integer", "id:integer name:string"
    ),
    "GET /support/tickets": Words("Every ticket with tags and fields.", answer="tickets:array"),
    "POST /support/ticket-fields": Words(
        "An administrator adds a custom field.",
        "title:string type:string",
        "id:integer title:string",
        status=201,
    ),
    "GET /zendesk": Words("Switches of the Zendesk account, all of them."),
    "PUT /zendesk": Words("Set switches of the Zendesk account; those not named stay.", ZENDESK),
    "PUT /assistant/script": Words("What the AI says and when it hands off.", SCRIPT, SCRIPT),
    "GET /assistant/script": Words("The AI's script.", answer=SCRIPT),
    "GET /assistant/sessions": Words("The AI's sessions with their history.", answer="sessions:array"),
    "POST /assistant/sessions/{id}/takeover": Words("A person takes the session from the AI."),
    "POST /assistant/sessions/{id}/close": Words(
        "Somebody closes the session: agent, contact, integration or system.", "by?:string status?:string"
    ),
    "POST /assistant/sessions/{id}/reopen": Words(
        "Somebody opens the session again: agent, ai, integration or system.", "by?:string"
    ),
    "POST /assistant/sessions/{id}/desk": Words(
        "A desk has an item for the session.", "external_id:string id_type?:string name?:string"
    ),
    "POST /assistant/sessions/{id}/comments": Words(
        "A comment in the desk, for which Assist may draft an answer.", "event:string text:string"
    ),
    "POST /assistant/sessions/{id}/webhooks": Words(
        "Send a documented webhook that nothing here causes.", "event:string data?:object"
    ),
    "PUT /assistant/keys/{key}": Words(
        "Make an API key with these scopes.", "scopes:array", "key:string scopes:array"
    ),
}


def shape(call: str) -> str:
    """A call whatever its parameters are called."""
    return re.sub(r"{\w+}", "{}", call)


_SHAPES = {shape(call): words for call, words in TABLE.items()}


def document(calls: list[tuple[str, str, str]], prefix: str) -> Json:
    """OpenAPI 3.1 for these calls."""
    paths: dict[str, Json] = {}
    for method, pattern, operation in sorted(calls, key=lambda call: call[1]):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern)
        words = _SHAPES.get(shape(f"{method} {path}"), Words(f"{operation}."))
        paths.setdefault(prefix + path, {})[method.lower()] = _operation(method, path, words)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Control surface of the simulators", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"Error": _schema("error:string fix:string")}},
    }


def _operation(method: str, path: str, words: Words) -> Json:
    error = {
        "description": "What is wrong and how to mend it.",
        "content": _json({"$ref": "#/components/schemas/Error"}),
    }
    answered: Json = {"description": "Done."}
    if words.status != 204:
        answered["content"] = _json(_schema(words.answer))
    operation: Json = {
        "operationId": re.sub(r"\W+", "_", f"{method.lower()}{path}").strip("_"),
        "summary": words.summary,
        "responses": {str(words.status): answered, "4XX": error},
    }
    if parameters := _parameters(path, words.query):
        operation["parameters"] = parameters
    if words.body:
        needed = any(required for _, _, required in _fields(words.body))
        operation["requestBody"] = {"required": needed, "content": _json(_schema(words.body))}
    return operation


def _parameters(path: str, query: str) -> list[Json]:
    within = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]
    behind = [
        {"name": name, "in": "query", "required": required, "schema": {"type": kind}}
        for name, kind, required in _fields(query)
    ]
    return within + behind


def _schema(words: str) -> Json:
    fields = _fields(words)
    schema: Json = {"type": "object", "properties": {name: {"type": kind} for name, kind, _ in fields}}
    if required := [name for name, _, is_required in fields if is_required]:
        schema["required"] = required
    return schema


def _fields(words: str) -> list[tuple[str, str, bool]]:
    split = (word.split(":") for word in words.split())
    return [(name.removesuffix("?"), kind, not name.endswith("?")) for name, kind in split]


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
