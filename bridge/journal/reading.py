"""What the rest of the bridge may know of the journal; nothing here changes it."""

from bridge.core.model import Receipt, Session, Turn
from bridge.journal import receipts, sessions, standing
from bridge.journal.engine import Writer


class Reading:
    """Each method is one transaction that waits for nobody."""

    def __init__(self, reader: Writer) -> None:
        self._read = reader

    def session(self, session_id: str) -> Session | None:
        """By our id or the assistant's."""
        known = self._read(lambda tx: sessions.get(tx, session_id))
        return known.session if known else None

    def chat(self, conversation: str) -> Session | None:
        """The session whose live chat this is, or was until it was full."""
        known = self._read(lambda tx: sessions.heard_in(tx, conversation))
        return known.session if known else None

    def turns(self, session_id: str, first: int = 0, until: int = sessions.NO_END) -> list[Turn]:
        """Lines of the transcript."""
        return self._read(lambda tx: sessions.transcript(tx, session_id, first, until))

    def receipts(self, session_id: str) -> dict[tuple[int, int], Receipt]:
        """What is known of every part sent in a session."""
        return self._read(lambda tx: receipts.of_session(tx, session_id))

    def known_ids(self, session: Session) -> set[str]:
        """The carrier's ids of what we know we sent to this phone from this number."""
        return self._read(lambda tx: receipts.source_ids(tx, session.phone, session.number))

    def with_people(self, *, since: float, ended_since: float) -> list[Session]:
        """Sessions that people have, with words since then, and those they had that ended lately."""
        return self._read(lambda tx: sessions.with_people(tx, since, ended_since))

    def unfinished(self, first: float, until: float) -> list[tuple[str, str]]:
        """(attempt, carrier's id) of parts tried in this time that never reported an end."""
        return self._read(lambda tx: receipts.unfinished(tx, first, until))

    def counts(self) -> dict[str, float]:
        """How much waits: events, effects by state, lanes, and when the oldest effect was staged."""
        return self._read(standing.counts)
