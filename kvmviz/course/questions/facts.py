"""What questions and notebooks keep asking of runs, in a word each."""

from functools import cache
from typing import Final

from kvmviz.compare.figures import Figures
from kvmviz.record.runs import run
from kvmviz.record.summary import Summary
from kvmviz.terms.site import Site

ONE: str = "fail=L1@0x200"
"""The course's running example: one page cannot be reclaimed."""

KEYS: Final = range(16, 64)
"""The keys of the host in the sample boot line of the kernel's Documentation/arch/x86/tdx.rst."""


@cache
def end(revision: str, scenario: str = ONE) -> Summary:
    """Return what a run comes to."""
    return run(revision, scenario).summary


@cache
def decides(revision: str, scenario: str = ONE) -> str:
    """Return the function that forgets the page and so leaks it."""
    return Figures.of(run(revision, scenario)).cell("deciders")


def peak_waiting(revision: str, scenario: str) -> int:
    """Return the most pages, mirror's and S-EPT's, that wait for RCU at once."""
    frames = run(revision, scenario).frames
    return max(sum(state == "rcu-pending" for state in frame.states.values()) for frame in frames)


def sites(summary: Summary) -> str:
    """Return who printed a trace, as people say it: `WARN_ON in handle_removed_pt`."""
    return " and ".join(f"`{Site.parse(site).short}`" for site in summary.splats) or "nobody"


def pages(names: tuple[str, ...]) -> str:
    """Return page names as a list in words."""
    return " and ".join(f"`{name}`" for name in names) or "no page"
