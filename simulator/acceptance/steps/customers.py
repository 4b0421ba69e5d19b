"""What customers do and what they get to see."""

from pytest_bdd import given, then, when

from simulator.acceptance.cast import NUMBERS
from simulator.acceptance.letters import letters, segments_of
from simulator.acceptance.observations import plain
from simulator.acceptance.steps.words import phrase
from simulator.acceptance.world import World


@given(phrase('{customer:Name} has texted "{text:Words}"'))
@when(phrase('{customer:Name} texts "{text:Words}"'))
def _(world: World, customer: str, text: str) -> None:
    world.customer(customer).texts(text)


@given(phrase('{customer:Name} has texted "{text:Words}" to the {number:Number} number'))
@when(phrase('{customer:Name} texts "{text:Words}" to the {number:Number} number'))
def _(world: World, customer: str, text: str, number: str) -> None:
    world.customer(customer).texts(text, number)


@given(phrase('{customer:Name} has texted "{text:Words}" and, {later:Span} later, "{other:Words}"'))
def _(world: World, customer: str, text: str, later: int, other: str) -> None:
    world.customer(customer).texts(text)
    world.advance(later)
    world.customer(customer).texts(other)


@given(phrase('{customer:Name} has just texted "{text:Words}"'))
def _(world: World, customer: str, text: str) -> None:
    world.begin()
    world.customer(customer).types(text)


@when(phrase('{customer:Name} from abroad texts "{text:Words}"'))
def _(world: World, customer: str, text: str) -> None:
    world.customer(customer, abroad=True).texts(text)


@given(phrase("{customer:Name} has texted her e-mail address"))
def _(world: World, customer: str) -> None:
    world.customer(customer).texts(f"My address is {world.customer(customer).email}")


@when(phrase("{customer:Name} texts a message of {count:Count} letters"))
def _(world: World, customer: str, count: int) -> None:
    world.customer(customer).texts(letters(count))


@when(phrase("{customer:Name} texts a {kind:Kind}"))
def _(world: World, customer: str, kind: str) -> None:
    world.customer(customer).sends(kind)


@when(phrase("{customer:Name} texts {count:Count} {kind:Kind}s"))
def _(world: World, customer: str, count: int, kind: str) -> None:
    world.customer(customer).sends(kind, count)


@given(phrase('{customer:Name} has texted "{text:Words}" with a {kind:Kind}'))
@when(phrase('{customer:Name} texts "{text:Words}" with a {kind:Kind}'))
def _(world: World, customer: str, text: str, kind: str) -> None:
    world.customer(customer).sends(kind, text=text)


@when(phrase('{customer:Name} texts "{text:Words}" with {count:Count} {kind:Kind}s'))
def _(world: World, customer: str, text: str, count: int, kind: str) -> None:
    world.customer(customer).sends(kind, count, text)


@given(phrase("{customer:Name} is in a live chat with {agent:Name}"))
def _(world: World, customer: str, agent: str) -> None:
    world.customer(customer).texts("A human, please")
    world.agent(agent).takes(world.customer(customer))


@given(phrase("{one:Name} and {other:Name} are in live chats with {agent:Name} and {colleague:Name}"))
def _(world: World, one: str, other: str, agent: str, colleague: str) -> None:
    for customer, takes in ((one, agent), (other, colleague)):
        world.customer(customer).texts("A human, please")
        world.agent(takes).takes(world.customer(customer))


@given(phrase("{customer:Name} is in a live chat with {agent:Name} on the {number:Number} number"))
def _(world: World, customer: str, agent: str, number: str) -> None:
    world.customer(customer).texts("A human, please", number)
    world.agent(agent).takes(world.customer(customer))


@given(phrase("{customer:Name} and the AI have exchanged {count:Count} texts and answers"))
def _(world: World, customer: str, count: int) -> None:
    for n in range(1, count + 1):
        world.customer(customer).texts(f"Question {n}")


@given(phrase('the sender "{sender:Words}" has texted "{text:Words}"'))
@when(phrase('the sender "{sender:Words}" texts "{text:Words}"'))
def _(world: World, sender: str, text: str) -> None:
    world.sim.call("POST", f"/phones/{sender}/texts", {"to": NUMBERS["Support"], "text": text})
    world.settle()


@when(phrase('the {ours:Number} number texts "{text:Words}" to the {number:Number} number'))
def _(world: World, ours: str, text: str, number: str) -> None:
    world.sim.call("POST", f"/phones/{NUMBERS[ours]}/texts", {"to": NUMBERS[number], "text": text})
    world.settle()


@then(phrase('{customer:Name} receives "{text:Words}"'))
def _(world: World, customer: str, text: str) -> None:
    world.customer(customer).receives(text)


@then(phrase('{customer:Name} receives "{text:Words}" from the {number:Number} number'))
def _(world: World, customer: str, text: str, number: str) -> None:
    world.last_message = world.customer(customer).receives(text, number)


@then("it took no longer than 2 seconds")
def _(world: World) -> None:
    written = next(entry["at"] for entry in world.watch.since() if entry["kind"] == "act")
    assert world.last_message is not None
    assert world.last_message.facts["at"] - written <= 2.0


@then(phrase("{customer:Name} receives {texts:Several} in this order"))
def _(world: World, customer: str, texts: list[str]) -> None:
    world.customer(customer).receives_in_order(texts)


@then(phrase("{customer:Name} receives at most {count:Count} message"))
def _(world: World, customer: str, count: int) -> None:
    world.customer(customer).receives_at_most(count)


@then(phrase('{customer:Name} receives the words "{text:Words}" and the link\'s address'))
def _(world: World, customer: str, text: str) -> None:
    world.customer(customer).receives_matching((text, world.assistant.link), "the link")


@then(phrase("{customer:Name} receives the whole reply as one message of {count:Count} segments"))
@then(phrase("{customer:Name} receives the whole reply as one message of {count:Count} segment"))
@then(phrase("{customer:Name} receives the whole answer as one message of {count:Count} segments"))
def _(world: World, customer: str, count: int) -> None:
    found = world.customer(customer).receives(world.long_text)
    assert len(found.facts["parts"]) == count == segments_of(world.long_text)


@then(phrase("{customer:Name} receives the whole reply in several messages"))
def _(world: World, customer: str) -> None:
    assert len(world.customer(customer).receives_all_of(world.long_text)) > 1


@then(phrase("{customer:Name} receives a {kind:Kind} from the {number:Number} number"))
def _(world: World, customer: str, kind: str, number: str) -> None:
    found = world.customer(customer).receives_file(number)
    assert all(file["content_type"].startswith("image/") == (kind == "picture") for file in found.media)


@then(phrase("{customer:Name} receives a link to the {kind:Kind}"))
def _(world: World, customer: str, kind: str) -> None:
    world.customer(customer).receives_matching(("://",), f"a link to the {kind}")


@then(phrase("{customer:Name}'s thread with the {number:Number} number ends with {texts:Several}"))
def _(world: World, customer: str, number: str, texts: list[str]) -> None:
    thread = [said.text for said in world.customer(customer).thread(number)]
    assert thread[-len(texts) :] == [plain(text) for text in texts]


@then(phrase("the carrier answers {customer:Name} itself"))
def _(world: World, customer: str) -> None:
    world.customer(customer).hears_from_carrier()


@then("nothing else is sent to anyone")
def _(world: World) -> None:
    world.close()
