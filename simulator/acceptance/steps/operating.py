"""What the operator does about letters and data."""

from pytest_bdd import given, then, when

from simulator.acceptance.steps.words import phrase
from simulator.acceptance.world import World


@when(phrase("the operator has what was given up for {customer:Name} done again"))
def _(world: World, customer: str) -> None:
    world.operator.replays(world.customer(customer))


@given(phrase("the operator has erased {customer:Name}"))
def _(world: World, customer: str) -> None:
    world.operator.erases(world.customer(customer))


@when(phrase("the operator erases {customer:Name}"))
def _(world: World, customer: str) -> None:
    world.operator.erases(world.customer(customer))


@then(phrase("the bridge holds nothing about {customer:Name}"))
def _(world: World, customer: str) -> None:
    world.operator.finds_nothing_about(world.customer(customer))


@then(phrase("the bridge holds nothing about {customer:Name} but the opt-out"))
def _(world: World, customer: str) -> None:
    world.operator.finds_nothing_about(world.customer(customer), besides="consents")
