"""What the AI does, and what it was told."""

from pytest_bdd import given, then, when

from simulator.acceptance.actors.assistant import handoff
from simulator.acceptance.letters import letters
from simulator.acceptance.steps.words import phrase
from simulator.acceptance.world import World


@given(phrase('the AI answers "{text:Words}"'))
def _(world: World, text: str) -> None:
    world.assistant.rehearse(otherwise=text)


@given("the AI answers")
def _(world: World, docstring: str) -> None:
    world.assistant.rehearse(otherwise=docstring)


@given(phrase("the AI answers with {count:Count} letters"))
def _(world: World, count: int) -> None:
    world.long_text = letters(count)
    world.assistant.rehearse(otherwise=world.long_text)


@given(phrase('the AI answers with a link named "{text:Words}"'))
def _(world: World, text: str) -> None:
    world.assistant.rehearse(otherwise=f'See <a href="{world.assistant.link}">{text}</a>.')


@given(phrase('the AI answers "{word:Words}" with "{text:Words}"'))
def _(world: World, word: str, text: str) -> None:
    world.assistant.add_rule(word, say=text)


@given(phrase('the AI hands off a customer who texts "{word:Words}" and finds them {mood:Mood}'))
def _(world: World, word: str, mood: str) -> None:
    world.assistant.add_rule(word, handoff=handoff() | {"sentiment": mood})


@given(phrase('the AI hands off a customer who texts "{word:Words}" with the summary "{summary:Words}"'))
def _(world: World, word: str, summary: str) -> None:
    world.assistant.add_rule(word, handoff=handoff(summary=summary))


@given(phrase('the AI hands off a customer who texts "{word:Words}" without saying why'))
def _(world: World, word: str) -> None:
    world.assistant.add_rule(word, handoff={"sentiment": ""})


@given(phrase('the AI must not answer about "{topic:Words}"'))
def _(world: World, topic: str) -> None:
    world.assistant.rehearse(topics=[topic])


@given(phrase("the AI takes {seconds:Count} seconds to answer"))
def _(world: World, seconds: int) -> None:
    world.assistant.rehearse(mode="webhook", delay=seconds)


@given("the AI sends its answers later")
def _(world: World) -> None:
    world.assistant.rehearse(mode="webhook")


@given("the AI only drafts")
def _(world: World) -> None:
    world.assistant.rehearse(mode="silent")


@given("the AI fails once")
def _(world: World) -> None:
    world.assistant.rehearse(fails=1)


@given("the AI is out of order")
def _(world: World) -> None:
    world.assistant.rehearse(fails=1000)


@given("the AI is switched off for texts")
def _(world: World) -> None:
    world.operator.restarts(BRIDGE_AUTOPILOT="false")


@given(phrase("{customer:Name} has an open session with the AI in the web widget"))
def _(world: World, customer: str) -> None:
    world.assistant.learns(world.customer(customer), chatting=True)


@when(phrase("the operator of the AI hands {customer:Name} over"))
def _(world: World, customer: str) -> None:
    world.assistant.takes_over(world.customer(customer))


@given(phrase("the operator of the AI has closed {customer:Name}'s session"))
def _(world: World, customer: str) -> None:
    world.assistant.closes_session(world.customer(customer))


@then("the AI is not asked")
def _(world: World) -> None:
    world.assistant.is_not_asked()


@then(phrase("the AI has one session with {customer:Name}: {texts:Several}"))
@then(phrase("the AI has one session by text with {customer:Name}: {texts:Several}"))
def _(world: World, customer: str, texts: list[str]) -> None:
    world.assistant.has_one_session(world.customer(customer), texts)


@then(phrase("the AI has {count:Count} sessions with {customer:Name}"))
def _(world: World, count: int, customer: str) -> None:
    world.assistant.has_sessions(world.customer(customer), count)


@then(phrase("the AI knows {customer:Name} as one contact"))
def _(world: World, customer: str) -> None:
    sessions = world.assistant.sessions(world.customer(customer))
    assert len({session["contact"]["id"] for session in sessions}) == 1


@then(phrase("the AI has dealt with {texts:Several} one question at a time"))
def _(world: World, texts: list[str]) -> None:
    world.assistant.takes_turns(world.only_customer(), texts)


@then(phrase("the AI was left alone for {seconds:Count} seconds"))
def _(world: World, seconds: int) -> None:
    first, second = [entry["at"] for entry in world.assistant.questions()][:2]
    assert second - first >= seconds


@then(phrase("the AI's session with {customer:Name} is closed as resolved"))
def _(world: World, customer: str) -> None:
    world.assistant.state_of(world.customer(customer), "closed_resolved", None)


@then(phrase("the AI's session with {customer:Name} is open and handed off"))
def _(world: World, customer: str) -> None:
    world.assistant.state_of(world.customer(customer), "open", "handed_off")
