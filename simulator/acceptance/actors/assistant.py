"""The AI and its operator.

Unless a scenario says otherwise it answers "Noted." at once, and hands a customer over who asks for a human.
"""

from typing import TYPE_CHECKING

from simulator import accounts
from simulator.acceptance.actors.customer import Customer
from simulator.acceptance.sim import Json

if TYPE_CHECKING:
    from simulator.acceptance.world import World

SEND = "sendMessage"
OPERATOR = {"Authorization": f"Bearer {accounts.OPENCX_API_KEY}"}
FAREWELL = "A person will be with you."


def handoff(reason: str = "user_request", summary: str = "The customer asks for a person.") -> Json:
    return {"reason": reason, "summary": summary, "sentiment": "neutral"}


class Assistant:
    """Sets what the AI says and looks at what it was told."""

    link = "https://shop.example/parcels/4711"

    def __init__(self, world: "World") -> None:
        self._world = world
        self._rules: list[Json] = [{"contains": "human", "say": FAREWELL, "handoff": handoff()}]
        self._script: Json = {"otherwise": "Noted."}

    # --- doing ---

    def rehearse(self, **script: object) -> None:
        """Behave like this from now on."""
        self._script |= script
        self._world.sim.call("PUT", "/assistant/script", {**self._script, "rules": self._rules})

    def add_rule(self, contains: str, say: str = "", handoff: Json | None = None) -> None:
        """Say this, or hand off, when these words are in the text; newer rules come first."""
        rule: Json = {"contains": contains, "say": say}
        self._rules.insert(0, rule | ({"handoff": handoff} if handoff is not None else {}))
        self.rehearse()

    def takes_over(self, customer: Customer) -> None:
        """Its operator hands the customer over by hand."""
        session = self.sessions(customer)[-1]["id"]
        self._world.sim.call("POST", f"/assistant/sessions/{session}/takeover")
        self._world.settle()

    def closes_session(self, customer: Customer) -> None:
        """Its operator closes the session."""
        session = self.sessions(customer)[-1]["id"]
        self._world.sim.ask(
            "PATCH", f"/opencx/chat/sessions/{session}", {"status": "closed_resolved"}, OPERATOR
        )
        self._world.settle()

    def learns(self, customer: Customer, *, chatting: bool = False) -> None:
        """Know the customer's phone and e-mail address from the web widget."""
        facts = {"name": customer.name, "phone": customer.phone, "email": customer.email}
        contact = self._world.sim.ask("POST", "/opencx/contacts", facts, OPERATOR)
        if chatting:
            session = {"contact_id": contact["id"], "channel": {"type": "web"}}
            self._world.sim.ask("POST", "/opencx/chat/sessions", session, OPERATOR)

    # --- seeing ---

    def sessions(self, customer: Customer) -> list[Json]:
        """The AI's sessions by text with a customer, oldest first."""
        found = self._world.sim.call("GET", "/assistant/sessions")["sessions"]
        return [
            session
            for session in found
            if session["channel"]["type"] == "sms"
            and (session["contact"] or {}).get("phone_number") == customer.phone
        ]

    def heard(self, session: Json) -> list[str]:
        """What the customer said in a session; texts put to it together stand on lines of their own."""
        said = [line["event"] for line in session["history"]]
        return [
            text
            for event in said
            if event["type"] == "message" and event["sender"]["type"] == "contact"
            for text in event["content"]["text"].splitlines()
        ]

    def has_one_session(self, customer: Customer, texts: list[str]) -> None:
        def find() -> bool | None:
            sessions = self.sessions(customer)
            return True if [self.heard(session) for session in sessions] == [texts] else None

        self._world.expect(find, f"the AI does not have {texts} in one session with {customer.name}")

    def has_sessions(self, customer: Customer, count: int) -> None:
        self._world.expect(
            lambda: True if len(self.sessions(customer)) == count else None,
            f"the AI does not have {count} sessions with {customer.name}",
        )

    def state_of(self, customer: Customer, status: str, closure: str | None) -> None:
        def find() -> bool | None:
            last = self.sessions(customer)[-1]
            return True if last["status"] == status and closure in (None, last["ai_closure_type"]) else None

        self._world.expect(
            find, f"the AI's session with {customer.name} is not {status} ({closure or 'any'})"
        )

    def questions(self) -> list[Json]:
        """What the AI was asked since the When."""
        return [
            entry
            for entry in self._world.watch.since()
            if entry["kind"] == "request" and entry["system"] == "opencx" and entry["operation"] == SEND
        ]

    def is_not_asked(self) -> None:
        self._world.settle()
        assert not self.questions(), f"the AI was asked: {self.questions()}"

    def takes_turns(self, customer: Customer, texts: list[str]) -> None:
        """Every text was put to it in order, and each question waited for the answer to the one before."""
        self.has_one_session(customer, texts)
        history = [line["event"] for line in self.sessions(customer)[-1]["history"]]
        speakers = [event["sender"]["type"] for event in history if event["type"] == "message"]
        answered = [text for text in customer.thread() if text.by == "business"]
        assert speakers.count("ai") == len(answered), f"{speakers} but the phone got {len(answered)} answers"
        assert speakers[-1] == "ai", f"the last text was not answered: {speakers}"
        self._world.watch.claim(self._world.watch.find(lambda item: item.where == customer.phone))
