"""The command line: `bridge serve`, `check`, `status`, `migrate`; the rest stands in `bridge/commands`.

A command imports what it needs when it runs: looking at the set-up should not wait for a web server's import.
"""

import json
from contextlib import ExitStack
from typing import Annotated, Any, Literal

import requests
import typer

from bridge import providers
from bridge.commands import data, letters
from bridge.commands.common import AsJson, ago, err, out, refuse, settings
from bridge.core.ports import Finding
from bridge.settings import Settings, sqlite_file

app = typer.Typer(
    help="Carries text messages between a phone, an AI and the Zendesk Agent Workspace.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
Role = Literal["all", "web", "worker"]
app.add_typer(letters.app, name="letters")
for command in (data.sessions, data.export, data.erase, data.retention):
    app.command()(command)


@app.command()
def serve(role: Annotated[Role | None, typer.Option(help="Instead of BRIDGE_ROLE.")] = None) -> None:
    """Run the bridge: HTTP and worker in one process, or one of them."""
    from bridge import server

    configured = settings(**({"role": role} if role else {}))
    try:
        server.serve(configured, lambda: _migrated(configured))
    except server.CannotServe as problem:
        refuse(str(problem))


@app.command()
def check(as_json: AsJson = False) -> None:  # noqa: FBT002
    """Examine the set-up, live, and say what is wrong and how to mend it."""
    configured = settings()
    findings = (*providers.examine(configured), *_silences(configured))
    for finding in findings:
        out.print(json.dumps(_plain(finding)) if as_json else _line(finding), markup=not as_json)
    raise typer.Exit(1 if any(finding.problem for finding in findings) else 0)


@app.command()
def status() -> None:
    """What waits in the running bridge."""
    configured = settings()
    if not configured.admin_token:
        refuse("BRIDGE_ADMIN_TOKEN is not set: without it the bridge has no /admin to ask.")
    try:
        answer = requests.get(
            f"http://{configured.bind}/admin/status",
            headers={"Authorization": f"Bearer {configured.admin_token}"},
            timeout=5,
        )
        answer.raise_for_status()
    except requests.RequestException as problem:
        refuse(
            f"no bridge answers at {configured.bind}: {type(problem).__name__}. Start it with: bridge serve"
        )
    told = answer.json()
    silent = told.pop("silent")
    for line in _standing(dict(told)):
        out.print(line, markup=False)
    for each in silent:
        err.print(f"{each['cause']} {each['fix']}", markup=False)
    if not told["signatures_enforced"]:
        err.print(f"{providers.REPORT_ONLY.cause} {providers.REPORT_ONLY.fix}", markup=False)


def _standing(told: dict[str, Any]) -> list[str]:
    """What waits, a line each, and what to do about letters."""
    letters_by_kind: dict[str, int] = told.pop("letters")
    age = ago(told.pop("oldest_letter_age"))
    lines = [f"{name:20} {value:g}" for name, value in told.items()]
    lines += [f"{'letters':20} {count} {kind}" for kind, count in letters_by_kind.items()]
    if letters_by_kind:
        many = sum(letters_by_kind.values())
        lines.append(f"{many} given up, the oldest {age} ago. See why, and what to do: bridge letters list")
    return lines


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    out.print(f"The database is at revision {_migrated(settings())}.")


def _silences(settings: Settings) -> tuple[Finding, ...]:
    """What the bridge on this database has noticed of its webhooks, if there is one."""
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        return ()
    from bridge import silence
    from bridge.journal.trouble import CannotUse, said

    try:
        return silence.on_disk(settings.database_url)
    except (ImportError, CannotUse) as problem:
        refuse(said(problem))


def _migrated(settings: Settings) -> str:
    from sqlalchemy.exc import SQLAlchemyError

    from bridge.journal.engine import connect
    from bridge.journal.migrate import upgrade
    from bridge.journal.trouble import CannotUse, said

    try:
        engine = connect(settings.database_url)
        with ExitStack() as after:
            after.callback(engine.dispose)
            return upgrade(engine)
    except (ImportError, CannotUse, SQLAlchemyError) as problem:
        refuse(said(problem))


def _plain(finding: Finding) -> dict[str, object]:
    problem = finding.problem
    return {
        "step": finding.step,
        "ok": problem is None,
        "detail": finding.detail,
        "cause": problem.cause if problem else "",
        "fix": problem.fix if problem else "",
    }


def _line(finding: Finding) -> str:
    if finding.problem is None:
        return f"[green]✓[/] {finding.step}: {finding.detail}"
    return f"[red]✗[/] {finding.step}: {finding.problem.cause}\n    → {finding.problem.fix}"


def main() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
