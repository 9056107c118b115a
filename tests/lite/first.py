"""A plugin of pytest's: the first of the tests that differ in parameters alone, where all would take too long."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep one item of each function."""
    items[:] = {one.nodeid.partition("[")[0]: one for one in reversed(items)}.values()
    items.reverse()
