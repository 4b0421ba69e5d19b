"""One call to Sunshine, and the table row that leads to its handler."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from simulator.sunshine import errors
from simulator.sunshine.state import Conversation, User, World
from simulator.sunshine.workspace import Workspace
from simulator.web import Json, Request, Response

JSON_LIMIT = 100 * 1024
_DEEP = re.compile(r"(\w+)\[([\w.]+)\]")


@dataclass(frozen=True, slots=True)
class Call:
    """A request, the account it is about, and the scope of the key it came with."""

    workspace: Workspace
    request: Request
    integration_scope: bool = False

    @property
    def world(self) -> World:
        return self.workspace.world

    @property
    def body(self) -> Json:
        """The JSON object sent; {} if nothing was (SUN-CNV-05)."""
        if len(self.request.body) > JSON_LIMIT:
            raise errors.Refused(errors.TOO_LARGE)
        try:
            content: Any = self.request.json if self.request.body else {}
        except ValueError:
            raise errors.bad("Invalid JSON in request body") from None
        if not isinstance(content, dict):
            raise errors.bad("should be object")
        return content

    def deep(self, name: str) -> dict[str, str]:
        """A deep-object query parameter, `name[key]=value`. Its JSON form is not one (SUN-SDK-08)."""
        found = ((_DEEP.fullmatch(key), value) for key, value in self.request.query)
        return {match[2]: value for match, value in found if match and match[1] == name}

    def user(self) -> User:
        return self.world.user(self.request.params["user"])

    def conversation(self) -> Conversation:
        return self.world.conversation(self.request.params["conversation"])


class Route(NamedTuple):
    """Where an operation is found below the app, and what serves it."""

    method: str
    path: str
    operation: str
    handler: Callable[[Call], Response]


def given(body: Json, name: str) -> Any:
    """A field that must be there."""
    if body.get(name) is None:
        raise errors.missing(name)
    return body[name]


def text_field(body: Json, name: str, limit: int) -> str | None:
    """An optional text of 1 to `limit` characters; null and absent are the same (SUN-USR-04)."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= limit:
        raise errors.bad(f"{name} should be a string of 1 to {limit} characters")
    return value
