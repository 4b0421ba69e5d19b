"""From a word or a file to a bridge under judgement: the one way there is, whoever judges."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from simulator.acceptance.cast import Casting
from simulator.acceptance.manifest import Manifest, Wrong, read
from simulator.acceptance.place import BRIDGES
from simulator.acceptance.process import Process, Started
from simulator.acceptance.subject import Subject
from simulator.acceptance.world import Stage

OURS = {"in-process": "sunbridge-in-process.toml", "http": "sunbridge.toml"}


def manifest_of(word: str) -> Manifest:
    """`in-process` and `http` are our own bridge; anything else is a file. Raises `Wrong`."""
    return read(BRIDGES / OURS[word] if word in OURS else Path(word))


def is_ours(manifest: Manifest) -> bool:
    """Whether it is one of our own bridge, which promises more than others."""
    return manifest.path.parent == BRIDGES


def stage_for(manifest: Manifest, folder: Path, started: Started, *, seed: int = 0) -> Stage:
    """Bridge, simulators and phones for a whole run."""
    subject = _subject(manifest, folder, started, seed)
    return Stage(subject.sim, subject, Casting(seed), manifest)


def _subject(manifest: Manifest, folder: Path, started: Started, seed: int) -> Subject:
    if manifest.way == "in-process":
        made: Subject = _named(manifest)(folder)
        return made
    return Process(manifest, folder, seed=seed, started=started)


def _named(manifest: Manifest) -> Any:
    """The class a manifest names as FILE.py:Name."""
    file, _, name = manifest.get("bridge", "subject").partition(":")
    path = (manifest.path.resolve().parent / file).resolve()
    spec = importlib.util.spec_from_file_location(f"sunbridge_subject_{path.stem}", path)
    if spec is None or spec.loader is None or not path.exists():
        raise Wrong(f"{manifest.path}: bridge.subject: there is no file {path}. Write FILE.py:Name.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    if not hasattr(module, name):
        raise Wrong(f"{manifest.path}: bridge.subject: {path.name} has no {name!r}. Write FILE.py:Name.")
    return getattr(module, name)
