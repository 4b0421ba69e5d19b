"""What the handlers of the control surface share. Errors are plain: `{"error": "…"}`, 400 or 404."""

from typing import Any

from simulator.web import Refusal, Request, json_response


def object_of(request: Request) -> dict[str, Any]:
    """The body, a JSON object; nothing is an empty one."""
    try:
        said = request.json if request.body else {}
    except ValueError:
        raise wrong("the body is not JSON") from None
    if not isinstance(said, dict):
        raise wrong("the body is not a JSON object")
    return said


def expect(said: dict[str, Any], names: set[str]) -> None:
    """Raise for a name nobody reads."""
    unknown = sorted(set(said) - names)
    if unknown:
        raise wrong(f"there is no {unknown[0]} here, only {', '.join(sorted(names))}")


def wrong(why: str, status: int = 400) -> Refusal:
    return Refusal(json_response({"error": why}, status))
