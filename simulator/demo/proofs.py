"""Every line of the documented page with the predicate that proves it on what was seen.

A proof that cannot find what it looks for does not hold; it never raises.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from simulator.demo.seen import Json, Reply, Seen, in_history, on_desk

A_COUPLE = 2.0  # seconds
LONGEST_PART = 160
LIVE = "sunshine_conversations_api"  # the channel of a ticket that is a live chat of ours (SUN-TKT-03)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it holds, and by what that is seen."""

    holds: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One statement of the page."""

    id: str
    says: str
    predicate: Callable[[Seen], Verdict]

    def judge(self, seen: Seen) -> Verdict:
        """The verdict; what is missing counts against it."""
        try:
            return self.predicate(seen)
        except (LookupError, TypeError, ArithmeticError) as missing:
            return Verdict(False, f"not seen ({type(missing).__name__}: {missing})")


def _through_sunshine(seen: Seen) -> Verdict:
    ticket, control = seen.chat["ticket"], seen.chat["control"]
    wanted = {"CreateConversation", "PassControl"}
    live = control == "zd-agentWorkspace" and ticket["via"] == LIVE and not seen.chat["ended"]
    calls = " → ".join(dict.fromkeys(seen.sunshine_calls))
    return Verdict(
        live and wanted <= set(seen.sunshine_calls),
        f"{calls}; ticket {ticket['id']} by {ticket['via']}, control with {control}",
    )


def _same_number(seen: Seen) -> Verdict:
    sent_from = seen.short.sms[0]["number"]
    return Verdict(sent_from == seen.short.asked, f"texted {seen.short.asked}, answered from {sent_from}")


def _nothing_gets_in(seen: Seen) -> Verdict:
    traces = ", ".join(seen.traces) or "nothing: no AI session, no chat, no answer"
    answered = bool(seen.welcome) and seen.welcome["number"] in seen.texted_in_vain
    return Verdict(
        len(seen.texted_in_vain) > 1 and not seen.traces and answered,
        f"texts to {' and '.join(seen.texted_in_vain)} left {traces}; "
        f"once connected: “{seen.welcome.get('text', '')}”",
    )


def _number_active(seen: Seen) -> Verdict:
    found = seen.findings[f"Number {seen.short.asked or seen.number['phone_number']}"]
    target = seen.number["sms_url"].partition("#")[0]
    able = seen.number["capabilities"]["sms"] and target == f"{seen.bridge}/webhooks/twilio/sms"
    return Verdict(
        able and found["ok"], f"the carrier lists {seen.number['phone_number']}; check: {found['detail']}"
    )


def _messaging_active(seen: Seen) -> Verdict:
    found = seen.findings["Sunshine app"]
    return Verdict(
        bool(found["ok"] and found["detail"] == "Active" and seen.app["id"]),
        f"app {seen.app['id']} answers; check: {found['detail']}",
    )


def _hands_off(seen: Seen) -> Verdict:
    kinds = [item["event"]["type"] for item in seen.history]
    asked = [words for who, words in seen.thread if who == "user"][-1]
    summary = seen.session["handoff"]["summary"]
    return Verdict("handoff" in kinds and bool(summary), f"“{asked}” → handed off: {summary}")


def _chat_and_reply(seen: Seen) -> Verdict:
    reply = seen.short
    status = reply.record["status"]
    return Verdict(
        bool(seen.chat["ticket"]) and len(reply.sms) == 1 and status == "delivered",
        f"ticket {seen.chat['ticket']['id']}; “{reply.sms[0]['text']}” on {reply.sms[0]['phone']}, {status}",
    )


def _tagged(seen: Seen) -> Verdict:
    return Verdict("opencx_channel_sms" in seen.chat["tags"], f"tags: {', '.join(seen.chat['tags'])}")


def _phone_attached(seen: Seen) -> Verdict:
    user = seen.chat["user"]
    return Verdict(
        bool(seen.phone) and user["phone"] == seen.phone,
        f"Sunshine user {user['id']} ({user['name']}): {user['phone']}",
    )


def _transcript(seen: Seen) -> Verdict:
    shown = on_desk(seen.chat)[: len(seen.thread)]
    last = shown[-1][1] if shown else ""
    return Verdict(
        len(shown) > 1 and shown == seen.thread,
        f"{len(shown)} of {len(seen.thread)} lines of the phone, in order; the last: “{last}”",
    )


def _session_leads_on(seen: Seen) -> Verdict:
    key = seen.chat["metadata"]["opencx_session_id"]
    whole = in_history(seen.history)
    return Verdict(
        bool(whole) and seen.session["id"] == key and whole == seen.thread,
        f"GET /opencx/chat/sessions/{key}: {len(whole)} messages, {seen.session['status']}",
    )


def _quick(seen: Seen) -> Verdict:
    return Verdict(
        0 <= seen.short.seconds < A_COUPLE, f"{seen.short.seconds:.2f} s from the desk to the handset"
    )


def _registration(seen: Seen) -> Verdict:
    number = seen.released.asked
    unregistered = (
        not seen.findings[f"Registration of {number}"]["ok"] and seen.findings["Sunshine app"]["ok"]
    )
    left = seen.released.record["status"] == "delivered"
    return Verdict(
        unregistered and not seen.held and not seen.held_calls and seen.told["silent"] and left,
        f"held: “{seen.told['text']}”; once registered: {seen.released.record['status']}",
    )


def _matched(seen: Seen) -> Verdict:
    user, other = seen.chat["user"], seen.email_chat["user"]
    by_phone = user["zendesk_id"] == str(seen.on_file["id"]) != str(seen.namesake["id"])
    requester = seen.chat["ticket"]["requester_id"] == seen.on_file["id"]
    by_email = other["zendesk_id"] == str(seen.by_email["id"])
    return Verdict(
        by_phone and requester and by_email,
        f"by phone: {_person(seen.on_file, user)}; not by her e-mail: {seen.namesake['name']}; "
        f"by e-mail without such a phone: {_person(seen.by_email, other)}",
    )


def _person(wanted: Json, user: Json) -> str:
    found = user["zendesk_id"]
    return f"{wanted['name']} ({wanted['id']})" + ("" if found == str(wanted["id"]) else f", found {found}")


def _one_logical(seen: Seen) -> Verdict:
    parts = _parts(seen.long)
    fits = max(len(part) for part in parts) <= LONGEST_PART
    whole = "".join(parts) == seen.long.sms[0]["text"] == seen.long.act["text"]
    once = len(seen.long.sms) == len(seen.long.lines) == 1
    sizes = ", ".join(str(len(part)) for part in parts)
    return Verdict(
        len(parts) > 1 and fits and whole and once,
        f"{len(seen.long.act['text'])} characters: {len(seen.long.lines)} message on the desk, "
        f"{len(seen.long.sms)} on the phone, {len(parts)} parts of {sizes}",
    )


def _parts(reply: Reply) -> list[str]:
    parts: list[str] = reply.sms[0]["parts"]
    return parts


def _cost(seen: Seen) -> Verdict:
    short, long = seen.short.record, seen.long.record
    segments = int(long["num_segments"])
    each, whole = abs(Decimal(short["price"])), abs(Decimal(long["price"]))
    return Verdict(
        segments == len(_parts(seen.long)) > int(short["num_segments"]) == 1 and whole == each * segments,
        f"num_segments {segments}: {whole.normalize()} {long['price_unit']}; one segment: {each.normalize()}",
    )


def _picture_in(seen: Seen) -> Verdict:
    file = seen.picture_in["media"][0]
    return Verdict(
        bool(file["readable"]) and file["size"] == seen.picture > 0,
        f"{file['content_type']}, {file['size']} of {seen.picture} bytes, the agent can open it",
    )


def _picture_out(seen: Seen) -> Verdict:
    file, link = seen.picture_out["media"][0], seen.picture_link
    shown = file["size"] == seen.picture and not link["media"] and seen.linked == seen.picture
    return Verdict(
        shown,
        f"{seen.picture_out['number']} can: {file['content_type']} on the handset; "
        f"{link['number']} cannot: a link that opens",
    )


PROOFS = {
    proof.id: proof
    for proof in (
        Proof(
            "SEED-01", "Through Sunshine; the rep has a live chat in the Agent Workspace", _through_sunshine
        ),
        Proof("SEED-02", "The reply leaves from the number the customer texted", _same_number),
        Proof("SEED-03", "Nothing gets in before the number is connected and verified", _nothing_gets_in),
        Proof("SEED-04", "The number is listed and active", _number_active),
        Proof("SEED-05", "Zendesk messaging shows Active", _messaging_active),
        Proof("SEED-06", "A text that asks for a human makes the AI hand off", _hands_off),
        Proof("SEED-07", "The live chat appears; a reply from it lands as an SMS", _chat_and_reply),
        Proof("SEED-08", "The conversation is tagged opencx_channel_sms", _tagged),
        Proof("SEED-09", "The phone number is attached via the Sunshine user", _phone_attached),
        Proof("SEED-10", "The full transcript is there", _transcript),
        Proof("SEED-11", "opencx_session_id leads to the whole session", _session_leads_on),
        Proof("SEED-12", "Replies are delivered within a couple of seconds", _quick),
        Proof("SEED-13", "A US number must be registered before it can send", _registration),
        Proof("SEED-14", "Matched to Support users: by phone first, by a shared e-mail else", _matched),
        Proof("SEED-15", "The carrier splits, nobody sees it: one message, one thread", _one_logical),
        Proof("SEED-16", "The cost grows with the segments", _cost),
        Proof("SEED-17", "The customer's picture is an attachment of the conversation", _picture_in),
        Proof("SEED-18", "The agent's picture arrives as the provider is able", _picture_out),
    )
}
