"""Who takes part in a comparison of stand-ins, and what it is asked."""

from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.volley import Volley


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
    results: dict[tuple[str, int], Volley] = field(default_factory=dict)
    costs: dict[tuple[str, int], float] = field(default_factory=dict)  # µs of processor time a call


def request(method: str, path: str, body: str = "", **headers: str) -> bytes:
    """One request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
