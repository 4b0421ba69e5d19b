"""The command line: `bridge serve`, `check`, `status`, `migrate`.

A command imports what it needs when it runs: looking at the set-up should not wait for a web server's import.
"""

import json
import sys
from contextlib import ExitStack
from typing import Annotated, Literal, NoReturn

import requests
import typer
from rich.console import Console

from bridge import providers
from bridge.core.ports import Finding
from bridge.settings import Settings, Wrong, load, sqlite_file

app = typer.Typer(
    help="Carries text messages between a phone, an AI and the Zendesk Agent Workspace.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
Role = Literal["all", "web", "worker"]
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@app.command()
def serve(role: Annotated[Role | None, typer.Option(help="Instead of BRIDGE_ROLE.")] = None) -> None:
    """Run the bridge: HTTP and worker in one process, or one of them."""
    from bridge import server

    settings = _settings(**({"role": role} if role else {}))
    try:
        server.serve(settings, lambda: _migrated(settings))
    except server.CannotServe as problem:
        _refuse(str(problem))


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:  # noqa: FBT002
    """Examine the set-up, live, and say what is wrong and how to mend it."""
    settings = _settings()
    findings = (*providers.examine(settings), *_silences(settings))
    for finding in findings:
        out.print(json.dumps(_plain(finding)) if as_json else _line(finding), markup=not as_json)
    raise typer.Exit(1 if any(finding.problem for finding in findings) else 0)


@app.command()
def status() -> None:
    """What waits in the running bridge."""
    settings = _settings()
    if not settings.admin_token:
        _refuse("BRIDGE_ADMIN_TOKEN is not set: without it the bridge has no /admin to ask.")
    try:
        answer = requests.get(
            f"http://{settings.bind}/admin/status",
            headers={"Authorization": f"Bearer {settings.admin_token}"},
            timeout=5,
        )
        answer.raise_for_status()
    except requests.RequestException as problem:
        _refuse(
            f"no bridge answers at {settings.bind}: {type(problem).__name__}. Start it with: bridge serve"
        )
    told = answer.json()
    silent = told.pop("silent")
    for name, value in told.items():
        out.print(f"{name:20} {value:g}")
    for each in silent:
        err.print(f"{each['cause']} {each['fix']}", markup=False)
    if not told["signatures_enforced"]:
        err.print(f"{providers.REPORT_ONLY.cause} {providers.REPORT_ONLY.fix}", markup=False)


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    out.print(f"The database is at revision {_migrated(_settings())}.")


def _settings(**chosen: str) -> Settings:
    try:
        return load(**chosen)
    except Wrong as problems:
        _refuse(str(problems))


def _silences(settings: Settings) -> tuple[Finding, ...]:
    """What the bridge on this database has noticed of its webhooks, if there is one."""
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        return ()
    from bridge import silence

    return silence.on_disk(settings.database_url)


def _migrated(settings: Settings) -> str:
    from sqlalchemy.exc import SQLAlchemyError

    from bridge.journal.engine import connect
    from bridge.journal.migrate import NewerSchema, upgrade

    try:
        engine = connect(settings.database_url)
        with ExitStack() as after:
            after.callback(engine.dispose)
            return upgrade(engine)
    except (ImportError, NewerSchema, SQLAlchemyError) as problem:
        cause = str(getattr(problem, "orig", None) or problem)
        _refuse(f"BRIDGE_DATABASE_URL: the database cannot be used: {cause}")


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


def _refuse(problem: str) -> NoReturn:
    err.print(problem, markup=False)
    sys.exit(2)


def main() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
