"""Locks that several replicas on one PostgreSQL respect; SQLite has one writer at a time and needs none.

They last until the transaction ends. What is locked, always in this order, so that nobody waits in a circle:

  a source        shared by those who record what it told, alone for whoever asked it what came before
  deciding        whoever decides new events: one replica at a time, so that they are decided as they came
  a pair          phone and number: whoever decides anything about their sessions or changes their lanes
  a phone         shared by those who claim a text to it, alone for whoever changes its consent (promise P5)
  a lane's row    before its effects
"""

from hashlib import blake2b

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select, text

from bridge.core.model import Session
from bridge.journal import sql
from bridge.journal.schema import lanes

KEY: BindParameter[int] = bindparam("key")
HOLD = select(func.pg_advisory_xact_lock(KEY))
SHARE = select(func.pg_advisory_xact_lock_shared(KEY))
TRY_HOLD = select(func.pg_try_advisory_xact_lock(KEY))
TRY_SHARE = select(func.pg_try_advisory_xact_lock_shared(KEY))
HOLDERS = text(
    "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
    "AND pid <> pg_backend_pid() "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
LANE_ROW = select(lanes.c.name).where(lanes.c.name == bindparam("lane_name")).with_for_update()


def shared(tx: Connection) -> bool:
    """Whether other replicas may be at work on this database."""
    return tx.dialect.name == "postgresql"


def key(name: str) -> int:
    """A lock's name as the number PostgreSQL wants."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)


def holders(tx: Connection) -> int:
    """How many other connections to this database hold a lock of ours: every running replica does."""
    return int(tx.execute(HOLDERS).scalar_one()) if shared(tx) else 0


def deciding(tx: Connection) -> bool:
    """Become the one who decides new events; False if another replica is."""
    return _try(tx, TRY_HOLD, "deciding")


def hold(tx: Connection, name: str) -> bool:
    """Wait for a lock; True if what was read before may have changed meanwhile."""
    if not shared(tx) or name in (ours := sql.kept(tx)):
        return False
    sql.change(tx, HOLD, key=key(name))
    ours.add(name)
    return True


def share(tx: Connection, name: str) -> None:
    """Wait for whoever holds a lock; many may share it."""
    if name and shared(tx):
        sql.change(tx, SHARE, key=key(name))


def hold_pair(tx: Connection, session: Session) -> bool:
    """Wait for this phone and number; True if what was read before may have changed meanwhile."""
    return hold(tx, f"pair:{session.number}:{session.phone}")


def hold_phone(tx: Connection, phone: str) -> None:
    """Wait until nobody is claiming a text to this phone."""
    hold(tx, f"phone:{phone}")


def share_phone(tx: Connection, phone: str) -> bool:
    """Keep the phone's consent as it is until this transaction ends; False if it is being changed."""
    return _try(tx, TRY_SHARE, f"phone:{phone}")


def hold_lane(tx: Connection, lane: str) -> None:
    """Wait for the lane's row, if there is one."""
    if shared(tx):
        sql.change(tx, LANE_ROW, lane_name=lane)


def _try(tx: Connection, statement: Select[tuple[bool]], name: str) -> bool:
    return not shared(tx) or bool(sql.value(tx, statement, key=key(name)))
