"""A ledger as a file, and a file of a ledger played to a simulator again.

`record` writes every entry as a line of JSON. `replay` makes the recorded calls, to the control surface and
to the providers, in their order, one as soon as the other is answered, and compares the answers.

Facts:
  * Ids, dates and signatures differ from run to run. What was an id in a recorded answer is looked for in
    later calls and replaced by what stands in its place now; such values are not compared.
  * Where something followed from earlier calls before the next one was made, it happens first again; else
    what depends on how fast things happen may differ, and is told.
  * Credentials are not in a ledger: a call that had some gets those of the simulated account.
  * A call whose body the ledger shows only by its size cannot be made again; it is told as skipped.
"""

import base64
import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from simulator import accounts
from simulator.client import Client

Json = dict[str, Any]
PATIENCE = 5.0
VOLATILE = re.compile(
    r"[A-Z]{2}[0-9a-f]{32}|[0-9a-f]{24}|[0-9a-f-]{36}|\d{10,}|[0-9A-Z]{26}|[0-9a-f]{40,}"
    r"|\d{4}-\d\d-\d\dT.*|\w{3}, \d\d \w{3} \d{4} .*"
)


def record(client: Client, path: Path, *, follow: bool) -> int:
    """Write what is in the ledger, and go on until interrupted if told to `follow`; the number of entries."""
    written = 0
    with path.open("w") as file:
        while True:
            entries = client.ledger(written, wait=5.0 if follow else 0.0)
            file.writelines(json.dumps(entry) + "\n" for entry in entries)
            file.flush()
            written += len(entries)
            if not follow:
                return written


@dataclass
class Replay:
    """One file against one simulator."""

    client: Client
    now: dict[str, str] = field(default_factory=dict)  # recorded ids, and what stands in their place
    played: int = 0
    skipped: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def play(self, entries: Iterable[Json]) -> None:
        """Make every recorded call again."""
        prefixes = {each["name"]: each["prefix"] for each in self.client.call("GET", "/systems")["systems"]}
        for entry in entries:
            if entry["kind"] in ("webhook", "sms"):
                self._settle()
            elif entry["kind"] == "act" and entry["system"] == "control" and entry["did"] != "reset":
                self._again(entry, entry["path"])
            elif entry["kind"] == "request":
                self._again(entry, prefixes[entry["system"]] + entry["path"])

    def _settle(self) -> None:
        """Let what is due happen, but do not wait for ever."""
        end = time.monotonic() + PATIENCE
        while not self.client.call("GET", "/idle")["idle"] and time.monotonic() < end:
            time.sleep(0.01)

    def _again(self, entry: Json, path: str) -> None:
        name = f"{entry['n']} {entry['method']} {path}"
        if isinstance(entry["request"], str) and entry["request"].startswith("<"):
            self.skipped.append(name)
            return
        status, said = self._ask(entry, path)
        self.played += 1
        if status != entry["status"]:
            self.differences.append(f"{name}: {entry['status']} is now {status}")
        elif entry["kind"] == "request":
            answered = entry["response"]
            self._learn(answered, said)
            self.differences += [f"{name}: {each}" for each in different(answered, said)]

    def _ask(self, entry: Json, path: str) -> tuple[int | None, object]:
        address = self.client.base + quote(self._today(path))
        if entry.get("query"):
            address += f"?{self._today(entry['query'])}"
        form = entry["system"] == "twilio"
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        body = self._body(entry["request"], form=form)
        headers = {"Content-Type": kind, **_credentials(path, entry)}
        asked = Request(address, body, headers, method=entry["method"])  # noqa: S310 - ours
        try:
            with build_opener(ProxyHandler({})).open(asked, timeout=60) as answer:
                return answer.status, _content(answer.read())
        except HTTPError as refused:
            with refused:
                return refused.code, _content(refused.read())
        except OSError:
            return None, None

    def _body(self, content: object, *, form: bool) -> bytes | None:
        if content is None:
            return None
        today = json.loads(self._today(json.dumps(content)))
        return urlencode(today, doseq=True).encode() if form else json.dumps(today).encode()

    def _today(self, text: str) -> str:
        """The text with recorded ids replaced."""
        for then, now in self.now.items():
            text = text.replace(then, now)
        return text

    def _learn(self, then: object, now: object) -> None:
        for _, old, new in _pairs(then, now):
            if isinstance(old, str) and isinstance(new, str) and old != new and VOLATILE.fullmatch(old):
                self.now[old] = new


def different(then: object, now: object) -> list[str]:
    """What differs but for ids and dates."""
    return [
        f"{way or 'the answer'} was {old!r} and is {new!r}"
        for way, old, new in _pairs(then, now)
        if old != new and not (VOLATILE.search(str(old)) and VOLATILE.search(str(new)))
    ]


def _pairs(then: object, now: object, way: str = "") -> Iterator[tuple[str, object, object]]:
    """Plain values that stand in the same place."""
    if isinstance(then, dict) and isinstance(now, dict):
        for name in sorted({*then, *now}):
            yield from _pairs(then.get(name), now.get(name), f"{way}.{name}" if way else str(name))
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for old, new in zip(then, now, strict=True):
            yield from _pairs(old, new, way)
    else:
        yield way, then, now


def _content(body: bytes) -> object:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode(errors="replace")


def _credentials(path: str, entry: Json) -> dict[str, str]:
    if not entry.get("authorised"):
        return {}
    if path.startswith("/opencx"):
        return {"Authorization": f"Bearer {accounts.OPENCX_API_KEY}"}
    pair = next(pair for prefix, pair in PAIRS.items() if path.startswith(prefix))
    return {"Authorization": "Basic " + base64.b64encode(":".join(pair).encode()).decode()}


PAIRS = {
    "/zendesk/sc": (accounts.SUNSHINE_KEY_ID, accounts.SUNSHINE_SECRET),
    "/zendesk": (f"{accounts.ZENDESK_EMAIL}/token", accounts.ZENDESK_API_TOKEN),
    "/twilio": (accounts.TWILIO_ACCOUNT_SID, accounts.TWILIO_AUTH_TOKEN),
}
