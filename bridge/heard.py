"""What one webhook delivery amounts to, as an adapter read it."""

from dataclasses import dataclass, field

from bridge.core.model import Event


@dataclass(frozen=True, slots=True)
class Heard:
    """Events that matter, each with the key by which a repeat is known; and why the rest does not."""

    events: list[tuple[str, Event]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
