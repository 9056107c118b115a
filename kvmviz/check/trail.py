"""A run as checks keep it: its events, the call chain of each, and which of a reader's functions ran.

>>> trail = Trail()
>>> trail.enter("pre_destroy"); trail.hkid_free()
>>> trail.entries, trail.chains
([('pre_destroy', HkidFree())], [''])

The chain is what `Step.chain` holds, as `a > b > c`, without the lines.  It is
read at every event of every scenario, so a walk up the stack ends at the first
frame that a walk before has met: below a running frame nothing can have changed.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from inspect import unwrap
from types import FrameType
from typing import Final

from kvmviz.machine.callchain import name_of
from kvmviz.machine.journal import Journal
from kvmviz.machine.page import Page
from kvmviz.machine.recorder import Callback
from kvmviz.terms.events import Event, RcuCallback

SIZE: Final = 8
"""Bytes of a digest."""

KEPT_FRAMES: Final = 100
"""Frames whose chain is remembered; those that have returned are in the way, no more."""

KEPT_DIGESTS: Final = 100_000
"""Events whose digests are remembered."""

Entry = tuple[str, Event]


_rcu_callback: Final = lru_cache(maxsize=8192)(RcuCallback)


class Trail(Journal):
    """Keeps (phase, event) and the chain of each event; `ran` counts the calls of a reader's functions meanwhile."""

    def __init__(self, ran: Counter[str] | None = None) -> None:
        super().__init__()
        self.chains: list[str] = []
        self.ran = Counter[str]() if ran is None else ran
        self._met: dict[FrameType, str] = {}

    def emit(self, event: Event) -> None:
        """Keep an event and the chain of what runs now."""
        self.entries.append((self.phase, event))
        self.chains.append(self._chain(sys._getframe(2)))  # past the recorder's own method

    def rcu_callback(self, page: Page, callback: Callback) -> None:
        """Keep that a callback runs; its chain is itself, which a reader may not have marked."""
        function = unwrap(callback)
        self.entries.append((self.phase, _rcu_callback(page.name)))
        self.chains.append(name_of(function.__code__) or function.__name__)

    def drop(self, number: int) -> None:
        """Take an event out of the record."""
        super().drop(number)
        del self.chains[number]

    def enter(self, phase: str) -> None:
        """Begin a phase; what was counted before the first belongs to the TD before this one."""
        if not self.phase:
            self.ran.clear()
        super().enter(phase)

    def close(self) -> None:
        """Let go of the stack once the run is over."""
        self._met = {}

    def _chain(self, frame: FrameType | None) -> str:
        met, chain = self._met, ""
        fresh: list[tuple[FrameType, str]] = []
        while frame is not None:
            name = name_of(frame.f_code)
            if name is not None:
                known = met.get(frame)
                if known is not None or not name:
                    chain = known or ""
                    break
                fresh.append((frame, name))
            frame = frame.f_back
        if len(met) > KEPT_FRAMES:
            met.clear()
        for running, name in reversed(fresh):
            chain = met[running] = _longer(chain, name)
        return chain


@lru_cache(maxsize=100_000)
def _longer(chain: str, name: str) -> str:
    return f"{chain} > {name}" if chain else name


_DIGESTS: Final[dict[tuple[str, int, str], tuple[bytes, bytes, Event]]] = {}
"""Two short digests of each event in a phase, without and with its chain, the same in every process.

Events are met again and again as the same object, so they are found by its id, which
is quicker than by what they say; the object is kept, so that its id stays its own.
"""


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=SIZE).digest()


def pieces(entries: list[Entry], chains: list[str]) -> list[tuple[bytes, bytes, Event]]:
    """Return two digests of each event, and the event: of what happens where in which phase, and with the chain."""
    get = _DIGESTS.get
    return [
        get((phase, id(event), chain)) or _new(phase, event, chain)
        for (phase, event), chain in zip(entries, chains, strict=True)
    ]


def _new(phase: str, event: Event, chain: str) -> tuple[bytes, bytes, Event]:
    if len(_DIGESTS) > KEPT_DIGESTS:
        _DIGESTS.clear()
    entry = phase, event
    found = _digest(repr(entry).encode()), _digest(repr((entry, chain)).encode()), event
    _DIGESTS[phase, id(event), chain] = found
    return found


def digest(parts: Iterable[bytes]) -> bytes:
    """Return one digest of the digests of a run's events."""
    return _digest(b"".join(parts))
