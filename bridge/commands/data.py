"""`bridge sessions`, `export`, `erase`, `retention`: what is held about people."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.clock import now
from bridge.commands.common import AsJson, ago, operations, out, refuse, settings, show_json, show_rows
from bridge.settings import Settings

Phone = Annotated[str, typer.Argument(help="A phone number in any usual form, such as +14155550101.")]


def sessions(
    phone: Annotated[str, typer.Argument(help="Only this phone, its ended sessions as well.")] = "",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Sessions that are not over: who is in charge, since when, and what waits."""
    from bridge.admin import session

    wanted = _normal(phone) if phone else ""
    with operations(settings()) as held:
        found = [session(each) for each in held.sessions(wanted)]
    if as_json:
        show_json(found)
        return
    head = ("id", "phone", "number", "charge", "since", "turns", "waiting", "letters")
    rows = [tuple(str(each[name]) for name in head) for each in found]
    ages = [ago(now() - each["since"]) for each in found]
    show_rows([head, *((*row[:4], age, *row[5:]) for row, age in zip(rows, ages, strict=True))])


def export(phone: Phone) -> None:
    """Everything held about a phone, as JSON."""
    from bridge import records

    configured, wanted = settings(), _normal(phone)
    with operations(configured) as held:
        show_json(records.export(held, _store(configured), wanted))


def erase(
    phone: Phone,
    consent_too: Annotated[  # noqa: FBT002
        bool, typer.Option("--consent-too", help="Forget an opt-out as well: texts may go there again.")
    ] = False,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Remove everything held about a phone and say what went."""
    from bridge import records

    configured, wanted = settings(), _normal(phone)
    with operations(configured) as held:
        done = records.erase(held, _store(configured), wanted, consent_too=consent_too)
    if as_json:
        show_json({"gone": done.gone, "notes": done.notes})
        return
    show_rows([(name, str(count)) for name, count in done.gone.items()])
    for note in done.notes:
        out.print(note)


def retention(as_json: AsJson = False) -> None:  # noqa: FBT002
    """Remove now what was finished BRIDGE_RETENTION_DAYS ago; a running bridge does it every hour."""
    configured = settings()
    if not configured.retention_days:
        refuse("BRIDGE_RETENTION_DAYS is 0: everything is kept.")
    with operations(configured) as held:
        gone = held.retire(now(), configured.retention_days)
    if as_json:
        show_json(gone)
        return
    show_rows([(name, str(count)) for name, count in gone.items()])


def _normal(phone: str) -> str:
    from bridge.core import addresses

    try:
        return addresses.normalise(phone)
    except addresses.Unusable as problem:
        refuse(f"This is no phone number: {problem}. Give it as +14155550101.")


def _store(configured: Settings) -> Any:
    from bridge.media import MediaStore

    return MediaStore(Path(configured.media_folder), configured.public_url, clock=now, token=str)
