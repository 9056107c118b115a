"""What the shell hands a program besides its words: standard streams that may be closed, and signals that end it."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, Never

SIGNALS: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals by which a program is asked to end; what was begun is cleared away first."""


def open_closed() -> None:
    """Put nothing where whoever started us closed a stream (`>&-`), so that no file takes its place."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            nothing = os.open(os.devnull, os.O_RDWR)
            if nothing != descriptor:
                os.dup2(nothing, descriptor)
                os.close(nothing)
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def let_go() -> None:
    """Send nowhere what nobody takes any more: Python would try again at its end, and leave with status 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class _EndedBySignal(BaseException):
    """Somebody asked this program to end."""


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let everything be cleared away when a signal ends the block; then end by that signal, as the shell expects it."""

    def end(number: int, frame: FrameType | None) -> Never:
        for one in caught:
            signal.signal(one, signal.SIG_IGN)
        raise _EndedBySignal(number)

    caught = [one for one in SIGNALS if signal.getsignal(one) is signal.SIG_DFL]  # nohup ignores one of them
    for one in caught:
        signal.signal(one, end)
    try:
        yield
    except _EndedBySignal as ended:
        _end_by(int(ended.args[0]))
    finally:
        for one in caught:
            signal.signal(one, signal.SIG_DFL)


def _end_by(number: int) -> None:
    if pool := sys.modules.get("kvmviz.apart.pool"):
        pool.stop_workers()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
