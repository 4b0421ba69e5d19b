"""What stands before every call: the key, its scope, the rate limit; and the one shape of errors.

Facts:
  * Missing or unknown key → 401; a key without access → 403; {statusCode, message, error} (OCX-API-03, 04).
  * A key has full access or scopes `resource:action` (OCX-API-02).
  * 100 calls a minute and key (OCX-LIM-08); beyond it 429 with Retry-After (OCX-API-05, status assumed).
"""

import math
from collections import deque
from http import HTTPStatus

from simulator.opencx.organisation import EVERYTHING, Organisation
from simulator.web import Refusal, Request, Response, json_response

MINUTE = 60.0


def error(status: int, message: str) -> Response:
    """OpenCX's error answer."""
    content = {"statusCode": status, "message": message, "error": HTTPStatus(status).phrase}
    return json_response(content, status)


def refuse(status: int, message: str) -> Refusal:
    return Refusal(error(status, message))


def admit(request: Request, resource: str, organisation: Organisation) -> str:
    """The key of a caller who may do this, or the refusal."""
    key = request.bearer or ""
    scopes = organisation.keys.get(key)
    if scopes is None:
        raise refuse(401, "Invalid API key" if key else "Missing API key")
    action = "read" if request.method == "GET" else "write"
    if scopes != EVERYTHING and f"{resource}:{action}" not in scopes:
        raise refuse(403, "This API key has no access to this resource")
    return key


def count(key: str, organisation: Organisation, now: float, limit: int) -> None:
    """One more call with this key, unless there were too many within a minute."""
    calls = organisation.calls.setdefault(key, deque())
    while calls and calls[0] <= now - MINUTE:
        calls.popleft()
    if len(calls) >= limit:
        refusal = refuse(429, "Rate limit exceeded")
        refusal.response.headers["Retry-After"] = str(math.ceil(calls[0] + MINUTE - now))
        raise refusal
    calls.append(now)
