"""X-Twilio-Signature: who may believe a webhook came from the carrier.

Facts:
  * HMAC-SHA1 of the URL followed by every POST name and value, names in byte order, in Base64 (CAR-97).
  * Sorting is case-sensitive (CAR-98); repeated names: values once each, sorted (CAR-99).
  * Blank values count: the name is appended alone (CAR-100). Values are signed untrimmed (CAR-101).
  * User name, password and fragment are not signed (CAR-103, CAR-104); the port is.
  * Over GET all values stand in the URL and no POST names are signed (CAR-96).
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

Params = list[tuple[str, str]]


def sign(token: str, url: str, params: Iterable[tuple[str, str]] = ()) -> str:
    """The signature of a form post (or, without parameters, of a GET) to `url`."""
    text = bare(url) + "".join(name + value for name, value in sorted(set(params)))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def bare(url: str) -> str:
    """`url` without user name, password and fragment."""
    split = urlsplit(url)
    return urlunsplit(split._replace(netloc=split.netloc.rpartition("@")[2], fragment=""))
