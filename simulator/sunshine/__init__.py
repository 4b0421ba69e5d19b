"""A stand-in for Zendesk Sunshine Conversations and the Agent Workspace.

`zendesk(network)` makes the whole simulated account: Sunshine and Support, as the two systems they are.
"""

from simulator.network import Network
from simulator.sunshine.system import Sunshine
from simulator.support import Support

__all__ = ["Sunshine", "zendesk"]


def zendesk(network: Network) -> tuple[Sunshine, Support]:
    """Both halves of one account. They answer below /zendesk/sc and below /zendesk."""
    support = Support(network)
    return Sunshine(network, support), support
