"""Who may call the API: Basic auth with the account's SID and token, or with an API key.

Facts: a malformed account in the path is 404 naming the path; bad credentials are 401/20003 (CAR-36);
somebody else's account is 403 (CAR-37). With an API key the path still names the account (CAR-03).
"""

import hmac
import re

from simulator import accounts
from simulator.twilio import errors
from simulator.web import Handler, Request, Response

CREDENTIALS = {
    accounts.TWILIO_ACCOUNT_SID: accounts.TWILIO_AUTH_TOKEN,
    accounts.TWILIO_API_KEY_SID: accounts.TWILIO_API_KEY_SECRET,
}
ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")


def guarded(handler: Handler) -> Handler:
    """`handler`, only for callers who may."""

    def serve(request: Request) -> Response:
        account = request.params.get("account", accounts.TWILIO_ACCOUNT_SID)
        if not ACCOUNT.fullmatch(account):
            raise errors.refusal(20404, path=request.path)
        if not known(request):
            raise errors.refusal(20003)
        if account != accounts.TWILIO_ACCOUNT_SID:
            raise errors.refusal(20008)
        return handler(request)

    return serve


def known(request: Request) -> bool:
    """Whether the credentials are ours."""
    user, password = request.basic_auth or ("", "")
    expected = CREDENTIALS.get(user, "")
    return bool(expected) and hmac.compare_digest(expected.encode(), password.encode())
