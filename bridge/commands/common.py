"""What commands share: settings or a refusal, the journal without a bridge, and how things are printed."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from bridge.settings import Settings, Wrong, load

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


def settings(**chosen: str) -> Settings:
    """From the environment, but for what was chosen; a wrong one ends the command."""
    try:
        return load(**chosen)
    except Wrong as problems:
        refuse(str(problems))


def refuse(problem: str) -> NoReturn:
    """End the command with status 2 and one sentence."""
    err.print(problem, markup=False)
    sys.exit(2)


def show_json(thing: object) -> None:
    """Whole, for a program to read."""
    out.print(json.dumps(thing, ensure_ascii=False, indent=2), markup=False)


def show_rows(rows: Iterable[tuple[str, ...]]) -> None:
    """In columns as wide as they need."""
    table = list(rows)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))] if table else []
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        out.print("  ".join(cells).rstrip(), markup=False)


def ago(seconds: float) -> str:
    """An age in its largest whole unit."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


@contextmanager
def operations(configured: Settings) -> Iterator[Any]:
    """The journal's operations, on the database itself; what hinders them ends the command."""
    from sqlalchemy.exc import SQLAlchemyError

    from bridge.journal import trouble
    from bridge.journal.alone import opened

    try:
        with opened(configured) as journal:
            yield journal.operations
    except (ImportError, SQLAlchemyError, trouble.CannotUse) as problem:
        refuse(trouble.said(problem))
