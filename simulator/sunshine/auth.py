"""Who may call Sunshine.

Facts:
  * Basic auth with key id and secret, or a JWT signed with the secret, `kid` in its header (SUN-AUT-01/02).
  * An integration key reaches users, conversations, attachments and its own webhooks; nothing about the app,
    its integrations or its switchboards (SUN-AUT-05): 403.
  * Bad or no credentials: 401. An unknown app: 404 (SUN-AUT-09/10).
"""

import base64
import hashlib
import hmac
import json
from typing import Any

from simulator import accounts
from simulator.sunshine import errors
from simulator.sunshine.switches import Switches
from simulator.web import Request

KEYS = {
    accounts.SUNSHINE_KEY_ID: accounts.SUNSHINE_SECRET,
    accounts.SUNSHINE_INTEGRATION_KEY_ID: accounts.SUNSHINE_INTEGRATION_SECRET,
}
APP_ONLY = frozenset(
    {
        *("GetApp", "CreateIntegration", "ListIntegrations", "GetIntegration"),
        *("UpdateIntegration", "DeleteIntegration", "ListSwitchboards"),
        *("ListSwitchboardIntegrations", "CreateSwitchboardIntegration"),
        *("UpdateSwitchboardIntegration", "DeleteSwitchboardIntegration"),
    }
)


def key_of(request: Request) -> str | None:
    """The id of the key that made this call, if it proves to have it."""
    if request.bearer:
        return _from_jwt(request.bearer)
    key, secret = request.basic_auth or ("", "")
    return key if KEYS.get(key) == secret else None


def _from_jwt(token: str) -> str | None:
    head, _, signature = token.rpartition(".")
    try:
        header: Any = json.loads(_decoded(token.partition(".")[0]))
        secret = KEYS[header["kid"]].encode()
        good = hmac.new(secret, head.encode(), hashlib.sha256).digest()
        matches = header["alg"] == "HS256" and hmac.compare_digest(good, _decoded(signature))
    except (ValueError, KeyError, TypeError):
        return None
    return str(header["kid"]) if matches else None


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def integration_scope(request: Request, operation: str, switches: Switches) -> bool:
    """Whether the call has only integration scope; refused if that is not enough."""
    key = key_of(request)
    if key is None:
        raise errors.Refused(errors.UNAUTHORIZED)
    narrow = key.startswith("int_") or switches.key_scope == "integration"
    if narrow and operation in APP_ONLY:
        raise errors.Refused(errors.FORBIDDEN)
    if request.params.get("app") != accounts.SUNSHINE_APP_ID:
        raise errors.Refused(errors.APP)
    return narrow
