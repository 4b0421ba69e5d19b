"""Who may speak to our webhooks: checked against computed vectors and Twilio's own code."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from bridge.assistants import opencx_webhooks
from bridge.carriers.twilio_signature import Pairs, sign, verify

TOKEN = "test_auth_token"
INBOUND = "https://bridge.example.com/twilio/inbound"
CALL = (
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+12349013030"),
    ("Digits", "1234"),
    ("From", "+12349013030"),
    ("To", "+18005551212"),
)
TEXT = (
    ("MessageSid", "SM" + "0" * 32),
    ("SmsSid", "SM" + "0" * 32),
    ("AccountSid", "AC" + "1" * 32),
    ("From", "+14155552671"),
    ("To", "+12125550123"),
    ("Body", " Hi é 👍\r\nline2 "),
    ("NumMedia", "0"),
    ("NumSegments", "1"),
)
VECTORS = (  # CAR-111…114: token, address, form, signature
    ("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", CALL, "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
    (TOKEN, INBOUND, TEXT, "2Vza8BonXBZUJvtJye86mOO9J7o="),
    (TOKEN, INBOUND, TEXT, "RbZkL7r89UYrtEQOTY50SlsGMKbFeh/lJfShLP0Khbw="),
    (TOKEN, "https://h/x", (), "jfGbxlcLl2DwAtNlst8cuU4RDoI="),
)


@pytest.mark.parametrize(("token", "url", "pairs", "signature"), VECTORS)
def test_the_known_vectors_hold(token: str, url: str, pairs: Pairs, signature: str) -> None:
    """Signatures computed elsewhere are accepted, and no other."""
    assert verify(url, pairs, signature, [token])
    assert not verify(url, pairs, signature, [token + "x"])
    assert not verify(url, [*pairs, ("Extra", "")], signature, [token])
    assert not verify(url + "/", pairs, signature, [token])


def signed(url: str, pairs: Pairs = TEXT, token: str = TOKEN) -> str:
    """As Twilio's own code signs it."""
    form: MultiDict[str, str] = MultiDict(pairs)
    return str(RequestValidator(token).compute_signature(url, form))


@pytest.mark.parametrize(
    ("told", "signed_as"),
    [
        ("https://user:secret@h/x", "https://h/x"),
        ("https://h/x#rc=3&rp=all", "https://h/x"),
        ("https://h:443/x", "https://h/x"),
        ("https://h/x", "https://h:443/x"),
        ("http://h/x?a=1", "http://h:80/x?a=1"),
        ("https://h:8443/x", "https://h:8443/x"),
        ("https://u:p@h:8443/x?attempt=a%2Fb#rc=3", "https://h:8443/x?attempt=a%2Fb"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
    ],
)
def test_userinfo_fragment_and_default_port_do_not_matter(told: str, signed_as: str) -> None:
    """The address we told Twilio and the one it signs differ in known ways only (CAR-103…106)."""
    assert verify(told, TEXT, signed(signed_as), [TOKEN])


@pytest.mark.parametrize(
    ("told", "signed_as"),
    [
        ("https://h/x", "http://h/x"),
        ("https://h/x", "https://other/x"),
        ("https://h/x", "https://h/x/"),
        ("https://h/x?a=1&b=2", "https://h/x?b=2&a=1"),
        ("https://h:8443/x", "https://h:9443/x"),
    ],
)
def test_any_other_difference_refuses(told: str, signed_as: str) -> None:
    """Scheme, host, path, query order and port are signed (CAR-107)."""
    assert not verify(told, TEXT, signed(signed_as), [TOKEN])


FORMS: dict[str, Pairs] = {
    "blank values": [("FromCity", ""), ("Body", "x"), ("ToZip", "")],
    "capitals first": [("b", "2"), ("B", "1"), ("MediaUrl2", "x"), ("MediaUrl10", "y")],
    "a name twice": [("A", "2"), ("A", "1")],
    "a pair twice": [("A", "1"), ("A", "1")],
    "unknown names": [("SomethingNew", "1"), ("Body", "hi")],
}


@pytest.mark.parametrize("pairs", FORMS.values(), ids=FORMS.keys())
def test_forms_are_read_as_twilio_reads_them(pairs: Pairs) -> None:
    """Blank, repeated and unknown parameters all count (CAR-90, CAR-98…100)."""
    assert verify(INBOUND, pairs, signed(INBOUND, pairs), [TOKEN])


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))))
def test_every_form_is_signed_as_twilio_signs_it(pairs: list[tuple[str, str]]) -> None:
    """Whatever the customer writes, we compute what Twilio's own code computes."""
    assert sign(INBOUND, pairs, TOKEN) == signed(INBOUND, pairs)


def test_old_and_new_tokens_are_good_during_a_rotation() -> None:
    """A token that is not listed is refused, an empty one is no token (CAR-108)."""
    assert verify(INBOUND, TEXT, signed(INBOUND, token="old"), ["new", "old"])
    assert not verify(INBOUND, TEXT, signed(INBOUND, token="older"), ["new", "old"])
    assert not verify(INBOUND, TEXT, signed(INBOUND, token=""), ["", "new"])


@pytest.mark.parametrize("signature", [None, "", "x", "é", "0/KCTR6DLpKmkAf8muzZqo1nDgQ"])
def test_a_missing_or_odd_signature_is_refused_quietly(signature: str | None) -> None:
    """No exception, so never a 500 (CAR-106)."""
    assert not verify(INBOUND, TEXT, signature, [TOKEN])


def test_a_json_body_is_held_by_its_hash() -> None:
    """The address carries the body's SHA-256; another body, or none claimed, is refused (CAR-102)."""
    body = b'{"a":1}'
    url = f"https://h/x?bodySHA256={hashlib.sha256(body).hexdigest()}"
    assert verify(url, [], signed(url, ()), [TOKEN], body=body)
    assert not verify(url, [], signed(url, ()), [TOKEN], body=b'{"a":2}')
    assert not verify("https://h/x", [], signed("https://h/x", ()), [TOKEN], body=body)


def hexed(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


def test_opencx_signs_the_raw_body() -> None:
    """Hex HMAC-SHA256 under any current secret; anything else is refused (OPEN-47)."""
    body = b'{"event":"conversation.closed"}'
    assert opencx_webhooks.verify(body, hexed(body, "s"), ["s"])
    assert opencx_webhooks.verify(body, "sha256=" + hexed(body, "old").upper(), ["s", "old"])
    base = base64.b64encode(hmac.digest(b"s", body, "sha256")).decode()
    for wrong in (None, "", hexed(body + b" ", "s"), hexed(body, ""), base):
        assert not opencx_webhooks.verify(body, wrong, ["s", ""])
