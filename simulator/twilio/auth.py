"""Who may call the API: Basic auth with the account's SID and token, or with an API key.

Facts: a malformed account in the path is 404 naming the path; bad credentials are 401/20003 (CAR-36);
somebody else's account is 403 (CAR-37). With an API key the path still names the account (CAR-03). The
secondary token opens, too (CAR-108). Test credentials open a few calls and no others: 403/20008 (CAR-206).
Too many calls in flight are 429/20429, and none of them is carried out (CAR-56).
"""

import hmac
import re

from simulator import accounts
from simulator.twilio import errors
from simulator.twilio.state import State
from simulator.web import Handler, Request, Response

ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")


class Guard:
    """Stands before every call."""

    def __init__(self, state: State) -> None:
        self._state = state

    def __call__(self, handler: Handler, testing: Handler | None = None) -> Handler:
        """`handler`, only for callers who may; `testing` serves those with test credentials."""

        def serve(request: Request) -> Response:
            account = request.params.get("account", "")
            if account and not ACCOUNT.fullmatch(account):
                raise errors.refusal(20404, path=request.path)
            opened = self._opened(request)
            if not opened:
                raise errors.refusal(20003)
            if account not in ("", opened):
                raise errors.refusal(20008)
            self._count()
            if opened == accounts.TWILIO_TEST_ACCOUNT_SID:
                return _tested(testing, request)
            return handler(request)

        return serve

    def _opened(self, request: Request) -> str:
        """The account these credentials open, if any."""
        user, password = request.basic_auth or ("", "")
        account, *tokens = self._known(user)
        given = password.encode()
        return account if any(each and hmac.compare_digest(each.encode(), given) for each in tokens) else ""

    def _known(self, user: str) -> tuple[str, ...]:
        """The account a user opens, and the passwords that do it."""
        state = self._state
        if user == state.account:
            return user, state.token, state.secondary
        if user == accounts.TWILIO_API_KEY_SID:
            return state.account, accounts.TWILIO_API_KEY_SECRET
        if user == accounts.TWILIO_TEST_ACCOUNT_SID:
            return user, accounts.TWILIO_TEST_AUTH_TOKEN
        return ("",)

    def _count(self) -> None:
        """Each call is in flight for a while; too many at once are refused."""
        switches, calls, now = self._state.switches, self._state.calls, self._state.network.now()
        if not switches.concurrency:
            return
        while calls and calls[0] <= now - switches.call_seconds:
            calls.popleft()
        if len(calls) >= switches.concurrency:
            raise errors.refusal(20429)
        calls.append(now)


def _tested(testing: Handler | None, request: Request) -> Response:
    if testing is None:
        raise errors.refusal(20008)
    return testing(request)
