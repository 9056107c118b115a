"""What a worker is at, in a piece of memory that the process which watches it can read at any time.

>>> beat = Beat(new_memory())
>>> beat.begin("Mine", "tree=1x1x1", 10)
>>> stuck = beat.read()
>>> stuck.name, stuck.where, stuck.bound
('Mine', 'tree=1x1x1', 10.0)
>>> beat.rest(); beat.read() is None
True
"""

import mmap
import os
import tempfile
import time
from dataclasses import dataclass
from struct import Struct
from typing import Final

_SIZE: Final = 8192
_HEAD: Final = Struct("dIId")
"""Bound, length of the text, nothing, and since when: written last, and 0 while the others are being written."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is being run: since when (`time.monotonic`), for how long it may, whose revision, and where."""

    since: float
    bound: float
    name: str
    where: str

    @property
    def is_late(self) -> bool:
        """Whether it runs for longer than it may."""
        return time.monotonic() - self.since > self.bound


def new_memory() -> int:
    """Return a descriptor of memory that another process can be handed."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("kvmviz")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.truncate(descriptor, _SIZE)
    return descriptor


class Beat:
    """The memory behind a descriptor; one process writes, the other reads."""

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, _SIZE)

    def begin(self, name: str, where: str, bound: float) -> None:
        """Say what begins now and how many seconds it may take."""
        text = f"{name[:200]}\n{where[:7000]}".encode("ascii", "backslashreplace")[: _SIZE - _HEAD.size]
        self._memory[_HEAD.size : _HEAD.size + len(text)] = text
        _HEAD.pack_into(self._memory, 0, bound, len(text), 0, time.monotonic())

    def rest(self) -> None:
        """Say that nothing is being run."""
        _HEAD.pack_into(self._memory, 0, 0.0, 0, 0, 0.0)

    def read(self) -> Task | None:
        """Return what is being run; None if nothing is."""
        bound, length, _, since = _HEAD.unpack_from(self._memory, 0)
        if not since or not bound:
            return None
        name, _, where = self._memory[_HEAD.size : _HEAD.size + length].decode("ascii", "replace").partition("\n")
        return Task(since, bound, name, where)

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
