"""The Support API's refusals, in the four shapes it really uses (SUN-SUP-06, SUN-SUP-07)."""

from collections.abc import Mapping

from simulator.web import Json, Refusal, Response, json_response

NO_ACCESS = (
    "You do not have access to this page. "
    "Please contact the account owner of this help desk for further help."
)
DEAD = "The access token provided is expired, revoked, malformed or invalid for other reasons."
TOO_MANY: Json = {
    "error": "APIRateLimitExceeded",
    "description": "Number of allowed API requests per minute exceeded",
}
UNAVAILABLE: Json = {
    "error": "unavailable",
    "description": "Sorry, we could not complete your search query. Please try again in a moment.",
}
# What the API says of itself when a fault plants the status.
PLANTED: Mapping[int, Json] = {
    401: {"error": "Couldn't authenticate you"},
    403: {"error": {"title": "Forbidden", "message": NO_ACCESS}},
    404: {"error": "RecordNotFound", "description": "Not found"},
    422: {"error": "RecordInvalid", "description": "Record validation errors", "details": {}},
    429: TOO_MANY,
}
SEARCHES = ("SearchUsers", "Search", "CountSearch")


def planted(operation: str, status: int) -> Json | None:
    """The provider's own words for a status that was planted; None where a gateway would speak."""
    if status == 503 and operation in SEARCHES:
        return UNAVAILABLE
    return PLANTED.get(status)


def _refusal(content: Json, status: int) -> Refusal:
    return Refusal(json_response(content, status))


def endpoint_unknown() -> Response:
    return json_response({"error": "InvalidEndpoint", "description": "Not found"}, 404)


def not_found() -> Refusal:
    return _refusal(PLANTED[404], 404)


def not_authenticated() -> Refusal:
    return _refusal(PLANTED[401], 401)


def token_invalid() -> Refusal:
    return _refusal({"error": "invalid_token", "error_description": DEAD}, 401)


def forbidden() -> Refusal:
    return _refusal(PLANTED[403], 403)


def malformed(message: str) -> Refusal:
    return _refusal({"error": {"title": "Invalid attribute", "message": message}}, 400)


def bad_query(code: str, detail: str) -> Refusal:
    return _refusal({"errors": [{"code": code, "title": code, "detail": detail}]}, 400)


def record_invalid(field: str, description: str) -> Refusal:
    details = {field: [{"description": description}]}
    content = {"error": "RecordInvalid", "description": "Record validation errors", "details": details}
    return _refusal(content, 422)


def beyond_the_last_result() -> Refusal:
    """Search shows so many results and no more (SUN-SUP-08, SUN-SUP-09)."""
    description = "Invalid search: Requested response size was greater than Search Response Limits"
    return _refusal({"error": "invalid", "description": description}, 422)


def too_many(seconds: int, headers: Mapping[str, str]) -> Refusal:
    """A limit is used up; come back in so many seconds (SUN-SUP-19)."""
    refusal = _refusal(TOO_MANY, 429)
    refusal.response.headers["Retry-After"] = str(seconds)
    refusal.response.headers.extend(headers)
    return refusal


def unavailable() -> Refusal:
    """The search service is resting (SUN-SUP-11)."""
    return _refusal(UNAVAILABLE, 503)


def oauth(error: str, description: str, status: int) -> Refusal:
    return _refusal({"error": error, "error_description": description}, status)


def must_be(value: object, kinds: type | tuple[type, ...], field: str) -> None:
    """Refuse a field that holds something of another kind."""
    if not isinstance(value, kinds):
        raise record_invalid(field, f"{field.capitalize()}: is invalid")
