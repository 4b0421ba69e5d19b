"""The word about being texted that was said last counts, not the one that was heard last (P5)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from bridge.core.model import Event, TextReceived, Turn
from bridge.journal import codec, overtaking, sessions, waiting
from bridge.journal.replay import differences
from bridge.journal.schema import events, turns
from tests.unit.test_journal import MARIA, OFFICE, OMAR, RULES, SUPPORT, Book, book_at, book_on

ASKED, NOT_ASKED = SUPPORT, OFFICE  # one was asked what came before when the bridge started


@pytest.fixture(params=["sqlite", "postgresql"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Book]:
    """A journal on either engine."""
    postgres = request.param == "postgresql"
    made = book_on(request.getfixturevalue("cleared_postgres")) if postgres else book_at(tmp_path)
    yield made
    made.journal.close()


def said(words: str, place: int = 0, *, number: str = NOT_ASKED) -> tuple[str, TextReceived]:
    """Maria's text with a key of its own; ADIOS is what our account made a STOP word of (CAR-89)."""
    kind = "STOP" if words == "ADIOS" else ""
    return f"SM{place}", TextReceived(float(place), MARIA, number, words, f"SM{place}", opt_out_type=kind)


def listed(text: tuple[str, TextReceived]) -> tuple[str, Event]:
    """As the carrier's list has it: nobody says there what its own words mean."""
    return text[0], replace(text[1], at=99.0, opt_out_type="")


def outcome(book: Book, number: str) -> tuple[bool, list[str]]:
    """Whether Maria may be texted, and what was taken from her; the journal, decided anew, says the same."""
    assert differences(book.engine, RULES) == []
    with book.engine.connect() as tx:
        allowed = sessions.allowed(tx, MARIA, number)
    return allowed, [codec.decode(Turn, body).text for (body,) in book.rows(turns, turns.c.body)]


HELD: dict[str, tuple[list[str], tuple[bool, list[str]]]] = {
    "an opt-in before an opt-out": (["START", "STOP"], (False, [])),
    "an opt-in after an opt-out": (["STOP", "START"], (True, [])),
    "an opt-in between two opt-outs": (["STOP", "START", "STOP"], (False, [])),
    "a Yes between two opt-outs": (["STOP", "Yes", "STOP"], (False, [])),
    "a Yes before an opt-out is an answer": (["Yes", "STOP"], (False, ["Yes"])),
    "a question before an opt-out": (["Where is it?", "STOP"], (False, ["Where is it?"])),
    "a question after an opt-out": (["STOP", "Where is it?"], (False, [])),
    "a question between two opt-outs": (["STOP", "Leave me alone", "STOP"], (False, [])),
    "a question between opt-out and opt-in": (["STOP", "Where?", "START", "Hello"], (True, ["Hello"])),
    "an opt-in before a word of ours": (["START", "ADIOS"], (False, [])),
}


@pytest.mark.parametrize(("words", "expected"), HELD.values(), ids=list(HELD))
def test_stop_waits_for_nobody_and_changes_nothing_said_before(
    book: Book, words: list[str], expected: tuple[bool, list[str]]
) -> None:
    """Whether the carrier can be asked or not."""
    for place, each in enumerate(words):
        book.journal.record([said(each, place)])
        book.journal.step(10.0, 0)
    book.journal.catch_up(f"number:{NOT_ASKED}", [], 10.0)
    book.journal.step(10.0, 0)
    assert outcome(book, NOT_ASKED) == expected


LOST: dict[str, tuple[list[str], str, bool]] = {  # what was said, which of it no webhook told
    "an opt-in before a known opt-out": (["START", "OPT OUT"], "START", False),
    "an opt-in before a known word of ours": (["START", "ADIOS"], "START", False),
    "an opt-in after a known opt-out": (["STOP", "START"], "START", True),
    "an opt-out before a known opt-in": (["STOP", "START"], "STOP", True),
    "an opt-out after a known opt-in": (["START", "STOP"], "STOP", False),
    "an opt-out before a known Yes": (["STOP", "Yes"], "STOP", False),
}


@pytest.mark.parametrize(("words", "lost", "allowed"), LOST.values(), ids=list(LOST))
@pytest.mark.parametrize("rounds", [1, 2])
def test_a_word_that_was_lost_counts_as_if_it_had_been_told_in_time(
    book: Book,
    words: list[str],
    lost: str,
    allowed: bool,  # noqa: FBT001
    rounds: int,
) -> None:
    """The carrier is asked, and tells in order what was told us and what was not (P4)."""
    every = [said(each, place, number=ASKED) for place, each in enumerate(words)]
    book.journal.record([each for each in every if each[1].text != lost])
    book.journal.step(1.0, 0)
    for _ in range(rounds):
        book.journal.catch_up(f"number:{ASKED}", [listed(each) for each in every], 1.0)
        book.journal.step(1.0, 0)
    assert outcome(book, ASKED)[0] == allowed


FOUND: dict[str, tuple[list[str], list[str], tuple[bool, list[str]]]] = {
    # what was said; which of it webhooks told, in their order; what comes of it
    "a question after a lost opt-out": (["STOP", "Where?"], ["Where?"], (False, [])),
    "a Yes after a lost opt-out": (["STOP", "Yes"], ["Yes"], (True, [])),
    "a question and an opt-in after one": (["STOP", "Where?", "START"], ["Where?", "START"], (True, [])),
    "a question after one that came late": (["STOP", "Where?"], ["Where?", "STOP"], (False, [])),
    "a question between a lost one and another": (["STOP", "Hm", "OPT OUT"], ["Hm", "OPT OUT"], (False, [])),
    "a question before a lost opt-out": (["Where?", "STOP"], ["Where?"], (False, ["Where?"])),
    "a question before a known opt-out": (["Where?", "STOP"], ["Where?", "STOP"], (False, ["Where?"])),
    "a question between opt-in and opt-out": (
        ["STOP", "START", "Where?", "OPT OUT"],
        ["Where?", "OPT OUT"],
        (False, ["Where?"]),
    ),
}


@pytest.mark.parametrize(("words", "heard", "expected"), FOUND.values(), ids=list(FOUND))
def test_what_was_held_is_judged_by_what_the_carrier_tells(
    book: Book, words: list[str], heard: list[str], expected: tuple[bool, list[str]]
) -> None:
    """Whoever had opted out is not heard by the AI, whenever we learn of it."""
    every = {each: said(each, place) for place, each in enumerate(words)}
    for each in heard:
        book.journal.record([every[each]])
        book.journal.step(1.0, 0)
    book.journal.catch_up(f"number:{NOT_ASKED}", [listed(each) for each in every.values()], 1.0)
    book.journal.step(1.0, 0)
    assert outcome(book, NOT_ASKED) == expected


def test_an_opt_out_that_is_not_yet_decided_counts(book: Book) -> None:
    """It was recorded first."""
    book.journal.record([said("STOP", 0), said("Where?", 1)])
    book.journal.catch_up(f"number:{NOT_ASKED}", [], 1.0)
    book.journal.step(1.0, 0)
    assert outcome(book, NOT_ASKED) == (False, [])


def test_an_opt_out_found_at_another_number_overtakes_what_is_held(book: Book) -> None:
    """It counts for all of ours, and its own webhook will be no news."""
    book.journal.record([said("START", 0)])
    stop = said("STOP", 1, number=ASKED)
    book.journal.catch_up(f"number:{ASKED}", [listed(stop)], 1.0)
    book.journal.step(1.0, 0)
    book.journal.record([stop])
    book.journal.catch_up(f"number:{NOT_ASKED}", [], 1.0)
    book.journal.step(1.0, 0)
    assert outcome(book, NOT_ASKED)[0] is False


def test_the_carriers_order_counts_more_than_that_of_webhooks(book: Book) -> None:
    """The webhook of a STOP was tried again and came after that of the START that followed."""
    stop, start = said("STOP", 0), said("START", 1)
    book.journal.record([start])
    book.journal.record([stop])
    book.journal.step(1.0, 0)
    book.journal.catch_up(f"number:{NOT_ASKED}", [listed(stop), listed(start)], 1.0)
    book.journal.step(1.0, 0)
    assert outcome(book, NOT_ASKED)[0]


def test_what_is_held_keeps_the_words_with_which_it_came(book: Book) -> None:
    """The carrier's verdict on an opt-in word of its own stands in the webhook only, and so does the time."""
    book.journal.record([said("STOP", 0)])
    book.journal.step(1.0, 0)
    key, held = said("HOLA", 1)
    book.journal.record([(key, replace(held, opt_out_type="START"))])
    assert book.journal.catch_up(f"number:{NOT_ASKED}", [listed((key, held))], 1.0) == 0
    book.journal.step(1.0, 0)
    assert outcome(book, NOT_ASKED)[0]


@pytest.mark.parametrize("body", ["", "{}"])
def test_what_cannot_be_read_stands_in_nobodys_way(book: Book, body: str) -> None:
    """An erased STOP, or whatever became of it, keeps no number from being asked."""
    book.journal.record([said("START", 0), said("STOP", 1)])
    book.journal.step(1.0, 0)
    with book.engine.begin() as tx:
        tx.execute(update(events).where(events.c.key == "SM1").values(body=body))
    book.journal.record([("SM9", TextReceived(0.0, OMAR, NOT_ASKED, "Hello", "SM9"))])
    book.journal.catch_up(f"number:{NOT_ASKED}", [], 1.0)
    book.journal.step(1.0, 0)
    assert "Hello" in [codec.decode(Turn, row[0]).text for row in book.rows(turns, turns.c.body)]


def test_what_is_held_and_cannot_be_read_is_parked_alone(book: Book) -> None:
    """As whatever cannot be decided (FT-C4)."""
    book.journal.record([said("START", 0), said("Hello", 1)])
    with book.engine.begin() as tx:
        tx.execute(update(events).where(events.c.key == "SM0").values(body="{}"))
    book.journal.catch_up(f"number:{NOT_ASKED}", [], 1.0)
    book.journal.step(1.0, 0)
    assert [row[0] for row in book.rows(events, events.c.state)] == ["parked", "done"]


@pytest.mark.parametrize(("scope", "expected"), [(str, set()), (lambda _: "", {"SM0"})])
def test_a_stop_overtakes_only_where_it_counts(
    book: Book, scope: Callable[[str], str], expected: set[str]
) -> None:
    """For its own number, or for all (FT-O5)."""
    book.journal.record([said("START", 0), said("STOP", 1, number=ASKED)])
    with book.engine.begin() as tx:
        held = waiting.take_held(tx, f"number:{NOT_ASKED}")
        assert overtaking.judged(tx, [], held, scope) == (expected, expected)


def test_a_stop_waits_for_nobody_but_for_whoever_takes_in_what_its_number_tells() -> None:
    """Else that could miss it (replicas share one lock a source)."""
    _, stop = said("STOP")
    assert waiting.source_of(stop) == ""
    assert waiting.teller_of(stop) == waiting.source_of(said("Hello")[1]) == f"number:{NOT_ASKED}"


@pytest.mark.parametrize(("first", "asked_again"), [("Yes", ["Where?"]), ("Hm", [])], ids=["opt-in", "other"])
def test_a_question_waits_for_an_opt_in_that_waits_at_another_number(
    book: Book, first: str, asked_again: list[str]
) -> None:
    """Whatever else waits there holds nobody up."""
    book.journal.record([said("STOP", 0, number=ASKED), said(first, 1)])
    book.journal.step(1.0, 0)
    book.journal.record([said("Where?", 2, number=ASKED)])
    book.journal.step(1.0, 0)
    book.journal.catch_up(f"number:{NOT_ASKED}", [], 1.0)
    book.journal.step(1.0, 0)
    assert outcome(book, ASKED)[1] == asked_again
