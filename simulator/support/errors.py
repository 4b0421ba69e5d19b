"""The Support API's refusals, in the four shapes it really uses (SUN-SUP-06, SUN-SUP-07)."""

from simulator.web import Refusal, Response, json_response

NO_ACCESS = (
    "You do not have access to this page. "
    "Please contact the account owner of this help desk for further help."
)


def endpoint_unknown() -> Response:
    return json_response({"error": "InvalidEndpoint", "description": "Not found"}, 404)


def not_found() -> Refusal:
    return Refusal(json_response({"error": "RecordNotFound", "description": "Not found"}, 404))


def not_authenticated() -> Refusal:
    return Refusal(json_response({"error": "Couldn't authenticate you"}, 401))


def token_invalid() -> Refusal:
    description = "The access token provided is expired, revoked, malformed or invalid for other reasons."
    return Refusal(json_response({"error": "invalid_token", "error_description": description}, 401))


def forbidden() -> Refusal:
    return Refusal(json_response({"error": {"title": "Forbidden", "message": NO_ACCESS}}, 403))


def malformed(message: str) -> Refusal:
    return Refusal(json_response({"error": {"title": "Invalid attribute", "message": message}}, 400))


def bad_query(code: str, detail: str) -> Refusal:
    return Refusal(json_response({"errors": [{"code": code, "title": code, "detail": detail}]}, 400))


def record_invalid(field: str, description: str) -> Refusal:
    details = {field: [{"description": description}]}
    content = {"error": "RecordInvalid", "description": "Record validation errors", "details": details}
    return Refusal(json_response(content, 422))


def unavailable() -> Refusal:
    """The search service is resting (SUN-SUP-11)."""
    content = {"error": "unavailable", "description": "Sorry, we could not complete your search query."}
    return Refusal(json_response(content, 503))


def oauth(error: str, description: str, status: int) -> Refusal:
    return Refusal(json_response({"error": error, "error_description": description}, status))
