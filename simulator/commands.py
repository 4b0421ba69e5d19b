"""The commands of the simulators."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from simulator import recording, serving
from simulator.client import Client
from simulator.environment import BASE, BRIDGE, as_shell, environment

app = typer.Typer(
    help="The outside world of an SMS bridge, simulated.", no_args_is_help=True, add_completion=False
)

Bridge = Annotated[str, typer.Option(help="Where the bridge listens.")]


@app.command(
    add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
def serve(context: typer.Context) -> None:
    """Serve all simulators and the console on one port (`simulator serve --help` lists the options)."""
    serving.main(context.args)


@app.command()
def env(
    base: Annotated[str, typer.Option(help="Where the simulators listen.")] = BASE, bridge: Bridge = BRIDGE
) -> None:
    """Print the variables that point a bridge at the simulators: eval "$(simulator env)"."""
    typer.echo(as_shell(environment(base.rstrip("/"), bridge.rstrip("/"))), nl=False)


Judged = Annotated[
    str, typer.Option(help="The bridge to judge: its manifest, or http or in-process for our own.")
]
Only = Annotated[
    list[str] | None, typer.Option(help="A requirement's id, a chapter, words of a name; repeatable.")
]
Levels = Annotated[list[str] | None, typer.Option(help="must, should or choice; repeatable.")]
Parallel = Annotated[int, typer.Option(min=1, help="Workers, each with a bridge of its own.")]
Seed = Annotated[int, typer.Option(min=0, help="Ids and order; 0: the order of the story.")]
Bent = Annotated[str, typer.Option(help="Bend the line, so that the bridge must fail.")]
Repeat = Annotated[int, typer.Option(min=1, help="Judge all so often; verdicts must agree.")]
Within = Annotated[float, typer.Option(help="Seconds; what is left then is not tested.")]
Expect = Annotated[Path | None, typer.Option(help="Known verdicts; anything else fails.")]
WriteExpect = Annotated[Path | None, typer.Option(help="Write the verdicts of this run there.")]
Report = Annotated[Path, typer.Option(help="Folder for verdicts, failures, matrix.")]
Live = Annotated[
    str, typer.Option(help="Compare the simulator with a real account instead: twilio or zendesk.")
]
AllowWrites = Annotated[bool, typer.Option("--allow-writes", help="With --live: also ask what writes.")]
Init = Annotated[Path | None, typer.Option(help="Write a commented manifest there, and stop.")]


@app.command()
def verify(  # noqa: PLR0913 - one parameter an option
    *,
    bridge: Judged = "",
    only: Only = None,
    level: Levels = None,
    parallel: Parallel = 1,
    seed: Seed = 0,
    bend: Bent = "",
    repeat: Repeat = 1,
    within: Within = 900,
    expect: Expect = None,
    write_expect: WriteExpect = None,
    report: Report = Path("verify-report"),
    live: Live = "",
    allow_writes: AllowWrites = False,
    init: Init = None,
) -> None:
    """Judge a bridge by every scenario it can be asked; status 0 only if every @must is met."""
    try:
        from simulator.acceptance.judging import command  # noqa: PLC0415 - others need not load it
        from simulator.acceptance.live.command import compare  # noqa: PLC0415
        from simulator.acceptance.manifest import Wrong  # noqa: PLC0415
        from simulator.acceptance.template import write_new  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        fail(f"verify needs {missing.name}. Install it with: pip install 'sunbridge[harness]'")
    try:
        if init:
            typer.echo(write_new(init))
            return
        if live:
            raise typer.Exit(compare(live, typer.echo, allow_writes=allow_writes))
        if not bridge:
            raise Wrong("no bridge is named. Give --bridge FILE.toml; write one with --init FILE.toml.")
        wanted = command.Wanted(
            bridge,
            only or [],
            level or [],
            parallel,
            seed,
            bend,
            repeat,
            within,
            expect,
            write_expect,
            report,
        )
        raise typer.Exit(command.verify(wanted))
    except Wrong as wrong:
        fail(str(wrong))


def fail(text: str) -> NoReturn:
    """End with a sentence that says what is wrong, and status 2."""
    typer.echo(text, err=True)
    raise typer.Exit(2)


@app.command()
def record(
    file: Annotated[Path, typer.Argument(help="Where the entries go, one a line.")],
    base: Annotated[str, typer.Option(help="Where the simulators listen.")] = BASE,
    follow: Annotated[bool, typer.Option(help="Go on until interrupted.")] = False,  # noqa: FBT002
) -> None:
    """Write the ledger of running simulators to a file."""
    try:
        typer.echo(f"{recording.record(Client(base), file, follow=follow)} entries in {file}")
    except KeyboardInterrupt:
        typer.echo(f"stopped; the entries are in {file}")
    except OSError as failure:
        fail(f"{base}: {failure}. Is `simulator serve` running there?")


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="What `simulator record` wrote.")],
    base: Annotated[str, typer.Option(help="Where the simulators listen; they are reset first.")] = BASE,
) -> None:
    """Make the recorded calls again and list what is answered otherwise; status 1 if anything is."""
    again = recording.Replay(Client(base))
    try:
        entries = [json.loads(line) for line in file.read_text().splitlines()]
        again.client.reset()
        again.play(entries)
    except (OSError, ValueError) as failure:
        fail(f"{failure}. Is {file} a recording, and does `simulator serve` run at {base}?")
    typer.echo("".join(f"{line}\n" for line in again.differences), nl=False)
    typer.echo(
        f"{again.played} calls made again, {len(again.differences)} differences, "
        f"{len(again.skipped)} skipped for want of their bodies"
    )
    raise typer.Exit(1 if again.differences else 0)
