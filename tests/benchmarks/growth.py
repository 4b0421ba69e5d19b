"""What one call costs as the simulated world grows: CPU microseconds in process, and a reset at the end."""

import os
import time
from collections.abc import Callable

from tests.simulated import SUNSHINE, Simulated

STEPS = tuple(int(each) for each in os.environ.get("BENCH_CONVERSATIONS", "100,1000,10000").split(","))
MESSAGES = 20
TIMES = 200


def main() -> None:
    """Print the curve."""
    world, conversations = Simulated(), [""]
    world.network.systems[2].acts  # noqa: B018 - built before anything is measured
    print(f"CPU microseconds a call, {MESSAGES} messages a conversation")
    print("  conversations     post     list messages     list conversations     find user")
    for step in STEPS:
        grow(world, conversations, step)
        chat = conversations[-1]
        mine = world.ask("GET", f"{SUNSHINE}/conversations/{chat}")[1]
        user = world.ask("GET", f"{SUNSHINE}/conversations/{chat}/participants")[1]["participants"][0][
            "userId"
        ]
        assert mine
        costs = [
            cost(lambda: world.post(chat)),  # noqa: B023
            cost(lambda: world.ask("GET", f"{SUNSHINE}/conversations/{chat}/messages")),  # noqa: B023
            cost(lambda: world.ask("GET", f"{SUNSHINE}/conversations?filter[userId]={user}")),  # noqa: B023
            cost(lambda: world.ask("GET", f"{SUNSHINE}/users/{user}")),  # noqa: B023
        ]
        print(f"  {step:13,} {costs[0]:8.0f} {costs[1]:17.0f} {costs[2]:22.0f} {costs[3]:13.0f}")
    start = time.perf_counter()
    world.network.reset()
    print(f"  a reset of all that: {(time.perf_counter() - start) * 1000:.1f} ms")


def grow(world: Simulated, conversations: list[str], to: int) -> None:
    """Until there are so many conversations."""
    while len(conversations) <= to:
        conversations.append(world.conversation())
        for n in range(MESSAGES):
            world.post(conversations[-1], f"message {n}")
        if len(conversations) % 100 == 0:
            world.network.clock.run_due()
    world.network.clock.run_due()


def cost(call: Callable[[], object]) -> float:
    start = time.process_time()
    for _ in range(TIMES):
        call()
    return (time.process_time() - start) / TIMES * 1e6


if __name__ == "__main__":
    main()
