"""A simulated account with people and a live chat in it, and requests that name them in braces."""

from typing import Any, NamedTuple

from simulator import accounts
from tests.contract.zendesk_world import API, MARIA, Auth, World

CLIENT = {
    "grant_type": "client_credentials",
    "client_id": accounts.ZENDESK_OAUTH_CLIENT_ID,
    "client_secret": accounts.ZENDESK_OAUTH_CLIENT_SECRET,
}


class Known(NamedTuple):
    """A world with people and a live chat, and the numbers of what is in it."""

    world: World
    numbers: dict[str, object]

    def call(self, call: str, body: object = None, auth: Auth = "default") -> tuple[int, Any]:
        method, _, path = call.partition(" ")
        prefix = "/zendesk" if path.startswith("/oauth") else API
        return self.world.call(
            method, prefix + path.format(**self.numbers), _filled(body, self.numbers), auth
        )


def _filled(body: object, numbers: dict[str, object]) -> object:
    """The body with names in braces replaced by numbers."""
    if isinstance(body, dict):
        return {key: _filled(value, numbers) for key, value in body.items()}
    return numbers[body[1:-1]] if isinstance(body, str) and body.startswith("{") else body


def known() -> Known:
    """Maria, Omar, the agent Ada, and a chat of somebody else with a note on its ticket."""
    world = World()
    maria = world.act(
        "POST", "/support/users", {"name": "Maria", "email": "maria@example.test", "external_id": "cust-9"}
    )[1]
    omar = world.act("POST", "/support/users", {"name": "Omar", "phone": MARIA})[1]
    chat = world.live_chat(**{"dataCapture.systemField.tags": "opencx_channel_sms"})
    world.agent(chat, "replies", text="calm", note=True)
    ticket = world.support.store.ticket_list[-1]
    numbers = {
        "maria": maria["id"],
        "omar": omar["id"],
        "ada": world.support.store.agent("Ada").id,
        "identity": maria["identities"][0]["id"],
        "ticket": ticket.id,
        "requester": ticket.requester_id,
        "audit": ticket.audits[0].id,
        "field": next(iter(world.support.store.ticket_fields)),
    }
    return Known(world, numbers)
