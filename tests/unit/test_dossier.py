"""The live chat bears the documented tags and ids, and the agent alone reads why."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import dossier
from bridge.core.model import Handoff

ALWAYS = ("opencx_channel_sms", "opencx_handedoff")

SENTIMENTS = {
    "angry": ("angry", "angry"),
    "neutral": ("neutral", "neutral"),
    "happy": ("happy", "happy"),
    "another product's positive": ("positive", "happy"),
    "another product's negative": ("negative", "angry"),
    "another product's frustrated": ("frustrated", "angry"),
    "in capitals": (" Angry ", "angry"),
    "unknown word": ("confused", ""),
    "unknown": ("", ""),
}


@pytest.mark.parametrize(("word", "known"), SENTIMENTS.values(), ids=list(SENTIMENTS))
def test_sentiment_tag(word: str, known: str) -> None:
    """A known sentiment is a tag; an unknown one is left out (OPEN-38)."""
    expected = (*ALWAYS, f"opencx_sentiment_{known}") if known else ALWAYS
    assert dossier.tags(Handoff("user_request", sentiment=word)) == expected


EXTRA = {
    "none": ((), ()),
    "one": (("vip",), ("vip",)),
    "in capitals": (("VIP",), ("vip",)),
    "an X at the edge": (("Xmas",), ("xmas",)),
    "blank inside": (("gold customer",), ("gold_customer",)),
    "comma inside": (("a,b", "c, d"), ("a_b", "c_d")),
    "outer blanks and commas": ((" vip, ",), ("vip",)),
    "empty": (("", " "), ()),
    "twice": (("vip", "VIP"), ("vip",)),
    "one of ours": (("opencx_handedoff",), ()),
}


@pytest.mark.parametrize(("extra", "kept"), EXTRA.values(), ids=list(EXTRA))
def test_extra_tags(extra: tuple[str, ...], kept: tuple[str, ...]) -> None:
    """Tags of the operator follow ours, each once, as Zendesk keeps them."""
    assert dossier.tags(Handoff("user_request"), extra) == (*ALWAYS, *kept)


NOTES = {
    "everything": (
        Handoff("user_request", "Wants a refund.", "angry", "Billing"),
        "Reason: user request\nSummary: Wants a refund.\nSentiment: angry\nTopic: Billing",
    ),
    "reason alone": (Handoff("missing_knowledge"), "Reason: missing knowledge"),
    "sentiment of another product": (Handoff("x", sentiment="Frustrated"), "Reason: x\nSentiment: angry"),
    "sentiment unknown to us": (Handoff("x", sentiment="confused"), "Reason: x\nSentiment: confused"),
    "blank fields": (Handoff("x", summary="  ", topic="\n"), "Reason: x"),
    "controls": (Handoff("x\x00", summary=" a\x1bb "), "Reason: x\nSummary: ab"),
    "just long enough": (Handoff("x", summary="s" * 1000), "Reason: x\nSummary: " + "s" * 1000),
    "too long": (Handoff("x", summary="s" * 1001), "Reason: x\nSummary: " + "s" * 999 + "…"),
    "too long, cut after a blank": (
        Handoff("x", topic="t" * 998 + "  tail"),
        "Reason: x\nTopic: " + "t" * 998 + "…",
    ),
}


@pytest.mark.parametrize(("handoff", "lines"), NOTES.values(), ids=list(NOTES))
def test_note(handoff: Handoff, lines: str) -> None:
    """The note says in lines what is known, and nothing about what is not (OCX-HO-12)."""
    assert dossier.note(handoff) == f"The AI handed this conversation over.\n{lines}"


def test_note_of_nothing() -> None:
    """A handoff without a word of explanation is still announced."""
    assert dossier.note(Handoff("")) == "The AI handed this conversation over."


def test_the_longest_note_fits_the_desk() -> None:
    """Four fields at their longest stay below the desk's limit (SUN-MSG-07)."""
    long = "😀" * 5000
    note = dossier.note(Handoff(long, long, "angry", long))
    assert note.count("…") == 3
    assert len(note) <= 4096


def test_metadata_holds_the_three_ids() -> None:
    """The ids stand beside whatever else is given, and nothing else may take their names."""
    data = dossier.metadata("org", "contact", "session", {"opencx_org_id": "forged", dossier.TAGS_KEY: "a,b"})
    assert data == {
        "opencx_org_id": "org",
        "opencx_contact_id": "contact",
        "opencx_session_id": "session",
        "dataCapture.systemField.tags": "a,b",
    }
    assert dossier.metadata("o", "", "s") == {
        "opencx_org_id": "o",
        "opencx_contact_id": "",
        "opencx_session_id": "s",
    }


def _filled(missing: int) -> dict[str, str]:
    """Metadata that is so many bytes short of the limit."""
    bare = dossier.size(dossier.metadata("o", "c", "s", {"summary": ""}))
    return dossier.metadata("o", "c", "s", {"summary": "x" * (4096 - bare - missing)})


SIZES = {"just below": (1, 4095, False), "exactly": (0, 4096, False), "one over": (-1, 4096, True)}


@pytest.mark.parametrize(("missing", "size", "cut"), SIZES.values(), ids=list(SIZES))
def test_metadata_limit(missing: int, size: int, cut: bool) -> None:  # noqa: FBT001
    """What fits is left alone; what does not is cut as little as possible, visibly."""
    data = _filled(missing)
    assert (
        len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
        == size
        == dossier.size(data)
    )
    assert data["summary"].endswith("…") is cut


def test_what_is_cut_first() -> None:
    """The longest free words go first, then tags as a whole, and the ids stay."""
    tags = ",".join(f"tag_{number}" for number in range(600))
    data = dossier.metadata(
        "org", "contact", "session", {"a": "a" * 50, "b": "b" * 60, dossier.TAGS_KEY: tags}
    )
    assert data["a"] == data["b"] == "…"
    assert tags.startswith(data[dossier.TAGS_KEY] + ",tag_")
    assert [data[key] for key in dossier.IDS] == ["org", "contact", "session"]
    assert 4080 < dossier.size(data) <= 4096


def test_only_the_longest_is_cut_if_that_suffices() -> None:
    """Short values beside a long one are left alone, whichever comes first."""
    given_ = {"a": "short", "b": "é" * 3000, "c": "short", dossier.TAGS_KEY: "x,y"}
    data = dossier.metadata("o", "c", "s", given_)
    assert {key: data[key] for key in ("a", "c", dossier.TAGS_KEY)} == {
        "a": "short",
        "c": "short",
        dossier.TAGS_KEY: "x,y",
    }
    assert 4094 < dossier.size(data) <= 4096


def test_ids_give_way_last() -> None:
    """Even an absurd id cannot make the desk refuse the conversation."""
    data = dossier.metadata("o" * 9000, "c", "s", {"a": "a" * 10, dossier.TAGS_KEY: "x,y"})
    assert (data["a"], data[dossier.TAGS_KEY], data["opencx_session_id"]) == ("…", "", "s")
    assert dossier.size(data) <= 4096


@given(
    st.text(max_size=80),
    st.dictionaries(st.sampled_from(["reason", "summary", "topic", dossier.TAGS_KEY]), st.text(max_size=40)),
    st.integers(1, 400),
)
def test_metadata_always_fits(session: str, extra: dict[str, str], times: int) -> None:
    """Strings only, never too large, the session's id intact, no value grown."""
    long = {key: value * times for key, value in extra.items()}
    data = dossier.metadata("org", "contact", session, long)
    assert dossier.size(data) <= 4096
    assert data["opencx_session_id"] == session
    assert set(data) == set(extra) | set(dossier.IDS)
    assert all(isinstance(value, str) for value in data.values())
    assert all(len(data[key]) <= max(1, len(value)) for key, value in long.items())


def test_a_word_that_nobody_knows_is_no_sentiment() -> None:
    """Nothing, as a string."""
    assert dossier.sentiment(Handoff("x", sentiment="confused")) == ""


@pytest.mark.parametrize(("value", "cut"), [("abc", "abc"), ("abcd", "…")])
def test_what_is_no_longer_than_an_ellipsis_is_not_cut(value: str, cut: str) -> None:
    """It would not become shorter."""
    data = dossier.metadata("org", "who", "s", {f"key {number:04}": value for number in range(400)})
    assert {words for key, words in data.items() if key not in dossier.IDS} == {cut}
