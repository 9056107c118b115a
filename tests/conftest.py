"""What all tests share: how hard Hypothesis tries, and what a missing browser means."""

import pytest
from hypothesis import settings

from tests.browser.chromium import HOW_TO_INSTALL, browser_is_required, find_browser

# The quick profile finds the same examples every time; the long one goes looking for new ones.
settings.register_profile("quick", deadline=None, derandomize=True, max_examples=100)
settings.register_profile("all", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("quick")


def pytest_configure() -> None:
    if browser_is_required() and find_browser() is None:
        raise pytest.UsageError(HOW_TO_INSTALL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if find_browser() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=HOW_TO_INSTALL))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if find_browser() is None:
        terminalreporter.write_line(f"skipped: {HOW_TO_INSTALL}")
