"""Builds the whole simulated world; the only module that knows every system."""

from simulator.clock import Clock
from simulator.console.page import Console
from simulator.control import Control
from simulator.environment import BASE, BRIDGE
from simulator.network import Network, Transport
from simulator.opencx.api import OpenCX
from simulator.sunshine import Sunshine
from simulator.support import Support
from simulator.twilio import Twilio
from simulator.twilio.hosts import signpost


def build(
    clock: Clock, transport: Transport, seed: int = 0, base: str = BASE, bridge_url: str = BRIDGE
) -> Network:
    """Every system behind one `handle`, in the state after a reset."""
    network = Network(clock=clock, transport=transport, seed=seed, base=base)
    network.bridge_url = bridge_url
    support = Support(network)
    network.systems = [Twilio(network), support, Sunshine(network, support), OpenCX(network)]
    network.doors = [signpost, Control(network), Console(network)]
    network.reset()
    return network
