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
        try:
            content: Any = self.request.json
        except ValueError:
            raise errors.malformed("The body is not JSON.") from None
        held = content.get(name) if isinstance(content, dict) else None
        if not isinstance(held, dict):
            raise errors.malformed(f"You must send a {name} object.")
        return held

    def user(self) -> SupportUser:
        """The user named in the path."""
        found = self.store.user(self.request.params["user"])
        if found is None:
            raise errors.not_found()
        return found

    def ticket(self) -> Ticket:
        """The ticket named in the path."""
        ticket = self.request.params["ticket"]
        found = self.store.tickets.get(int(ticket)) if ticket.isdecimal() else None
        if found is None:
            raise errors.not_found()
        return found


class Route(NamedTuple):
    """Where an operation is found, and whose scope it needs."""

    method: str
    path: str
    operation: str
    resource: str
    handler: Callable[[Call], Response]
