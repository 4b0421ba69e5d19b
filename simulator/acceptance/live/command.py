"""`simulator verify --live`: ask both sides, say where they part."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import requests

from simulator.acceptance.live.accounts import Account, Answer, StandIn, Wire, live
from simulator.acceptance.live.probes import OF, Probe
from simulator.acceptance.live.shape import drift, wrong_codes
from simulator.acceptance.manifest import Wrong

Say = Callable[[str], None]


class Side(Protocol):
    """A real service, or its stand-in."""

    account: Account

    def ask(self, probe: Probe, path: str) -> Answer:
        """Ask; raises `requests.RequestException` if nobody answers."""


def compare(system: str, say: Say, *, allow_writes: bool = False) -> int:
    """Ask every question of both; 0 if nothing has drifted, 1 if something has. Raises `Wrong`."""
    if system not in OF:
        raise Wrong(f"--live {system!r} is not known. Say one of: {', '.join(OF)}.")
    sides: list[Side] = [Wire(live(system, os.environ)), StandIn(system)]
    known = [dict(side.account.names) for side in sides]
    drifted = 0
    for probe in OF[system]:
        if probe.writes and not allow_writes:
            say(f"not asked   {probe.name}: it writes; give --allow-writes")
            continue
        found = list(_compared(probe, sides, known))
        drifted += bool(found) and found[0] != UNKNOWN
        say(f"{_verdict(found)}  {probe.name}")
        for each in found if found != [UNKNOWN] else []:
            say(f"            {each}")
    say(f"{drifted} of {len(OF[system])} answers have drifted.")
    return 1 if drifted else 0


UNKNOWN = "the account holds none"


def _verdict(found: list[str]) -> str:
    return f"{'not asked' if found == [UNKNOWN] else 'drift' if found else 'same':10}"


def _compared(probe: Probe, sides: list[Side], known: list[dict[str, str]]) -> Iterator[str]:
    """Where the answers to one question differ."""
    paths = [_filled(probe.path, names) for names in known]
    if None in paths:
        yield UNKNOWN
        return
    try:
        real, ours = (side.ask(probe, str(path)) for side, path in zip(sides, paths, strict=True))
    except requests.RequestException as failure:
        raise Wrong(f"{probe.name}: the service does not answer: {type(failure).__name__}") from None
    for names, answer in zip(known, (real, ours), strict=True):
        names.update({name: held for name, path in probe.keep.items() if (held := _at(answer.content, path))})
    if real.status != ours.status:
        yield f"status: live {real.status}, simulator {ours.status}"
    elif real.status >= 400:
        yield from wrong_codes(real.content, ours.content)
    yield from drift(real.content, ours.content)


def _filled(path: str, names: dict[str, str]) -> str | None:
    wanted = re.findall(r"{(\w+)}", path)
    return path.format(**names) if all(name in names for name in wanted) else None


def _at(content: Any, path: str) -> str:
    for step in path.split("."):
        try:
            content = content[int(step)] if step.isdecimal() else content[step]
        except (KeyError, IndexError, TypeError):
            return ""
    return str(content)
