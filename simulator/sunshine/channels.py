"""Channel integrations: what each needs to be made and what it shows again.

The simulator carries no channel's traffic; they are there so that clients can be linked, deliveries told
of, and a set-up read back. Secrets are write-only (spec of the integration types).
"""

from simulator.sunshine import errors
from simulator.sunshine.call import given
from simulator.web import Json

# type: (needed, shown again)
CHANNELS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "android": ((), ("senderId",)),
    "apple": (("businessId", "apiSecret", "mspId"), ("businessId", "mspId")),
    "instagram": (("pageAccessToken", "appId", "appSecret"), ("appId",)),
    "ios": ((), ("production", "autoUpdateBadge")),
    "line": ((), ("channelId", "lineId")),
    "mailgun": (("apiKey", "domain", "incomingAddress"), ("domain", "incomingAddress")),
    "messagebird": (("accessKey", "signingKey", "originator"), ("originator",)),
    "messenger": (("pageAccessToken", "appId", "appSecret"), ("appId", "pageId")),
    "telegram": (("token",), ("username", "botId")),
    "twilio": (("accountSid", "authToken"), ("accountSid", "phoneNumberSid", "messagingServiceSid")),
    "twitter": (
        ("tier", "consumerKey", "consumerSecret", "accessTokenKey", "accessTokenSecret"),
        ("tier", "envName"),
    ),
    "unity": ((), ()),
    "viber": (("token",), ("uri", "accountId")),
    "web": ((), ("brandColor", "businessName")),
    "whatsapp": ((), ("hsmFallbackLanguage", "accountId")),
}
SDKS = ("android", "ios", "unity", "web")
EITHER = {"twilio": ("phoneNumberSid", "messagingServiceSid")}


def facts(kind: str, body: Json) -> Json:
    """What the channel shows, refused if something it needs is missing."""
    if kind not in CHANNELS:
        raise errors.Refused(errors.INTEGRATION_TYPE)
    needed, shown = CHANNELS[kind]
    for name in needed:
        given(body, name)
    if kind in EITHER and sum(name in body for name in EITHER[kind]) != 1:
        raise errors.bad(f"should have exactly one of {', '.join(EITHER[kind])}")
    return {name: body[name] for name in shown if body.get(name) is not None}
