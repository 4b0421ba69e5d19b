"""`python -m simulator.demo`: play the story, show every proof, keep everything running until Ctrl-C.

With DEMO_ONCE=1 it ends after the story: 0 if every statement holds, else 1.
"""

import os
import signal
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import requests

from simulator.acceptance.sim import Refused
from simulator.demo.processes import DidNotStart, Machinery
from simulator.demo.proofs import PROOFS
from simulator.demo.screen import Screen
from simulator.demo.stage import MARIA, SUPPORT, NotSeen
from simulator.demo.story import SCENES, Scene, Story

TROUBLE = (NotSeen, Refused, LookupError, TypeError, StopIteration, requests.RequestException)


def main() -> int:
    """Play; returns the exit status."""
    signal.signal(signal.SIGTERM, _interrupt)
    screen = Screen()
    with tempfile.TemporaryDirectory(prefix="sunbridge-demo-") as folder:
        machinery = Machinery(Path(folder))
        try:
            return _run(machinery, screen)
        except DidNotStart as problem:
            screen.trouble(str(problem))
            return 1
        except KeyboardInterrupt:
            return 130
        finally:
            machinery.stop()
            screen.farewell()


def _run(machinery: Machinery, screen: Screen) -> int:
    began = time.monotonic()
    machinery.start()
    screen.opening(machinery.base, machinery.bridge, time.monotonic() - began)
    with closing(Story(machinery, screen.step)) as story:
        held = sum(_play(scene, story, screen) for scene in SCENES)
    screen.closing(held, len(PROOFS), time.monotonic() - began)
    if not os.environ.get("DEMO_ONCE"):
        _stay(machinery, story, screen)
    return 0 if held == len(PROOFS) else 1


def _play(scene: Scene, story: Story, screen: Screen) -> int:
    """Play one scene and judge what it proves; the number of statements that hold."""
    screen.scene(scene.title)
    try:
        scene.play(story)
    except TROUBLE as problem:
        screen.trouble(f"{type(problem).__name__}: {problem}")
    verdicts = [(PROOFS[name], PROOFS[name].judge(story.seen)) for name in scene.proves]
    for proof, verdict in verdicts:
        screen.verdict(proof, verdict)
    return sum(verdict.holds for _, verdict in verdicts)


def _stay(machinery: Machinery, story: Story, screen: Screen) -> None:
    """Keep running until somebody has had enough, or until a process is gone."""
    screen.invitation(machinery.base, story.seen.chat.get("id", ""), SUPPORT, MARIA)
    try:
        while all(process.poll() is None for process in machinery.processes):
            time.sleep(0.5)
    except KeyboardInterrupt:
        return
    screen.trouble("A process has ended by itself.")


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
