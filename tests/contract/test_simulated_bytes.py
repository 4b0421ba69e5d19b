"""Whatever is sent to a provider's path, the answer is the provider's: never a 500, never a broken handler.

Seeded: random bytes, and requests that look right but for their values, to every path of every system.
"""

import json
import random
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from simulator.endings import Ending, Slow
from simulator.web import Request, Response
from tests.simulated import SYSTEMS, Simulated, request

WORDS = [
    *(
        "",
        " ",
        "0",
        "-1",
        "1e400",
        "NaN",
        "null",
        "true",
        "[]",
        "{}",
        "é",
        "\x00",
        "😀",
        "../..",
        "%",
        "%zz",
        "<x>",
    ),
    *(
        "+14155550101",
        "+14155550150",
        "whatsapp:+14155550101",
        "me",
        "hello",
        "x" * 5000,
        "2026-11-25",
        "9" * 400,
    ),
    *(
        "2026-11-25T00:00:00Z",
        "user",
        "business",
        "text",
        "personal",
        "https://a.test/x",
        "http://[",
        "a@b.test",
    ),
]
NAMES = [
    *(
        "To",
        "From",
        "Body",
        "MediaUrl",
        "StatusCallback",
        "Status",
        "DateSent",
        "PageSize",
        "Page",
        "PageToken",
    ),
    *("SendAt", "ValidityPeriod", "MessagingServiceSid", "ContentSid", "ContentVariables", "FriendlyName"),
    *(
        "page[size]",
        "page[after]",
        "page[before]",
        "filter[userId]",
        "filter[tags]",
        "query",
        "sort",
        "per_page",
    ),
    *(
        "author",
        "content",
        "type",
        "text",
        "userId",
        "externalId",
        "profile",
        "participants",
        "metadata",
        "role",
    ),
    *(
        "user",
        "ticket",
        "identity",
        "message",
        "comment",
        "channel",
        "sender",
        "contact_id",
        "status",
        "cursor",
    ),
    *(
        "target",
        "triggers",
        "displayName",
        "switchboardIntegration",
        "surviving",
        "discarded",
        "items",
        "fields",
    ),
]
ROUNDS = 8


def value(chance: random.Random, depth: int = 0) -> object:
    """Something JSON can say."""
    kind = chance.randrange(8 if depth < 3 else 5)
    if kind < 3:
        return chance.choice(WORDS)
    if kind < 5:
        return chance.choice([None, True, False, 0, -1, 1.5, 10**30, 1e308])
    if kind == 5:
        return [value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return body(chance, depth + 1)


def body(chance: random.Random, depth: int = 0) -> dict[str, object]:
    names = chance.sample(NAMES, chance.randrange(1, 9))
    return {name: value(chance, depth) for name in names}


def path(pattern: str, known: list[str], chance: random.Random) -> str:
    """The pattern with a name that exists, or one that does not, in each place."""
    parts = pattern.split("<")
    return parts[0] + "".join(
        quote(chance.choice([*known, *WORDS[:16]]) or "x", safe="") + part.partition(">")[2]
        for part in parts[1:]
    )


def looking_right(method: str, pattern: str, known: list[str], chance: random.Random) -> Request:
    """An authorised call with the right kind of body and any values."""
    said = {name: str(each) for name, each in body(chance).items()}
    asked = f"{path(pattern, known, chance)}?{urlencode(said) if chance.random() < 0.4 else ''}"
    content = body(chance)
    if pattern.startswith("/twilio"):
        content = {name: str(each) for name, each in content.items()}
    made = request(method, asked, content if method != "GET" else None)
    if chance.random() < 0.1:
        made.body = made.body[: len(made.body) // 2]
    return made


def bytes_only(method: str, pattern: str, known: list[str], chance: random.Random) -> Request:
    """An authorised call whose body and query are noise."""
    made = request(method, path(pattern, known, chance), {})
    made.body = chance.randbytes(chance.randrange(200))
    made.query_string = chance.randbytes(20).decode("latin-1")
    kinds = (
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "\xff",
        "",
    )
    made.headers["Content-Type"] = chance.choice(kinds)
    return made


def started() -> tuple[Simulated, list[str]]:
    """A world with something in it, and the names of what there is."""
    world = Simulated()
    world.text()
    conversation = world.conversation()
    world.post(conversation)
    session = world.session()
    world.say(session)
    world.network.clock.run_due()
    names: set[str] = {conversation, session}
    for entry in world.network.ledger.after():
        names |= set(_ids(entry.get("response")))
    return world, sorted(names)[:60]


def _ids(content: object) -> Iterator[str]:
    if isinstance(content, dict):
        for name, each in content.items():
            if name in ("id", "sid", "account_sid", "_id", "externalId") and each:
                yield str(each)
            yield from _ids(each)
    elif isinstance(content, list):
        for each in content:
            yield from _ids(each)


def status(ending: Ending) -> int:
    answer = ending.response if isinstance(ending, Slow) else ending
    assert isinstance(answer, Response)
    return answer.status


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("make", [looking_right, bytes_only])
@pytest.mark.parametrize("system", SYSTEMS)
def test_never_a_500(system: str, make: object, seed: int) -> None:
    """Every path, every method it takes."""
    assert callable(make)
    chance = random.Random(f"{system} {seed}")
    world, known = started()
    served = next(each for each in world.network.systems if each.name == system)
    for method, pattern, operation in served.router.calls:
        for _ in range(ROUNDS):
            asked = make(method, served.prefix + pattern, known, chance)
            told = f"{operation}: {method} {asked.path}?{asked.query_string} {asked.body!r}"
            try:
                found = status(world.network.handle(asked))
            except Exception as broken:
                raise AssertionError(told) from broken
            assert found < 500 or found in (501, 503), told
    world.network.clock.run_due()
    json.dumps(world.network.ledger.after(), default=str)
