"""What the claims on Dynamic PAMT are asked of: runs of `dpamt` in small scenarios, and designs with their threads.

>>> races("v6")
[True, True, True, True]
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Final

from kvmviz.check.propositions.registry import Runs
from kvmviz.race.result import Race
from kvmviz.race.result import race as explored
from kvmviz.record.runs import Run, run
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario

LINES = tuple(
    str(Scenario.parse(f"tree={tree} fail={fail} hkid={hkid} region={region}"))
    for tree, fail, hkid, region in product(
        ("1x1x1", "1x1x3"), ("none", "L1@0x0", "all", "TDR"), ("released", "assigned"), ("dense", "scattered", "shared")
    )
)
"""Scenarios of small trees with regions, in which REMOVE works."""

BOUNDS = ((1, 1), (2, 1), (2, 2), (3, 2))
"""Threads and rounds for which races are explored."""


@cache
def race(design: str, threads: int, rounds: int) -> Race:
    """Explore a design, once."""
    return explored(design, threads, rounds)


_RUNS: Final[dict[tuple[type[Revision], str], Run]] = {}


def run_once(which: type[Revision], line: str) -> Run:
    """Run a scenario, once."""
    if (which, line) not in _RUNS:
        _RUNS[which, line] = run(which, line)
    return _RUNS[which, line]


def of(runs: Runs, lines: tuple[str, ...] = LINES) -> Iterator[tuple[str, Run]]:
    """Yield scenarios with their runs under `dpamt`."""
    which = runs.revision("dpamt")
    return ((line, run_once(which, line)) for line in lines)


def races(design: str) -> list[bool]:
    """Return whether each exploration of a design is clean."""
    return [race(design, threads, rounds).clean for threads, rounds in BOUNDS]


def told(design: str) -> str:
    """Say how a design comes out with the most threads and rounds."""
    found = race(design, *BOUNDS[-1])
    first = found.first
    said = "clean" if first is None else f"broken ({first.name} first)"
    return f"{design} is {said} in {found.states:,} states of {found.bounds}"


def events(one: Run) -> list[object]:
    """Return the events of a run."""
    return [step.event for step in one.steps]
