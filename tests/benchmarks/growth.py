"""What one call costs as the simulated world grows: CPU microseconds in process, and a reset at the end.

The world is put together from the records themselves, as if it had been talked into being; only what is
measured goes through the API.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from simulator import accounts
from simulator.sunshine import Sunshine
from simulator.sunshine.records import Participant
from simulator.sunshine.state import Conversation, Message, User
from simulator.support import Support
from simulator.support.state import SupportUser
from simulator.twilio import Twilio
from simulator.twilio.state import Message as Text
from tests.simulated import SUNSHINE, TWILIO, Simulated

STEPS = tuple(int(each) for each in os.environ.get("BENCH_CONVERSATIONS", "100,1000,10000").split(","))
MESSAGES = 20
TIMES = 100


@dataclass(frozen=True, slots=True)
class Known:
    """A customer in the middle of them all."""

    number: int
    chat: str
    user: str

    @property
    def phone(self) -> str:
        return phone(self.number)


def phone(number: int) -> str:
    return f"+1415{5_560_000 + number}"


def get(path: str) -> Callable[[Simulated, Known], int]:
    """A call that asks for something about the customer."""

    def call(world: Simulated, known: Known) -> int:
        words = {"chat": known.chat, "user": known.user, "n": known.number, "phone": known.phone[1:]}
        return world.ask("GET", path.format(**words))[0]

    return call


CALLS: dict[str, Callable[[Simulated, Known], int]] = {
    "post a message": lambda world, known: world.post(known.chat),
    "list messages": get(SUNSHINE + "/conversations/{chat}/messages"),
    "list conversations": get(SUNSHINE + "/conversations?filter[userId]={user}"),
    "get a conversation": get(SUNSHINE + "/conversations/{chat}"),
    "search users, Sunshine": get(SUNSHINE + "/users?filter[identities.email]=c{n}@example.test"),
    "search users, Support": get("/zendesk/api/v2/users/search?query=phone:{phone}"),
    "send a text": lambda world, known: world.text(To=known.phone),
    "list texts of a phone": get(TWILIO + "/Messages.json?To=%2B{phone}&PageSize=5"),
}


def main() -> None:
    """Print the curve."""
    world, costs, there = Simulated(), [], 0
    world.ask("PUT", "/_sim/zendesk", {"requests_per_minute": 1e9})
    for step in STEPS:
        for number in range(there, step):
            chat, user = add(world, number)
            if number == step // 2:
                known = Known(number, chat, user)
        there = step
        world.network.clock.advance(300)  # the index knows it
        costs.append({name: cost(world, known, call) for name, call in CALLS.items()})
    report(costs)
    start, own = time.perf_counter(), time.thread_time()
    world.network.reset()
    own, passed = time.thread_time() - own, time.perf_counter() - start
    print(f"  a reset of all that: {passed * 1000:.1f} ms, {own * 1000:.1f} ms of it processor time")


def report(costs: list[dict[str, float]]) -> None:
    print(f"CPU microseconds a call, {MESSAGES} messages and texts a conversation; conversations:")
    print(f"  {'':24}" + "".join(f"{step:10,}" for step in STEPS) + "   last/first")
    for name in CALLS:
        row = [each[name] for each in costs]
        print(f"  {name:24}" + "".join(f"{each:10.0f}" for each in row) + f"{row[-1] / row[0]:13.2f}")


def add(world: Simulated, number: int) -> tuple[str, str]:
    """A customer with everything; their conversation and user."""
    twilio, support, sunshine, _ = world.network.systems
    assert isinstance(twilio, Twilio)
    assert isinstance(support, Support)
    assert isinstance(sunshine, Sunshine)
    now, held, store = world.network.now(), sunshine.world, support.store
    person = store.add_user(SupportUser(0, f"Customer{number}", external_id=f"c{number}"))
    store.set_phone(person, phone(number))
    user = User(held.new_id(), f"ext-{number}")
    email = f"c{number}@example.test"
    user.identities = [{"type": "email", "value": email, "verification": "embed"}]
    held.directory.add(user)
    chat = Conversation(held.new_id(), "personal", now, now, active=held.starter)
    chat.participants = [Participant(held.new_id(), user.id)]
    author = {"type": "user", "userId": user.id, "displayName": "x"}
    for n in range(MESSAGES):
        chat.messages.append(Message(held.new_id(), now, author, {"type": "text", "text": f"message {n}"}))
        sid = f"SM{number:016x}{n:016x}"
        text = Text(sid, "outbound-api", accounts.SUPPORT_NUMBER, phone(number), "hello", now)
        text.become("delivered", now)
        twilio.state.keep(text)
    held.add_conversation(chat)
    return chat.id, user.id


def cost(world: Simulated, known: Known, call: Callable[[Simulated, Known], int]) -> float:
    """Of one call, its life after the answer not counted."""
    start = time.process_time()
    for _ in range(TIMES):
        status = call(world, known)
        assert status in (200, 201), status
    taken = time.process_time() - start
    world.network.clock.run_due()
    return taken / TIMES * 1e6


if __name__ == "__main__":
    main()
