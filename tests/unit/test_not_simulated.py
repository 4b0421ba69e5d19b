"""What nobody simulates is answered as such, never with a made-up success."""

import json

import pytest

from simulator.build import build
from simulator.clock import Clock
from simulator.hooks import HookAnswer
from simulator.ledger import Entry
from simulator.network import Network
from simulator.operations import Operation
from simulator.web import Request, Response

SYSTEMS = ("twilio", "support", "sunshine", "opencx")
DRY_RUN = Operation("DryRun", "POST", "/only/<thing>/documented", "rare", "CAR-1")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    network = build(Clock(), lambda _: HookAnswer(200))
    for system in network.systems:
        monkeypatch.setattr(system, "operations", (*system.operations, DRY_RUN))
    return network


def called(network: Network, system: str, method: str, path: str) -> tuple[Response, Entry]:
    """The answer to a call below the system's prefix, and the ledger's entry about it."""
    prefix = next(each.prefix for each in network.systems if each.name == system)
    answer = network.handle(Request(method, prefix + path))
    assert isinstance(answer, Response)
    return answer, network.ledger.after()[-1]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_documented_call_that_nobody_serves_is_a_501(network: Network, system: str) -> None:
    """The answer and the ledger name the operation and say that it is not simulated."""
    answer, entry = called(network, system, "POST", "/only/this/documented")
    assert answer.status == 501
    assert json.loads(answer.body) == {
        "error": "DryRun (POST /only/<thing>/documented) is documented but not simulated.",
        "operation": "DryRun",
        "source": "CAR-1",
    }
    assert (entry["operation"], entry["status"], entry["note"]) == ("DryRun", 501, "not simulated")


@pytest.mark.parametrize(("method", "path"), [("GET", "/only/this/documented"), ("POST", "/only/this")])
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_path_nobody_documents_is_the_providers_own_404(
    network: Network, system: str, method: str, path: str
) -> None:
    """The provider knows nothing of it; the ledger says that the path is unknown."""
    answer, entry = called(network, system, method, path)
    assert answer.status in (404, 405)
    assert (entry["operation"], entry["note"]) == ("unknown", "unknown path")


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_served_call_stays_what_it_is(network: Network, system: str) -> None:
    """Listing an operation takes nothing away from one that has a route."""
    served = next(each for each in network.systems if each.name == system)
    for method, path, operation in served.router.calls:
        answer, entry = called(network, system, method, path.replace("<", "").replace(">", ""))
        assert (entry["operation"], entry["note"]) == (operation, None), path
        assert answer.status != 501
