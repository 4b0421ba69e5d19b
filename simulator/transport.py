"""Webhooks over real HTTP.

A fresh connection each time, so that a failure says something about the receiver and not about an old
socket. Redirects are not followed; the machine's proxy settings do not apply.
"""

import requests
from urllib3.exceptions import ProtocolError

from simulator.network import Hook, HookAnswer

CONNECT_SECONDS = 5.0


def deliver(hook: Hook) -> HookAnswer:
    """Make one attempt; no answer is an answer, too."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            return _attempt(session, hook)
    except requests.RequestException as failure:
        return HookAnswer(None, connected=_connected(failure))


def _connected(failure: requests.RequestException) -> bool:
    """Whether the line stood before it failed: silence and a cut line are not a refused one."""
    reason = failure.args[0] if failure.args else None
    return isinstance(failure, requests.ReadTimeout) or isinstance(reason, ProtocolError)


def _attempt(session: requests.Session, hook: Hook) -> HookAnswer:
    answer = session.request(
        hook.method,
        hook.url,
        data=hook.body,
        headers=hook.headers,
        timeout=(min(CONNECT_SECONDS, hook.timeout), hook.timeout),
        allow_redirects=False,
    )
    return HookAnswer(answer.status_code, dict(answer.headers), answer.content)
