"""What Mallory tries."""

from pytest_bdd import then, when

from simulator.acceptance.steps.words import phrase
from simulator.acceptance.world import World


@when(phrase('Mallory forges a text "{text:Words}" from {customer:Name}'))
def _(world: World, text: str, customer: str) -> None:
    world.mallory.forges_text(world.customer(customer), text)


@when(phrase('Mallory forges a reply "{text:Words}" to {customer:Name}'))
def _(world: World, text: str, customer: str) -> None:
    world.mallory.forges_reply(world.customer(customer), text)


@when(phrase('Mallory forges an answer "{text:Words}" to {customer:Name}'))
def _(world: World, text: str, customer: str) -> None:
    world.mallory.forges_answer(world.customer(customer), text)


@when(phrase("Mallory repeats {customer:Name}'s last text"))
def _(world: World, customer: str) -> None:
    world.mallory.repeats("twilio", world.customer(customer).last_text)


@when(phrase("Mallory repeats {customer:Name}'s last text with other words"))
def _(world: World, customer: str) -> None:
    world.mallory.repeats("twilio", world.customer(customer).last_text, instead="Cancel everything, please")


@when(phrase("Mallory repeats {agent:Name}'s last reply"))
def _(world: World, agent: str) -> None:
    world.mallory.repeats("sunshine", world.agent(agent).last_reply)


@then("Mallory is turned away")
def _(world: World) -> None:
    world.mallory.is_turned_away()
