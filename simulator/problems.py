"""Errors of the control surface: what is wrong and how to mend it, {"error": …, "fix": …}."""

from simulator.web import Json, Refusal, Request, Response, json_response


def problem(status: int, error: str, fix: str) -> Response:
    """An error answer of the control surface."""
    return json_response({"error": error, "fix": fix}, status)


def refusal(error: str, fix: str, status: int = 400) -> Refusal:
    """The same, to be raised."""
    return Refusal(problem(status, error, fix))


def object_of(request: Request) -> Json:
    """The JSON object sent; {} if nothing was."""
    body = request.json if request.body else {}
    if not isinstance(body, dict):
        raise refusal("The body is not a JSON object.", "Send an object.")
    return body
