"""The set-up, its troubles and the check that finds them."""

from pytest_bdd import given, then, when

from simulator import accounts
from simulator.acceptance.steps.services import ALWAYS, plant
from simulator.acceptance.steps.words import phrase
from simulator.acceptance.world import World

MISTAKES = {
    "an integration's key": {
        "BRIDGE_SUNSHINE_KEY_ID": accounts.SUNSHINE_INTEGRATION_KEY_ID,
        "BRIDGE_SUNSHINE_SECRET": accounts.SUNSHINE_INTEGRATION_SECRET,
    },
    "the wrong app": {"BRIDGE_SUNSHINE_APP_ID": "0" * 24},
    "the wrong messaging secret": {"BRIDGE_SUNSHINE_SECRET": "mistyped"},
    "a subdomain written as an address": {"BRIDGE_ZENDESK_SUBDOMAIN": "acme.zendesk.com"},
    "the wrong merging credentials": {
        "BRIDGE_ZENDESK_API_TOKEN": "mistyped",
        "BRIDGE_ZENDESK_OAUTH_CLIENT_SECRET": "mistyped",
    },
    "the wrong AI key": {"BRIDGE_OPENCX_API_KEY": "mistyped"},
    "the wrong carrier credentials": {"BRIDGE_TWILIO_AUTH_TOKEN": "mistyped"},
}


@given(phrase("the bridge has been given {mistake:Trouble}"))
def _(world: World, mistake: str) -> None:
    world.operator.changes(**MISTAKES[mistake])


@given(phrase("the bridge is set to end sessions after {seconds:Span}"))
def _(world: World, seconds: int) -> None:
    world.operator.restarts(BRIDGE_IDLE_SECONDS=str(seconds))


@given("the bridge is set to count an opt-out for its number alone")
def _(world: World) -> None:
    world.operator.restarts(BRIDGE_OPT_OUT_SCOPE="number")


@given("multi-conversations is off")
def _(world: World) -> None:
    world.desk.switch(multi_conversations=False)


@when("multi-conversations is switched on")
def _(world: World) -> None:
    world.desk.switch(multi_conversations=True)


@given("new chats go straight to the agents")
def _(world: World) -> None:
    world.desk.switch(default_responder="agents")


@given("nobody is set to answer new chats first")
def _(world: World) -> None:
    world.desk.switch(default_responder="none")


@given(
    phrase(
        "the desk has carried out no pass of control in the {seconds:Span} "
        'since {customer:Name} texted "{text:Words}"'
    )
)
def _(world: World, seconds: int, customer: str, text: str) -> None:
    world.desk.switch(passing="fails")
    world.customer(customer).texts(text)
    world.advance(seconds)
    world.desk.switch(passing="moves")


@given("attachments of the desk are private")
def _(world: World) -> None:
    world.desk.switch(private_attachments=True)


@given("the desk has lost its webhook")
def _(world: World) -> None:
    world.desk.switch(webhook_registered=False)


@given("the Zendesk account has no Conversations API")
def _(world: World) -> None:
    plant(world, "desk", "*", "status 404", ALWAYS)


@when("the operator checks the set-up")
def _(world: World) -> None:
    world.operator.checks()


@when("the operator looks at the status")
def _(world: World) -> None:
    world.operator.looks()


@then(phrase("the status warns of {topic:Trouble}"))
def _(world: World, topic: str) -> None:
    world.operator.finds_trouble(topic)


@then("no trouble is found")
def _(world: World) -> None:
    world.operator.finds_no_trouble()


@then("the number is listed and active")
def _(world: World) -> None:
    world.operator.finds_good(r"number|\+1415")


@then("Zendesk messaging is active")
def _(world: World) -> None:
    world.operator.finds_good("sunshine|messaging|zendesk")


@then(phrase("the check finds trouble with {topic:Trouble}"))
def _(world: World, topic: str) -> None:
    world.operator.finds_trouble(topic)
