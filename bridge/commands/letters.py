"""`bridge letters`: what was given up, to be read, replayed or dropped."""

import sys
from typing import Annotated

import typer

from bridge.clock import now
from bridge.commands.common import AsJson, ago, err, operations, out, settings, show_json, show_rows

app = typer.Typer(help="What was given up: read it, have it done again, or drop it.", no_args_is_help=True)
Names = Annotated[list[str], typer.Argument(help="Names as `letters list` shows them: effect-12, event-7.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:  # noqa: FBT002
    """Every letter: name, kind, session, age, tries, reason, code, fix."""
    from bridge.admin import letter

    with operations(settings()) as held:
        found = [letter(each, now()) for each in held.letters()]
    if as_json:
        show_json(found)
        return
    if not found:
        out.print("There are no letters: nothing was given up.")
        return
    head = ("name", "kind", "session", "age", "tries", "code", "reason")
    columns = [tuple(str(each[name]) for name in head) for each in found]
    ages = [(*row[:3], ago(each["age"]), *row[4:]) for row, each in zip(columns, found, strict=True)]
    show_rows([head, *ages])
    for kind, code, fix in dict.fromkeys((each["kind"], each["code"], each["fix"]) for each in found):
        out.print(f"{kind} {code}".rstrip() + f": {fix}", markup=False)


@app.command()
def show(
    name: str,
    bodies: Annotated[bool, typer.Option("--bodies", help="With the words and whole numbers.")] = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """One letter; nobody's words unless you ask for them."""
    from bridge.admin import letter

    with operations(settings()) as held:
        try:
            found = letter(held.letter(name), now(), bodies=bodies)
        except LookupError as problem:
            err.print(str(problem), markup=False)
            sys.exit(1)
    if as_json:
        show_json(found)
        return
    show_rows([(key, str(value)) for key, value in found.items()])


@app.command()
def replay(names: Names) -> None:
    """Have them done again, the way of the first delivery; a running bridge begins within a second."""
    with operations(settings()) as held:
        _each(names, lambda name: held.replay(name, now()), "will be done again")


@app.command()
def drop(names: Names) -> None:
    """They will not be done."""
    with operations(settings()) as held:
        _each(names, held.drop, "is dropped")


def _each(names: list[str], act: object, done: str) -> None:
    """Act on each; status 1 if one of them was no letter."""
    assert callable(act)  # noqa: S101
    missing = False
    for name in names:
        try:
            act(name)
        except LookupError as problem:
            missing = True
            err.print(str(problem), markup=False)
        else:
            out.print(f"{name} {done}.")
    if missing:
        raise typer.Exit(1)
