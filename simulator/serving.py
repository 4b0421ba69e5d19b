"""`simulator serve`: its options, with nothing but the standard library, so that it starts at once."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from simulator.environment import BRIDGE, DOORS


def options() -> argparse.ArgumentParser:
    """What may be said behind `serve`."""
    parser = argparse.ArgumentParser("simulator serve", description="Serve all simulators and the console.")
    parser.add_argument("--port", type=int, default=4010, help="port to listen on; 0: any (default: 4010)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--bridge", default=BRIDGE, help=f"where the bridge listens (default: {BRIDGE})")
    parser.add_argument("--seed", type=int, help="same seed, same identifiers (default: 0)")
    parser.add_argument("--state", type=Path, help="file that keeps the state from one start to the next")
    parser.add_argument(
        "--door",
        action="append",
        default=[],
        metavar="SYSTEM=PATH",
        help="a path of the bridge, repeatable: twilio=/webhooks/twilio/sms",
    )
    return parser


def main(arguments: Sequence[str]) -> None:
    """Serve until told to stop."""
    parser = options()
    wanted = parser.parse_args(arguments)
    from simulator import server  # noqa: PLC0415 - `--help` need not load it

    try:
        server.serve(
            server.Address(wanted.host, wanted.port),
            server.Served(wanted.bridge.rstrip("/"), _doors(parser, wanted.door), wanted.seed, wanted.state),
        )
    except server.Busy as busy:
        sys.stderr.write(f"{busy}. Stop whoever listens there, or choose another with --port.\n")
        raise SystemExit(1) from busy
    except (server.Foreign, server.Stuck, OSError) as failure:
        sys.stderr.write(f"{failure}\n")
        raise SystemExit(2) from failure


def _doors(parser: argparse.ArgumentParser, said: Sequence[str]) -> dict[str, str]:
    """`system=/path` as a table."""
    found = dict(each.partition("=")[::2] for each in said)
    for system, path in found.items():
        if system not in DOORS or not path.startswith("/"):
            known = " or ".join(f"{name}=/PATH" for name in DOORS)
            parser.error(f"--door {system}={path} is not known. Say {known}.")
    return found
