"""Plugins must be named in the top-most conftest; the acceptance suite is one."""

import gc

pytest_plugins = ["simulator.acceptance.plugin"]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look at it again and again (saves a tenth)."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
