"""Letters: what the bridge gave up, and whether it says why."""

from dataclasses import dataclass

from sqlalchemy import select

from bridge.core.model import SendText
from bridge.journal import codec
from bridge.journal.engine import connect
from bridge.journal.schema import effects, events


@dataclass(frozen=True, slots=True)
class Letter:
    """One of them; a parked event counts as one."""

    kind: str
    why: str
    words: str = ""  # of a text to the phone

    def __str__(self) -> str:
        return f"{self.kind}: {self.why}"


def letters(database_url: str) -> list[Letter]:
    """All of them."""
    engine = connect(database_url)
    with engine.connect() as connection:
        parked = select(effects.c.kind, effects.c.error, effects.c.body).where(effects.c.state == "parked")
        broken = select(events.c.kind, events.c.remark).where(events.c.state == "parked")
        found = [Letter(kind, why, _words(kind, body)) for kind, why, body in connection.execute(parked)]
        found += [Letter(kind, why) for kind, why in connection.execute(broken)]
    engine.dispose()
    return found


def _words(kind: str, body: str) -> str:
    return codec.decode(SendText, body).text if kind == "SendText" else ""
