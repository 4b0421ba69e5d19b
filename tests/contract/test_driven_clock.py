"""The clock that a server's loop drives: lanes, and webhooks on their way."""

import threading
from collections.abc import Callable
from functools import partial

import pytest

from simulator.clock import Heard
from simulator.driven_clock import DrivenClock
from simulator.hooks import Hook, HookAnswer

FINE = HookAnswer(200)


class Driven:
    """A clock, what ran on it, and the webhooks that are on their way."""

    def __init__(self) -> None:
        self.clock = DrivenClock()
        self.clock.carry = self.carry
        self.ran: list[str] = []
        self.away: dict[str, Heard] = {}

    def carry(self, hook: Hook, heard: Heard) -> None:
        self.away[hook.url] = heard

    def later(self, lane: str, name: str, *posts: str) -> None:
        """Work that notes its name and posts webhooks."""
        self.clock.later(0.0, partial(self.work, name, posts), lane=lane)

    def work(self, name: str, posts: tuple[str, ...]) -> None:
        self.ran.append(name)
        for url in posts:
            assert self.clock.post(hook(url), partial(self.hears, url))

    def hears(self, url: str, answer: HookAnswer) -> None:
        """One that failed is tried again."""
        self.ran.append(f"heard {url}")
        if answer.status is None:
            assert self.clock.post(hook(f"{url} again"), partial(self.hears, f"{url} again"))

    def go(self) -> list[str]:
        """Do all that can be done; what ran, so far."""
        while (work := self.clock.ready()) is not None:
            work()
        return self.ran

    def answer(self, url: str, answer: HookAnswer = FINE) -> list[str]:
        self.away.pop(url)(answer)
        return self.go()


def hook(url: str) -> Hook:
    return Hook("twilio", "status", url, {}, b"")


@pytest.fixture
def driven() -> Driven:
    return Driven()


def test_a_lane_waits_for_its_webhook(driven: Driven) -> None:
    """What comes after it in the lane begins when it was answered; other lanes do not wait."""
    driven.later("maria", "first", "/1")
    driven.later("maria", "second")
    driven.later("omar", "other")
    assert driven.go() == ["first", "other"]
    assert not driven.clock.idle()
    assert driven.answer("/1") == ["first", "other", "heard /1", "second"]
    assert driven.clock.idle()


def test_webhooks_of_a_lane_leave_one_after_the_other(driven: Driven) -> None:
    """Another attempt at the first goes before the second."""
    driven.later("maria", "work", "/1", "/2")
    driven.go()
    assert list(driven.away) == ["/1"]
    driven.answer("/1", HookAnswer(None))
    assert list(driven.away) == ["/1 again"]
    driven.answer("/1 again")
    assert list(driven.away) == ["/2"]
    assert driven.answer("/2") == ["work", "heard /1", "heard /1 again", "heard /2"]


def test_a_reset_forgets_what_is_on_its_way(driven: Driven) -> None:
    """Nobody hears an answer from the old world, and the new one does not wait for it."""
    driven.later("maria", "old", "/old", "/never")
    driven.later("maria", "never")
    driven.go()
    assert len(driven.clock.reset()) == 1
    driven.later("maria", "new", "/new")
    assert driven.go() == ["old", "new"]
    assert driven.answer("/old") == ["old", "new"]
    assert not driven.clock.idle()
    assert driven.answer("/new") == ["old", "new", "heard /new"]
    assert driven.clock.idle()


def test_a_lane_goes_on_after_work_that_broke(driven: Driven) -> None:
    """The breakage is the loop's to tell; the lane's next work runs."""

    def breaks() -> None:
        raise ZeroDivisionError

    driven.clock.later(0.0, breaks, lane="maria")
    driven.later("maria", "next")
    with pytest.raises(ZeroDivisionError):
        driven.go()
    assert driven.go() == ["next"]


def test_only_work_posts(driven: Driven) -> None:
    """Whoever is no work of the clock delivers for himself."""
    assert not driven.clock.post(hook("/1"), lambda _: None)


ADD: dict[str, Callable[[DrivenClock], object]] = {
    "work": lambda clock: clock.later(5.0, lambda: None),
    "work at once": lambda clock: clock.soon(lambda: None),
    "time": lambda clock: clock.advance(10.0),
}


@pytest.mark.parametrize("add", ADD.values(), ids=ADD)
def test_who_adds_something_wakes_the_sleeper(driven: Driven, add: Callable[[DrivenClock], object]) -> None:
    """Once; and nobody rings while the loop is awake."""
    rung: list[str] = []
    driven.clock.ring = partial(rung.append, "ring")
    add(driven.clock)
    assert rung == []
    driven.clock.rest(1.0)
    add(driven.clock)
    add(driven.clock)
    assert rung == ["ring"]
    driven.clock.rest(1.0)
    driven.clock.wake()
    add(driven.clock)
    assert rung == ["ring"]


def test_how_long_it_may_sleep(driven: Driven) -> None:
    """Until the next work is due, but not longer than asked."""
    assert driven.clock.rest(1.0) == 1.0
    driven.clock.later(0.5, lambda: None)
    assert 0.3 < driven.clock.rest(1.0) <= 0.5
    driven.clock.advance(0.5)
    assert driven.clock.rest(1.0) == 0.0


def test_settling_waits_for_the_answer(driven: Driven) -> None:
    """Whoever settles on another thread goes on when the last lane is free."""
    driven.later("maria", "work", "/1")
    driven.go()
    waiting = threading.Thread(target=driven.clock.settle)
    waiting.start()
    assert waiting.is_alive()
    driven.answer("/1")
    waiting.join(4.0)  # less than its patience
    assert not waiting.is_alive()
