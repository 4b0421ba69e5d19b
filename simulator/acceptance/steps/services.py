"""What goes wrong with carrier, desk, AI and directory, in plain words."""

from pytest_bdd import given, when

from simulator.acceptance.actors.customer import Customer
from simulator.acceptance.steps.words import phrase
from simulator.acceptance.world import World

SYSTEMS = {"carrier": "twilio", "desk": "sunshine", "AI": "opencx", "directory of support users": "support"}
MESSAGE = {"carrier": "CreateMessage", "desk": "PostMessage", "AI": "sendMessage"}
CALLS = {**MESSAGE, "desk": "*", "directory of support users": "*"}


ALWAYS = 1000  # calls; more than a scenario makes


def plant(world: World, service: str, operation: str, fault: str, count: int = 1) -> None:
    content = {"system": SYSTEMS[service], "operation": operation, "fault": fault, "count": count}
    world.sim.call("POST", "/faults", content)


@given(phrase('the {service:Service} meets "{fault:Words}" at its next "{operation:Words}"'))
def _(world: World, service: str, fault: str, operation: str) -> None:
    plant(world, service, operation, fault)


@given(
    phrase(
        'the {service:Service} meets "{fault:Words}" at its next "{operation:Words}" whose {fact:Fact} is '
        '"{value:Words}"'
    )
)
def _(world: World, service: str, fault: str, operation: str, fact: str, value: str) -> None:
    content = {"system": SYSTEMS[service], "operation": operation, "fault": fault, "match": {fact: value}}
    world.sim.call("POST", "/faults", content)


@given(phrase("the {service:Service} is down for the next {count:Count} calls"))
def _(world: World, service: str, count: int) -> None:
    plant(world, service, CALLS[service], "status 503", count)


@given(phrase("the {service:Service} is down"))
def _(world: World, service: str) -> None:
    plant(world, service, CALLS[service], "status 503", ALWAYS)


@given("the carrier cannot say what became of its messages")
def _(world: World) -> None:
    plant(world, "carrier", "ListMessage", "status 503", ALWAYS)


@given(phrase("the {service:Service} is down for the next call"))
def _(world: World, service: str) -> None:
    plant(world, service, CALLS[service], "refuse")


@given(phrase("the {service:Service} is too busy for the next call and asks for {seconds:Count} seconds"))
def _(world: World, service: str, seconds: int) -> None:
    plant(world, service, MESSAGE[service], f"status 429 after {seconds}")


@given(phrase("the {service:Service} takes the next message but never answers"))
def _(world: World, service: str) -> None:
    plant(world, service, MESSAGE[service], "accept then hang")


@given("the carrier takes the next message but cuts the line")
def _(world: World) -> None:
    plant(world, "carrier", "CreateMessage", "accept then reset")


@given("the carrier leaves the next message hanging")
def _(world: World) -> None:
    plant(world, "carrier", "CreateMessage", "hang")


@given("the AI leaves the next question hanging")
def _(world: World) -> None:
    plant(world, "AI", "sendMessage", "hang")


@given("the carrier refuses the next message")
def _(world: World) -> None:
    plant(world, "carrier", "CreateMessage", "status 400")


@given("the desk makes the next conversation but never answers")
def _(world: World) -> None:
    plant(world, "desk", "CreateConversation", "accept then hang")


@given("the desk fails to pass control once")
def _(world: World) -> None:
    plant(world, "desk", "PassControl", "status 503")


@given("the directory of support users refuses every call")
def _(world: World) -> None:
    plant(world, "directory of support users", "*", "status 401", ALWAYS)


@given(phrase("the desk refuses the bridge's key for the next {count:Count} calls"))
def _(world: World, count: int) -> None:
    plant(world, "desk", "*", "status 401", count)


@given("the desk loses its next webhook")
def _(world: World) -> None:
    plant(world, "desk", "conversation:message", "drop webhooks")


@given(phrase("the carrier delivers the next text {count:Count} times"))
def _(world: World, count: int) -> None:
    plant(world, "carrier", "inbound", f"duplicate {count}")


@given("the carrier delivers the next long text as base64")
def _(world: World) -> None:
    plant(world, "carrier", "inbound", "quirk base64 text")


@given("the carrier delivers the next text twice at the same moment")
def _(world: World) -> None:
    plant(world, "carrier", "inbound", "race")


@given(phrase("the desk delivers the next reply {count:Count} times"))
def _(world: World, count: int) -> None:
    plant(world, "desk", "conversation:message", f"duplicate {count}")


@given(phrase("the desk delivers the next event {count:Count} times"))
def _(world: World, count: int) -> None:
    plant(world, "desk", "webhook", f"duplicate {count}")


@given(phrase("the AI delivers the next answer {count:Count} times"))
def _(world: World, count: int) -> None:
    plant(world, "AI", "conversation.ai_response", f"duplicate {count}")


@given(phrase("the AI announces the next handoff {count:Count} times"))
def _(world: World, count: int) -> None:
    plant(world, "AI", "conversation.handoff_to_human", f"duplicate {count}")


@given("the carrier reports the next delivery before it answers")
def _(world: World) -> None:
    plant(world, "carrier", "status", "early callback")


@given("the carrier will lose the next message")
def _(world: World) -> None:
    world.carrier.plans(statuses=["sent", "undelivered"], error_code=30003)


@given("the carrier will filter the next message for want of registration")
def _(world: World) -> None:
    world.carrier.plans(statuses=["sent", "undelivered"], error_code=30034)


@given(phrase("{customer:Name}'s phone turns out to be a landline"))
def _(world: World, customer: str) -> None:
    world.carrier.plans(_known(world, customer), statuses=["undelivered"], error_code=30006)


@given(phrase("the carrier knows that {customer:Name} opted out"))
def _(world: World, customer: str) -> None:
    world.carrier.plans(_known(world, customer), statuses=["failed"], error_code=21610)


@given("the carrier fails to hand out the next picture")
def _(world: World) -> None:
    plant(world, "carrier", "FetchMediaContent", "status 503")


@given("the carrier has lost the next picture")
def _(world: World) -> None:
    plant(world, "carrier", "FetchMediaContent", "status 404", ALWAYS)


@when("the bridge dies and comes back")
def _(world: World) -> None:
    world.operator.kills()


def _known(world: World, customer: str) -> Customer:
    return world.customer(customer)
