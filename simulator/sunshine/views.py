"""JSON shapes of Sunshine.

Facts:
  * Empty things are left out, not null (SUN-CON-04, SUN-CNV-10); times have milliseconds (SUN-CNV-04).
  * Events carry truncated users and conversations; conversation metadata rides along (SUN-EVT-01/02).
  * A user without a name gets an invented one (SUN-MSG-23).
"""

from datetime import UTC, datetime

from simulator import accounts
from simulator.sunshine.state import (
    Conversation,
    Integration,
    Message,
    Participant,
    Responder,
    User,
    Webhook,
    World,
)
from simulator.web import Json


def iso(at: float | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _filled(content: Json) -> Json:
    """Without what is not set."""
    return {name: value for name, value in content.items() if value not in (None, {})}


def app(world: World) -> Json:
    switches = world.switches
    settings = {
        "conversationRetentionSeconds": 0,
        "maskCreditCardNumbers": switches.mask_credit_cards,
        "useAnimalNames": False,
        "echoPostback": False,
        "ignoreAutoConversationStart": True,
        "multiConvoEnabled": switches.multi_conversations,
        "appLocalizationEnabled": True,
        "endSessionEnabled": True,
        "disableConversationReopen": switches.disable_conversation_reopen,
    }
    return {
        "id": accounts.SUNSHINE_APP_ID,
        "displayName": "Sunbridge demo",
        "settings": settings,
        "metadata": {},
        "subdomain": accounts.ZENDESK_SUBDOMAIN,
    }


def user_name(user: User) -> str:
    names = (user.profile.get("givenName"), user.profile.get("surname"))
    return " ".join(name for name in names if name) or f"Web User {user.id}"


def user_short(user: User) -> Json:
    return _filled(
        {
            "id": user.id,
            "externalId": user.external_id,
            "authenticated": False,
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
        **_filled({"businessLastRead": iso(shown.business_last_read)}),
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
    ) | {"clientAssociations": []}


def message(shown: Message) -> Json:
    return _filled(
        {
            "id": shown.id,
            "received": iso(shown.received),
            "author": shown.author,
            "content": shown.content,
            "source": {"type": shown.source},
            "metadata": shown.metadata,
            "activity": {"type": shown.activity} if shown.activity else None,
            "deleted": shown.deleted or None,
        }
    )


def message_event(world: World, shown: Message, *, full_user: bool) -> Json:
    """A message as events carry it: a user author brings the user along (SUN-EVT-03, Q-15)."""
    content = message(shown)
    author = dict(shown.author)
    if not world.switches.event_subtypes:
        author.pop("subtypes", None)
        content.pop("activity", None)
    writer = world.users.get(author.get("userId", ""))
    if writer:
        author["user"] = user(writer) if full_user else user_short(writer)
    return {**content, "author": author}


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
    return content | ({"webhooks": hooks} if shown.type == "custom" else {})


def switchboard(world: World) -> Json:
    return _filled(
        {
            "id": world.switchboard_id,
            "enabled": world.switchboard_enabled,
            "defaultSwitchboardIntegrationId": world.default_responder,
        }
    )
