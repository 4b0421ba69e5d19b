"""X-Twilio-Signature: who may believe a webhook came from the carrier.

Facts:
  * HMAC-SHA1 of the URL followed by every POST name and value, names in byte order, in Base64 (CAR-97).
  * Sorting is case-sensitive (CAR-98); repeated names: values once each, sorted (CAR-99).
  * Blank values count: the name is appended alone (CAR-100). Values are signed untrimmed (CAR-101).
  * User name, password and fragment are not signed (CAR-103, CAR-104); the port is.
  * A shared key signs instead, with SHA-1 or SHA-256, and a header says so (CAR-109).
  * Over GET all values stand in the URL and no POST names are signed (CAR-96).
"""

import base64
import hmac
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from simulator.twilio.state import State

HASHES = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
Params = list[tuple[str, str]]


def sign(token: str, url: str, params: Iterable[tuple[str, str]] = (), algorithm: str = "HMAC_SHA1") -> str:
    """The signature of a form post (or, without parameters, of a GET) to `url`."""
    text = bare(url) + "".join([name + value for name, value in sorted(set(params))])
    digest = hmac.digest(token.encode(), text.encode(), HASHES[algorithm])
    return base64.b64encode(digest).decode()


def signatures(state: State, url: str, params: Params, quirk: str = "") -> dict[str, str]:
    """The headers that prove a webhook, as the account has it (CAR-109) or as a quirk spoils it."""
    switches = state.switches
    if quirk == "no signature":
        return {}
    tokens = {"bad signature": "nobody's token", "stale signature": state.former or "the token before"}
    if quirk in tokens or not switches.signing_secret:
        return {"X-Twilio-Signature": sign(tokens.get(quirk, state.token), url, params)}
    algorithm = switches.signing_algorithm
    return {
        "X-Twilio-Webhooks-Signature-Settings": f"key={switches.signing_key},algorithm={algorithm}",
        "X-Twilio-Signature": sign(switches.signing_secret, url, params, algorithm),
    }


@lru_cache(1024)
def bare(url: str) -> str:
    """`url` without user name, password and fragment."""
    split = urlsplit(url)
    return urlunsplit(split._replace(netloc=split.netloc.rpartition("@")[2], fragment=""))
