"""Letters: effects and events that were given up, for an operator to read, replay or drop (promise P6).

Rules:
  * A letter is called `effect-12` or `event-7`.
  * A replayed effect keeps its id, tries and doubts. It takes the way of the first delivery: it waits in its
    lane, is claimed, and what may have been done before is looked for first (P2, P3).
  * Order: it stands before all that still waits in its lane, behind what is being performed at the moment.
    What has gone before it has gone: a reply that is replayed arrives after younger ones.
  * With a text, the rest of the same reply goes out again; it was withdrawn when the text was given up.
  * A replayed event is decided anew under its own key.
  * Replaying or dropping what is no letter, or no letter any more, changes nothing.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from bridge.core import addresses, advice
from bridge.core.errors import BridgeError, Uncertain
from bridge.core.model import LetterReplayed, SendText
from bridge.journal import codec, inbox, locks, outbox, sessions
from bridge.journal.cases import Decider
from bridge.journal.claims import Claim
from bridge.journal.schema import effects, events

MOST = 1000
ID: Any = bindparam("of_id")
SESSION: Any = bindparam("of_session")
NOTE = (
    update(effects)
    .where(effects.c.id == ID)
    .values(code=bindparam("why"), parked_at=bindparam("now"), doubts=bindparam("in_doubt"))
)
PARKED_EFFECTS = select(effects).where(effects.c.state == "parked").order_by(effects.c.id)
PARKED_EVENTS = select(events).where(events.c.state == "parked").order_by(events.c.seq)
ONE_EFFECT = PARKED_EFFECTS.where(effects.c.id == ID)
ONE_EVENT = PARKED_EVENTS.where(events.c.seq == ID)
REVIVE = (
    update(effects)
    .where(effects.c.id == ID, effects.c.state.in_(("parked", "withdrawn")))
    .values(state="waiting", due_at=bindparam("now"), forgiven=effects.c.tries, doubted_at=None)
)
REST = select(effects.c.id, effects.c.body).where(
    effects.c.session == SESSION,
    effects.c.kind == "SendText",
    effects.c.state == "withdrawn",
    effects.c.id > ID,
)
DECIDE_ANEW = (
    update(events)
    .where(events.c.seq == ID, events.c.state == "parked")
    .values(state="new", remark="", crashes=0)
)
DROP_EFFECT = update(effects).where(effects.c.id == ID, effects.c.state == "parked").values(state="dropped")
DROP_EVENT = (
    update(events)
    .where(events.c.seq == ID, events.c.state == "parked")
    .values(state="done", remark="dropped by an operator")
)
EFFECT_KINDS = (
    select(effects.c.kind, func.count(), func.min(effects.c.parked_at))
    .where(effects.c.state == "parked")
    .group_by(effects.c.kind)
)
EVENT_KINDS = (
    select(events.c.kind, func.count(), func.min(events.c.at))
    .where(events.c.state == "parked")
    .group_by(events.c.kind)
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What an operator may know of it without reading anybody's words; those are in `body` and `remark`."""

    name: str
    kind: str
    session: str
    since: float
    tries: int
    reason: str
    code: str
    fix: str
    body: str
    remark: str


class NoLetter(LookupError):
    """There is no letter of this name (any more)."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no letter {name}. `bridge letters list` shows those there are.")


def note(tx: Connection, claim: Claim, error: BridgeError, now: float) -> None:
    """Why an effect was given up; a last try that may have worked is a doubt as well."""
    doubts = claim.doubts + isinstance(error, Uncertain)
    tx.execute(NOTE, {"of_id": claim.id, "why": error.code, "now": now, "in_doubt": doubts})


# --- reading ---


def waiting(tx: Connection, most: int = MOST) -> list[Letter]:
    """The oldest letters, effects before events."""
    given_up = [_of_effect(row) for row in tx.execute(PARKED_EFFECTS.limit(most))]
    return given_up + [_of_event(row) for row in tx.execute(PARKED_EVENTS.limit(most - len(given_up)))]


def one(tx: Connection, name: str) -> Letter:
    """By its name; raises `NoLetter`."""
    kind, number = _number(name)
    row = tx.execute(ONE_EFFECT if kind == "effect" else ONE_EVENT, {"of_id": number}).first()
    if row is None:
        raise NoLetter(name)
    return _of_effect(row) if kind == "effect" else _of_event(row)


def summary(tx: Connection) -> tuple[dict[str, int], float]:
    """How many there are of each kind, and since when the oldest waits (0: there is none)."""
    rows = [*tx.execute(EFFECT_KINDS), *tx.execute(EVENT_KINDS)]
    kinds: dict[str, int] = {}
    for kind, count, _ in rows:
        kinds[kind] = kinds.get(kind, 0) + count
    return kinds, min((since for _, _, since in rows if since is not None), default=0.0)


def _of_effect(row: Any) -> Letter:
    return Letter(
        name=f"effect-{row.id}",
        kind=row.kind,
        session=row.session,
        since=row.created_at if row.parked_at is None else row.parked_at,
        tries=row.tries,
        reason=addresses.masked(row.error),
        code=row.code,
        fix=advice.fix(row.kind, row.code),
        body=row.body,
        remark=row.error,
    )


def _of_event(row: Any) -> Letter:
    return Letter(
        name=f"event-{row.seq}",
        kind=row.kind,
        session="",
        since=row.at,
        tries=row.crashes,
        reason=f"deciding it failed: {row.remark.partition(':')[0]}",
        code="",
        fix=advice.UNDECIDED,
        body=row.body,
        remark=row.remark,
    )


def _number(name: str) -> tuple[str, int]:
    kind, _, number = name.partition("-")
    if kind not in ("effect", "event") or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NoLetter(name)
    return kind, int(number)


# --- changing ---


def replay(tx: Connection, decider: Decider, name: str, now: float) -> None:
    """Have it done, or decided, again; raises `NoLetter`."""
    kind, number = _number(name)
    if kind == "event":
        _must(name, tx.execute(DECIDE_ANEW, {"of_id": number}).rowcount)
        return
    row = tx.execute(ONE_EFFECT, {"of_id": number}).first()
    known = sessions.get(tx, row.session) if row else None
    if row is None or known is None:
        raise NoLetter(name)
    locks.hold_pair(tx, known.session)
    locks.hold_lane(tx, row.lane)
    _must(name, tx.execute(REVIVE, {"of_id": number, "now": now}).rowcount)
    effect = codec.effect(row.kind, row.body)
    if isinstance(effect, SendText):
        _revive_rest(tx, number, effect, now)
    outbox.resume(tx, row.lane)
    place = (effect.turn, effect.part) if isinstance(effect, SendText) else (-1, -1)
    told = LetterReplayed(now, effect.session, row.kind, *place)
    inbox.conclude(tx, decider, f"letter:{number}:{row.tries}", told)


def _revive_rest(tx: Connection, number: int, effect: SendText, now: float) -> None:
    for row in tx.execute(REST, {"of_session": effect.session, "of_id": number}).all():
        if codec.decode(SendText, row.body).turn == effect.turn:
            tx.execute(REVIVE, {"of_id": row.id, "now": now})


def drop(tx: Connection, name: str) -> None:
    """It will not be done, or decided; raises `NoLetter`."""
    kind, number = _number(name)
    statement = DROP_EFFECT if kind == "effect" else DROP_EVENT
    _must(name, tx.execute(statement, {"of_id": number}).rowcount)


def _must(name: str, changed: int) -> None:
    if not changed:
        raise NoLetter(name)
