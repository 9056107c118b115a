"""Which processes a program has started, and whether any is left when it has ended."""

import time
from pathlib import Path

import pytest

PROC = Path("/proc")

only_linux = pytest.mark.skipif(not (PROC / "self" / "task").exists(), reason="only Linux tells what a process started")


def children(pid: int) -> list[int]:
    """The processes that any thread of this one has started."""
    found: list[int] = []
    for task in (PROC / str(pid) / "task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:
            continue
    return found


def descendants(pid: int) -> list[int]:
    """The same, and what those have started."""
    below = children(pid)
    return [*below, *(one for child in below for one in descendants(child))]


def is_there(pid: int) -> bool:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def left_of(pids: list[int], within: float = 2.0) -> list[int]:
    """Those of these processes that are still there after so many seconds."""
    until = time.monotonic() + within
    while (found := [pid for pid in pids if is_there(pid)]) and time.monotonic() < until:
        time.sleep(0.02)
    return found


def until_it_has(pid: int, count: int, seconds: float = 60) -> list[int]:
    """Wait until a process has started so many others, and return them."""
    until = time.monotonic() + seconds
    while len(found := descendants(pid)) < count and time.monotonic() < until and is_there(pid):
        time.sleep(0.01)
    return found


