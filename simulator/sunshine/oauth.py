"""OAuth for marketplace bots.

Facts:
  * The browser is sent back with a code and the state it came with; the code is exchanged once, by JSON, for
    a Bearer token of integration scope; revoking it ends its access (SUN-AUT-08).
  * The shared host of the real thing is this one (SUN-03). Connecting makes an integration for the bot.
"""

from urllib.parse import urlencode

from simulator import accounts
from simulator.headers import Headers
from simulator.sunshine import errors
from simulator.sunshine.account import Account
from simulator.sunshine.call import json_of, word
from simulator.sunshine.records import Integration, Key
from simulator.web import Request, Response, json_response

TYPE = "bot"  # the marketplace name of the one client that is registered here


def authorize(account: Account, request: Request) -> Response:
    """GET /oauth/authorize: the administrator agrees at once."""
    asked = dict(request.query)
    if asked.get("client_id") != accounts.SUNSHINE_OAUTH_CLIENT_ID or asked.get("response_type") != "code":
        raise errors.Refused(errors.REQUEST)
    if asked.get("redirect_uri", accounts.SUNSHINE_OAUTH_REDIRECT) != accounts.SUNSHINE_OAUTH_REDIRECT:
        raise errors.Refused(errors.REQUEST)
    code = account.network.ids.token()
    account.ring.codes[code] = _connect(account)
    state = {"state": asked["state"]} if "state" in asked else {}
    address = f"{accounts.SUNSHINE_OAUTH_REDIRECT}?{urlencode({'code': code, **state})}"
    return Response(302, b"", Headers([("Location", address)]))


def _connect(account: Account) -> Key:
    world = account.stock.world
    found = next((each for each in world.integrations.values() if each.type == TYPE), None)
    bot = found or Integration(account.ids(), TYPE, "Marketplace bot")
    world.integrations[bot.id] = bot
    return Key(f"int_{account.ids()}", "", "Marketplace bot", world.app.id, bot.id)


def token(account: Account, request: Request) -> Response:
    """POST /oauth/token."""
    body = json_of(request.body)
    if not isinstance(body, dict):
        raise errors.bad("should be object")
    code, grant, client, secret = (
        word(body, n) for n in ("code", "grant_type", "client_id", "client_secret")
    )
    if (client, secret) != (accounts.SUNSHINE_OAUTH_CLIENT_ID, accounts.SUNSHINE_OAUTH_CLIENT_SECRET):
        raise errors.Refused(errors.UNAUTHORIZED)
    if grant != "authorization_code" or code not in account.ring.codes:
        raise errors.Refused(errors.REQUEST)
    made = account.network.ids.token()
    account.ring.tokens[made] = account.ring.codes.pop(code)
    return json_response({"access_token": made, "token_type": "Bearer"})


def revoke(account: Account, request: Request) -> Response:
    """DELETE /oauth/authorization: the bot's tokens and its integration go."""
    key = account.ring.tokens.get(request.bearer or "")
    if key is None:
        raise errors.Refused(errors.UNAUTHORIZED)
    tokens = account.ring.tokens.items()
    account.ring.tokens = {name: held for name, held in tokens if held.integration != key.integration}
    if key.app in account.spaces:
        account.spaces[key.app].world.integrations.pop(key.integration or "", None)
    return json_response({})


ROUTES = (
    ("GET", "/oauth/authorize", "Authorize", authorize),
    ("POST", "/oauth/token", "GetToken", token),
    ("DELETE", "/oauth/authorization", "RevokeAccess", revoke),
)
