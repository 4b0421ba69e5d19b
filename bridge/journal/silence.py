"""Webhooks that have gone quiet: something was found by asking, and nothing has been told since.

A sender is the end of a webhook's address, such as `sunshine`. It stands on disk, because the process that
asks need not be the one that hears.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from bridge.journal import sql
from bridge.journal.schema import silences
from bridge.journal.statements import upsert

SENDER = bindparam("of_sender", type_=silences.c.sender.type)
ONE = select(silences).where(silences.c.sender == SENDER)
EVERY = select(silences).order_by(silences.c.sender)
OVER = silences.delete().where(silences.c.sender == SENDER)


@dataclass(frozen=True, slots=True)
class Silence:
    """Since when, and how many events were found meanwhile."""

    sender: str
    since: float
    found: int


def found(tx: Connection, sender: str, count: int, at: float) -> bool:
    """Something was found that nobody told; whether that is news."""
    row = sql.first(tx, ONE, of_sender=sender)
    since, before = (row.since, row.found) if row else (at, 0)
    upsert(tx, silences, {"sender": sender, "since": since, "found": before + count})
    return row is None


def heard(tx: Connection, sender: str) -> None:
    """A webhook of this sender has come."""
    sql.change(tx, OVER, of_sender=sender)


def is_silent(tx: Connection, sender: str) -> bool:
    """Whether nothing has come since something was found."""
    return sql.first(tx, ONE, of_sender=sender) is not None


def every(tx: Connection) -> tuple[Silence, ...]:
    """Who is silent."""
    return tuple(Silence(row.sender, row.since, row.found) for row in sql.rows(tx, EVERY))
