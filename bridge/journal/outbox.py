"""Effects out: staged in lanes, claimed by their heads, settled one by one.

A lane is one conversation in one direction. Only its first unfinished effect is ever claimed, so order
holds within a lane and no lane waits for another (promise P4). Claiming sets the lane's due time to the end
of the lease: a crash makes it due again by itself, with one more try and one more doubt on its record.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, func, select, update

from bridge.core.model import (
    AskAssistant,
    CloseAssistant,
    Effect,
    FetchAnswer,
    ReconcileUser,
    SendText,
    Session,
)
from bridge.journal import codec, sessions
from bridge.journal.schema import effects, lanes

LEASE_SECONDS = 90.0
FIRST_LOOK = 3.0  # seconds until an awaited answer is looked for in the history
UNFINISHED = effects.c.state.in_(("waiting", "performing"))


@dataclass(frozen=True, slots=True)
class Claim:
    """One effect, ours to perform until the lease ends."""

    id: int
    lane: str
    effect: Effect
    session: Session | None  # None: erased meanwhile
    allowed: bool  # the phone had not opted out when this was claimed (P5)
    tries: int  # this one included
    doubts: int  # looks that left open whether an earlier try succeeded
    created_at: float
    first_tried_at: float

    @property
    def attempt(self) -> str:
        """The id of this try, in the status-callback URL."""
        return f"{self.id}-{self.tries}"


def lane_of(effect: Effect, session: Session) -> str:
    """One lane per conversation and direction."""
    match effect:
        case SendText():
            return f"phone:{session.number}:{session.phone}"
        case AskAssistant() | CloseAssistant():
            return f"assistant:{session.id}"
        case FetchAnswer():
            return f"overdue:{session.id}"
        case ReconcileUser():
            return f"user:{session.id}"
    return f"desk:{session.id}"


def stage(tx: Connection, effect: Effect, session: Session, now: float) -> None:
    """Put an effect at the end of its lane."""
    lane = lane_of(effect, session)
    due = now + FIRST_LOOK if isinstance(effect, FetchAnswer) else now
    row = {
        "lane": lane,
        "session": session.id,
        "kind": type(effect).__name__,
        "body": codec.encode(effect),
        "state": "waiting",
        "due_at": due,
        "created_at": now,
    }
    head = tx.execute(effects.insert().values(row).returning(effects.c.id)).scalar_one()
    if tx.execute(select(lanes.c.head).where(lanes.c.name == lane)).first() is None:
        tx.execute(lanes.insert().values(name=lane, head=head, due_at=due, claimed=False))


def claim(tx: Connection, now: float, most: int) -> list[Claim]:
    """Take up to `most` lanes whose head is due."""
    query = (
        select(lanes.c.name, lanes.c.head).where(lanes.c.due_at <= now).order_by(lanes.c.due_at).limit(most)
    )
    return [_take(tx, lane.name, lane.head, now) for lane in tx.execute(query).all()]


def _take(tx: Connection, lane: str, head: int, now: float) -> Claim:
    tx.execute(update(lanes).where(lanes.c.name == lane).values(due_at=now + LEASE_SECONDS, claimed=True))
    row = tx.execute(
        update(effects)
        .where(effects.c.id == head)
        .values(
            tries=effects.c.tries + 1,
            doubts=effects.c.doubts + case((effects.c.state == "performing", 1), else_=0),
            tried_at=func.coalesce(effects.c.tried_at, now),
            state="performing",
        )
        .returning(effects)
    ).one()
    effect = codec.effect(row.kind, row.body)
    session = sessions.get(tx, effect.session)
    allowed = session is not None and sessions.allowed(tx, session.phone)
    taken = Claim(row.id, lane, effect, session, allowed, row.tries, row.doubts, row.created_at, row.tried_at)
    if isinstance(effect, SendText) and allowed:
        sessions.note_attempt(tx, taken.attempt, effect.session, (effect.turn, effect.part), now)
    return taken


def mine(tx: Connection, claim: Claim) -> bool:
    """Whether the claim still holds: nobody else took the effect after a lease ran out (fencing)."""
    query = select(effects.c.tries).where(effects.c.id == claim.id, effects.c.state == "performing")
    row = tx.execute(query).first()
    return row is not None and row.tries == claim.tries


def finish(tx: Connection, claim: Claim, state: str, error: str = "") -> None:
    """The effect is done, parked or withdrawn; its lane moves on."""
    tx.execute(update(effects).where(effects.c.id == claim.id).values(state=state, error=error))
    advance(tx, claim.lane)


def postpone(tx: Connection, claim: Claim, due_at: float, error: str, *, doubts: int) -> None:
    """The effect stays first in its lane and is due again later."""
    values = {"state": "waiting", "due_at": due_at, "error": error, "doubts": doubts}
    tx.execute(update(effects).where(effects.c.id == claim.id).values(values))
    tx.execute(update(lanes).where(lanes.c.name == claim.lane).values(due_at=due_at, claimed=False))


def forget_try(tx: Connection, claim: Claim) -> None:
    """Nothing was tried: the effect only had to wait."""
    tx.execute(update(effects).where(effects.c.id == claim.id).values(tries=claim.tries - 1))


def advance(tx: Connection, lane: str) -> None:
    """The lane's head becomes its first unfinished effect; a lane without work has no row."""
    query = select(effects.c.id, effects.c.due_at).where(effects.c.lane == lane, UNFINISHED)
    head = tx.execute(query.order_by(effects.c.id).limit(1)).first()
    if head is None:
        tx.execute(lanes.delete().where(lanes.c.name == lane))
        return
    sessions.upsert(
        tx, lanes, {"name": lane, "head": head.id, "due_at": head.due_at, "claimed": False}, ["name"]
    )


def withdraw(tx: Connection, session: Session, turns: tuple[int, ...] | None) -> int:
    """Drop unsent texts of a session (of these turns, or all); what is being sent is left to its end."""
    query = select(effects.c.id, effects.c.lane, effects.c.body).where(
        and_(effects.c.session == session.id, effects.c.kind == "SendText", effects.c.state == "waiting")
    )
    gone = [
        row for row in tx.execute(query) if turns is None or codec.decode(SendText, row.body).turn in turns
    ]
    for row in gone:
        tx.execute(update(effects).where(effects.c.id == row.id).values(state="withdrawn"))
    for lane in {row.lane for row in gone}:
        if not _claimed(tx, lane):
            advance(tx, lane)
    return len(gone)


def _claimed(tx: Connection, lane: str) -> bool:
    row = tx.execute(select(lanes.c.claimed).where(lanes.c.name == lane)).first()
    return bool(row and row.claimed)


def release_all(tx: Connection, now: float) -> None:
    """After a restart of the only process: whatever was being performed is due now."""
    tx.execute(update(lanes).where(lanes.c.claimed).values(due_at=now, claimed=False))


def next_due(tx: Connection) -> float | None:
    """When the next lane falls due."""
    return tx.execute(select(func.min(lanes.c.due_at))).scalar()
