"""What agents do and what they get to see."""

from pytest_bdd import given, then, when

from simulator.acceptance.files import sample
from simulator.acceptance.letters import letters
from simulator.acceptance.steps.words import phrase
from simulator.acceptance.world import World

CACHED = 120  # seconds for which a bridge may go on believing what the carrier said of a number


@given(phrase('{agent:Name} has replied "{text:Words}"'))
@when(phrase('{agent:Name} replies "{text:Words}"'))
def _(world: World, agent: str, text: str) -> None:
    world.agent(agent).replies(text)


@given(
    phrase('the reply "{text:Words}" from {agent:Name} to {customer:Name} is held for want of registration')
)
def _(world: World, text: str, agent: str, customer: str) -> None:
    world.customer(customer).texts("A human, please")
    world.agent(agent).takes(world.customer(customer))
    world.carrier.registers(world.customer(customer).number, "unregistered")
    world.advance(CACHED)
    world.agent(agent).replies(text)


@given(phrase('{agent:Name} has just replied "{text:Words}"'))
def _(world: World, agent: str, text: str) -> None:
    world.begin()
    world.agent(agent).writes(text)


@when(phrase('{agent:Name} replies "{text:Words}" to {customer:Name}'))
def _(world: World, agent: str, text: str, customer: str) -> None:
    world.agent(agent).replies(text, world.customer(customer))


@when(phrase("{agent:Name} replies with {count:Count} letters"))
def _(world: World, agent: str, count: int) -> None:
    world.long_text = letters(count)
    world.agent(agent).replies(world.long_text)


@when(phrase("{agent:Name} replies with {count:Count} letters, one of them an emoji"))
def _(world: World, agent: str, count: int) -> None:
    world.long_text = letters(count, emoji=True)
    world.agent(agent).replies(world.long_text)


@given(phrase('{agent:Name} has written the note "{text:Words}"'))
@when(phrase('{agent:Name} writes the note "{text:Words}"'))
def _(world: World, agent: str, text: str) -> None:
    world.agent(agent).notes(text)


@when(phrase("{agent:Name} sends a {kind:Kind}"))
def _(world: World, agent: str, kind: str) -> None:
    world.agent(agent).sends(sample(kind))


@when(phrase("{agent:Name} sends a private {kind:Kind}"))
def _(world: World, agent: str, kind: str) -> None:
    world.agent(agent).sends(sample(kind), private=True)


@when(phrase("{agent:Name} sends a {kind:Kind} of {size:Count} megabytes"))
def _(world: World, agent: str, kind: str, size: int) -> None:
    world.agent(agent).sends(sample(kind, megabytes=size))


@when(phrase("{agent:Name} starts typing"))
def _(world: World, agent: str) -> None:
    world.agent(agent).does("typing")


@given(phrase("{agent:Name} has solved the ticket"))
@when(phrase("{agent:Name} solves the ticket"))
def _(world: World, agent: str) -> None:
    world.agent(agent).does("solve")


@given(phrase("{agent:Name} has closed the ticket"))
def _(world: World, agent: str) -> None:
    world.agent(agent).does("close")


@given(phrase("{agent:Name} has ended the conversation"))
@when(phrase("{agent:Name} ends the conversation"))
def _(world: World, agent: str) -> None:
    world.agent(agent).does("end")


@then(phrase('{agent:Name} sees "{text:Words}" from {customer:Name}'))
def _(world: World, agent: str, text: str, customer: str) -> None:
    world.agent(agent).sees(text, world.customer(customer))


@then(phrase('{agent:Name} sees "{text:Words}" from {customer:Name} and that a file is missing'))
def _(world: World, agent: str, text: str, customer: str) -> None:
    world.agent(agent).sees_with_gap(text, world.customer(customer))


@then(phrase('{agent:Name} may see "{text:Words}" from {customer:Name}'))
def _(world: World, agent: str, text: str, customer: str) -> None:
    world.agent(agent).may_see(text, world.customer(customer))


@then(phrase("{agent:Name} sees {texts:Several} from {customer:Name} in this order"))
def _(world: World, agent: str, texts: list[str], customer: str) -> None:
    world.agent(agent).sees_in_order(texts, world.customer(customer))


@then(phrase("{agent:Name} sees the whole message from {customer:Name}"))
def _(world: World, agent: str, customer: str) -> None:
    world.agent(agent).sees(world.customer(customer).last_text, world.customer(customer))


@then(phrase("{agent:Name} sees a {kind:Kind} from {customer:Name}"))
def _(world: World, agent: str, kind: str, customer: str) -> None:
    world.agent(agent).sees_files(kind, 1, world.customer(customer))


@then(phrase("{agent:Name} sees {count:Count} {kind:Kind}s from {customer:Name}"))
def _(world: World, agent: str, count: int, kind: str, customer: str) -> None:
    world.agent(agent).sees_files(kind, count, world.customer(customer))


@then(phrase("{agent:Name} is told about {topic:Topic}"))
def _(world: World, agent: str, topic: str) -> None:
    world.agent(agent).is_told(topic)


@then(phrase("{agent:Name}'s chat shows the reply once"))
def _(world: World, agent: str) -> None:
    lines = world.desk.view(world.agent(agent).chat())["messages"]
    assert [line["text"] for line in lines].count(world.long_text) == 1


@then("the desk tells the bridge of it")
def _(world: World) -> None:
    world.desk.has_echoed()
