"""JSON shapes of Sunshine.

Facts:
  * Empty things are left out, not null (SUN-CON-04, SUN-CNV-10); times have milliseconds (SUN-CNV-04).
  * Events carry truncated users and conversations; conversation metadata rides along (SUN-EVT-01/02).
  * A user without a name gets an invented one (SUN-MSG-23).
"""

from datetime import UTC, datetime
from functools import lru_cache

from simulator import accounts
from simulator.sunshine.records import (
    Client,
    Conversation,
    Device,
    Integration,
    Key,
    Message,
    Participant,
    Responder,
    User,
    Webhook,
)
from simulator.sunshine.state import World
from simulator.web import Json


def iso(at: float | None) -> str | None:
    if at is None:
        return None
    whole = int(at)
    milliseconds = min(int((at - whole + HALF_A_MICROSECOND) * 1000), 999)
    return f"{_second(whole)}.{milliseconds:03}Z"


@lru_cache(maxsize=4096)
def _second(whole: int) -> str:
    return datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _filled(content: Json) -> Json:
    """Without what is not set."""
    return {name: value for name, value in content.items() if value not in (None, {})}


HALF_A_MICROSECOND = 5e-7  # a float of today knows no less
SETTINGS: Json = {
    "conversationRetentionSeconds": 0,
    "maskCreditCardNumbers": True,
    "useAnimalNames": False,
    "echoPostback": False,
    "ignoreAutoConversationStart": True,
    "multiConvoEnabled": True,
    "appLocalizationEnabled": True,
    "endSessionEnabled": True,
    "disableConversationReopen": False,
}
ANIMALS = ("Otter", "Heron", "Badger", "Lynx", "Marmot", "Puffin", "Tapir", "Wombat")


def app(world: World) -> Json:
    """Settings the simulator acts on are switches; the others are kept and shown."""
    switches = world.switches
    settings = {
        **SETTINGS,
        **world.app.settings,
        "maskCreditCardNumbers": switches.mask_credit_cards,
        "multiConvoEnabled": switches.multi_conversations,
        "disableConversationReopen": switches.disable_conversation_reopen,
    }
    named = {"id": world.app.id, "displayName": world.app.name}
    return {**named, "settings": settings, "metadata": world.app.metadata}


def app_with_subdomain(world: World) -> Json:
    return {**app(world), "subdomain": accounts.ZENDESK_SUBDOMAIN}


def key(shown: Key) -> Json:
    """The secret can be read again (SUN-AUT-11)."""
    return {"id": shown.id, "displayName": shown.name, "secret": shown.secret}


def user_name(user: User, *, animals: bool = False) -> str:
    """Their own name, else an invented one."""
    names = (user.profile.get("givenName"), user.profile.get("surname"))
    animal = f"{ANIMALS[int(user.id[-4:], 16) % len(ANIMALS)]} {user.id[-4:]}"
    invented = animal if animals else f"Web User {user.id}"
    return " ".join(name for name in names if name) or invented


def user_short(user: User) -> Json:
    return _filled(
        {
            "id": user.id,
            "externalId": user.external_id,
            "authenticated": user.authenticated,
            "zendeskId": user.zendesk_id,
            "brandId": user.brand_id,
        }
    )


def user(shown: User) -> Json:
    return {
        **user_short(shown),
        **_filled({"signedUpAt": shown.signed_up_at, "toBeRetained": shown.to_be_retained}),
        "profile": {"locale": "en-US", "localeOrigin": "apiRequest", **shown.profile},
        "metadata": shown.metadata,
        "identities": shown.identities,
        "hasPaymentInfo": False,
    }


def responder_short(shown: Responder | None) -> Json | None:
    if shown is None:
        return None
    return {
        "id": shown.id,
        "name": shown.name,
        "integrationId": shown.integration_id,
        "integrationType": shown.integration_type,
    }


def responder(shown: Responder) -> Json:
    return _filled(
        {
            **(responder_short(shown) or {}),
            "deliverStandbyEvents": shown.deliver_standby_events,
            "nextSwitchboardIntegrationId": shown.next_id,
            "messageHistoryCount": shown.history,
        }
    )


def conversation_short(world: World, shown: Conversation) -> Json:
    return _filled(
        {
            "id": shown.id,
            "type": shown.type,
            "metadata": dict(shown.metadata),
            "activeSwitchboardIntegration": responder_short(world.responders.get(shown.active or "")),
            "pendingSwitchboardIntegration": responder_short(world.responders.get(shown.pending or "")),
        }
    )


def conversation(world: World, shown: Conversation) -> Json:
    return {
        **conversation_short(world, shown),
        **shown.labels,
        "isDefault": shown.is_default,
        **_filled({"businessLastRead": iso(shown.business_last_read), "brandId": shown.brand_id}),
        "lastUpdatedAt": iso(shown.updated_at),
        "createdAt": iso(shown.created_at),
    }


def participant(world: World, shown: Participant) -> Json:
    holder = world.users.get(shown.user)
    return _filled(
        {
            "id": shown.id,
            "userId": shown.user,
            "userExternalId": holder.external_id if holder else None,
            "unreadCount": shown.unread,
            "lastRead": iso(shown.last_read),
        }
    ) | {"clientAssociations": _associations(holder, shown)}


def _associations(holder: User | None, shown: Participant) -> list[Json]:
    clients = holder.clients if holder else []
    return [{"type": each.type, "clientId": each.id} for each in clients if each.id in shown.clients]


def client(shown: Client) -> Json:
    return _filled(
        {
            "id": shown.id,
            "type": shown.type,
            "status": shown.status,
            "integrationId": shown.integration_id,
            "externalId": shown.external_id,
            "displayName": shown.display_name,
            "lastSeen": iso(shown.last_seen),
            "linkedAt": iso(shown.linked_at),
        }
    )


def device(shown: Device) -> Json:
    return _filled(
        {
            "id": shown.id,
            "type": shown.type,
            "guid": shown.guid,
            "clientId": shown.client_id,
            "status": "active",
            "integrationId": shown.integration_id,
            "lastSeen": iso(shown.last_seen),
            "appVersion": shown.app_version,
        }
    )


def message(shown: Message) -> Json:
    content: Json = {
        "id": shown.id,
        "received": iso(shown.received),
        "author": shown.author,
        "content": shown.content,
        "source": {"type": shown.source},
    }
    if shown.metadata:
        content["metadata"] = shown.metadata
    if shown.activity:
        content["activity"] = {"type": shown.activity}
    if shown.deleted:
        content["deleted"] = True
    return content


def message_event(world: World, shown: Message, hook: Webhook) -> Json:
    """A message as events carry it (SUN-EVT-03, Q-15)."""
    content = message(shown)
    author = told_author(world, shown.author, hook)
    if not world.switches.event_subtypes:
        author.pop("subtypes", None)
        content.pop("activity", None)
    writer = world.users.get(author.get("userId", ""))
    return {**content, "author": author, "source": told_source(shown.source, writer, hook)}


def told_author(world: World, author: Json, hook: Webhook) -> Json:
    """An author brings the user along."""
    writer = world.users.get(author.get("userId", ""))
    return {**author, "user": told_user(writer, hook)} if writer else dict(author)


def told_user(shown: User, hook: Webhook) -> Json:
    """The user as this webhook wants them (SUN-EVT-02)."""
    return user(shown) if hook.full_user else user_short(shown)


def told_source(kind: str, writer: User | None, hook: Webhook) -> Json:
    """Where something came from; with client and device for a webhook that asked for them (SUN-MSG-15)."""
    used = next((each for each in writer.clients if each.type == kind), None) if writer else None
    content: Json = {"type": kind} | ({"integrationId": used.integration_id} if used else {})
    if used and writer and hook.full_source:
        content["client"] = client(used)
        devices = [device(each) for each in writer.devices if each.client_id == used.id]
        content |= {"device": devices[0]} if devices else {}
    return _filled(content)


def webhook(shown: Webhook) -> Json:
    return {
        "id": shown.id,
        "version": "v2",
        "target": shown.target,
        "triggers": list(shown.triggers),
        "secret": shown.secret,
        "includeFullUser": shown.full_user,
        "includeFullSource": shown.full_source,
    }


def integration(shown: Integration) -> Json:
    content = _filled(
        {"id": shown.id, "type": shown.type, "status": "active", "displayName": shown.display_name}
    )
    hooks = [webhook(each) for each in shown.webhooks]
    return {**content, **shown.facts} | ({"webhooks": hooks} if shown.type == "custom" else {})


def switchboard(world: World) -> Json:
    return _filled(
        {
            "id": world.switchboard_id,
            "enabled": world.switchboard_enabled,
            "defaultSwitchboardIntegrationId": world.default_responder,
        }
    )
