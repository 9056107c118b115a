"""A reader's own revision, held to what a kernel function could do: it ends, and it sees what KVM sees.

>>> from kvmviz.record.runs import run
>>> from kvmviz.revisions import Revision
>>> class Endless(Revision, base="v1"):
...     def tdx_sept_free_private_spt(vm, gfn, sp):
...         while sp: pass
>>> run(Endless, "tree=1x1x1")
Traceback (most recent call last):
  ...
kvmviz.revisions.telling.PatchError: Endless: tdx_sept_free_private_spt, line 3, does not end and was stopped after \
4,000 lines of Python, with tree=1x1x1; a patch may run 1,000 lines for each table.

A run costs nothing extra while it is quick.  Only one that takes longer than
`QUICK` has its lines counted from then on, which is slow and ends a loop.  What no
count can see, such as a sleep, a lock or a call into C, is ended from outside
(`kvmviz.apart`): there a run may take `TIMEOUT` seconds.

In a browser nothing can end a run from outside and no alarm comes, so lines are
counted from the start (`counting`); what no count sees is ended by restarting the
kernel.
"""

import math
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import CodeType, FrameType, TracebackType
from typing import Any, Final

from kvmviz.browser import IN_BROWSER
from kvmviz.errors import KvmvizError
from kvmviz.revisions.counting import Counter
from kvmviz.revisions.telling import (
    PatchError,
    failed,
    is_foreign,
    is_kvmviz,
    late,
    place,
    place_in_dump,
    plain,
    too_long,
)

__all__ = ["Guard", "PatchError", "Refused", "failed", "is_kvmviz", "is_running", "late", "place_in_dump"]

LINES_PER_TABLE: Final = 1_000
"""Lines of a reader's own Python that may run for each table of the tree (and as many for the root)."""

INSTRUCTIONS_PER_LINE: Final = 100
"""How many of Python's instructions count as a line, since a loop can stand on one."""

QUICK: Final = 0.25
"""Seconds after which lines are counted, besides `QUICK_PER_TABLE`."""

QUICK_PER_TABLE: Final = 0.000_2

TIMEOUT: Final[ContextVar[float]] = ContextVar("timeout", default=10.0)
"""Seconds that a single run of a reader's revision may take, besides `SECONDS_PER_TABLE`."""

SECONDS_PER_TABLE: Final = 0.000_5
"""Ten times what the model needs."""


BESIDES: Final = 20.0
"""Seconds more that may pass before a run begins and after it has ended, where no reader's function is called."""


ONCE: Final = "what a boot remembers is kept by vm.host.boot.once(name), which is true the first time"
"""What would be right for a function that remembers something."""


class Refused(BaseException):
    """A reader's function did what it must not: what it did, and what would be right.

    Not an `Exception`, so that the code under test does not catch it.
    """

    def __init__(self, does: str, right: str) -> None:
        super().__init__(does, right)
        self.does = does
        self.right = right


class _TooManyLines(BaseException):
    """The bound is reached; not an `Exception`, so that the code under test does not catch it."""



@contextmanager
def allowing(seconds: float | None) -> Iterator[None]:
    """Let runs take this many seconds, in the block; None leaves it as it is."""
    if seconds is None:
        yield
        return
    if not 0 < seconds < 1e6:
        raise PatchError(f"timeout={seconds}: give a number of seconds above 0, as in 10.")
    token = TIMEOUT.set(seconds)
    try:
        yield
    finally:
        TIMEOUT.reset(token)


Begin = Callable[[str, str, float], None]

_watching: list[Begin] = []
_running = 0


def watch_with(begin: Begin) -> None:
    """From now on another process watches this one: `begin` tells it of each run (whose, where, how many seconds)."""
    _watching[:] = [begin]


def is_watched() -> bool:
    """Say whether another process watches this one and would end it."""
    return bool(_watching)


def is_running() -> bool:
    """Say whether a reader's code is running in this process."""
    return _running > 0


@contextmanager
def loading(path: str) -> Iterator[None]:
    """Let a reader's file be run in the block, for as long as a run may take."""
    global _running
    _running += 1
    if _watching:
        _watching[0](path, "", TIMEOUT.get())
    try:
        yield
    finally:
        _running -= 1


@contextmanager
def stepping(name: str) -> Iterator[None]:
    """Let a reader's code take one of many steps in the block, for as long as a run may take.

    Between its steps nobody waits for the reader.
    """
    global _running
    _running += 1
    if _watching:
        _watching[0](name, "", TIMEOUT.get())
    try:
        yield
    finally:
        _running -= 1
        if _watching:
            _watching[0](name, "", math.inf)


class Guard:
    """Bounds a reader's functions while they run; what goes wrong becomes a PatchError.

    `name` is the revision's, `tables` sets the bounds, `where` (the scenario) stands
    in the sentence.
    """

    __slots__ = ("_counter", "_from_start", "_handler", "_outside", "_tables", "_tracer", "name", "where")

    def __init__(self, name: str, tables: int, where: object) -> None:
        self.name, self.where = name, where
        self._tables = tables
        self._counter: _Counter | None = None
        self._from_start: Counter | None = None
        self._handler: Any = None
        self._outside: FrameType | None = None

    def __enter__(self) -> None:
        global _running
        _running += 1
        if _watching:
            self._tell(str(self.where), 0)
        if IN_BROWSER:
            self._from_start = Counter(LINES_PER_TABLE * (self._tables + 1), _is_readers, _TooManyLines)
            self._from_start.start()
        elif _can_wake():
            self._outside = sys._getframe(1)
            self._handler = signal.signal(signal.SIGALRM, self._count)
            signal.setitimer(signal.ITIMER_REAL, QUICK + self._tables * QUICK_PER_TABLE)

    def _tell(self, where: str, besides: float) -> None:
        _watching[0](self.name, where, TIMEOUT.get() + self._tables * SECONDS_PER_TABLE + besides)

    def _count(self, number: int, frame: FrameType | None) -> None:
        """Count lines from now on, of what runs now and of what it calls."""
        self._counter = _Counter(LINES_PER_TABLE * (self._tables + 1))
        self._tracer = sys.gettrace()
        while frame is not None and frame is not self._outside:
            if is_foreign(frame.f_code, frame.f_globals):
                frame.f_trace = self._counter.line
                frame.f_trace_opcodes = True
            frame = frame.f_back
        sys.settrace(self._counter.call)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global _running
        _running -= 1
        if self._outside is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._handler)
            self._outside = self._handler = None
        if self._from_start is not None:
            self._from_start.stop()
        if self._counter is not None:
            sys.settrace(self._tracer)
        if _watching:
            self._tell("a scenario that was torn down", BESIDES)
        if error is not None and not isinstance(error, KvmvizError):
            self._explain(error)

    def _explain(self, error: BaseException) -> None:
        if isinstance(error, _TooManyLines):
            allowed = f"a patch may run {LINES_PER_TABLE:,} lines for each table"
            bound = LINES_PER_TABLE * (self._tables + 1)
            raise too_long(self.name, error.__traceback__, bound, self.where, allowed) from None
        if isinstance(error, Refused):
            raise refused(self.name, error) from None
        if isinstance(error, KeyboardInterrupt) and not _watching:
            return  # somebody is at the keyboard
        raise failed(self.name, error, self.where) from error


def refused(name: str, error: Refused) -> PatchError:
    """Say what a reader's function must not do."""
    return PatchError(plain(f"{name}: {place(error.__traceback__)} {error.does}: {error.right}."))


def swallowed_panic(name: str, functions: Iterable[Callable[..., Any]], where: object) -> PatchError:
    """Say that one of a reader's functions went on after the host's panic."""
    from kvmviz.revisions.looking import catches_all

    lines = ((f.__code__.co_name, catches_all(f)) for f in functions if not is_kvmviz(f))
    at = next((f"{function}, line {line}," for function, line in lines if line), "it")
    return PatchError(
        f"{name}: {at} catches everything, the host's panic included, with {where}: name the errors that are meant."
    )


def _can_wake() -> bool:
    """Say whether a run can be interrupted after a while: in the main thread, where nobody else uses the alarm."""
    return (
        hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    )


class _Counter:
    """Counts the lines that run in code that is neither kvmviz's nor the standard library's."""

    def __init__(self, bound: int) -> None:
        self.left = bound * INSTRUCTIONS_PER_LINE
        self.foreign: dict[CodeType, bool] = {}

    def call(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        code = frame.f_code
        if code not in self.foreign:
            self.foreign[code] = is_foreign(code, frame.f_globals)
        if not self.foreign[code]:
            return None
        frame.f_trace_opcodes = True
        return self.line

    def line(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        self.left -= INSTRUCTIONS_PER_LINE if event == "line" else 1
        if self.left < 0:
            raise _TooManyLines
        return self.line


def _is_readers(code: CodeType) -> bool:
    return is_foreign(code, {}) and code.co_filename != "<string>"
