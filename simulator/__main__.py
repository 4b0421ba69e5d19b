"""The command line of the simulators."""

from typing import Annotated

import typer

from simulator.environment import BASE, BRIDGE, as_shell, environment

app = typer.Typer(
    help="The outside world of an SMS bridge, simulated.", no_args_is_help=True, add_completion=False
)

Bridge = Annotated[str, typer.Option(help="Where the bridge listens.")]


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 4010,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    bridge: Bridge = BRIDGE,
    seed: Annotated[int, typer.Option(help="Same seed, same identifiers.")] = 0,
) -> None:
    """Serve all simulators and the console on one port."""
    from simulator import server  # noqa: PLC0415 - `env` need not load it

    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    try:
        server.serve(host, port, base=base, bridge=bridge.rstrip("/"), seed=seed)
    except server.Busy as busy:
        typer.echo(f"{busy}. Stop whoever listens there, or choose another with --port.", err=True)
        raise typer.Exit(1) from busy


@app.command()
def env(
    base: Annotated[str, typer.Option(help="Where the simulators listen.")] = BASE, bridge: Bridge = BRIDGE
) -> None:
    """Print the variables that point a bridge at the simulators: eval "$(simulator env)"."""
    typer.echo(as_shell(environment(base.rstrip("/"), bridge.rstrip("/"))), nl=False)


def main() -> None:
    """Entry point of the console script."""
    app(prog_name="simulator")


if __name__ == "__main__":
    main()
