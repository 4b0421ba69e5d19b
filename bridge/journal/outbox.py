"""Effects out: staged in lanes, claimed by their heads, settled one by one.

A lane is one conversation in one direction. Only its first unfinished effect is ever claimed, so order
holds within a lane and no lane waits for another (promise P4). Claiming sets the lane's due time to the end
of the lease: a crash makes it due again by itself, with one more try and one more doubt on its record.
"""

from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, case, func, or_, select, update

from bridge.core import retry, shares
from bridge.core.model import (
    AskAssistant,
    CloseAssistant,
    Effect,
    FetchAnswer,
    OpenConversation,
    PassControl,
    ReconcileUser,
    SendText,
    Session,
)
from bridge.core.shares import Room
from bridge.journal import codec, locks, receipts, sessions, sql
from bridge.journal.claims import Claim
from bridge.journal.pace import Pace, number_of
from bridge.journal.schema import effects, lanes
from bridge.journal.statements import insert_once, upsert

LEASE_SECONDS = 90.0
NOBODY = 0  # the owner of a lane whose head nobody is performing
PHONE_LANE = "phone:"

# A column's own name is its parameter in SET; conditions use names of their own.
ID: BindParameter[int] = bindparam("effect_id")
LANE: BindParameter[str] = bindparam("lane_name")
IN_DOUBT = or_(effects.c.doubts > 0, effects.c.state == "performing")
UNFINISHED = effects.c.state.in_(("waiting", "performing"))
ADD = effects.insert().returning(effects.c.id)
SET_LANE = update(lanes).where(lanes.c.name == LANE)
TAKE_LANE = SET_LANE.values(due_at=bindparam("until"), owner=bindparam("by"))
FREE_LANE = SET_LANE.values(due_at=bindparam("until"), owner=NOBODY)
DROP_LANE = lanes.delete().where(lanes.c.name == LANE)
DUE = (
    select(lanes.c.name, lanes.c.head, lanes.c.system)
    .where(lanes.c.due_at <= bindparam("now"))
    .order_by(lanes.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
DUE_OF = DUE.where(lanes.c.system == bindparam("of_system"))
TAKE = (
    update(effects)
    .where(effects.c.id == ID)
    .values(
        tries=effects.c.tries + 1,
        doubts=effects.c.doubts + case((effects.c.state == "performing", 1), else_=0),
        crashes=case((effects.c.state == "performing", effects.c.crashes + 1), else_=0),
        tried_at=func.coalesce(effects.c.tried_at, bindparam("now")),
        doubted_at=func.coalesce(effects.c.doubted_at, case((IN_DOUBT, bindparam("now")))),
        state="performing",
        slot_at=None,
    )
    .returning(effects)
)
OF_CLAIM = update(effects).where(
    effects.c.id == ID, effects.c.state == "performing", effects.c.tries == bindparam("of_try")
)
FINISH = OF_CLAIM.values(state=bindparam("ending"), error=bindparam("why"))
POSTPONE = OF_CLAIM.values(
    state="waiting", due_at=bindparam("until"), error=bindparam("why"), doubts=bindparam("in_doubt")
)
FORGET_TRY = update(effects).where(effects.c.id == ID).values(tries=effects.c.tries - 1)
FIRST = (
    select(effects.c.id, effects.c.due_at, effects.c.kind)
    .where(effects.c.lane == LANE, UNFINISHED)
    .order_by(effects.c.id)
    .limit(1)
)
SENDS = select(effects.c.id, effects.c.body).where(
    effects.c.session == bindparam("of_session"),
    effects.c.kind == "SendText",
    effects.c.state == "waiting",
    effects.c.doubts == 0,  # what may have left is looked for, whatever happens meanwhile
)
WITHDRAW = update(effects).where(effects.c.id == ID).values(state="withdrawn")
ASKS = select(effects.c.id).where(
    effects.c.session == bindparam("of_session"), effects.c.kind == "AskAssistant", UNFINISHED
)
WAITS = select(lanes.c.name).where(lanes.c.name == LANE, lanes.c.owner == NOBODY)
OWNER = select(lanes.c.owner).where(lanes.c.name == LANE)
BUSY = select(lanes.c.name).where(or_(lanes.c.owner != NOBODY, lanes.c.due_at <= bindparam("now"))).limit(1)
NEXT_DUE = select(func.min(lanes.c.due_at)).where(lanes.c.due_at > bindparam("now"))


def lane_of(effect: Effect, session: Session) -> str:
    """One lane per conversation and direction.

    The chat is opened after whatever the assistant is still being asked: its answer brings the AI's last
    words and the customer's e-mail address, even where the handoff itself was told sooner by webhook.
    """
    match effect:
        case SendText():
            return f"{PHONE_LANE}{session.number}:{session.phone}"
        case AskAssistant() | CloseAssistant() | OpenConversation():
            return f"assistant:{session.id}"
        case FetchAnswer():
            return f"overdue:{session.id}"
        case PassControl() if session.refusals:
            return f"control:{session.id}"  # texts do not wait until control has passed at last
        case ReconcileUser():
            return f"user:{session.id}"
    return f"desk:{session.id}"


def lanes_to_chat(session: Session) -> tuple[str, ...]:
    """All that lead to its live chat, in the order in which they may be locked."""
    return f"control:{session.id}", f"desk:{session.id}"


def stage(tx: Connection, effect: Effect, session: Session, now: float) -> None:
    """Put an effect at the end of its lane."""
    lane = lane_of(effect, session)
    kind = type(effect).__name__
    due = now + retry.first_pause(kind, session.refusals)
    row = {
        "lane": lane,
        "session": session.id,
        "kind": kind,
        "body": codec.encode(effect),
        "state": "waiting",
        "due_at": due,
        "created_at": now,
    }
    head = sql.value(tx, ADD, **row)
    insert_once(tx, lanes, lane_row(lane, head, due, kind), "name")


def lane_row(name: str, head: int, due_at: float, kind: str) -> dict[str, object]:
    return {"name": name, "head": head, "due_at": due_at, "owner": NOBODY, "system": shares.system_of(kind)}


def claim(tx: Connection, now: float, room: Room, pace: Pace, owner: int) -> tuple[list[Claim], bool]:
    """Take lanes whose head is due, as there is room; tell whether one was put off: then others may be due.

    Lanes that another replica is looking at are left to it.
    """
    due = [lane for lane in _due(tx, now, room) if _may_send(tx, lane.name)]
    in_order = sorted(due, key=lambda lane: number_of(lane.name))  # so that no two replicas wait in a circle
    ready = [lane for lane in in_order if not pace.puts_off(tx, lane.name, lane.head, now)]
    return [_take(tx, lane.name, lane.head, now, owner) for lane in ready], len(ready) < len(due)


def _due(tx: Connection, now: float, room: Room) -> list[Any]:
    """The lanes that are due first; where a system has all it may have, the others' instead."""
    if room.one_of:
        rows = sql.rows(tx, DUE_OF, now=now, most=1, of_system=room.one_of)
        return [row for row in rows if room.take(row.system)]
    rows = sql.rows(tx, DUE, now=now, most=room.free)
    taken = [row for row in rows if room.take(row.system)]
    known = {row.name for row in rows}
    for system in shares.SYSTEMS if len(taken) < len(rows) else ():
        if room.has(system):
            more = sql.rows(tx, DUE_OF, now=now, most=room.free + len(known), of_system=system)
            taken += [row for row in more if row.name not in known and room.take(system)]
    return taken


def _may_send(tx: Connection, lane: str) -> bool:
    """Whether nobody is changing the consent of the phone this lane leads to; if so, next time."""
    return not lane.startswith(PHONE_LANE) or locks.share_phone(tx, lane.rpartition(":")[2])


def _take(tx: Connection, lane: str, head: int, now: float, owner: int) -> Claim:
    until = now + LEASE_SECONDS
    sql.change(tx, TAKE_LANE, lane_name=lane, until=until, by=owner)
    row = sql.first(tx, TAKE, effect_id=head, now=now)
    effect = codec.effect(row.kind, row.body)
    known = sessions.get(tx, effect.session)
    taken = Claim(
        id=row.id,
        lane=lane,
        effect=effect,
        session=known.session if known else None,
        allowed=known is not None and known.allowed,
        tries=row.tries,
        doubts=row.doubts,
        created_at=row.created_at,
        first_tried_at=row.tried_at,
        owner=owner,
        until=until,
        crashes=row.crashes,
        doubted_at=row.doubted_at,
        forgiven=row.forgiven,
    )
    if isinstance(effect, SendText) and taken.allowed:
        receipts.note_attempt(tx, taken.attempt, effect.session, (effect.turn, effect.part), now)
    return taken


def finish(tx: Connection, claim: Claim, state: str, error: str = "") -> bool:
    """The effect is done or parked and its lane moves on; False if the claim holds no more.

    Fencing: after a lease ran out somebody else may have taken the effect over, and that try counts.
    """
    _hold(tx, claim)
    if not sql.change(tx, FINISH, effect_id=claim.id, of_try=claim.tries, ending=state, why=error):
        return False
    advance(tx, claim.lane, since=claim.first_tried_at)
    return True


def postpone(tx: Connection, claim: Claim, due_at: float, error: str, *, doubts: int) -> bool:
    """The effect stays first in its lane and is due again later; False if the claim holds no more."""
    _hold(tx, claim)
    again = {"until": due_at, "why": error, "in_doubt": doubts}
    if not sql.change(tx, POSTPONE, effect_id=claim.id, of_try=claim.tries, **again):
        return False
    sql.change(tx, FREE_LANE, lane_name=claim.lane, until=due_at)
    return True


def _hold(tx: Connection, claim: Claim) -> None:
    if claim.session:
        locks.hold_pair(tx, claim.session)
    locks.hold_lane(tx, claim.lane)


def forget_try(tx: Connection, claim: Claim) -> None:
    """Nothing was tried: the effect only had to wait."""
    sql.change(tx, FORGET_TRY, effect_id=claim.id)


def advance(tx: Connection, lane: str, *, since: float = 0.0) -> None:
    """The lane's head becomes its first unfinished effect; a lane without work has no row.

    It queues anew, behind the lanes that became due before `since`: a long lane has its turn as often as a
    short one, not all its turns first (FT-I6).
    """
    head = sql.first(tx, FIRST, lane_name=lane)
    if head is None:
        sql.change(tx, DROP_LANE, lane_name=lane)
        return
    due = max(head.due_at, since)
    upsert(tx, lanes, lane_row(lane, head.id, due, head.kind))


def withdraw(tx: Connection, session: Session, turns: tuple[int, ...] | None) -> int:
    """Drop unsent texts of a session (of these turns, or all); what is being sent is left to its end."""
    lane = f"{PHONE_LANE}{session.number}:{session.phone}"
    locks.hold_lane(tx, lane)
    rows = sql.rows(tx, SENDS, of_session=session.id)
    gone = [row for row in rows if turns is None or codec.decode(SendText, row.body).turn in turns]
    for row in gone:
        sql.change(tx, WITHDRAW, effect_id=row.id)
    if gone:
        resume(tx, lane)
    return len(gone)


def resume(tx: Connection, lane: str) -> None:
    """The lane's head may be another now; if one is being performed, that is seen to afterwards."""
    if not sql.value(tx, OWNER, lane_name=lane):
        advance(tx, lane)


def waits(tx: Connection, lane: str) -> bool:
    """Whether the lane has a head that nobody has taken."""
    return sql.first(tx, WAITS, lane_name=lane) is not None


def is_to_ask(tx: Connection, session: str) -> bool:
    """Whether the assistant has still to be asked something, or is being asked it."""
    return sql.first(tx, ASKS, of_session=session) is not None


def is_busy(tx: Connection, now: float) -> bool:
    """Whether a lane is due or being worked on."""
    return sql.first(tx, BUSY, now=now) is not None


def next_due(tx: Connection, after: float) -> float | None:
    """When the next lane falls due, those left out that are due already."""
    due: float | None = sql.value(tx, NEXT_DUE, now=after)
    return due
