"""JSON shapes of the Support API: ids are integers, times have whole seconds (SUN-CNV-03, SUN-SUP-12)."""

from datetime import UTC, datetime

from simulator import accounts
from simulator.support.records import Audit, Comment, Identity, SupportUser, Ticket, TicketField
from simulator.web import Json

NOBODY: Json = {"id": None, "name": "Anonymous user", "email": "invalid@example.com", "role": "end-user"}
MESSAGING = "sunshine_conversations_api"
SYSTEM_FIELDS = ("group_id", "assignee_id", "organization_id", "brand_id")
HOST = f"https://{accounts.ZENDESK_SUBDOMAIN}.zendesk.com/api/v2"


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def user(shown: SupportUser) -> Json:
    return {
        "id": shown.id,
        "url": f"{HOST}/users/{shown.id}.json",
        "name": shown.name,
        "role": shown.role,
        "email": shown.email,
        "phone": shown.phone,
        "shared_phone_number": shown.shared_phone_number,
        "external_id": shown.external_id,
        "verified": shown.verified,
        "active": shown.active,
        "suspended": shown.suspended,
        "shared": shown.shared,
        "tags": shown.tags,
        "user_fields": shown.user_fields,
        "created_at": iso(shown.created_at),
        "updated_at": iso(shown.updated_at),
    }


def identity(owner: SupportUser, shown: Identity) -> Json:
    return {
        "id": shown.id,
        "url": f"{HOST}/users/{owner.id}/identities/{shown.id}.json",
        "user_id": owner.id,
        "type": shown.type,
        "value": shown.value,
        "primary": shown.primary,
        "verified": shown.verified,
        "verification_method": "low" if shown.verified else "none",
    }


def ticket(shown: Ticket) -> Json:
    """A ticket; `from_messaging_channel` tells that a conversation is behind it (SUN-TKT-04)."""
    fields = [{"id": int(key) if key.isdecimal() else key, "value": v} for key, v in shown.fields.items()]
    return {
        "id": shown.id,
        "url": f"{HOST}/tickets/{shown.id}.json",
        "external_id": shown.external_id,
        "subject": shown.subject,
        "description": shown.comments[0].body if shown.comments else shown.subject,
        "status": shown.status,
        "priority": shown.priority,
        "requester_id": shown.requester_id,
        "tags": shown.tags,
        "custom_fields": fields,
        "fields": fields,
        "via": via(shown.channel),
        "from_messaging_channel": shown.channel == MESSAGING,
        "created_at": iso(shown.created_at),
        "updated_at": iso(shown.updated_at),
        **{name: shown.system_fields.get(name) for name in SYSTEM_FIELDS},
    }


def via(channel: str) -> Json:
    return {"channel": channel, "source": {"from": {}, "to": {}, "rel": None}}


def comment(shown: Comment) -> Json:
    return {
        "id": shown.id,
        "type": "Comment",
        "author_id": shown.author_id,
        "body": shown.body,
        "html_body": f'<div class="zd-comment">{shown.body}</div>',
        "plain_body": shown.body,
        "public": shown.public,
        "attachments": [],
        "created_at": iso(shown.created_at),
    }


def audit(of: Ticket, shown: Audit) -> Json:
    return {
        "id": shown.id,
        "ticket_id": of.id,
        "author_id": shown.author_id,
        "created_at": iso(shown.created_at),
        "metadata": {"system": {}, "custom": {}},
        "events": shown.events,
        "via": via(of.channel),
    }


def ticket_field(shown: TicketField) -> Json:
    return {
        "id": shown.id,
        "url": f"{HOST}/ticket_fields/{shown.id}.json",
        "type": shown.type,
        "title": shown.title,
        "raw_title": shown.title,
        "active": True,
        "required": False,
        "removable": shown.removable,
    }
