"""The control surface keeps to its own OpenAPI document: no 500, no answer that is not declared."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from simulator.build import build
from simulator.clock import Clock
from simulator.control import Control
from simulator.endings import Ending
from simulator.hooks import HookAnswer
from simulator.web import Request
from simulator.wsgi import application
from tests.simulated import Simulated

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
NETWORK = build(Clock(), lambda _: HookAnswer(200))
NETWORK.closing = lambda: True  # nobody waits for news


def _handle(request: Request) -> Ending:
    return NETWORK.handle(request)


SCHEMA: Any = schemathesis.openapi.from_wsgi("/_sim/openapi.json", application(_handle))
OPERATIONS = {each.ok().label: each.ok() for each in SCHEMA.get_all_operations()}
PLAN = settings(
    max_examples=8,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
RIGHT, WRONG = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
TRIED = [(label, RIGHT) for label in OPERATIONS] + [
    (label, WRONG) for label, each in OPERATIONS.items() if list(each.body)
]


@pytest.mark.parametrize(("label", "mode"), TRIED)
def test_answers_are_as_declared(label: str, mode: schemathesis.GenerationMode) -> None:
    """Whatever is sent, right or wrong by the document."""
    NETWORK.reset()

    @PLAN
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    run: Callable[[], None] = ask
    run()


def test_every_call_is_tried() -> None:
    """No call is left out, but for the document itself."""
    (control,) = (door for door in Simulated().network.doors if isinstance(door, Control))
    assert len(OPERATIONS) == len(control.calls) - 1
