"""`simulator …`. Serving is what tests wait for, so it loads nothing that the other commands need."""

import sys


def main() -> None:
    """Entry point of the console script."""
    if sys.argv[1:2] == ["serve"]:
        from simulator import serving  # noqa: PLC0415 - see above

        serving.main(sys.argv[2:])
    else:
        from simulator.commands import app  # noqa: PLC0415

        app(prog_name="simulator")


if __name__ == "__main__":
    main()
