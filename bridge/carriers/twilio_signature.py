"""Whether a webhook is truly Twilio's.

Facts:
  * Signed is the address Twilio was configured with, followed by every form name and its value, names in
    byte order, nothing between them; HMAC keyed with the Auth Token, in Base64 (CAR-97, CAR-98).
  * Blank values count. A parser that drops them refuses almost every real text (CAR-100).
  * A repeated name is written before each of its distinct values, sorted (CAR-99).
  * Userinfo and fragment are never signed (CAR-103, CAR-104). The default port may or may not be (CAR-105).
  * A JSON body is not mixed in: the address carries its SHA-256 as `bodySHA256` (CAR-102).
  * Shared keys may sign with SHA-256 instead of SHA-1 (CAR-109).
  * During a rotation the old and the new token are both good (CAR-108).

The address must be built from the configured public base, the path and the raw query, never from the
socket (CAR-107).
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import SplitResult, parse_qs, urlsplit

Pairs = Sequence[tuple[str, str]]
ALGORITHMS = ("sha1", "sha256")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def verify(
    url: str, pairs: Pairs, signature: str | None, tokens: Iterable[str], *, body: bytes | None = None
) -> bool:
    """Whether `signature` was made by the holder of one of `tokens`. Never raises.

    `pairs` is the decoded form with blanks kept; `body` the raw body if it is not a form.
    """
    if not signature or not _body_is_whole(url, body):
        return False
    signed = () if body is not None else pairs
    expected = [
        sign(address, signed, token, algorithm)
        for token in tokens
        if token
        for address in _variants(url)
        for algorithm in ALGORITHMS
    ]
    given = signature.encode("utf-8", "replace")
    return any(hmac.compare_digest(each.encode(), given) for each in expected)


def sign(address: str, pairs: Pairs, token: str, algorithm: str = "sha1") -> str:
    """The signature of exactly this address and form."""
    text = address + "".join(name + value for name, value in sorted(set(pairs)))
    digest = hmac.new(token.encode(), text.encode("utf-8", "surrogatepass"), getattr(hashlib, algorithm))
    return base64.b64encode(digest.digest()).decode()


def _body_is_whole(url: str, body: bytes | None) -> bool:
    """A body that is not a form must match the hash in the signed address."""
    if body is None:
        return True
    claimed = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
    return hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), claimed.lower().encode())


def _variants(url: str) -> set[str]:
    """The address as it is, with the default port, and without any port."""
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="")
    host, port = _host_and_port(bare)
    with_port = bare._replace(netloc=f"{host}:{port or _DEFAULT_PORTS.get(bare.scheme, 443)}")
    return {_text(each, url) for each in (bare, with_port, bare._replace(netloc=host))}


def _host_and_port(parts: SplitResult) -> tuple[str, str]:
    host, colon, port = parts.netloc.rpartition(":")
    if not colon or port.endswith("]"):
        return parts.netloc, ""
    return host, port


def _text(parts: SplitResult, url: str) -> str:
    """Like `geturl`, but an empty query keeps its question mark, as it was configured."""
    bare_mark = not parts.query and url.partition("#")[0].endswith("?")
    return parts.geturl() + "?" * bare_mark
