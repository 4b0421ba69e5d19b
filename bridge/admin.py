"""The operator's calls under `/admin`, in one table; the document at `/admin/openapi.json` is made from it.

A call takes what it was asked with (parameters of the path, of the query and of a JSON body, in one dict) and
returns what is answered as JSON. `LookupError`: there is no such thing (404). `ValueError`: it was asked in a
way that cannot be understood (400).
"""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from bridge import records, silence
from bridge.core import addresses
from bridge.journal import Journal
from bridge.journal.letters import Letter
from bridge.journal.standing import Standing
from bridge.media import MediaStore

Asked = dict[str, Any]
TRUE = (True, "true", "1", "yes")


@dataclass(frozen=True, slots=True)
class Call:
    """One call; `takes` names its parameters beside those of the path, and says what they are for."""

    method: str
    path: str
    says: str
    does: Callable[[Asked], Any]
    takes: tuple[tuple[str, str], ...] = ()

    @property
    def in_path(self) -> list[str]:
        """The parameters of the path."""
        return re.findall(r"{(\w+)}", self.path)


class Admin:
    """What an operator may ask of the running bridge."""

    def __init__(
        self,
        journal: Journal,
        store: MediaStore,
        clock: Callable[[], float],
        *,
        sweep: Callable[[], int],
        enforced: bool = True,
    ) -> None:
        self._journal = journal
        self._store = store
        self.clock = clock
        self._sweep = sweep
        self._enforced = enforced

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call there is."""
        phone = (("phone", "A phone number, in any form; one in the path or query needs its + as %2B."),)
        consent = (("consent_too", "true: the opt-out or opt-in goes, too."),)
        bodies = (("bodies", "true: with the words and whole numbers."),)
        return (
            Call("GET", "/admin/status", "What waits, and the letters by kind.", self._status),
            Call(
                "GET", "/admin/sessions", "Sessions that are not over, or all of one phone.", self._all, phone
            ),
            Call("GET", "/admin/sessions/{id}", "One session with its transcript.", self._session),
            Call("GET", "/admin/letters", "What was given up, and what to do about it.", self._letters),
            Call("GET", "/admin/letters/{name}", "One letter.", self._letter, bodies),
            Call("POST", "/admin/letters/{name}/replay", "Have it done again.", self._replay),
            Call("DELETE", "/admin/letters/{name}", "It will not be done.", self._drop),
            Call("GET", "/admin/export", "Everything held about a phone.", self._export, phone),
            Call("POST", "/admin/erase", "Remove everything held about it.", self._erase, phone + consent),
            Call("POST", "/admin/sweep", "Ask carrier and desk for what no webhook told.", self._swept),
            Call("GET", "/admin/openapi.json", "This document.", lambda _asked: document(self.calls)),
        )

    def letters(self) -> tuple[dict[str, int], float]:
        """How many letters there are of each kind, and how old the oldest is."""
        kinds, since = self._journal.operations.letter_counts()
        return kinds, max(0.0, self.clock() - since) if kinds else 0.0

    def _status(self, _asked: Asked) -> Any:
        now, (kinds, age) = self.clock(), self.letters()
        letters = {"letters": kinds, "oldest_letter_age": age}
        silent = [finding.problem for finding in map(silence.finding, self._journal.silences())]
        facts = {"signatures_enforced": self._enforced, "busy": self._journal.busy(now), "now": now}
        return {**self._journal.counts(), **letters, **facts, "silent": silent}

    def _all(self, asked: Asked) -> Any:
        phone = addresses.normalise(asked["phone"]) if asked.get("phone") else ""
        return {"sessions": [session(each) for each in self._journal.operations.sessions(phone)]}

    def _session(self, asked: Asked) -> Any:
        found = self._journal.session(asked["id"])
        if found is None:
            raise LookupError(f"There is no session {asked['id']}.")
        return {"session": found, "transcript": self._journal.turns(found.id)}

    def _letters(self, _asked: Asked) -> Any:
        now = self.clock()
        return {"letters": [letter(each, now) for each in self._journal.operations.letters()]}

    def _letter(self, asked: Asked) -> Any:
        found = self._journal.operations.letter(asked["name"])
        return letter(found, self.clock(), bodies=asked.get("bodies") in TRUE)

    def _replay(self, asked: Asked) -> Any:
        self._journal.operations.replay(asked["name"], self.clock())
        return {"replayed": asked["name"]}

    def _drop(self, asked: Asked) -> Any:
        self._journal.operations.drop(asked["name"])
        return {"dropped": asked["name"]}

    def _export(self, asked: Asked) -> Any:
        return records.export(self._journal.operations, self._store, asked.get("phone", ""))

    def _erase(self, asked: Asked) -> Any:
        too = asked.get("consent_too") in TRUE
        done = records.erase(self._journal.operations, self._store, asked.get("phone", ""), consent_too=too)
        return asdict(done)

    def _swept(self, _asked: Asked) -> Any:
        return {"found": self._sweep()}


def letter(told: Letter, now: float, *, bodies: bool = False) -> Asked:
    """A letter as JSON; words and whole numbers only where they were asked for."""
    shown = asdict(told) | {"age": max(0.0, now - told.since)}
    return shown if bodies else {name: shown[name] for name in shown if name not in ("body", "remark")}


def session(told: Standing) -> Asked:
    """A session as a list shows it."""
    held = told.session
    return {
        "id": held.id,
        "phone": addresses.redacted(held.phone),
        "number": held.number,
        "charge": held.charge.value,
        "since": held.charge_since or held.opened_at,
        "last_at": held.last_at,
        "turns": held.turns,
        "waiting": told.waiting,
        "letters": told.letters,
    }


def document(calls: tuple[Call, ...]) -> Asked:
    """The OpenAPI document of these calls."""
    paths: dict[str, Asked] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sunbridge admin", "version": "1"},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
        "paths": paths,
    }


def _operation(call: Call) -> Asked:
    named = [("path", name, "", True) for name in call.in_path]
    named += [("query", name, words, False) for name, words in call.takes]
    answers = {"200": "Done.", "400": "Not understood.", "403": "The token is missing or wrong."}
    answers |= {"404": "There is no such thing."} if call.in_path else {}
    answers |= {"503": "The database cannot be used at the moment."}
    return {
        "summary": call.says,
        "parameters": [
            {"name": name, "in": place, "description": words, "required": must, "schema": {"type": "string"}}
            for place, name, words, must in named
        ],
        "responses": {code: {"description": words} for code, words in answers.items()},
    }
