"""What holds of our numbers at the carrier."""

from pytest_bdd import given, then, when

from simulator.acceptance.actors.carrier import ELSEWHERE
from simulator.acceptance.steps.words import phrase
from simulator.acceptance.world import World


@given(phrase("the {number:Number} number is not connected"))
def _(world: World, number: str) -> None:
    world.carrier.disconnects(number)


@given(phrase("the {number:Number} number is connected again"))
def _(world: World, number: str) -> None:
    world.carrier.reconnects(number)


@given(phrase("the {number:Number} number is connected to another environment"))
def _(world: World, number: str) -> None:
    world.carrier.disconnects(number, ELSEWHERE)


@given(phrase("the {number:Number} number is not listed at the carrier"))
def _(world: World, number: str) -> None:
    world.carrier.removes(number)


@given(phrase("the {number:Number} number cannot carry texts"))
def _(world: World, number: str) -> None:
    world.carrier.sets(number, sms=False)


@given(phrase("the {number:Number} number cannot carry pictures"))
def _(world: World, number: str) -> None:
    world.carrier.sets(number, mms=False)


@given(phrase("the {number:Number} number is {state:State}"))
@when(phrase("the {number:Number} number is {state:State}"))
def _(world: World, number: str, state: str) -> None:
    world.carrier.registers(number, state)


@given(phrase("a {number:Number} number is pointed at the bridge by mistake"))
def _(world: World, number: str) -> None:
    world.carrier.adds(number)


@then("the carrier is offered nothing")
def _(world: World) -> None:
    world.carrier.is_offered_nothing()
