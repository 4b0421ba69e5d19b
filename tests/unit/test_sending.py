"""A text to the phone: doubt is resolved by looking, never by sending again (promise P3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from bridge.core.errors import (
    BridgeError,
    OptedOut,
    Permanent,
    Temporary,
    Uncertain,
)
from bridge.core.model import (
    Charge,
    Event,
    Media,
    ReceiptArrived,
    Rules,
    SendAccepted,
    SendFailed,
    SendHeld,
    SendText,
    Session,
    TellAgent,
)
from bridge.core.ports import Accepted, Assistant, Desk, Download, NumberState, Sms
from bridge.journal import Claim, Decider, Journal, outbox, sessions
from bridge.journal.engine import DirectWriter, connect
from bridge.media import MediaStore
from bridge.numbers import Numbers
from bridge.perform import Performer
from bridge.sending import Policy, World
from bridge.worker import Held, Worker
from tests import migrated

MARIA, SUPPORT = "+14155550101", "+14155550150"
SESSION = Session("m", MARIA, SUPPORT, 0.0, 0.0, Charge.HUMAN, turns=3, conversation="c")
PICTURE = Media("https://files.example.com/1", "image/png", "1.png")
LINK = "https://bridge.example.com/media/hLw-uJFM-f6hcFBcY5E07VA99UbfSbbe"  # of the part's name
GOOD = NumberState(SUPPORT, owned=True, kind="local", registration="registered", mms=True)


@dataclass
class FakeCarrier:
    """Does what is planned, in order, and keeps a ledger; by default it succeeds and finds nothing."""

    sends: list[Accepted | BridgeError] = field(default_factory=list)
    finds: list[Accepted | BridgeError | None] = field(default_factory=list)
    state: NumberState = GOOD
    sent: list[Sms] = field(default_factory=list)
    looked: list[tuple[Sms, float]] = field(default_factory=list)

    def send(self, sms: Sms) -> Accepted:
        """The next planned answer, the last one for ever."""
        self.sent.append(sms)
        answer: Accepted = self._next(self.sends, Accepted(f"SM{len(self.sent)}", 2))
        return answer

    def find(self, sms: Sms, *, since: float) -> Accepted | None:
        """The next planned finding, the last one for ever."""
        self.looked.append((sms, since))
        found: Accepted | None = self._next(self.finds, None)
        return found

    def number_state(self, number: str) -> NumberState:
        """What the test says of our number."""
        return self.state

    @contextmanager
    def open_media(self, media: Media) -> Iterator[Download]:
        """A small picture; serves as the desk's as well."""
        yield Download(media.content_type, media.name, iter([b"\x89PNG\r\n\x1a\n"]))

    @staticmethod
    def _next(planned: list[Any], otherwise: Any) -> Any:
        answer = planned.pop(0) if len(planned) > 1 else (planned or [otherwise])[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Stage:
    """A performer with a fake carrier on a real journal; `told` is every event that came of it."""

    folder: Path
    carrier: FakeCarrier = field(default_factory=FakeCarrier)
    uncertain: str = "ask"
    compliance: str = "block"
    now: float = 0.0
    told: list[Event] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = connect(migrated.lay(self.folder / "bridge.db"))
        decider = Decider(Rules(frozenset({SUPPORT})), lambda: "new", lambda _kind, _why: None)
        self.journal = Journal(self.engine, DirectWriter(self.engine), decider)

    def clock(self) -> float:
        """The time of this world."""
        return self.now

    def play(self, *staged: SendText, seconds: float = 0.0) -> None:
        """Stage texts and let the worker work for so long."""
        with self.engine.begin() as tx:
            sessions.save(tx, SESSION, 1e9)
            for effect in staged:
                outbox.stage(tx, effect, SESSION, self.now)
        worker = Worker(self.journal, self, clock=self.clock, jitter=lambda: 0.5)
        end = self.now + seconds
        worker.run_until_idle()
        while (due := self.journal.next_due()) is not None and due <= end:
            self.now = due
            worker.run_until_idle()
        self.now = end

    @property
    def performer(self) -> Performer:
        """What carries effects out, as the settings are now."""
        if not hasattr(self, "_performer"):
            store = MediaStore(
                self.folder / "media",
                "https://bridge.example.com",
                clock=self.clock,
                token=lambda: "token-00000000000000001",
            )
            numbers = Numbers(self.carrier, self.clock)
            world = World(self.carrier, cast(Desk, self.carrier), cast(Assistant, None), numbers, store)
            policy = Policy("org", self.compliance, self.uncertain)
            self._performer = Performer(self.journal, world, policy, self.clock)
        return self._performer

    def perform(self, claim: Claim) -> Event | None:
        """Texts are for the performer; lines for the agent are none of this test's business."""
        if isinstance(claim.effect, TellAgent):
            return None
        self.times.append(self.now)
        try:
            return self._noted(self.performer.perform(claim))
        except Held as held:
            self._noted(held.tell)
            raise

    def give_up(self, claim: Claim, error: BridgeError) -> Event | None:
        """As the performer says."""
        return self._noted(self.performer.give_up(claim, error))

    def _noted(self, event: Event | None) -> Event | None:
        if event is not None:
            self.told.append(event)
        return event

    def ending(self) -> tuple[str, str]:
        """The last event about a text: accepted with its carrier id, or failed with its code."""
        last = self.told[-1]
        if isinstance(last, SendAccepted):
            return "accepted", last.source_id
        assert isinstance(last, SendFailed), last
        return "failed", last.code


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A fresh one."""
    made = Stage(tmp_path)
    yield made
    made.journal.close()


def send(turn: int = 1, *, media: tuple[Media, ...] = (), words: str = "Hi") -> SendText:
    """One message of one reply."""
    return SendText("m", turn, 0, words, media)


LOST = Uncertain("time-out")


def test_a_text_is_sent(stage: Stage) -> None:
    """From the session's number to its phone, with the id of the try; nobody looks for it first."""
    stage.play(send())
    assert stage.carrier.sent == [Sms(SUPPORT, MARIA, "Hi", "1-1")]
    assert stage.carrier.looked == []
    assert stage.told == [SendAccepted(0.0, "m", 1, 0, "1-1", "SM1", 2)]


def test_three_looks_before_a_second_offer(stage: Stage) -> None:
    """Only after the carrier said three times that it knows no such text is it offered again."""
    stage.carrier.sends = [LOST, Accepted("SM2")]
    stage.play(send(), seconds=60.0)
    assert stage.times == [0.0, 1.0, 3.0, 8.0]
    assert [since for _, since in stage.carrier.looked] == [0.0, 0.0, 0.0]
    assert [sms.attempt for sms in stage.carrier.sent] == ["1-1", "1-4"]
    assert stage.ending() == ("accepted", "SM2")


def test_a_second_doubt_is_looked_into_as_well(stage: Stage) -> None:
    """Each offer that may have got through is followed by three looks of its own."""
    stage.carrier.sends = [LOST, LOST, Accepted("SM3")]
    stage.play(send(), seconds=600.0)
    assert (len(stage.carrier.sent), len(stage.carrier.looked)) == (3, 6)


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_what_is_found_is_not_sent_again(stage: Stage, looks: int) -> None:
    """The text that the carrier turns out to have is the one."""
    stage.carrier.sends = [LOST]
    stage.carrier.finds = [*[None] * (looks - 1), Accepted("SM1", 3)]
    stage.play(send(), seconds=600.0)
    assert (len(stage.carrier.sent), len(stage.carrier.looked)) == (1, looks)
    assert stage.ending() == ("accepted", "SM1")


def test_a_receipt_settles_the_doubt(stage: Stage) -> None:
    """A callback that speaks of the try proves that it was taken; nobody has to look."""
    stage.carrier.sends = [LOST]
    stage.play(send())
    stage.journal.record([("r", ReceiptArrived(0.5, "SM1", "1-1", "sent"))])
    stage.play(seconds=600.0)
    assert (len(stage.carrier.sent), len(stage.carrier.looked)) == (1, 0)
    assert stage.ending() == ("accepted", "SM1")
    assert stage.journal.receipts("m")[(1, 0)].status == "sent"


def test_a_look_never_takes_another_parts_text(stage: Stage) -> None:
    """Two equal replies: the one that surely was sent does not stand for the doubtful one."""
    stage.carrier.sends = [Accepted("SM1"), LOST, Accepted("SM2")]
    stage.carrier.finds = [Accepted("SM1")]
    stage.play(send(1), send(2), seconds=600.0)
    accepted = [(e.turn, e.source_id) for e in stage.told if isinstance(e, SendAccepted)]
    assert accepted == [(1, "SM1"), (2, "SM2")]


def test_a_crash_while_sending_is_a_doubt(stage: Stage) -> None:
    """What another process left half done is looked for before anything is sent."""
    stage.carrier.finds = [Accepted("SM1")]
    with stage.engine.begin() as tx:
        sessions.save(tx, SESSION, 1e9)
        outbox.stage(tx, send(), SESSION, 0.0)
    stage.journal.step(0.0, 1)
    stage.journal.recover(1.0)
    stage.play(seconds=5.0)
    assert stage.carrier.sent == []
    assert stage.ending() == ("accepted", "SM1")


CANNOT_SAY: dict[str, tuple[str, int, tuple[str, str]]] = {
    "ask": ("ask", 1, ("failed", "uncertain")),
    "resend": ("resend", 2, ("accepted", "SM2")),
}


@pytest.mark.parametrize(("policy", "sent", "ending"), CANNOT_SAY.values(), ids=list(CANNOT_SAY))
@pytest.mark.parametrize("error", [Temporary("down"), Permanent("forbidden")], ids=["down", "forbidden"])
def test_the_carrier_cannot_say(
    stage: Stage, policy: str, sent: int, ending: tuple[str, str], error: BridgeError
) -> None:
    """It is asked for ten minutes; then the agent is told, or the operator wanted it sent again."""
    stage.uncertain = policy
    stage.carrier.sends = [LOST, Accepted("SM2")]
    stage.carrier.finds = [error]
    stage.play(send(), seconds=599.0)
    assert (len(stage.carrier.sent), stage.told) == (1, [])
    stage.play(seconds=1200.0)
    assert len(stage.carrier.sent) == sent
    assert stage.ending() == ending


def test_the_carrier_recovers_in_time(stage: Stage) -> None:
    """A look that works at last counts, whatever failed before."""
    stage.carrier.sends = [LOST]
    stage.carrier.finds = [Temporary("down"), Temporary("down"), Accepted("SM1")]
    stage.play(send(), seconds=600.0)
    assert len(stage.carrier.sent) == 1
    assert stage.ending() == ("accepted", "SM1")


# --- what must not leave ---


@pytest.mark.parametrize("code", ["", "21610", "30004"])
def test_a_carriers_opt_out_is_one_whatever_its_code(stage: Stage, code: str) -> None:
    """The flow hears the one code by which it knows an opt-out."""
    stage.carrier.sends = [OptedOut("the customer said STOP", code=code)]
    stage.play(send())
    assert stage.ending() == ("failed", "21610")


def test_nothing_is_sent_to_who_opted_out(stage: Stage) -> None:
    """A claim that says no is refused before the carrier hears of it; it is no word of the customer's."""
    claim = Claim(1, "phone", send(), SESSION, False, 1, 0, 0.0, 0.0, 1, 90.0)
    with pytest.raises(Permanent) as caught:
        stage.performer.perform(claim)
    assert stage.carrier.sent == []
    failed = stage.performer.give_up(claim, caught.value)
    assert isinstance(failed, SendFailed)
    assert failed.code == "opted_out"


def test_an_opted_out_doubt_is_still_resolved(stage: Stage) -> None:
    """What left before the STOP is known to have left."""
    stage.carrier.finds = [Accepted("SM1")]
    claim = Claim(1, "phone", send(), SESSION, False, 2, 1, 0.0, 0.0, 1, 90.0)
    taken = stage.performer.perform(claim)
    assert isinstance(taken, SendAccepted)
    assert taken.source_id == "SM1"


def test_an_erased_session_is_sent_nothing(stage: Stage) -> None:
    """Nobody is there to write to any more."""
    with pytest.raises(Permanent, match="erased"):
        stage.performer.perform(Claim(1, "phone", send(), None, False, 1, 0, 0.0, 0.0, 1, 90.0))
    assert stage.carrier.sent == []


INACTIVE = {"given up": replace(GOOD, owned=False), "not for SMS": replace(GOOD, sms=False)}


@pytest.mark.parametrize("state", INACTIVE.values(), ids=list(INACTIVE))
def test_an_inactive_number_sends_nothing(stage: Stage, state: NumberState) -> None:
    """The agent is told at once; waiting would not help."""
    stage.carrier.state = state
    stage.play(send())
    assert stage.carrier.sent == []
    assert stage.ending() == ("failed", "number_inactive")


UNREGISTERED = replace(GOOD, registration="unregistered")


def test_a_gated_reply_waits_and_then_leaves(stage: Stage) -> None:
    """It is held, told of, and leaves when the number is registered (design section 7)."""
    stage.carrier.state = UNREGISTERED
    stage.play(send(), seconds=3600.0)
    assert stage.carrier.sent == []
    assert {type(event) for event in stage.told} == {SendHeld}
    stage.carrier.state = GOOD
    stage.play(seconds=120.0)
    assert len(stage.carrier.sent) == 1
    assert stage.ending() == ("accepted", "SM1")


def test_a_gated_reply_is_held_for_so_long_and_no_longer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a day, ten minutes here, it is of no use any more."""
    monkeypatch.setattr("bridge.sending.HELD_AT_MOST", 600.0)
    stage.carrier.state = UNREGISTERED
    stage.play(send(), seconds=599.0)
    assert isinstance(stage.told[-1], SendHeld)
    stage.play(seconds=61.0)
    assert stage.carrier.sent == []
    assert stage.ending() == ("failed", "held_too_long")


def test_an_operator_may_choose_to_warn(stage: Stage) -> None:
    """It is sent, and why that was unwise comes with it."""
    stage.compliance = "warn"
    stage.carrier.state = UNREGISTERED
    stage.play(send())
    (accepted,) = stage.told
    assert isinstance(accepted, SendAccepted)
    assert "is not registered" in accepted.warning


def test_a_doubt_outlives_being_held(stage: Stage) -> None:
    """A registration that lapses in between does not make a blind second send (P3)."""
    stage.carrier.sends = [LOST]
    stage.play(send())
    stage.carrier.state = UNREGISTERED
    stage.performer._world.numbers.forget(SUPPORT)
    stage.play(seconds=120.0)
    stage.carrier.state, stage.carrier.finds = GOOD, [Accepted("SM1")]
    stage.play(seconds=600.0)
    assert len(stage.carrier.sent) == 1
    assert stage.ending() == ("accepted", "SM1")


# --- files ---

WITH_FILE = send(media=(PICTURE,))
AS_LINK = Sms(SUPPORT, MARIA, f"Hi\n{LINK}", "1-1")
AS_FILE = Sms(SUPPORT, MARIA, "Hi", "1-1", (LINK,))
AS_LINK_LOOKED, AS_FILE_LOOKED = replace(AS_LINK, attempt="1-2"), replace(AS_FILE, attempt="1-2")
FILES: dict[str, tuple[SendText, NumberState, list[Accepted | BridgeError], list[Sms]]] = {
    "as MMS": (WITH_FILE, GOOD, [], [AS_FILE]),
    "the number has no MMS": (WITH_FILE, replace(GOOD, mms=False), [], [AS_LINK]),
    "a file alone": (
        send(words="", media=(PICTURE,)),
        replace(GOOD, mms=False),
        [],
        [replace(AS_LINK, text=LINK)],
    ),
    **{
        f"refused with {code}": (
            WITH_FILE,
            GOOD,
            [Permanent("no", code=code), Accepted("SM2")],
            [AS_FILE, AS_LINK],
        )
        for code in ("21612", "30011", "30019", "11751", "12300")
    },
    "refused for another reason": (WITH_FILE, GOOD, [Permanent("no", code="21614")], [AS_FILE]),
}


@pytest.mark.parametrize(("effect", "state", "answers", "sent"), FILES.values(), ids=list(FILES))
def test_files(
    stage: Stage,
    effect: SendText,
    state: NumberState,
    answers: list[Accepted | BridgeError],
    sent: list[Sms],
) -> None:
    """A file goes as MMS where that works, else as a link in the text (CAR-49)."""
    stage.carrier.state, stage.carrier.sends = state, answers
    stage.play(effect)
    assert stage.carrier.sent == sent


def test_a_file_in_doubt_is_looked_for_as_a_file(stage: Stage) -> None:
    """The carrier lists it with its files; looked for as a mere text it would never be found (P3)."""
    stage.carrier.sends, stage.carrier.finds = [LOST], [Accepted("SM1")]
    stage.play(WITH_FILE, seconds=60.0)
    assert [len(sms.media) for sms, _ in stage.carrier.looked] == [1, 0]
    assert (len(stage.carrier.sent), stage.ending()) == (1, ("accepted", "SM1"))


LINKS = {
    "the number has no MMS": (replace(GOOD, mms=False), [LOST]),
    "MMS was refused first": (GOOD, [Permanent("no", code="21612"), LOST]),
}


@pytest.mark.parametrize(("state", "answers"), LINKS.values(), ids=list(LINKS))
@pytest.mark.parametrize("found", [True, False], ids=["found", "not found"])
def test_a_link_in_doubt_is_looked_for_with_its_link(
    stage: Stage, state: NumberState, answers: list[Accepted | BridgeError], *, found: bool
) -> None:
    """Its address is the same at each try: it can be found, and is offered again only if it surely is not."""
    offered = len(answers)
    stage.carrier.sends, stage.carrier.state = [*answers, *answers[:-1], Accepted("SM9")], state
    stage.carrier.finds = [None, Accepted("SM1")] if found else [None]
    stage.play(WITH_FILE, seconds=60.0)
    assert [sms for sms, _ in stage.carrier.looked[:2]] == [AS_FILE_LOOKED, AS_LINK_LOOKED]
    assert len(stage.carrier.sent) == (offered if found else 2 * offered)
    assert stage.carrier.sent[-1].text == AS_LINK.text
    assert stage.ending() == ("accepted", "SM1" if found else "SM9")
