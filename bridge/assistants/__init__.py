"""Assistants: who answers before a person; see `core.ports.Assistant`."""
