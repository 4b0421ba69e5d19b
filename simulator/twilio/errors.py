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
    21704: (400, "The Messaging Service contains no phone numbers."),
    21705: (400, "The Messaging Service Sid {service} is invalid."),
    30409: (400, "This message cannot be canceled"),
}

UNSAID = {"to": "", "sender": "", "service": "", "url": "", "name": "", "path": "", "kind": "SMS"}

FAILURES: dict[int, str] = {
    11200: "HTTP retrieval failure",
    11751: "Media message - media exceeds the size limit",
    12300: "Invalid Content-Type",
    14107: "Message reply rate limit hit",
    21610: "Attempt to send to unsubscribed recipient",
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30032: "Toll-free number has not been verified",
    30034: "US A2P 10DLC - message from an unregistered number",
    30035: "US A2P 10DLC - registration of this number is still in progress",
    63019: "Media failed to download",
}


def answer(code: int, **facts: str) -> Response:
    """The refusal `code` as a response."""
    status, text = REFUSALS[code]
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
