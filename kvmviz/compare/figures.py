"""What a run came to, in the figures that a comparison sets side by side.

>>> from kvmviz.record.runs import run
>>> found = Figures.of(run("v1", "fail=L1@0x200"))
>>> found.traces, found.leaked, found.deciders
(1, 2, ('tdx_sept_free_private_spt',))
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kvmviz.record.runs import Run
from kvmviz.record.step import Step
from kvmviz.scenario.names import PageName
from kvmviz.terms.events import Free, Leak, SetNull
from kvmviz.terms.site import function_of

LABELS: Final = {
    "traces": "traces printed",
    "lines": "error lines",
    "withheld": "withheld or muted",
    "leaked": "pages leaked",
    "deciders": "decides to leak",
    "freers": "S-EPT pages freed",
    "silent": "silent",
}
"""How each figure is called where it is printed, by field, in the order of print."""

PAMT_LABELS: Final = {"back": "PAMT pairs back", "pinned": "PAMT pairs pinned"}
"""The same of the figures that there are with Dynamic PAMT only."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one run.

    `withheld` counts traces and lines that were due and not printed; `control` how
    many of the `leaked` pages are control pages; `deciders` are the functions that
    cleared the pointer of a page that then leaked, `freers` where S-EPT pages are
    freed; `silent` says that pages leaked and nothing was printed; `back` and `pinned`
    count pairs of Dynamic PAMT's pages, None where it is off.
    """

    traces: int
    lines: int
    withheld: int
    leaked: int
    leaked_bytes: int
    control: int
    deciders: tuple[str, ...]
    freers: tuple[str, ...]
    silent: bool
    back: int | None = None
    pinned: int | None = None

    @staticmethod
    def of(run: Run) -> "Figures":
        """Return the figures of a run that was recorded."""
        s = run.summary
        return Figures(
            s.traces, s.lines,
            sum(s.suppressed.values()) + sum(s.masked.values()) + sum(s.pr_err_ratelimited.values()),
            s.leaked_count, s.leaked_bytes, sum(PageName.parse(page).is_control for page in s.leaked),
            tuple(sorted(set(_deciders(run.steps)))), tuple(sorted(set(_freers(run.steps)))), s.silent,
            s.pamt.pairs_back if s.pamt else None, s.pamt.pairs_pinned if s.pamt else None,
        )  # fmt: skip

    def cell(self, field: str) -> str:
        """Return a figure as a cell of a table writes it.

        >>> from kvmviz.record.runs import run
        >>> [Figures.of(run("v1")).cell(field) for field in ("leaked", "deciders", "freers", "silent")]
        ['0', 'nobody', 'by the RCU callback', 'no']
        """
        match field:
            case "deciders":
                return ", ".join(self.deciders) or "nobody"
            case "freers":
                return ", ".join(self.freers) or "none"
            case "silent":
                return "yes" if self.silent else "no"
            case _:
                return f"{getattr(self, field):,}"

    def said(self) -> dict[str, str]:
        """Return every figure by its field, as the summary of a comparison writes it: leaked pages with their bytes."""
        found = {field: self.cell(field) for field in LABELS | ({} if self.back is None else PAMT_LABELS)}
        return found | ({"leaked": f"{self.leaked:,} ({self.leaked_bytes:,} bytes)"} if self.leaked else {})


def _deciders(steps: Sequence[Step]) -> Iterator[str]:
    for step, after in pairwise(steps):
        if isinstance(step.event, SetNull) and isinstance(after.event, Leak):
            yield function_of(step.event.by)


def _freers(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        if isinstance(step.event, Free) and PageName.parse(step.event.page).kind == "S-EPT":
            yield f"by {'the RCU callback' if step.event.how == 'rcu' else step.chain[-1]}"
