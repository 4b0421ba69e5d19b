"""The control surface for a test of your own, with nothing but the standard library.

    simulator.text("+14155550101", to="+14155550150", text="Hello")
    simulator.fault("twilio", "accept then hang", operation="CreateMessage", to="+1415*")
    assert simulator.messages("+14155550101")[-1]["text"] == "We open at nine."

Whatever has no method here is a `call`; `GET /_sim/openapi.json` describes them all.
"""

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

Json = dict[str, Any]
PATIENCE = 60.0


class Refused(AssertionError):
    """The control surface did not accept a call."""


class Client:
    """One running simulator."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self._opener = build_opener(ProxyHandler({}))
        self._forgiven: list[str] = []

    def call(self, method: str, path: str, content: object = None, **query: object) -> Json:
        """Call /_sim + `path`; raises `Refused` unless it succeeds."""
        address = f"{self.base}/_sim{path}" + (f"?{urlencode(query)}" if query else "")
        body = None if content is None else json.dumps(content).encode()
        asked = Request(address, body, {"Content-Type": "application/json"}, method=method)  # noqa: S310 - ours
        try:
            with self._opener.open(asked, timeout=PATIENCE) as answer:
                said: Json = json.loads(answer.read() or b"{}")
                return said
        except HTTPError as refused:
            with refused:
                words = refused.read().decode(errors="replace")
            raise Refused(f"{method} {path} was answered with {refused.code}: {words}") from None

    def reset(self) -> None:
        """Forget everything, what was forgiven as well."""
        self._forgiven.clear()
        self.call("POST", "/reset")

    def environment(self) -> dict[str, str]:
        """Addresses and keys of everything that is simulated, as BRIDGE_… variables."""
        return self.call("GET", "/env")

    # --- people ---

    def text(self, phone: str, *, to: str, text: str, **more: object) -> Json:
        """The owner of `phone` texts one of the numbers."""
        return self.call("POST", f"/phones/{quote(phone)}/texts", {"to": to, "text": text, **more})

    def messages(self, phone: str) -> list[Json]:
        """What that phone's screen shows, oldest first."""
        return list(self.call("GET", f"/phones/{quote(phone)}/messages")["messages"])

    def conversations(self) -> list[Json]:
        """Live chats as agents see them."""
        return list(self.call("GET", "/conversations")["conversations"])

    def reply(self, conversation: str, text: str, **more: object) -> Json:
        """The agent replies in a live chat."""
        return self.call("POST", f"/conversations/{conversation}/replies", {"text": text, **more})

    # --- the world ---

    def fault(
        self, system: str, fault: str, *, operation: str = "*", count: int = 1, **match: object
    ) -> Json:
        """Plant a fault in the words of the vocabulary, on calls that say what `match` says."""
        wanted = {"system": system, "operation": operation, "fault": fault, "count": count, "match": match}
        return self.call("POST", "/faults", wanted)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.call("POST", "/clock", {"advance": seconds})

    def ledger(self, after: int = 0, wait: float = 0) -> list[Json]:
        """Every call, webhook, text and act, in order; `wait` seconds for the first."""
        return list(self.call("GET", "/ledger", after=after, wait=wait)["entries"])

    # --- what nobody expected ---

    def forgive(self, *paths: str) -> None:
        """Calls to these paths (`*` stands for anything) may be such as nobody simulates."""
        self._forgiven += paths

    def unexpected(self) -> list[str]:
        """A line for each call to an unknown path or to something that is not simulated."""
        entries = [each for each in self.ledger() if each["kind"] == "request" and each.get("note")]
        strange = [each for each in entries if not self._is_forgiven(each)]
        systems = {each["name"]: each for each in self.call("GET", "/systems")["systems"]} if strange else {}
        return [_told(each, systems[each["system"]]) for each in strange]

    def _is_forgiven(self, entry: Json) -> bool:
        return any(fnmatchcase(entry["path"], path) for path in self._forgiven)


def _told(entry: Json, system: Json) -> str:
    asked = f"{entry['method']} {system['prefix']}{entry['path']}"
    if entry["note"] != "unknown path":
        return f"{asked}: {entry['operation']} is {entry['note']}"
    near = " or ".join(list(_nearest(asked, system))[:2])
    return f"{asked}: nobody documents it; the nearest is {near}"


def _nearest(asked: str, system: Json) -> Iterator[str]:
    """The system's calls, the most similar first; a name in angle brackets is like any word."""
    calls = {f"{each['method']} {each['path']}": each["operation"] for each in system["calls"]}
    for call in sorted(calls, key=lambda call: -_likeness(asked, call)):
        yield f"{calls[call]} ({call})"


def _likeness(asked: str, call: str) -> float:
    words, wanted = asked.split("/"), call.split("/")
    filled = [words[n] if "<" in word and n < len(words) else word for n, word in enumerate(wanted)]
    return SequenceMatcher(None, asked, "/".join(filled)).ratio()
