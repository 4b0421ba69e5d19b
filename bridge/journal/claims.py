"""One effect in somebody's hands."""

from dataclasses import dataclass

from bridge.core.model import Effect, Event, Session


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
    owner: int  # the replica that claimed it
    until: float  # the end of the lease
    crashes: int = 0  # tries in a row that came to no end
    doubted_at: float | None = None  # when an earlier try was first looked for
    forgiven: int = 0  # tries before it was replayed

    @property
    def tries_now(self) -> int:
        """Tries since it was last replayed: those that count for giving up."""
        return self.tries - self.forgiven

    @property
    def outcome(self) -> str:
        """The key of what comes of it: one for its first life and one for each replay."""
        return f"effect:{self.id}:{self.forgiven}" if self.forgiven else f"effect:{self.id}"

    @property
    def attempt(self) -> str:
        """The id of this try, in the status-callback URL."""
        return f"{self.id}-{self.tries}"

    def told(self, tell: Event) -> str:
        """The key of what is told while it waits.

        Once for each chat there is to tell it in: what nobody could hear is told again when there is one.
        """
        chat = self.session.conversation if self.session else ""
        return f"{self.outcome}:{type(tell).__name__}:{chat}"
