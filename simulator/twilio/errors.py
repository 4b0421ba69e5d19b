"""What the carrier says when it refuses, and what it says later when a message was not delivered.

Facts:
  * A refusal is four keys: code, message, more_info, status; 20003 adds detail (CAR-34).
  * The texts are those seen on the wire where a recording exists (CAR-38 … CAR-52); the others are ours.
  * A successful create proves nothing: codes from 30001 on arrive with the receipt (CAR-59 … CAR-83).
"""

from simulator.web import Refusal, Response, json_response

NOT_VALID_SENDER = "is not a valid phone number, shortcode, or alphanumeric sender ID."
NOT_YOURS = "is not a valid, SMS-capable inbound phone number or short code for your account."

REFUSALS: dict[int, tuple[int, str]] = {
    20001: (400, "Parameter '{name}' is not valid."),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20005: (403, "Account is not active"),
    20007: (400, "Page size must be a whole number between 1 and 1000."),
    20008: (403, "Resource not accessible with Test Account Credentials"),
    20009: (409, "Cannot delete or change a resource that is still in progress."),
    20404: (404, "The requested resource {path} was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    20503: (503, "Service Unavailable"),
    21211: (400, "The 'To' number {to} is not a valid phone number."),
    21212: (400, "The 'From' number {sender} " + NOT_VALID_SENDER),
    21266: (400, "'To' and 'From' number cannot be the same: {to}"),
    21408: (
        400,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}",
    ),
    21421: (400, "{number} is not a valid number."),
    21422: (400, "{number} is not available."),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The From phone number {sender} " + NOT_YOURS),
    21608: (400, "The number {to} is unverified. Trial accounts cannot send messages to unverified numbers."),
    21609: (400, "The StatusCallback URL {url} is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (429, "SMS queue is full."),
    21612: (
        400,
        "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number: "
        "{sender} via {kind}.",
    ),
    21614: (400, "To number: {to}, is not a mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
    21620: (400, "The media URL {url} is not valid."),
    21623: (400, "A message can have at most 10 media URLs."),
    21635: (400, "'To' number {to} cannot be a landline"),
    21655: (400, "The ContentSid is invalid"),
    21656: (400, "The ContentVariables parameter is invalid"),
    21701: (404, "The Messaging Service {service} does not exist."),
    21702: (400, "The Messaging Service is not available for use."),
    21703: (400, "The Messaging Service does not have a phone number that can reach {to}."),
    21704: (400, "The Messaging Service contains no phone numbers."),
    21705: (400, "The Messaging Service Sid {service} is invalid."),
    21710: (409, "Phone Number or Short Code is already in the Messaging Service."),
    21712: (409, "Phone Number or Short Code is associated with another Messaging Service."),
    21714: (412, "Number Pool size limit reached"),
    30409: (400, "This message cannot be canceled"),
    572005: (400, "The number {to} has not been confirmed yet. Confirm it before sending."),
}

UNSAID = {
    "number": "",
    "to": "",
    "sender": "",
    "service": "",
    "url": "",
    "name": "",
    "path": "",
    "kind": "SMS",
}

MISSING = "Missing required parameter {name} in the post body"

FAILURES: dict[int, str] = {
    11200: "HTTP retrieval failure",
    11751: "Media message - media exceeds the size limit",
    12300: "Invalid Content-Type",
    14107: "Message reply rate limit hit",
    14109: "Message reply limit of one incoming message hit",
    21610: "Attempt to send to unsubscribed recipient",
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30009: "Missing inbound segment",
    30011: "MMS not supported by the receiving phone number in this region",
    30017: "Carrier network congestion",
    30019: "Content size exceeds carrier limit",
    30022: "US A2P 10DLC - rate limits exceeded",
    30023: "US A2P 10DLC - daily message cap reached",
    30024: "Numeric sender ID not provisioned on carrier",
    30032: "Toll-free number has not been verified",
    30033: "US A2P 10DLC - campaign suspended",
    30034: "US A2P 10DLC - message from an unregistered number",
    30035: "US A2P 10DLC - registration of this number is still in progress",
    30047: "Message could not be moved to an allowed hour",
    30410: "Provider timeout",
    30450: "Message delivery blocked: possible SMS pumping",
    63003: "Channel could not find To address",
    63013: "Channel policy violation",
    63016: "Outside the allowed window: use a template",
    63018: "Rate limit exceeded for channel",
    63019: "Media failed to download",
    63024: "Invalid message recipient",
    63032: "This recipient cannot be reached because of a restriction",
}


def answer(code: int, text: str = "", **facts: str) -> Response:
    """The refusal `code` as a response, in its own words or these."""
    status, words = REFUSALS[code]
    text = text or words
    filled = text.format_map({**UNSAID, **facts})
    body: dict[str, object] = {
        "code": code,
        "message": filled,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    if code == 20003:
        body["detail"] = "Your AccountSid or AuthToken was incorrect."
    return json_response(body, status)


class Refused(Refusal):
    """A refusal that knows its code."""

    def __init__(self, code: int, response: Response) -> None:
        super().__init__(response)
        self.code = code


def refusal(code: int, **facts: str) -> Refused:
    """The refusal `code`, to be raised."""
    return Refused(code, answer(code, **facts))


def missing(name: str) -> Refused:
    """A call that leaves out what it must say."""
    return Refused(20001, answer(20001, MISSING, name=name))


def problem(status: int, code: int, title: str) -> Response:
    """An error in the newer form, for which the SDK has another exception (CAR-35)."""
    kind = f"https://www.twilio.com/docs/api/errors/{code}"
    body = {"type": kind, "title": title, "status": status, "code": code, "detail": title, "errors": []}
    response = json_response(body, status)
    response.headers["Content-Type"] = "application/problem+json"
    return response
