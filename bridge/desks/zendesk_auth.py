"""Signing in to the Support API as an OAuth client, and how its refusals read.

The token is asked for once, shared, and renewed once when a call is answered with 401, however many calls
find it dead at the same time (F-37). Errors come in four shapes (SUN-SUP-06).
"""

import threading
from typing import Any

import requests
from requests.auth import AuthBase

from bridge.core.errors import BridgeError, Permanent
from bridge.http import Client, Timeout, harmless

SCOPE = "read write"  # user identities refuse the narrower scopes (SUN-SUP-04)


class TokenAuth(AuthBase):
    """Puts a bearer token on a call, and repeats the call once with a fresh one."""

    def __init__(
        self, session: requests.Session, url: str, credentials: tuple[str, str], timeout: Timeout
    ) -> None:
        self._session = session
        self._client = Client(session, url, timeout=timeout, complaint=complaint)
        self._credentials = credentials
        self._lock = threading.Lock()
        self._token = ""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        token = self._fresh(dead="")
        request.headers["Authorization"] = f"Bearer {token}"
        request.hooks["response"].append(self._again)
        return request

    def _again(self, response: requests.Response, **options: Any) -> requests.Response:
        """One more try with a token that is not the dead one."""
        if response.status_code != requests.codes.unauthorized:
            return response
        dead = str(response.request.headers.get("Authorization", "")).removeprefix("Bearer ")
        try:
            token = self._fresh(dead=dead)
        except BridgeError:
            return response
        _ = response.content  # so that the connection can be used again
        repeated = response.request.copy()
        repeated.headers["Authorization"] = f"Bearer {token}"
        repeated.hooks = {"response": []}  # once is enough
        again = self._session.send(repeated, **options, allow_redirects=False)
        again.history.append(response)
        return again

    def _fresh(self, *, dead: str) -> str:
        """The shared token, unless it is the one known to be dead."""
        with self._lock:
            if not self._token or self._token == dead:
                self._token = self._ask()
            return self._token

    def _ask(self) -> str:
        name, secret = self._credentials
        body = {
            "grant_type": "client_credentials",
            "client_id": name,
            "client_secret": secret,
            "scope": SCOPE,
        }
        with harmless():
            token = self._client.call("POST", "/oauth/tokens", json=body).get("access_token")
        if not token:
            raise Permanent("no token in the answer")
        return str(token)


def complaint(content: Any) -> tuple[str, str]:
    """Code and message of a refusal, whichever shape it has."""
    if not isinstance(content, dict):
        return "", ""
    listed, error = content.get("errors"), content.get("error")
    if isinstance(listed, list) and listed and isinstance(listed[0], dict):
        error = listed[0]
    if isinstance(error, dict):
        told = error.get("message") or error.get("detail") or error.get("title")
        return str(error.get("code") or error.get("title") or ""), str(told or "")
    return str(error or ""), str(
        content.get("description") or content.get("error_description") or error or ""
    )
