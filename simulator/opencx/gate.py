"""What stands before every call: the key, its scope, the rate limit; and the one shape of errors.

Facts:
  * Missing or unknown key → 401; a key without access → 403; {statusCode, message, error} (OCX-API-03, 04).
  * 100 calls a minute and key (OCX-LIM-08); beyond it 429 with Retry-After (OCX-API-05, status assumed).
"""

from http import HTTPStatus

from simulator import accounts
from simulator.opencx.state import Organisation
from simulator.web import Refusal, Request, Response, json_response

MINUTE = 60.0
KEYS = {accounts.OPENCX_API_KEY: ("GET", "POST", "PATCH", "DELETE"), accounts.OPENCX_READ_KEY: ("GET",)}


def error(status: int, message: str) -> Response:
    """OpenCX's error answer."""
    content = {"statusCode": status, "message": message, "error": HTTPStatus(status).phrase}
    return json_response(content, status)


def refuse(status: int, message: str) -> Refusal:
    return Refusal(error(status, message))


def admit(request: Request, organisation: Organisation, now: float, limit: int) -> None:
    """Let the call in, or raise its refusal."""
    key = request.bearer or ""
    if key not in KEYS:
        raise refuse(401, "Invalid API key" if key else "Missing API key")
    if request.method not in KEYS[key]:
        raise refuse(403, "This API key has no access to this resource")
    calls = [at for at in organisation.calls.get(key, []) if at > now - MINUTE]
    if len(calls) >= limit:
        refusal = refuse(429, "Rate limit exceeded")
        refusal.response.headers["Retry-After"] = str(int(calls[0] + MINUTE - now) + 1)
        raise refusal
    organisation.calls[key] = [*calls, now]
