"""Plugins must be named in the top-most conftest; the acceptance suite is one."""

pytest_plugins = ["simulator.acceptance.plugin"]
