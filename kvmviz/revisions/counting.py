"""Lines of a reader's code, counted from the start where no alarm can wake this process: in a browser.

Python's own monitoring (PEP 669) is asked about each function as it is first called;
one that is not a reader's is never asked about again, so that the model runs at its
full speed.
"""

import sys
from collections.abc import Callable
from types import CodeType
from typing import Any, Final

_python: Any = getattr(sys, "monitoring", None)
"""Python's own monitoring; Python 3.11, which no browser runs, has none."""

_TOOL: Final = 4
"""A number that Python leaves to whoever asks first."""

_NAME: Final = "kvmviz counts lines"


class Counter:
    """Counts lines, and jumps, since a loop can stand on a line; raises `beyond` after `bound` of them."""

    def __init__(self, bound: int, is_foreign: Callable[[CodeType], bool], beyond: type[BaseException]) -> None:
        self.left = bound
        self._is_foreign = is_foreign
        self._beyond = beyond
        self._outer: Counter | None = None

    def start(self) -> None:
        """Count from now on; a counter that counts already is put aside until `stop`."""
        global _counting
        if _counting is None:
            _begin()
        self._outer, _counting = _counting, self

    def stop(self) -> None:
        """Count no more."""
        global _counting
        _counting = self._outer
        if _counting is None:
            _end()

    def called(self, code: CodeType) -> object:
        """Watch a function that is a reader's."""
        if self._is_foreign(code):
            events = _python.events
            _python.set_local_events(_TOOL, code, events.LINE | events.JUMP)
        return _python.DISABLE

    def passed(self) -> None:
        """Count one."""
        self.left -= 1
        if self.left < 0:
            raise self._beyond


_counting: Counter | None = None


def _called(code: CodeType, _: int) -> object:
    return _counting.called(code) if _counting else None


def _passed(*_: Any) -> None:
    if _counting:
        _counting.passed()


def _begin() -> None:
    monitoring = _python
    if monitoring.get_tool(_TOOL) is None:
        monitoring.use_tool_id(_TOOL, _NAME)
        monitoring.register_callback(_TOOL, monitoring.events.PY_START, _called)
        monitoring.register_callback(_TOOL, monitoring.events.LINE, _passed)
        monitoring.register_callback(_TOOL, monitoring.events.JUMP, _passed)
    monitoring.set_events(_TOOL, monitoring.events.PY_START)


def _end() -> None:
    _python.set_events(_TOOL, _python.events.NO_EVENTS)
