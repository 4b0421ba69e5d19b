"""Registration is looked at before anything is sent, and carriers' codes are told in plain words."""

import re

import pytest

from bridge.core import compliance
from bridge.core.compliance import Gate

US, PUERTO_RICO, CANADA, BRITAIN = "+14155550101", "+17875550101", "+14165550101", "+447700900123"
OPEN, SHUT = True, False

GATES = {
    "local, registered, to the US": ("local", "registered", US, OPEN),
    "local, verified": ("local", "verified", US, OPEN),
    "local, not required": ("local", "not_required", US, OPEN),
    "local, unregistered, to the US": ("local", "unregistered", US, SHUT),
    "local, pending": ("local", "pending", US, SHUT),
    "local, rejected": ("local", "rejected", US, SHUT),
    "local, not known": ("local", "", US, SHUT),
    "local, a word we do not know": ("local", "limbo", US, SHUT),
    "local, unregistered, to a territory": ("local", "unregistered", PUERTO_RICO, SHUT),
    "local, unregistered, to no known region of +1": ("local", "unregistered", "+15551234567", SHUT),
    "local, unregistered, to Canada": ("local", "unregistered", CANADA, OPEN),
    "local, unregistered, to Britain": ("local", "unregistered", BRITAIN, OPEN),
    "Canadian, unregistered, to Canada": ("local-ca", "unregistered", CANADA, OPEN),
    "Canadian, unregistered, to the US": ("local-ca", "unregistered", US, SHUT),
    "Canadian, registered, to the US": ("local-ca", "registered", US, OPEN),
    "toll-free, verified, to the US": ("toll-free", "verified", US, OPEN),
    "toll-free, registered, to Canada": ("toll-free", "registered", CANADA, OPEN),
    "toll-free, pending, to the US": ("toll-free", "pending", US, SHUT),
    "toll-free, pending, to Canada": ("toll-free", "pending", CANADA, SHUT),
    "toll-free, unregistered, to Canada": ("toll-free", "unregistered", CANADA, SHUT),
    "toll-free, unregistered, to Britain": ("toll-free", "unregistered", BRITAIN, OPEN),
    "short code": ("short-code", "unregistered", US, OPEN),
    "short code, nothing known": ("short-code", "", US, OPEN),
    "international": ("international", "unregistered", US, OPEN),
    "name to the US": ("alphanumeric", "registered", US, SHUT),
    "name to Canada": ("alphanumeric", "not_required", CANADA, SHUT),
    "name to Britain": ("alphanumeric", "unregistered", BRITAIN, OPEN),
    "class not known": ("", "unregistered", US, SHUT),
    "class not known, to Canada": ("satellite", "unregistered", CANADA, OPEN),
}


@pytest.mark.parametrize(("kind", "registration", "phone", "open_"), GATES.values(), ids=list(GATES))
def test_gate(kind: str, registration: str, phone: str, open_: bool) -> None:  # noqa: FBT001
    """A shut gate says why and what mends it; an open one says nothing."""
    gate = compliance.gate(kind, registration, phone)
    assert (gate.open, gate.warn) == (open_, False)
    assert bool(gate.reason) is bool(gate.fix) is not open_


@pytest.mark.parametrize(("kind", "registration", "phone", "open_"), GATES.values(), ids=list(GATES))
def test_warn_opens_all_but_the_impossible(kind: str, registration: str, phone: str, open_: bool) -> None:  # noqa: FBT001
    """With BRIDGE_COMPLIANCE=warn the reply leaves with the same words; a name still cannot text the US."""
    shut = compliance.gate(kind, registration, phone)
    warned = compliance.gate(kind, registration, phone, "warn")
    possible = open_ or kind != "alphanumeric"
    assert warned == Gate(possible, possible and not open_, shut.reason, shut.fix)


@pytest.mark.parametrize("policy", ["block", "", "Warn", "off"])
def test_any_other_policy_blocks(policy: str) -> None:
    """A misspelt policy does not open the gate."""
    assert not compliance.gate("local", "unregistered", US, policy).open


REASONS = {
    "unregistered": (
        ("local", "unregistered", US),
        "our number is not registered for texts to the US, so carriers block them.",
    ),
    "pending": (
        ("toll-free", "pending", CANADA),
        "our toll-free number is still waiting for approval for texts to Canada, so carriers block them.",
    ),
    "rejected": (
        ("local-ca", "rejected", US),
        "our number was refused registration for texts to the US, so carriers block them.",
    ),
    "not known": (
        ("local", "?", US),
        "our number is not known to be registered for texts to the US, so carriers block them.",
    ),
    "name": (("alphanumeric", "", CANADA), "a sender's name cannot text phones in Canada."),
    "open": (("local", "registered", US), ""),
}


@pytest.mark.parametrize(("situation", "reason"), REASONS.values(), ids=list(REASONS))
def test_reasons(situation: tuple[str, str, str], reason: str) -> None:
    """The agent reads what is the matter with our number, in words."""
    assert compliance.gate(*situation).reason == reason


FIXES = {
    "local": ("local", "10DLC"),
    "local-ca": ("local-ca", "10DLC"),
    "toll-free": ("toll-free", "toll-free number verified"),
    "alphanumeric": ("alphanumeric", "local, toll-free or short-code"),
}


@pytest.mark.parametrize(("kind", "words"), FIXES.values(), ids=list(FIXES))
def test_fixes(kind: str, words: str) -> None:
    """The operator reads what to do for this class of number."""
    assert words in compliance.gate(kind, "unregistered", US).fix


# Sections 3.1 and 3.2 of the carrier reference, written out here so that none can be forgotten.
DOCUMENTED = """
21211 21212 21408 21602 21603 21604 21606 21608 21609 21610 21611 21612 21614 21617 21620 21623 21635
21655 21656 21701 21702 21703 21704 21705 20429 20500 20503 572005
30001 30002 30003 30004 30005 30006 30007 30008 30009 30011 30019 30017 30022 30023 30024 30032 30033
30034 30035 30047 30410 30450 11200 11751 12300 63019 14107 14109 63003 63013 63016 63018 63024 63032
"""


@pytest.mark.parametrize("code", DOCUMENTED.split())
def test_every_documented_code_is_explained(code: str) -> None:
    """Each code has a clause of its own that stands after a colon and shows no digits of the code."""
    told = compliance.explain(code)
    assert re.fullmatch(r"[a-z].*\.", told)
    assert code not in told


MEANINGS = {
    "opt-out": ("21610", "STOP"),
    "10DLC": ("30034", "10DLC"),
    "toll-free": ("30032", "toll-free number is not verified"),
    "suspended": ("30033", "suspended"),
    "in progress": ("30035", "not finished"),
    "unknown number": ("30005", "no longer in use"),
    "spam": ("30007", "spam"),
    "landline": ("30006", "landline"),
    "off": ("30003", "switched off"),
    "service": ("21703", "messaging service"),
    "media": ("12300", "attached file"),
    "unknown code": ("99999", "the carrier reported error 99999."),
    "no code": ("", "the carrier gave no reason."),
}


@pytest.mark.parametrize(("code", "words"), MEANINGS.values(), ids=list(MEANINGS))
def test_explain(code: str, words: str) -> None:
    """The words fit the code; an unknown code is shown as it is."""
    assert words in compliance.explain(code)


@pytest.mark.parametrize("code", ["30022", "30023", "30024", "30032", "30033", "30034", "30035"])
def test_late_codes(code: str) -> None:
    """A registration at fault shows only after an accepted send, by one of these codes."""
    assert compliance.LATE_CODES[code] == compliance.explain(code)


@pytest.mark.parametrize("code", ["30003", "30007", "21610", ""])
def test_other_codes_are_not_the_registrations_fault(code: str) -> None:
    """A phone that is off is no compliance matter."""
    assert code not in compliance.LATE_CODES


def test_no_code_at_all() -> None:
    """The agent reads that nothing more is known."""
    assert compliance.explain("") == "the carrier gave no reason."
