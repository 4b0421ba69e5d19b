"""A stand-in for Zendesk Sunshine Conversations and the Agent Workspace."""

from simulator.sunshine.system import Sunshine

__all__ = ["Sunshine"]
