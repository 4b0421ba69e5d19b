"""Every operation of the carrier that carrier.md appendix A names, simulated or not.

A family is one resource with the letters of what can be done to it: Create, List, Fetch, Update, Delete.
Sibling hosts stand under a first segment of their own: `/messaging` is messaging.twilio.com, and so on.
"""

from simulator.operations import Level, Operation

ACCOUNT = "/2010-04-01/Accounts/<account>"
MESSAGING, ACCOUNTS = "/messaging/v1", "/accounts/v1"
CONTENT, EVENTS = "/content/v1", "/events/v1"
SERVICE = f"{MESSAGING}/Services/<service>"
DOMAIN = f"{MESSAGING}/LinkShortening/Domains/<domain>"
SHORTENED = f"{MESSAGING}/LinkShortening/MessagingServices/<service>"

VERBS = {
    "C": ("Create", "POST", False),
    "L": ("List", "GET", False),
    "F": ("Fetch", "GET", True),
    "U": ("Update", "POST", True),
    "D": ("Delete", "DELETE", True),
}
# name, path, letters, level, source, ending of the paths
FAMILIES: tuple[tuple[str, str, str, Level, str, str], ...] = (
    ("Message", f"{ACCOUNT}/Messages", "CLFUD", "core", "CAR-332", ".json"),
    ("Media", f"{ACCOUNT}/Messages/<parent>/Media", "LFD", "core", "CAR-344", ".json"),
    ("IncomingPhoneNumber", f"{ACCOUNT}/IncomingPhoneNumbers", "CLFUD", "wanted", "CAR-352", ".json"),
    ("ShortCode", f"{ACCOUNT}/SMS/ShortCodes", "LFU", "wanted", "CAR-352", ".json"),
    ("Service", f"{MESSAGING}/Services", "CLFUD", "wanted", "CAR-348", ""),
    ("PhoneNumber", f"{SERVICE}/PhoneNumbers", "CLFD", "wanted", "CAR-348", ""),
    ("ServiceShortCode", f"{SERVICE}/ShortCodes", "CLFD", "wanted", "CAR-348", ""),
    ("AlphaSender", f"{SERVICE}/AlphaSenders", "CLFD", "wanted", "CAR-348", ""),
    ("ChannelSender", f"{SERVICE}/ChannelSenders", "CLFD", "wanted", "CAR-348", ""),
    ("DestinationAlphaSender", f"{SERVICE}/DestinationAlphaSenders", "CLFD", "wanted", "CAR-348", ""),
    ("UsAppToPerson", f"{SERVICE}/Compliance/Usa2p", "CLFUD", "wanted", "CAR-351", ""),
    ("BrandRegistration", f"{MESSAGING}/a2p/BrandRegistrations", "CLFU", "wanted", "CAR-351", ""),
    ("BrandVetting", f"{MESSAGING}/a2p/BrandRegistrations/<brand>/Vettings", "CLF", "wanted", "CAR-351", ""),
    ("TollfreeVerification", f"{MESSAGING}/Tollfree/Verifications", "CLFUD", "wanted", "CAR-351", ""),
    ("Sink", f"{EVENTS}/Sinks", "CLFUD", "wanted", "CAR-351", ""),
    ("Subscription", f"{EVENTS}/Subscriptions", "CLFUD", "wanted", "CAR-351", ""),
)
OTHERS = (
    Operation("FetchMediaContent", "GET", f"{ACCOUNT}/Messages/<parent>/Media/<sid>", "core", "CAR-344"),
    Operation("DeleteMediaContent", "DELETE", f"{ACCOUNT}/Messages/<parent>/Media/<sid>", "core", "CAR-344"),
    Operation("FetchSignedContent", "GET", "/cdn/<sid>", "core", "CAR-344"),
    Operation("FetchAccount", "GET", f"{ACCOUNT}.json", "wanted", "CAR-352"),
    Operation("FetchBalance", "GET", f"{ACCOUNT}/Balance.json", "wanted", "CAR-352"),
    Operation(
        "FetchUsAppToPersonUsecase", "GET", f"{SERVICE}/Compliance/Usa2p/Usecases", "wanted", "CAR-351"
    ),
    Operation("FetchUsecase", "GET", f"{MESSAGING}/Services/Usecases", "wanted", "CAR-348"),
    Operation(
        "CreateBrandRegistrationOtp",
        "POST",
        f"{MESSAGING}/a2p/BrandRegistrations/<brand>/SmsOtp",
        "wanted",
        "CAR-351",
    ),
    Operation("CreateMessageFeedback", "POST", f"{ACCOUNT}/Messages/<sid>/Feedback.json", "rare", "CAR-355"),
    Operation("FetchDeactivation", "GET", f"{MESSAGING}/Deactivations", "rare", "CAR-355"),
    Operation("FetchDeactivationList", "GET", "/lists/<day>", "rare", "CAR-355"),
    Operation(
        "FetchMessagingGeopermissions", "GET", f"{ACCOUNTS}/Messaging/GeoPermissions", "rare", "CAR-355"
    ),
    Operation(
        "UpdateMessagingGeopermissions", "PATCH", f"{ACCOUNTS}/Messaging/GeoPermissions", "rare", "CAR-355"
    ),
    Operation("CreateBulkConsents", "POST", f"{ACCOUNTS}/Consents/Bulk", "rare", "CAR-355"),
    Operation("CreateSecondaryAuthToken", "POST", f"{ACCOUNTS}/AuthTokens/Secondary", "rare", "CAR-108"),
    Operation("DeleteSecondaryAuthToken", "DELETE", f"{ACCOUNTS}/AuthTokens/Secondary", "rare", "CAR-108"),
    Operation("PromoteAuthToken", "POST", f"{ACCOUNTS}/AuthTokens/Promote", "rare", "CAR-108"),
    # XML answers: the same calls without `.json`
    Operation("CreateMessageXml", "POST", f"{ACCOUNT}/Messages", "rare", "CAR-356"),
    Operation("ListMessageXml", "GET", f"{ACCOUNT}/Messages", "rare", "CAR-356"),
    Operation("FetchMessageXml", "GET", f"{ACCOUNT}/Messages/<sid>", "rare", "CAR-356"),
    Operation("UpdateMessageXml", "POST", f"{ACCOUNT}/Messages/<sid>", "rare", "CAR-356"),
    Operation("DeleteMessageXml", "DELETE", f"{ACCOUNT}/Messages/<sid>", "rare", "CAR-356"),
    # content templates
    Operation("CreateContent", "POST", f"{CONTENT}/Content", "rare", "CAR-356"),
    Operation("ListContent", "GET", f"{CONTENT}/Content", "rare", "CAR-356"),
    Operation("FetchContent", "GET", f"{CONTENT}/Content/<sid>", "rare", "CAR-356"),
    Operation("UpdateContent", "PUT", f"{CONTENT}/Content/<sid>", "rare", "CAR-356"),
    Operation("DeleteContent", "DELETE", f"{CONTENT}/Content/<sid>", "rare", "CAR-356"),
    Operation("FetchApproval", "GET", f"{CONTENT}/Content/<sid>/ApprovalRequests", "rare", "CAR-356"),
    # link shortening
    Operation("FetchDomainConfig", "GET", f"{DOMAIN}/Config", "rare", "CAR-356"),
    Operation("UpdateDomainConfig", "POST", f"{DOMAIN}/Config", "rare", "CAR-356"),
    Operation("FetchDomainCertificate", "GET", f"{DOMAIN}/Certificate", "rare", "CAR-356"),
    Operation("UpdateDomainCertificate", "POST", f"{DOMAIN}/Certificate", "rare", "CAR-356"),
    Operation("DeleteDomainCertificate", "DELETE", f"{DOMAIN}/Certificate", "rare", "CAR-356"),
    Operation(
        "CreateLinkshorteningMessagingService",
        "POST",
        f"{DOMAIN}/MessagingServices/<service>",
        "rare",
        "CAR-356",
    ),
    Operation(
        "DeleteLinkshorteningMessagingService",
        "DELETE",
        f"{DOMAIN}/MessagingServices/<service>",
        "rare",
        "CAR-356",
    ),
    Operation("FetchLinkshorteningDomain", "GET", f"{SHORTENED}/Domain", "rare", "CAR-356"),
)


def _family(family: tuple[str, str, str, Level, str, str]) -> list[Operation]:
    name, path, letters, level, source, ending = family
    found = []
    for letter in letters:
        verb, method, one = VERBS[letter]
        found.append(
            Operation(verb + name, method, f"{path}{'/<sid>' if one else ''}{ending}", level, source)
        )
    return found


OPERATIONS: tuple[Operation, ...] = (
    *(operation for family in FAMILIES for operation in _family(family)),
    *OTHERS,
)
