"""Audits: what changed on a ticket, when and by whom (SUN-SUP-22).

Facts:
  * The first audit creates: one `Create` event a field. Later ones have `Change` events with the previous
    value, or a `Comment`.
  * The audit of a messaging ticket's birth names the conversation, which nothing else on the ticket does.
    Type and keys of that event are ours, after the provider's chat tickets.
"""

from typing import TYPE_CHECKING

from simulator.support.records import Audit, Comment, Ticket

if TYPE_CHECKING:
    from simulator.support.state import Store

Event = dict[str, object]
Facts = dict[str, object]


def facts(ticket: Ticket) -> Facts:
    """Everything whose change is worth an event."""
    return {
        "subject": ticket.subject,
        "status": ticket.status,
        "priority": ticket.priority,
        "requester_id": ticket.requester_id,
        "tags": list(ticket.tags),
        **{name: value for name, value in ticket.system_fields.items() if "." not in name},
        **ticket.fields,
        **({"conversation": ticket.conversation} if ticket.conversation else {}),
    }


def changes(before: Facts | None, now: Facts) -> list[Event]:
    """One event for each fact that is new or different."""
    events = [] if before is None else [_change(name, before.get(name), value) for name, value in now.items()]
    if before is None:
        events = [_create(name, value) for name, value in now.items() if value is not None]
    return [event for event in events if event]


def _create(name: str, value: object) -> Event:
    if name == "conversation":
        return {"type": "ChatStartedEvent", "value": {"conversation_id": value}}
    return {"type": "Create", "field_name": name, "value": value}


def _change(name: str, before: object, now: object) -> Event:
    if before == now:
        return {}
    return {"type": "Change", "field_name": name, "value": now, "previous_value": before}


def commented(made: Comment) -> Event:
    return {
        "type": "Comment",
        "comment_id": made.id,
        "author_id": made.author_id,
        "body": made.body,
        "public": made.public,
    }


def audit(store: "Store", by: int, events: list[Event]) -> Audit:
    """The events under one number, each with one of its own."""
    numbered = [{"id": store.next_id(), **event} for event in events]
    return Audit(store.next_id(), by, store.network.now(), numbered)
