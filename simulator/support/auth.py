"""Who may call the Support API.

Facts:
  * Basic auth: `email/token` as user, the API token as password (SUN-SUP-01). Tokens can be switched off for
    good (SUN-SUP-02).
  * OAuth access tokens live 30 minutes, refresh tokens 30 days; using a refresh token kills the former pair
    (SUN-SUP-03).
  * Identities need plain `read` or `write`, never `users:…`; a misspelt scope yields a token that is refused
    everywhere (SUN-SUP-04).
  * `users/me` without credentials, or with a password, answers 200 with nobody (SUN-SUP-05).
"""

from simulator import accounts
from simulator.support import errors
from simulator.support.call import Call
from simulator.support.records import RefreshToken, Token
from simulator.support.state import Store
from simulator.web import Request, Response, json_response

TOKEN_SECONDS = 1800
REFRESH_SECONDS = 30 * 86_400
PLAIN_ONLY = ("identities",)


def caller_known(call: Call, resource: str) -> bool:
    """Whether the call is authenticated; wrong tokens and missing scopes are refused here."""
    if call.request.bearer is not None:
        _check_scope(call, resource)
        return True
    credentials = call.request.basic_auth
    if credentials is None or not credentials[0].endswith("/token"):
        return False
    if credentials != (f"{accounts.ZENDESK_EMAIL}/token", accounts.ZENDESK_API_TOKEN):
        raise errors.not_authenticated()
    if not call.store.switches.api_tokens:
        raise errors.not_authenticated()
    return True


def _check_scope(call: Call, resource: str) -> None:
    token = call.store.tokens.get(call.request.bearer or "")
    if token is None or token.expires <= call.store.network.now():
        raise errors.token_invalid()
    verb = "read" if call.request.method == "GET" else "write"
    enough = {verb} if resource in PLAIN_ONLY else {verb, f"{resource}:{verb}"}
    if not enough & token.scopes:
        raise errors.forbidden()


def create_token(call: Call) -> Response:
    """POST /oauth/tokens: `client_credentials` or `refresh_token`, as JSON or as a form."""
    wanted = _wanted(call.request)
    _check_client(wanted)
    match wanted.get("grant_type"):
        case "client_credentials":
            return _issue(call.store, wanted.get("scope", "read write"))
        case "refresh_token":
            return _issue(call.store, _use_up(call.store, wanted.get("refresh_token", "")))
    raise errors.oauth("unsupported_grant_type", "The grant type is not supported.", 400)


def _wanted(request: Request) -> dict[str, str]:
    if not request.headers.get("Content-Type", "").startswith("application/json"):
        return dict(request.form)
    try:
        content = request.json
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise errors.oauth("invalid_request", "The body is not a JSON object.", 400)
    return {str(name): str(value) for name, value in content.items()}


def _check_client(wanted: dict[str, str]) -> None:
    client = (wanted.get("client_id"), wanted.get("client_secret"))
    if client != (accounts.ZENDESK_OAUTH_CLIENT_ID, accounts.ZENDESK_OAUTH_CLIENT_SECRET):
        raise errors.oauth("invalid_client", "Client authentication failed.", 401)


def _use_up(store: Store, refresh_token: str) -> str:
    known = store.refresh_tokens.pop(refresh_token, None)
    if known is None or known.expires <= store.network.now():
        raise errors.oauth("invalid_grant", "The refresh token is invalid, too old, or was used before.", 400)
    store.tokens.pop(known.access, None)
    return known.scope


def _issue(store: Store, scope: str) -> Response:
    access, refresh, now = store.network.ids.token(), store.network.ids.token(), store.network.now()
    store.tokens[access] = Token(frozenset(scope.split()), now + TOKEN_SECONDS)
    store.refresh_tokens[refresh] = RefreshToken(scope, access, now + REFRESH_SECONDS)
    return json_response(
        {
            "access_token": access,
            "token_type": "bearer",
            "scope": scope,
            "expires_in": TOKEN_SECONDS,
            "refresh_token": refresh,
        }
    )
