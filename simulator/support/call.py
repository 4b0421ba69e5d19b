"""One authenticated call to the Support API, and the table row that leads to its handler."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from simulator.support import errors
from simulator.support.state import Store, SupportUser, Ticket
from simulator.web import Json, Request, Response


@dataclass(frozen=True, slots=True)
class Call:
    """A request, and the store it is about."""

    store: Store
    request: Request

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query)

    def body(self, name: str) -> Json:
        """The object under `name`, as every Support body has one."""
        held = self.content(name)
        if not isinstance(held, dict):
            raise errors.malformed(f"You must send a {name} object.")
        return held

    def content(self, name: str) -> Any:
        """What the body holds under `name`, whatever it is."""
        try:
            content: Any = self.request.json
        except ValueError:
            raise errors.malformed("The body is not JSON.") from None
        return content.get(name) if isinstance(content, dict) else None

    def user(self) -> SupportUser:
        """The user named in the path."""
        found = self.store.user(self.request.params["user"])
        if found is None:
            raise errors.not_found()
        return found

    def ticket(self) -> Ticket:
        """The ticket named in the path."""
        found = self.store.tickets.get(self.number("ticket"))
        if found is None:
            raise errors.not_found()
        return found

    def number(self, name: str) -> int:
        """A number in the path; 0, which nothing has, if it is none."""
        given = self.request.params[name]
        return int(given) if given.isdecimal() and len(given) < 20 else 0


class Route(NamedTuple):
    """Where an operation is found, and whose scope it needs."""

    method: str
    path: str
    operation: str
    resource: str
    handler: Callable[[Call], Response]
