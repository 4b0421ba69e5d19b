"""Messages: post, list, delete.

Facts:
  * There is no idempotency key and no client id: a repeated post is a second message (SUN-MSG-20).
    `received` is the server's (SUN-MSG-21). Unknown keys and `source` are ignored (Q-04, SUN-MSG-14).
  * 30,000 messages a conversation, then 423 (SUN-CON-12).
  * `destination` is for business authors in personal conversations; type `none` makes a silent message
    (SUN-MSG-17).
  * A deleted message is gone or leaves a placeholder (SUN-MSG-19, a switch); its file goes, too, if it was
    uploaded for a message.
"""

from simulator.sunshine import content, errors, metadata, views
from simulator.sunshine.call import Call, Route, given, thing
from simulator.sunshine.paging import backwards, place
from simulator.sunshine.quirks import scrambled
from simulator.sunshine.records import Conversation, Message
from simulator.sunshine.state import World
from simulator.web import Json, Response, json_response

MOST = 30_000
KNOWN = ("author", "content", "destination", "metadata", "override", "schema")


def post(call: Call) -> Response:
    conversation, body, world = call.conversation(), call.only(call.body, KNOWN), call.world
    if len(conversation.messages) >= MOST:
        raise errors.Refused(errors.FULL)
    author = content.author(world, conversation, given(body, "author"))
    said = content.checked(world, conversation, given(body, "content"))
    message = Message(scrambled(world) or world.new_id(), world.now(), author, said)
    message.silent = _silent(conversation, author, body)
    if body.get("metadata") is not None:
        message.metadata = metadata.checked(body["metadata"], world.switches.metadata_units)
    call.workspace.say(conversation, message)
    return json_response({"messages": [views.message(message)]}, 201)


def _silent(conversation: Conversation, author: Json, body: Json) -> bool:
    if body.get("destination") is None:
        return False
    if author["type"] != "business" or conversation.type != "personal":
        raise errors.bad("destination is only supported for business messages in personal conversations")
    destination = thing(body, "destination")
    if len({"integrationId", "integrationType"} & set(destination)) != 1:
        raise errors.bad("destination should have exactly one of integrationId, integrationType")
    return destination.get("integrationType") == "none"


def list_messages(call: Call) -> Response:
    found = call.world.conversations.get(call.request.params["conversation"])
    if found is None:
        raise errors.Refused(errors.RESOURCE)
    page, rest = backwards(call, found.messages)
    return json_response({"messages": [views.message(each) for each in page], **rest})


def delete(call: Call) -> Response:
    conversation, wanted = call.conversation(), call.request.params["message"]
    number = place(conversation.messages, wanted)
    if number is None or conversation.messages[number].deleted:
        raise errors.Refused(errors.RESOURCE)
    _forget(call.world, conversation.messages[number])
    if call.world.switches.deleted_messages == "gone":
        del conversation.messages[number]
    return json_response({})


def delete_all(call: Call) -> Response:
    conversation = call.conversation()
    for message in conversation.messages:
        _forget(call.world, message)
    if call.world.switches.deleted_messages == "gone":
        conversation.messages.clear()
    return json_response({})


def _forget(world: World, message: Message) -> None:
    """What was said is no longer to be had; a file uploaded for it goes with it."""
    held = world.attachment_at(message.content.get("mediaUrl"))
    if held is not None and held.for_message:
        world.attachments.pop(held.id, None)
    message.deleted, message.content, message.metadata = True, {"type": "text", "text": ""}, None


_ALL = "/conversations/<conversation>/messages"
ROUTES = (
    Route("POST", _ALL, "PostMessage", post),
    Route("GET", _ALL, "ListMessages", list_messages),
    Route("DELETE", _ALL, "DeleteAllMessages", delete_all),
    Route("DELETE", f"{_ALL}/<message>", "DeleteMessage", delete),
)
