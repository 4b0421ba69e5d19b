"""A stand-in for the Zendesk Support API: users, identities, merge, tickets, search, OAuth."""

from simulator.support.system import Support

__all__ = ["Support"]
