"""A webhook on its way to the bridge, and what the bridge said to it."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Hook:
    """One outgoing webhook delivery attempt."""

    system: str
    operation: str
    url: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"
    timeout: float = 15.0
    attempt: int = 1


@dataclass(slots=True)
class HookAnswer:
    """What the receiver said; status None: no connection or no answer in time."""

    status: int | None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    connected: bool = True
