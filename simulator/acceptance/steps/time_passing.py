"""Time."""

from pytest_bdd import given, when

from simulator.acceptance.steps.words import phrase
from simulator.acceptance.world import World


@given(phrase("{seconds:Span} have passed"))
@given(phrase("{seconds:Span} has passed"))
@when(phrase("{seconds:Span} pass"))
@when(phrase("{seconds:Span} passes"))
def _(world: World, seconds: int) -> None:
    world.advance(seconds)
