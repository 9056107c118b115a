"""What happens in a run, as it is counted and compared: its digests, and what the invariants say of it.

>>> from kvmviz.check.replay import Runs
>>> from kvmviz.revisions import REVISIONS
>>> from kvmviz.scenario import Scenario
>>> runs = Runs(REVISIONS["before"])
>>> one = runs.of(Scenario.parse("tree=1x1x1 fail=L1@0x0"))
>>> one.broken
{'generic_code_leaves_external_spt_alone': 'tdp_mmu.c:handle_removed_pt clears external_spt of spt L1 gfn=0x0'}
>>> runs.of(Scenario.parse("tree=1x1x1 fail=L1@0x0 boot=second:60s")).plain == one.plain
False
"""

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from typing import Final

from kvmviz.check.catalogue import INVARIANTS, PAMT_INVARIANTS
from kvmviz.check.invariant_error import InvariantError
from kvmviz.check.observation import Observation
from kvmviz.check.trail import SIZE, Piece, digest

_WITH_PAMT: Final = INVARIANTS | PAMT_INVARIANTS
"""What a run on a machine with Dynamic PAMT is held against."""


UNMARKED: Final = bytes(SIZE)
"""The mark of a run that is not played again from another."""


class Behaviour:
    """What happens in one run, or in several that are the same: no invariant looks at boot and panic themselves.

    `ran` counts calls of a reader's functions; `seen` is what the invariants are
    given, made when it is asked for; `mark` is that of the run which was played again.
    """

    def __init__(
        self, parts: list[Piece], ran: Counter[str], seen: Callable[[], Observation], mark: bytes = UNMARKED
    ) -> None:
        self.ran = ran
        self.mark = mark
        self._parts = parts
        self._seen = seen

    @cached_property
    def seen(self) -> Observation:
        """What the invariants are given."""
        return self._seen()

    @cached_property
    def plain(self) -> bytes:
        """The digest of what happens in which phase."""
        return digest([plain for plain, _, _ in self._parts])

    @cached_property
    def whole(self) -> bytes:
        """The digest of the same with the call chain of each event."""
        return digest([whole for _, whole, _ in self._parts])

    @cached_property
    def held(self) -> tuple[tuple[str, ...], dict[str, str]]:
        """The names of the invariants whose premise is met, and those that are broken, with how."""
        return held(self.seen)

    @property
    def met(self) -> tuple[str, ...]:
        """The names of the invariants whose premise is met."""
        return self.held[0]

    @property
    def broken(self) -> dict[str, str]:
        """The invariants that are broken, with how."""
        return self.held[1]


def held(seen: Observation) -> tuple[tuple[str, ...], dict[str, str]]:
    """Hold a run against every invariant; return which were put to the test, and which it breaks, with how."""
    met, broken = list[str](), dict[str, str]()
    for name, invariant in (INVARIANTS if seen.summary.pamt is None else _WITH_PAMT).items():
        try:
            if invariant.validate(seen):
                met.append(name)
        except InvariantError as error:
            met.append(name)
            broken[name] = str(error)
    return tuple(met), broken
