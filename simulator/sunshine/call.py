"""One call to Sunshine, the table row that leads to its handler, and how its fields are read."""

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.sunshine import errors
from simulator.sunshine.auth import Caller
from simulator.sunshine.state import Conversation, User, World
from simulator.sunshine.workspace import Workspace
from simulator.web import Json, Request, Response

if TYPE_CHECKING:
    from simulator.sunshine.account import Account

JSON_LIMIT = 100 * 1024
_DEEP = re.compile(r"(\w+)\[([\w.]+)\]")


@dataclass(frozen=True, slots=True)
class Call:
    """A request, the app it is about, and who makes it."""

    account: "Account"
    workspace: Workspace
    request: Request
    caller: Caller

    @property
    def world(self) -> World:
        return self.workspace.world

    @property
    def integration_scope(self) -> bool:
        return self.caller.scope == "integration"

    @property
    def body(self) -> Json:
        """The JSON object sent; {} if nothing was (SUN-CNV-05)."""
        if len(self.request.body) > JSON_LIMIT:
            raise self.too_large()
        content = json_of(self.request.body)
        if not isinstance(content, dict):
            raise errors.bad("should be object")
        return content

    def too_large(self) -> errors.Refused:
        """Q-02."""
        status = self.world.switches.oversize
        return errors.Refused(errors.TOO_LARGE if status == 413 else errors.REQUEST)

    def only(self, body: Json, known: Collection[str]) -> Json:
        """The body, refused for keys nobody knows if the switch says so (Q-04)."""
        if self.world.switches.unknown_keys == "refused" and not set(body) <= set(known):
            raise errors.bad("should NOT have additional properties")
        return body

    def deep(self, name: str) -> dict[str, str]:
        """A deep-object query parameter, `name[key]=value`. Its JSON form is not one (SUN-SDK-08)."""
        found = ((_DEEP.fullmatch(key), value) for key, value in self.request.query)
        return {match[2]: value for match, value in found if match and match[1] == name}

    @property
    def brand(self) -> str | None:
        """The brand a user is looked for in (SUN-USR-09)."""
        return dict(self.request.query).get("brandId")

    def user(self) -> User:
        return self.world.user(self.request.params["user"], self.brand)

    def conversation(self) -> Conversation:
        return self.world.conversation(self.request.params["conversation"])


class Route(NamedTuple):
    """Where an operation is found below the app, and what serves it."""

    method: str
    path: str
    operation: str
    handler: Callable[[Call], Response]


def json_of(body: bytes) -> Any:
    """The JSON of a body; half a surrogate pair is not text and cannot be kept."""
    try:
        content: Any = json.loads(body) if body else {}
        if b"\\ud" in body.lower():
            json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise errors.bad("Invalid JSON in request body") from None
    return content


def given(body: Json, name: str) -> Any:
    """A field that must be there."""
    if body.get(name) is None:
        raise errors.missing(name)
    return body[name]


def word(body: Json, name: str) -> str:
    """A text that must be there."""
    value = given(body, name)
    if not isinstance(value, str):
        raise errors.bad(f"{name} should be string")
    return value


def thing(body: Json, name: str) -> Json:
    """An object that must be there."""
    value = given(body, name)
    if not isinstance(value, dict):
        raise errors.bad(f"{name} should be object")
    return value


def listed(body: Json, name: str) -> list[Any]:
    """A list, empty if it is not there."""
    value = [] if body.get(name) is None else body[name]
    if not isinstance(value, list):
        raise errors.bad(f"{name} should be array")
    return value


def text_field(body: Json, name: str, limit: int) -> str | None:
    """An optional text of 1 to `limit` characters; null and absent are the same (SUN-USR-04)."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= limit:
        raise errors.bad(f"{name} should be a string of 1 to {limit} characters")
    return value


def url_field(body: Json, name: str) -> str | None:
    """An optional address of up to 2048 characters."""
    value = text_field(body, name, 2048)
    if value is not None and not value.startswith(("http://", "https://")):
        raise errors.bad(f'{name} should match format "uri"')
    return value


def flag(body: Json, name: str, otherwise: bool) -> bool:  # noqa: FBT001 - a default, not a mode
    """An optional true or false."""
    value = body.get(name, otherwise)
    if not isinstance(value, bool):
        raise errors.bad(f"{name} should be boolean")
    return value
