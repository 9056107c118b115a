"""What all tests share: how hard Hypothesis tries, what a missing browser means, and that Ctrl-C is heard."""

import os
import signal

import pytest
from hypothesis import settings

from tests.browser.chromium import browser_is_required, what_is_missing
from tests.trying import QUICK

# The quick profile finds the same examples every time; the long one goes looking for new ones, but where a change is
# judged: there it is answered by the same examples twice.
settings.register_profile("quick", deadline=None, derandomize=True, max_examples=QUICK)
settings.register_profile(
    "all", deadline=None, derandomize="CI" in os.environ, max_examples=1000, print_blob="CI" not in os.environ
)
settings.load_profile("quick")


def pytest_configure() -> None:
    # A script that starts its tests with `&` lets them ignore Ctrl-C, and all they start: what waits for it never ends.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if browser_is_required() and (missing := what_is_missing()):
        raise pytest.UsageError(missing)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # It takes minutes: begun last, one worker would end alone.
    items.sort(key=lambda item: item.path.name != "test_pythons.py")
    if missing := what_is_missing():
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=missing))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if missing := what_is_missing():
        terminalreporter.write_line(f"skipped: {missing}")
