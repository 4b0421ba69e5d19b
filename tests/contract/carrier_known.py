"""A carrier with one of everything in it, each known by a name a path can mention."""

from dataclasses import dataclass, field
from typing import Any

from simulator import accounts
from simulator.web import Response
from tests.contract.carrier_world import API, SUPPORT, TOLL_FREE, US, Form, World, read

MESSAGING = "/twilio/messaging/v1"
EVENTS, CONTENT, ACCOUNTS = "/twilio/events/v1", "/twilio/content/v1", "/twilio/accounts/v1"
SERVICE = f"{MESSAGING}/Services"
HOSTS = {"API": API, "MESSAGING": MESSAGING, "EVENTS": EVENTS, "CONTENT": CONTENT, "ACCOUNTS": ACCOUNTS}
WORDS = "Customers text the number on our parcels and ask where they are."
SAMPLES = [
    ("MessageSamples", "Hello, your parcel left Oakland today."),
    ("MessageSamples", "Ada here, let me look."),
]
CAMPAIGN: Form = [
    ("Description", WORDS),
    ("MessageFlow", WORDS),
    *SAMPLES,
    ("UsAppToPersonUsecase", "CUSTOMER_CARE"),
    ("HasEmbeddedLinks", "true"),
    ("HasEmbeddedPhone", "false"),
]
BRAND: Form = [("CustomerProfileBundleSid", "BU" + "1" * 32), ("A2PProfileBundleSid", "BU" + "2" * 32)]
VERIFICATION: Form = [
    ("BusinessName", "Parcels"),
    ("BusinessWebsite", "https://parcels.test"),
    ("NotificationEmail", "ada@parcels.test"),
    ("UseCaseCategories", "CUSTOMER_CARE"),
    ("UseCaseSummary", "Answers"),
    ("ProductionMessageSample", "Ada here."),
    ("OptInImageUrls", "https://parcels.test/opt-in.png"),
    ("OptInType", "VIA_TEXT"),
    ("MessageVolume", "1,000"),
    ("BusinessRegistrationNumber", "12-3456789"),
    ("BusinessRegistrationAuthority", "EIN"),
    ("BusinessRegistrationCountry", "US"),
]
SINK: Form = [
    ("Description", "ours"),
    ("SinkType", "webhook"),
    (
        "SinkConfiguration",
        '{"destination": "http://bridge.test/events", "method": "POST", "batch_events": false}',
    ),
]
CONTENT_BODY = (
    b'{"friendly_name": "greeting", "language": "en", "variables": {"1": "you"},'
    b' "types": {"twilio/text": {"body": "Hello {{1}}"}}}'
)
FREE_TOLL_FREE = "+18775550171"


@dataclass
class Known:
    """The world, and SIDs by name."""

    world: World = field(default_factory=World)
    sids: dict[str, str] = field(default_factory=dict)

    def call(
        self, call: str, form: Form | bytes | None = None, auth: tuple[str, str] | None = US
    ) -> Response:
        """`POST {API}/Messages/{message}.json`, with hosts and names filled in."""
        method, _, path = self.filled(call).partition(" ")
        if isinstance(form, bytes):
            return self.world.call_raw(method, path, form)
        return self.world.call(method, path, [(name, self.filled(value)) for name, value in form or []], auth)

    def make(self, name: str, call: str, form: Form | bytes | None = None) -> None:
        """Make one, and know it from now on."""
        made: dict[str, Any] = read(self.call(f"POST {call}", form))
        self.sids[name] = made.get("sid") or made["brand_vetting_sid"]

    def filled(self, text: str) -> str:
        for name, value in {**HOSTS, **self.sids}.items():
            text = text.replace(f"{{{name}}}", value)
        return text


def known() -> Known:
    """One of everything."""
    held = Known()
    world = held.world
    _numbers(held)
    held.sids["message"] = world.send()["sid"]
    held.sids["photo"] = world.photo()
    (media,) = read(held.call("GET {API}/Messages/{photo}/Media.json"))["media_list"]
    held.sids["media"] = media["sid"]
    held.make("service", "{MESSAGING}/Services", [("FriendlyName", "ours")])
    _pools(held)
    held.make("brand", "{MESSAGING}/a2p/BrandRegistrations", BRAND)
    held.make(
        "vetting", "{MESSAGING}/a2p/BrandRegistrations/{brand}/Vettings", [("VettingProvider", "aegis")]
    )
    world.network.clock.advance(120)
    campaign = [("BrandRegistrationSid", "{brand}"), *CAMPAIGN]
    held.make("campaign", "{MESSAGING}/Services/{service}/Compliance/Usa2p", campaign)
    held.make("verification", "{MESSAGING}/Tollfree/Verifications", [*VERIFICATION, TOLL_FREE_SID])
    held.make("sink", "{EVENTS}/Sinks", SINK)
    held.make("subscription", "{EVENTS}/Subscriptions", SUBSCRIPTION)
    held.make("content", "{CONTENT}/Content", CONTENT_BODY)
    return held


TOLL_FREE_SID = ("TollfreePhoneNumberSid", "{toll_free}")
SUBSCRIPTION: Form = [
    ("Description", "ours"),
    ("SinkSid", "{sink}"),
    ("Types", '{"type": "com.twilio.messaging.compliance.campaign-registration.campaign-approved"}'),
]


def _numbers(held: Known) -> None:
    world = held.world
    world.act("PUT", "/numbers/55501", {})
    world.act("PUT", f"/numbers/{FREE_TOLL_FREE}", {"registration": "unregistered"})
    for each in world.act("GET", "/numbers")[1]["numbers"]:
        held.sids[each["number"]] = each["sid"]
    held.sids["account"], held.sids["standing"] = accounts.TWILIO_ACCOUNT_SID, _pool(world)
    names = {"support": SUPPORT, "tollfree": TOLL_FREE, "toll_free": FREE_TOLL_FREE, "code": "55501"}
    held.sids |= {name: held.sids[number] for name, number in names.items()}
    held.make("bought", "{API}/IncomingPhoneNumbers.json", [("PhoneNumber", "+14155550155")])


def _pool(world: World) -> str:
    sid: str = world.act("GET", "/numbers")[1]["numbers"][0]["messaging_service_sid"]
    return sid


def _pools(held: Known) -> None:
    for name, path, form in (
        ("", "PhoneNumbers", ("PhoneNumberSid", "{bought}")),
        ("", "ShortCodes", ("ShortCodeSid", "{code}")),
        ("alpha", "AlphaSenders", ("AlphaSender", "Parcels")),
        ("channel", "ChannelSenders", ("Sid", "XE" + "1" * 32)),
        ("destination", "DestinationAlphaSenders", ("AlphaSender", "Parcels UK")),
    ):
        held.make(name or "x", "{MESSAGING}/Services/{service}/" + path, [form])
