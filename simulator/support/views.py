"""JSON shapes of the Support API: ids are integers, times have whole seconds (SUN-CNV-03, SUN-SUP-12)."""

from dataclasses import asdict
from datetime import UTC, datetime

from simulator.support.state import Comment, Identity, SupportUser, Ticket
from simulator.web import Json

NOBODY: Json = {"id": None, "name": "Anonymous user", "email": "invalid@example.com", "role": "end-user"}
MESSAGING = "sunshine_conversations_api"
SYSTEM_FIELDS = ("group_id", "assignee_id", "organization_id", "brand_id")


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def user(shown: SupportUser) -> Json:
    content = asdict(shown)
    del content["identities"]
    return {**content, "created_at": iso(shown.created_at), "updated_at": iso(shown.updated_at)}


def identity(owner: SupportUser, shown: Identity) -> Json:
    method = "low" if shown.verified else "none"
    return {**asdict(shown), "user_id": owner.id, "verification_method": method}


def ticket(shown: Ticket) -> Json:
    """A ticket; `from_messaging_channel` tells that a conversation is behind it (SUN-TKT-04)."""
    fields = [{"id": int(key) if key.isdecimal() else key, "value": v} for key, v in shown.fields.items()]
    return {
        "id": shown.id,
        "subject": shown.subject,
        "status": shown.status,
        "priority": shown.priority,
        "requester_id": shown.requester_id,
        "tags": shown.tags,
        "custom_fields": fields,
        "fields": fields,
        "via": {"channel": shown.channel, "source": {"from": {}, "to": {}, "rel": None}},
        "from_messaging_channel": shown.channel == MESSAGING,
        "created_at": iso(shown.created_at),
        "updated_at": iso(shown.updated_at),
        **{name: shown.system_fields.get(name) for name in SYSTEM_FIELDS},
    }


def comment(shown: Comment) -> Json:
    return {**asdict(shown), "type": "Comment", "created_at": iso(shown.created_at)}
