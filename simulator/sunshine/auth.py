"""Who may call Sunshine.

Facts:
  * Basic auth with key id and secret, a JWT signed with the secret, `kid` in its header and `scope` among its
    claims (SUN-AUT-01/02), or a token of the OAuth exchange, which has integration scope (SUN-AUT-08).
  * A JWT asks for a scope its key must have; `user` is none of v2's (SUN-AUT-07).
  * `integration` reaches users, conversations, attachments and its own webhooks (SUN-AUT-05); `app` all but
    apps and their keys; `account` all but webhooks (SUN-AUT-04/06): else 403.
  * Bad or no credentials: 401. An unknown app: 404; an app that is not the key's: 403 (SUN-AUT-09/10).
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from simulator.sunshine import errors
from simulator.sunshine.records import Key
from simulator.sunshine.switches import Switches
from simulator.web import Request

ACCOUNT_ONLY = frozenset(
    {
        *("ListApps", "CreateApp", "DeleteApp"),
        *("ListAppKeys", "CreateAppKey", "GetAppKey", "DeleteAppKey"),
    }
)
APP_AND_ACCOUNT = frozenset(
    {
        *("GetApp", "UpdateApp"),
        *("CreateIntegration", "ListIntegrations", "GetIntegration", "UpdateIntegration"),
        *("DeleteIntegration", "ListCustomIntegrationKeys", "CreateCustomIntegrationKey"),
        *("GetCustomIntegrationKey", "DeleteCustomIntegrationKey"),
        *("ListSwitchboards", "CreateSwitchboard", "UpdateSwitchboard", "DeleteSwitchboard"),
        *("ListSwitchboardIntegrations", "CreateSwitchboardIntegration"),
        *("UpdateSwitchboardIntegration", "DeleteSwitchboardIntegration"),
    }
)
NOT_ACCOUNT = frozenset({"CreateWebhook", "ListWebhooks", "GetWebhook", "UpdateWebhook", "DeleteWebhook"})
SCOPES = ("integration", "app", "account")


@dataclass(frozen=True, slots=True)
class Caller:
    """A proven key and the scope it was used with."""

    key: Key
    scope: str

    @property
    def integration(self) -> str | None:
        """The integration that calls, if that can be told (SUN-SWB-11)."""
        return self.key.integration

    def may(self, operation: str) -> bool:
        if operation in ACCOUNT_ONLY:
            return self.scope == "account"
        if operation in APP_AND_ACCOUNT:
            return self.scope != "integration"
        return not (self.scope == "account" and operation in NOT_ACCOUNT)


class Keyring:
    """Every key of the account and every token that was exchanged for a code."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}
        self.tokens: dict[str, Key] = {}
        self.codes: dict[str, Key] = {}

    def forget(self) -> None:
        for held in (self.keys, self.tokens, self.codes):
            held.clear()

    def caller(self, request: Request, now: float) -> Caller | None:
        """Who calls, if they prove it."""
        if (token := request.bearer) is not None:
            held = self.tokens.get(token)
            return Caller(held, "integration") if held else self._from_jwt(token, now)
        name, secret = request.basic_auth or ("", "")
        key = self.keys.get(name)
        good = key is not None and hmac.compare_digest(key.secret.encode(), secret.encode())
        return Caller(key, key.scope) if key and good else None

    def _from_jwt(self, token: str, now: float) -> Caller | None:
        head, _, signature = token.rpartition(".")
        try:
            header, claims = (_object(part) for part in head.split("."))
            key = self.keys[header["kid"]]
            good = hmac.new(key.secret.encode(), head.encode(), hashlib.sha256).digest()
            proven = header["alg"] == "HS256" and hmac.compare_digest(good, _decoded(signature))
            in_time = "exp" not in claims or float(claims["exp"]) > now
            scope = claims["scope"]
        except (ValueError, KeyError, TypeError):
            return None
        wide_enough = scope in SCOPES and SCOPES.index(scope) <= SCOPES.index(key.scope)
        return Caller(key, scope) if proven and in_time and wide_enough else None

    def of_app(self, app: str) -> list[Key]:
        return [key for key in self.keys.values() if key.app == app and key.scope == "app"]

    def of_integration(self, integration: str) -> list[Key]:
        return [key for key in self.keys.values() if key.integration == integration]


def _object(part: str) -> dict[str, Any]:
    content: Any = json.loads(_decoded(part))
    if not isinstance(content, dict):
        raise ValueError("no object")
    return content


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def narrowed(caller: Caller | None, operation: str, switches: Switches) -> Caller:
    """The caller with the scope they have today; refused if there is none or it is not enough."""
    if caller is None:
        raise errors.Refused(errors.UNAUTHORIZED)
    if switches.key_scope == "integration" and caller.scope == "app":
        caller = Caller(caller.key, "integration")
    if not caller.may(operation):
        raise errors.Refused(errors.FORBIDDEN)
    return caller
