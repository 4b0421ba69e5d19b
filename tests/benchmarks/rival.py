"""Who takes part in a comparison of stand-ins, and what it is asked."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.volley import Volley

Job = tuple[str, int]  # create or get, on so many connections


@dataclass
class Rival:
    """Somebody who can create and get a message."""

    name: str
    command: list[str]
    port: int
    create: bytes
    get: bytes
    ready: str = "/"
    folder: Path | None = None
    created: int = 201
    seconds: float = 0.0
    resident: float = 0.0
    pid: int = 0
    results: defaultdict[Job, list[Volley]] = field(default_factory=lambda: defaultdict(list))
    costs: defaultdict[Job, list[float]] = field(default_factory=lambda: defaultdict(list))  # µs a call
    behind: defaultdict[Job, list[float]] = field(default_factory=lambda: defaultdict(list))  # seconds


def request(method: str, path: str, body: str = "", **headers: str) -> bytes:
    """One request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
