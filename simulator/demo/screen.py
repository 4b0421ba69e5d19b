"""What the reader sees: scenes, steps, ticks. It says the same with and without colour."""

import shlex
import sys

from rich.console import Console
from rich.text import Text

from simulator.demo.proofs import Proof, Verdict

JSON = "-H 'Content-Type: application/json'"


class Screen:
    """Prints at once what happens."""

    def __init__(self) -> None:
        if reconfigure := getattr(sys.stdout, "reconfigure", None):
            reconfigure(errors="replace")  # a terminal without ✓ shows ?
        self._console = Console(highlight=False, soft_wrap=True)
        self._scenes = 0

    def opening(self, base: str, bridge: str, seconds: float) -> None:
        """Who runs where."""
        self._print("Sunbridge: the documented test handoff, on simulators", "bold")
        self._print(f"simulators and console {base}, bridge {bridge}, up in {seconds:.1f} s", "dim")

    def scene(self, title: str) -> None:
        """A new part of the story."""
        self._scenes += 1
        self._print(f"\n{self._scenes}. {title}", "bold")

    def step(self, text: str) -> None:
        """Something happens."""
        self._print(f"   {text}")

    def trouble(self, text: str) -> None:
        """The scene cannot go on."""
        self._print(f"   ! {text}", "yellow")

    def verdict(self, proof: Proof, verdict: Verdict) -> None:
        """A tick or a cross, the statement, and by what it is seen."""
        mark, style = ("✓", "green") if verdict.holds else ("✗", "bold red")
        line = Text(f" {mark} {proof.id}  ", style=style)
        self._console.print(line + Text(proof.says, style="default"))
        self._print(f"            {verdict.evidence}", "dim")

    def closing(self, held: int, count: int, seconds: float) -> None:
        """The result."""
        style = "bold green" if held == count else "bold red"
        self._print(f"\n{held} of {count} statements hold; {seconds:.1f} s.", style)

    def invitation(self, base: str, chat: str, number: str, phone: str) -> None:
        """How to go on by hand."""
        customer = _curl(
            f"{base}/_sim/phones/{phone}/texts", f'{{"to": "{number}", "text": "One more question"}}'
        )
        agent = _curl(f"{base}/_sim/conversations/{chat}/replies", '{"agent": "Ada", "text": "Yes?"}')
        self._print(f"\nEverything keeps running. The console: {base}", "bold")
        self._print(f"\nText as the customer:\n{customer}")
        self._print(f"\nReply as the agent:\n{agent}")
        self._print(f"\nSee the customer's phone:\ncurl -s {base}/_sim/phones/{phone}/messages")
        self._print("\nCtrl-C ends it.")

    def farewell(self) -> None:
        """After the end."""
        self._print("\nStopped.", "dim")

    def _print(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style))


def _curl(url: str, content: str) -> str:
    return f"curl -s {JSON} -d {shlex.quote(content)} {url}"
