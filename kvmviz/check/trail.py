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
    """Keeps (phase, event) and the chain of each event.

    `ran` counts the calls of a reader's functions meanwhile, `ran_before` what it had
    counted at each trace, by the event's place; `dropped` says whether an event was
    taken back.
    """

    def __init__(self, ran: Counter[str] | None = None) -> None:
        super().__init__()
        self.chains: list[str] = []
        self.ran = Counter[str]() if ran is None else ran
        self.ran_before: dict[int, Counter[str]] = {}
        self.dropped = False
        self._met: dict[FrameType, str] = {}

    def warn(self, site: str, printed: bool) -> None:
        """Keep a trace, at which a host may panic."""
        if self.ran:
            self.ran_before[len(self.entries)] = self.ran.copy()
        super().warn(site, printed)

    def emit(self, event: Event) -> None:
        """Keep an event and the chain of what runs now."""
        self.entries.append((self.phase, event))
        met, chain = self._met, ""
        fresh: list[tuple[FrameType, str]] = []
        frame: FrameType | None = sys._getframe(2)  # past the recorder's own method
        while frame is not None:
            name = name_of(id(frame.f_code))
            if name is not None:
                known = met.get(frame)
                if known is not None or not name:
                    chain = known or ""
                    break
                fresh.append((frame, name))
            frame = frame.f_back
        if fresh:
            if len(met) > KEPT_FRAMES:
                met.clear()
            for frame, name in reversed(fresh):
                chain = met[frame] = _longer(chain, name)
        self.chains.append(chain)

    def rcu_callback(self, page: Page, callback: Callback) -> None:
        """Keep that a callback runs; its chain is itself, which a reader may not have marked."""
        self.entries.append((self.phase, _rcu_callback(page.name)))
        self.chains.append(_name(callback))

    def drop(self, number: int) -> None:
        """Take an event out of the record."""
        super().drop(number)
        del self.chains[number]
        self.dropped = True

    def enter(self, phase: str) -> None:
        """Begin a phase; what was counted before the first belongs to the TD before this one."""
        if not self.phase:
            self.ran.clear()
        super().enter(phase)

    def close(self) -> None:
        """Let go of the stack once the run is over."""
        self._met = {}


@lru_cache(maxsize=100)
def _name(callback: Callback) -> str:
    function = unwrap(callback)
    return name_of(id(function.__code__)) or function.__name__


@lru_cache(maxsize=100_000)
def _longer(chain: str, name: str) -> str:
    return f"{chain} > {name}" if chain else name


Piece = tuple[bytes, bytes, Entry]
"""Two short digests of an event in a phase, without and with its chain, the same in every process; and the event."""

_PIECES: Final[dict[tuple[str, int, str], Piece]] = {}
"""Pieces by phase, event and chain.

Events are met again and again as the same object, so they are found by its id, which
is quicker than by what they say; the object is kept, so that its id stays its own.
"""


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=SIZE).digest()


def pieces(entries: Iterable[Entry], chains: Iterable[str]) -> list[Piece]:
    """Return what is kept of each event and its chain."""
    get = _PIECES.get
    return [
        get((entry[0], id(entry[1]), chain)) or _new(entry, chain)
        for entry, chain in zip(entries, chains, strict=True)
    ]


def _new(entry: Entry, chain: str) -> Piece:
    if len(_PIECES) > KEPT_DIGESTS:
        _PIECES.clear()
    found = _digest(repr(entry).encode()), _digest(repr((entry, chain)).encode()), entry
    _PIECES[entry[0], id(entry[1]), chain] = found
    return found


def digest(parts: Iterable[bytes]) -> bytes:
    """Return one digest of the digests of a run's events."""
    return _digest(b"".join(parts))
