"""What can be done to this carrier by `quirk X`, beside the faults every system knows.

A quirk is planted for an operation: a call by its name, `inbound` for the webhook of a text, `status` for a
receipt.
"""

from simulator.network import Network

SIGNING = {
    "bad signature": "the signature does not fit",
    "no signature": "there is no signature",
    "stale signature": "the Auth Token before the present one signs (CAR-374, CAR-376)",
}
WEBHOOK = {
    **SIGNING,
    "unknown parameter": "a parameter nobody heard of comes along, signed (CAR-90, CAR-375)",
    "new token": "it comes twice, the second time with another idempotency token (CAR-370)",
    "own line": "it does not wait for what its customer sent before (CAR-371)",
    "gave up waiting": "the carrier hangs up before it has the answer (CAR-372)",
    "late": "it comes two hours late (CAR-368)",
}
QUIRKS: dict[str, dict[str, str]] = {
    "inbound": {
        **WEBHOOK,
        "missing part": "one part of the text never arrived: 30009 (CAR-379)",
        "base64 text": "a text of several parts comes as the base64 of what was written",
    },
    "status": WEBHOOK,
    "CreateMessage": {
        "empty answer": "201 without a body; the message exists (CAR-361)",
        "problem details": "a refusal in the newer form (CAR-35)",
        "prefixed body": "a trial account's prefix (CAR-179)",
    },
    "FetchMediaContent": {
        "dead host": "the redirect leads to a host that does not answer (CAR-377)",
        "expired link": "the redirect's signature has run out (CAR-377)",
    },
    "FetchSignedContent": {
        "empty file": "no bytes (CAR-377)",
        "huge file": "30 MB (CAR-377)",
        "wrong type": "a page of HTML that says it is a JPEG (CAR-377)",
        "slow drip": "a byte at a time (CAR-377)",
    },
}
NAMES = tuple(dict.fromkeys(name for known in QUIRKS.values() for name in known))


def take(network: Network, operation: str) -> str:
    """Use up one quirk planted for this operation; its words, or nothing."""
    return network.faults.quirk("twilio", operation, QUIRKS[operation]) or ""
