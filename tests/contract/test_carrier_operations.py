"""Every operation of the simulated carrier answers as documented.

`World.call` holds each answer against the models; what stands here is one request for each operation.
"""

from collections import Counter
from xml.etree import ElementTree as Xml

import pytest

from simulator.twilio.operations import OPERATIONS
from tests.contract.carrier_known import (
    BRAND,
    CAMPAIGN,
    CONTENT_BODY,
    SINK,
    SUBSCRIPTION,
    VERIFICATION,
    Known,
    known,
)
from tests.contract.carrier_world import MARIA, SUPPORT, Form, read

SERVICE, BRANDS = "{MESSAGING}/Services/{service}", "{MESSAGING}/a2p/BrandRegistrations"
CAMPAIGNS, VERIFICATIONS = f"{SERVICE}/Compliance/Usa2p", "{MESSAGING}/Tollfree/Verifications"
DOMAIN = "{MESSAGING}/LinkShortening/Domains/DN" + "1" * 32
TEXT: Form = [("To", MARIA), ("From", SUPPORT), ("Body", "hello")]
CLOSED: Form = [("Permissions", '[{"country_code": "FR", "type": "country", "enabled": false}]')]
CONSENT: Form = [
    (
        "Items",
        '{"correlation_id": "c1", "contact_id": "+14155550101", "sender_id": "+14155550150",'
        ' "status": "opt-out", "source": "website"}',
    )
]


def one(path: str, name: str, ending: str = "") -> dict[str, str]:
    """Both paths of a resource."""
    return {"all": f"{path}{ending}", "one": f"{path}/{{{name}}}{ending}"}


MESSAGES = one("{API}/Messages", "message", ".json")
NUMBERS = one("{API}/IncomingPhoneNumbers", "support", ".json")
CODES = one("{API}/SMS/ShortCodes", "code", ".json")
MEDIA = "{API}/Messages/{photo}/Media"

# operation → the request, its form or JSON, and the status of success
SUCCESS: dict[str, tuple[str, Form | bytes | None, int]] = {
    "CreateMessage": (f"POST {MESSAGES['all']}", TEXT, 201),
    "ListMessage": (f"GET {MESSAGES['all']}?PageSize=1", None, 200),
    "FetchMessage": (f"GET {MESSAGES['one']}", None, 200),
    "UpdateMessage": (f"POST {MESSAGES['one']}", [("Body", "")], 200),
    "DeleteMessage": (f"DELETE {MESSAGES['one']}", None, 204),
    "CreateMessageFeedback": (
        "POST {API}/Messages/{message}/Feedback.json", [("Outcome", "unconfirmed")], 201,
    ),
    "ListMedia": (f"GET {MEDIA}.json", None, 200),
    "FetchMedia": (f"GET {MEDIA}/{{media}}.json", None, 200),
    "DeleteMedia": (f"DELETE {MEDIA}/{{media}}.json", None, 204),
    "DeleteMediaContent": (f"DELETE {MEDIA}/{{media}}", None, 204),
    "FetchMediaContent": (f"GET {MEDIA}/{{media}}", None, 307),
    "ListIncomingPhoneNumber": (f"GET {NUMBERS['all']}?PageSize=2", None, 200),
    "FetchIncomingPhoneNumber": (f"GET {NUMBERS['one']}", None, 200),
    "CreateIncomingPhoneNumber": (f"POST {NUMBERS['all']}", [("AreaCode", "212")], 201),
    "UpdateIncomingPhoneNumber": (f"POST {NUMBERS['one']}", [("SmsUrl", "http://b/x")], 200),
    "DeleteIncomingPhoneNumber": (f"DELETE {NUMBERS['one']}", None, 204),
    "ListShortCode": (f"GET {CODES['all']}", None, 200),
    "FetchShortCode": (f"GET {CODES['one']}", None, 200),
    "UpdateShortCode": (f"POST {CODES['one']}", [("FriendlyName", "ours")], 200),
    "FetchAccount": ("GET {API}.json", None, 200),
    "FetchBalance": ("GET {API}/Balance.json", None, 200),
    "CreateService": ("POST {MESSAGING}/Services", [("FriendlyName", "x")], 201),
    "ListService": ("GET {MESSAGING}/Services?PageSize=1", None, 200),
    "FetchService": (f"GET {SERVICE}", None, 200),
    "UpdateService": (f"POST {SERVICE}", [("StickySender", "false"), ("ValidityPeriod", "60")], 200),
    "DeleteService": (f"DELETE {SERVICE}", None, 204),
    "FetchUsecase": ("GET {MESSAGING}/Services/Usecases", None, 200),
    "CreatePhoneNumber": (f"POST {SERVICE}/PhoneNumbers", [("PhoneNumberSid", "{tollfree}")], 201),
    "ListPhoneNumber": (f"GET {SERVICE}/PhoneNumbers", None, 200),
    "FetchPhoneNumber": (f"GET {SERVICE}/PhoneNumbers/{{bought}}", None, 200),
    "DeletePhoneNumber": (f"DELETE {SERVICE}/PhoneNumbers/{{bought}}", None, 204),
    "CreateServiceShortCode": (f"POST {SERVICE}/ShortCodes", [("ShortCodeSid", "{code}")], 201),
    "ListServiceShortCode": (f"GET {SERVICE}/ShortCodes", None, 200),
    "FetchServiceShortCode": (f"GET {SERVICE}/ShortCodes/{{code}}", None, 200),
    "DeleteServiceShortCode": (f"DELETE {SERVICE}/ShortCodes/{{code}}", None, 204),
    "CreateAlphaSender": (f"POST {SERVICE}/AlphaSenders", [("AlphaSender", "Ada")], 201),
    "ListAlphaSender": (f"GET {SERVICE}/AlphaSenders", None, 200),
    "FetchAlphaSender": (f"GET {SERVICE}/AlphaSenders/{{alpha}}", None, 200),
    "DeleteAlphaSender": (f"DELETE {SERVICE}/AlphaSenders/{{alpha}}", None, 204),
    "CreateChannelSender": (f"POST {SERVICE}/ChannelSenders", [("Sid", "XE" + "2" * 32)], 201),
    "ListChannelSender": (f"GET {SERVICE}/ChannelSenders", None, 200),
    "FetchChannelSender": (f"GET {SERVICE}/ChannelSenders/{{channel}}", None, 200),
    "DeleteChannelSender": (f"DELETE {SERVICE}/ChannelSenders/{{channel}}", None, 204),
    "CreateDestinationAlphaSender": (
        f"POST {SERVICE}/DestinationAlphaSenders", [("AlphaSender", "Ada"), ("IsoCountryCode", "GB")], 201,
    ),
    "ListDestinationAlphaSender": (f"GET {SERVICE}/DestinationAlphaSenders", None, 200),
    "FetchDestinationAlphaSender": (f"GET {SERVICE}/DestinationAlphaSenders/{{destination}}", None, 200),
    "DeleteDestinationAlphaSender": (f"DELETE {SERVICE}/DestinationAlphaSenders/{{destination}}", None, 204),
    "CreateUsAppToPerson": (f"POST {CAMPAIGNS}", [("BrandRegistrationSid", "{brand}"), *CAMPAIGN], 201),
    "ListUsAppToPerson": (f"GET {CAMPAIGNS}", None, 200),
    "FetchUsAppToPerson": (f"GET {CAMPAIGNS}/{{campaign}}", None, 200),
    "UpdateUsAppToPerson": (f"POST {CAMPAIGNS}/{{campaign}}", CAMPAIGN, 200),
    "DeleteUsAppToPerson": (f"DELETE {CAMPAIGNS}/{{campaign}}", None, 204),
    "FetchUsAppToPersonUsecase": (f"GET {CAMPAIGNS}/Usecases", None, 200),
    "CreateBrandRegistration": (f"POST {BRANDS}", BRAND, 201),
    "ListBrandRegistration": (f"GET {BRANDS}", None, 200),
    "FetchBrandRegistration": (f"GET {BRANDS}/{{brand}}", None, 200),
    "UpdateBrandRegistration": (f"POST {BRANDS}/{{brand}}", None, 200),
    "CreateBrandVetting": (f"POST {BRANDS}/{{brand}}/Vettings", [("VettingProvider", "aegis")], 201),
    "ListBrandVetting": (f"GET {BRANDS}/{{brand}}/Vettings", None, 200),
    "FetchBrandVetting": (f"GET {BRANDS}/{{brand}}/Vettings/{{vetting}}", None, 200),
    "CreateBrandRegistrationOtp": (f"POST {BRANDS}/{{brand}}/SmsOtp", None, 201),
    "CreateTollfreeVerification": (
        f"POST {VERIFICATIONS}", [*VERIFICATION, ("TollfreePhoneNumberSid", "{toll_free}")], 201,
    ),
    "ListTollfreeVerification": (f"GET {VERIFICATIONS}?Status=PENDING_REVIEW", None, 200),
    "FetchTollfreeVerification": (f"GET {VERIFICATIONS}/{{verification}}", None, 200),
    "UpdateTollfreeVerification": (f"POST {VERIFICATIONS}/{{verification}}", [("BusinessName", "P")], 200),
    "DeleteTollfreeVerification": (f"DELETE {VERIFICATIONS}/{{verification}}", None, 204),
    "CreateSink": ("POST {EVENTS}/Sinks", SINK, 201),
    "ListSink": ("GET {EVENTS}/Sinks", None, 200),
    "FetchSink": ("GET {EVENTS}/Sinks/{sink}", None, 200),
    "UpdateSink": ("POST {EVENTS}/Sinks/{sink}", [("Description", "x")], 200),
    "DeleteSink": ("DELETE {EVENTS}/Sinks/{sink}", None, 204),
    "CreateSubscription": ("POST {EVENTS}/Subscriptions", SUBSCRIPTION, 201),
    "ListSubscription": ("GET {EVENTS}/Subscriptions?SinkSid={sink}", None, 200),
    "FetchSubscription": ("GET {EVENTS}/Subscriptions/{subscription}", None, 200),
    "UpdateSubscription": ("POST {EVENTS}/Subscriptions/{subscription}", [("Description", "x")], 200),
    "DeleteSubscription": ("DELETE {EVENTS}/Subscriptions/{subscription}", None, 204),
    "FetchDeactivation": ("GET {MESSAGING}/Deactivations?Date=2026-11-18", None, 307),
    "FetchMessagingGeopermissions": ("GET {ACCOUNTS}/Messaging/GeoPermissions?CountryCode=US", None, 200),
    "UpdateMessagingGeopermissions": ("PATCH {ACCOUNTS}/Messaging/GeoPermissions", CLOSED, 200),
    "CreateBulkConsents": ("POST {ACCOUNTS}/Consents/Bulk", CONSENT, 201),
    "CreateSecondaryAuthToken": ("POST {ACCOUNTS}/AuthTokens/Secondary", None, 201),
    "DeleteSecondaryAuthToken": ("DELETE {ACCOUNTS}/AuthTokens/Secondary", None, 204),
    "PromoteAuthToken": ("POST {ACCOUNTS}/AuthTokens/Promote", None, 200),
    "CreateContent": ("POST {CONTENT}/Content", CONTENT_BODY, 201),
    "ListContent": ("GET {CONTENT}/Content", None, 200),
    "FetchContent": ("GET {CONTENT}/Content/{content}", None, 200),
    "UpdateContent": ("PUT {CONTENT}/Content/{content}", CONTENT_BODY, 200),
    "DeleteContent": ("DELETE {CONTENT}/Content/{content}", None, 204),
    "FetchApproval": ("GET {CONTENT}/Content/{content}/ApprovalRequests", None, 200),
}  # fmt: skip

# what must be so before
BEFORE: dict[str, list[tuple[str, Form | None]]] = {
    "CreateServiceShortCode": [(f"DELETE {SERVICE}/ShortCodes/{{code}}", None)],
    "CreateUsAppToPerson": [(f"DELETE {CAMPAIGNS}/{{campaign}}", None)],
    "CreateTollfreeVerification": [(f"DELETE {VERIFICATIONS}/{{verification}}", None)],
    "PromoteAuthToken": [("POST {ACCOUNTS}/AuthTokens/Secondary", None)],
}
FAILED = {
    "UpdateUsAppToPerson": ("campaign", "FAILED"),
    "UpdateBrandRegistration": ("brand", "FAILED"),
    "UpdateTollfreeVerification": ("verification", "TWILIO_REJECTED"),
}
# in XML: one request each
IN_XML: dict[str, tuple[str, Form | None, int, str]] = {
    "CreateMessageXml": ("POST {API}/Messages", TEXT, 201, "Message"),
    "ListMessageXml": ("GET {API}/Messages", None, 200, "Messages"),
    "FetchMessageXml": ("GET {API}/Messages/{message}", None, 200, "Message"),
    "UpdateMessageXml": ("POST {API}/Messages/{message}", [("Body", "")], 200, "Message"),
}
BYTES = {"FetchSignedContent", "FetchDeactivationList", "DeleteMessageXml"}  # shown below
NO_DOMAIN = [each.name for each in OPERATIONS if "LinkShortening" in each.path]


def prepared(operation: str) -> Known:
    held = known()
    for call, form in BEFORE.get(operation, []):
        assert held.call(call, form).status < 300
    if operation in FAILED:
        name, status = FAILED[operation]
        assert held.world.act("PUT", f"/twilio/registrations/{held.sids[name]}", {"status": status})[0] == 200
    return held


@pytest.mark.parametrize("operation", SUCCESS)
def test_an_operation_answers_as_documented(operation: str) -> None:
    """Status and shape; the ledger names the operation."""
    held = prepared(operation)
    call, form, status = SUCCESS[operation]
    response = held.call(call, form)
    assert response.status == status, response.body
    assert held.world.network.ledger.after()[-1]["operation"] == operation


@pytest.mark.parametrize("operation", IN_XML)
def test_without_json_the_answer_is_xml(operation: str) -> None:
    """The same resource, its keys in another case (CAR-02)."""
    call, form, status, tag = IN_XML[operation]
    response = known().call(call, form)
    root = Xml.fromstring(response.body)
    assert (response.status, root.tag, root[0].tag) == (status, "TwilioResponse", tag)
    message = root[0] if tag == "Message" else root[0][0]
    assert message.findtext("Sid", "")[:2] in ("SM", "MM")
    assert message.findtext("ApiVersion") == "2010-04-01"


def test_errors_are_xml_there_too() -> None:
    """`RestException` with four children; a deletion has no body."""
    held = known()
    root = Xml.fromstring(
        held.call("POST {API}/Messages", [("To", "123"), ("From", SUPPORT), ("Body", "x")]).body
    )
    assert [each.tag for each in root[0]] == ["Code", "Message", "MoreInfo", "Status"]
    assert (root[0].tag, root[0].findtext("Code")) == ("RestException", "21211")
    assert held.call("DELETE {API}/Messages/{message}").status == 204


@pytest.mark.parametrize("operation", NO_DOMAIN)
def test_no_domain_shortens_links(operation: str) -> None:
    """Nobody can register one here, so each is unknown."""
    (listed,) = (each for each in OPERATIONS if each.name == operation)
    path = listed.path.replace("<domain>", "DN" + "1" * 32).replace("<service>", "MG" + "1" * 32)
    response = known().call(f"{listed.method} /twilio{path}")
    assert (response.status, read(response)["code"]) == (404, 20404)


def test_lists_behind_redirects() -> None:
    """A phone that was deactivated stands on its day's list, a number a line (CAR-180)."""
    held = known()
    held.world.act("PUT", f"/twilio/phones/{MARIA}", {"deactivated": True})
    moved = read(held.call("GET {MESSAGING}/Deactivations?Date=2026-11-18"))["redirect_to"]
    assert held.call("GET " + moved.partition(":4010")[2]).body == MARIA.encode()
    assert held.world.send()["error_code"] == 30005


def test_every_listed_operation_is_served() -> None:
    """Nothing is listed twice, and all of it stands in one of the tables here."""
    shown = {*SUCCESS, *IN_XML, *NO_DOMAIN, *BYTES}
    assert {each.name for each in OPERATIONS} == shown
    assert max(Counter(each.name for each in OPERATIONS).values()) == 1
    served = {(method, path, name) for method, path, name in known().world.twilio.router.calls}
    assert served == {(each.method, each.path, each.name) for each in OPERATIONS}
