"""What a live chat looks like on the desk."""

from pytest_bdd import given, then, when

from simulator import accounts
from simulator.acceptance.actors.customer import Said
from simulator.acceptance.actors.desk import spoken
from simulator.acceptance.observations import plain
from simulator.acceptance.steps.words import phrase
from simulator.acceptance.world import World

SPEAKERS = {"customer": "user", "AI": "business", "agent": "business"}


@then(phrase("a live chat with {customer:Name} appears"))
def _(world: World, customer: str) -> None:
    world.desk.appears(world.customer(customer))


@then(phrase("a second live chat with {customer:Name} appears for the same user"))
def _(world: World, customer: str) -> None:
    former = world.desk.view(world.desk.chat_with(world.customer(customer)))
    chat = world.desk.appears(world.customer(customer))
    assert world.desk.view(chat)["user"]["id"] == former["user"]["id"]


@then(phrase("a live chat with {customer:Name} appears with the transcript"))
def _(world: World, customer: str, datatable: list[list[str]]) -> None:
    world.desk.appears(world.customer(customer))
    expected = [Said(SPEAKERS[who], plain(text)) for who, text in datatable[1:]]
    assert spoken(world.desk.newest()) == expected


@then("each line of the AI bears a name")
def _(world: World) -> None:
    lines = [line for line in world.desk.newest()["messages"] if not line["silent"]]
    names = [line["name"] for line in lines if line["author"] == SPEAKERS["AI"]]
    assert names, "the AI said nothing in the live chat"
    assert all(names), f"these are the names of the AI's lines: {names}"


@then(phrase("a live chat with {customer:Name} appears with all {count:Count} lines"))
def _(world: World, customer: str, count: int) -> None:
    world.desk.appears(world.customer(customer))
    assert len(spoken(world.desk.newest())) == count


@then(phrase("a live chat with {customer:Name} appears with the texts {texts:Several}"))
def _(world: World, customer: str, texts: list[str]) -> None:
    world.desk.appears(world.customer(customer))
    assert [said.text for said in spoken(world.desk.newest()) if said.by == "user"] == texts


@then(phrase('the live chat is tagged "{tag:Words}"'))
def _(world: World, tag: str) -> None:
    view = world.desk.newest()
    assert tag in view["ticket"]["tags"], f"the ticket is tagged {view['ticket']['tags']}"


@then("the live chat has no tag of a mood")
def _(world: World) -> None:
    assert not [tag for tag in world.desk.newest()["ticket"]["tags"] if tag.startswith("opencx_sentiment")]


@then(phrase("its session id leads to {texts:Several}"))
def _(world: World, texts: list[str]) -> None:
    view, customer = world.desk.newest(), world.desk.chats[-1].customer
    sessions = {session["id"]: session for session in world.assistant.sessions(customer)}
    found = view["metadata"].get("opencx_session_id")
    assert found in sessions, f"the session id {found!r} leads nowhere"
    assert world.assistant.heard(sessions[found]) == texts


@then("the live chat names the organisation and the contact")
def _(world: World) -> None:
    metadata, customer = world.desk.newest()["metadata"], world.desk.chats[-1].customer
    contact = world.assistant.sessions(customer)[-1]["contact"]
    assert metadata["opencx_org_id"] == accounts.ORG_ID
    assert metadata["opencx_contact_id"] == contact["id"]


@then("no two live chats share a session id")
def _(world: World) -> None:
    ids = [view["metadata"].get("opencx_session_id") for view in world.desk.views()]
    assert None not in ids
    assert len(set(ids)) == len(ids)


@then(phrase("the live chat shows {customer:Name}'s phone number"))
def _(world: World, customer: str) -> None:
    assert world.desk.newest()["user"]["phone"] == world.customer(customer).phone


@then(phrase('the agent\'s note says "{text:Words}"'))
def _(world: World, text: str) -> None:
    notes = [line["text"] for line in world.desk.newest()["messages"] if line["silent"]]
    assert any(text in note for note in notes), f"the agent was told {notes}"


@then(phrase("the transcript holds a picture from {customer:Name}"))
def _(world: World, customer: str) -> None:
    lines = world.desk.view(world.desk.chat_with(world.customer(customer)))["messages"]
    files = [file for line in lines if line["author"] == "user" for file in line["media"]]
    assert [file["content_type"] for file in files] == ["image/png"]
    assert files[0]["readable"]


@given(phrase('the support user "{user:Words}" has {customer:Name}\'s phone number'))
def _(world: World, user: str, customer: str) -> None:
    world.desk.add_user(user, phone=world.customer(customer).phone)


@given(phrase('the support user "{user:Words}" has {customer:Name}\'s phone number in brackets and blanks'))
def _(world: World, user: str, customer: str) -> None:
    digits = world.customer(customer).phone.removeprefix("+1")
    world.desk.add_user(user, phone=f"({digits[:3]}) {digits[3:6]}-{digits[6:]}")


@given(phrase('the support user "{user:Words}" has {customer:Name}\'s e-mail address'))
def _(world: World, user: str, customer: str) -> None:
    world.desk.add_user(user, email=world.customer(customer).email)


@given(
    phrase(
        'the support user "{user:Words}" has {other:Name}\'s phone number '
        "and {customer:Name}'s e-mail address"
    )
)
def _(world: World, user: str, other: str, customer: str) -> None:
    world.desk.add_user(user, phone=world.customer(other).phone, email=world.customer(customer).email)


@given(phrase('the agent "{user:Words}" has {customer:Name}\'s phone number'))
def _(world: World, user: str, customer: str) -> None:
    world.desk.add_user(user, phone=world.customer(customer).phone, role="agent")


@given(phrase("{customer:Name} has given the AI her e-mail address on another channel"))
def _(world: World, customer: str) -> None:
    world.assistant.learns(world.customer(customer))


@then(phrase('a live chat with {customer:Name} appears for the support user "{user:Words}"'))
def _(world: World, customer: str, user: str) -> None:
    world.desk.appears(world.customer(customer))
    view = world.desk.newest()
    owner = next(
        found["name"] for found in world.desk.users() if found["id"] == view["ticket"]["requester_id"]
    )
    assert owner == user, f"the live chat belongs to {owner}"


@then(phrase('the live chat does not belong to the support user "{user:Words}"'))
def _(world: World, user: str) -> None:
    owner = world.desk.owner()
    assert owner["name"] != user
    assert owner["role"] == "end-user"


@then("the live chat belongs to no earlier support user")
def _(world: World) -> None:
    assert world.desk.newest()["ticket"]["requester_id"] not in world.desk.earlier


@when(phrase("the live chat with {customer:Name} is deleted"))
def _(world: World, customer: str) -> None:
    world.desk.deletes(world.desk.chat_with(world.customer(customer)))


@when(phrase('the desk writes the automatic line "{text:Words}"'))
def _(world: World, text: str) -> None:
    world.sim.call("POST", f"/conversations/{world.desk.chats[-1].id}/trigger-line", {"text": text})
    world.settle()
