"""The operator of the bridge: runs the set-up check and reads what it says."""

import re
from typing import TYPE_CHECKING

from simulator.acceptance.actors.customer import Customer
from simulator.acceptance.records import Records
from simulator.acceptance.subject import Finding, NotApplicable, Settings

if TYPE_CHECKING:
    from simulator.acceptance.world import World

TOPICS = {
    "the number's listing": r"not found|not verified|not listed|no such number|does not (own|have)",
    "the number's connection": r"webhook|point|url|connect|address",
    "the number's abilities": r"SMS|text",
    "the number's registration": r"regist|verif|10DLC",
    "the messaging key": r"app_|App key",
    "the messaging credentials": r"credential|App ID|secret|key",
    "the subdomain": r"subdomain",
    "messaging": r"Conversations API|messaging|plan",
    "multi-conversations": r"multi.?conv",
    "the desk's webhook": r"webhook",
    "the merging of users": r"merg|Zendesk Support",
    "the silence of the desk": r"Zendesk no longer tells",
    "the AI": r"OpenCX|AI|assistant",
    "the carrier": r"Twilio|carrier|credential",
}
"""How to recognise what a finding is about, whoever wrote it."""


class Operator:
    """Knows the settings and whether the set-up is right."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.settings: Settings = {}
        self._findings: list[Finding] = []

    def changes(self, **settings: str) -> None:
        """Give the bridge these settings at the next check."""
        self.settings |= settings

    def restarts(self, **settings: str) -> None:
        """Start the bridge with these settings changed."""
        self._world.restart(settings)

    def kills(self) -> None:
        """Have the bridge die without warning and come back."""
        self._world.subject.die()
        self._world.settle()

    def checks(self) -> None:
        self._findings = self._world.subject.check(self.settings)

    def looks(self) -> None:
        """Ask the running bridge what it has noticed."""
        self._findings = self._world.subject.status()

    def replays(self, customer: Customer) -> None:
        """Have done again what was given up for a customer."""
        assert self._records().replay(customer.phone), f"nothing was given up for {customer.name}"
        self._world.settle()

    def erases(self, customer: Customer) -> None:
        """Remove all that is held about a customer."""
        self._records().erase(customer.phone)
        self._world.settle()

    def finds_nothing_about(self, customer: Customer, besides: str = "") -> None:
        """Nothing is held about a customer, but perhaps for one kind of thing."""
        held = [kind for kind in self._records().held(customer.phone) if kind != besides]
        assert not held, f"about {customer.name} there are {held}"

    def _records(self) -> Records:
        if self._world.subject.records is None:
            raise NotApplicable("the operator of this bridge can neither replay nor erase")
        return self._world.subject.records

    def finds_no_trouble(self) -> None:
        assert self._findings, "the check looked at nothing"
        bad = [finding for finding in self._findings if not finding.good]
        assert not bad, f"the check finds trouble: {bad}"

    def finds_good(self, words: str) -> None:
        """A good finding speaks of this."""
        about = re.compile(words, re.IGNORECASE)
        assert any(finding.good and about.search(finding.words) for finding in self._findings), (
            f"no good finding about {words}: {self._findings}"
        )

    def finds_trouble(self, topic: str) -> None:
        """Trouble with this, with its cause and its cure, is found."""
        bad = [finding for finding in self._findings if not finding.good]
        about = re.compile(TOPICS[topic], re.IGNORECASE)
        found = [finding for finding in bad if about.search(finding.words)]
        assert found, f"no trouble found with {topic}: {bad or 'all is well'}"
        assert all(finding.cause and finding.fix for finding in found), f"cause or cure is missing: {found}"
