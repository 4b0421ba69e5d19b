"""The commands of the simulators."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from simulator import serving
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


@app.command()
def verify(  # noqa: PLR0913 - one parameter an option
    *,
    bridge: Annotated[
        str, typer.Option(help="The bridge to judge: its manifest, or http or in-process for our own.")
    ] = "",
    only: Annotated[
        list[str] | None, typer.Option(help="A requirement's id, a chapter, words of a name; repeatable.")
    ] = None,
    level: Annotated[list[str] | None, typer.Option(help="must, should or choice; repeatable.")] = None,
    parallel: Annotated[int, typer.Option(min=1, help="Workers, each with a bridge of its own.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Ids and order; 0: the order of the story.")] = 0,
    bend: Annotated[str, typer.Option(help="Bend the line, so that the bridge must fail.")] = "",
    repeat: Annotated[int, typer.Option(min=1, help="Judge all so often; verdicts must agree.")] = 1,
    within: Annotated[float, typer.Option(help="Seconds; what is left then is not tested.")] = 900,
    expect: Annotated[Path | None, typer.Option(help="Known verdicts; anything else fails.")] = None,
    write_expect: Annotated[Path | None, typer.Option(help="Write the verdicts of this run there.")] = None,
    report: Annotated[Path, typer.Option(help="Folder for verdicts, failures, matrix.")] = Path(
        "verify-report"
    ),
    live: Annotated[
        str, typer.Option(help="Compare the simulator with a real account instead: twilio or zendesk.")
    ] = "",
    allow_writes: Annotated[
        bool, typer.Option("--allow-writes", help="With --live: also ask what writes.")
    ] = False,
    init: Annotated[Path | None, typer.Option(help="Write a commented manifest there, and stop.")] = None,
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
