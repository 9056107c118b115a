"""What a patch does to the machine: two runs as a unified diff of behaviour.

Lines that both sides share are context, `-` is only the first, `+` only the
second; a hunk's header names the page and the event that differ.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kvmviz.compare.align import Aligned
from kvmviz.compare.figures import LABELS, PAMT_LABELS, Figures
from kvmviz.compare.unified import hunks
from kvmviz.terms.columns import WIDTH, ascii_only, labelled
from kvmviz.version import SCHEMA, __version__

if TYPE_CHECKING:
    from kvmviz.schema import answers

NONE: Final = "none to have"
"""What stands in the place of a figure that one of the runs does not have."""

SAME: Final = "The kernel does the same under both revisions."


def comparison_text(both: Aligned, width: int = WIDTH) -> str:
    """Return the diff of behaviour and, below it, the two summaries side by side."""
    head = f"--- {both.a.revision}\n+++ {both.b.revision}\n{both.scenario}"
    body = "\n".join(_body(both, width)) or SAME
    return ascii_only(f"{head}\n{body}\n\n{side_by_side(both, width)}")


def side_by_side(both: Aligned, width: int = WIDTH) -> str:
    """Return the figures of both runs in two columns: traces, lines, leaks, who decides, who frees."""
    a, b = Figures.of(both.a).said(), Figures.of(both.b).said()
    rows = [("", ascii_only(both.a.revision), ascii_only(both.b.revision))]
    pamt = PAMT_LABELS if both.a.summary.pamt or both.b.summary.pamt else {}
    rows += [(label, a.get(field, NONE), b.get(field, NONE)) for field, label in (LABELS | pamt).items()]
    return "\n".join(_row(*row, width=width) for row in rows)


def _row(label: str, a: str, b: str, width: int) -> str:
    half = (width - 22) // 2
    if len(a) < half and len(b) <= half:
        return f"  {label:<20}{a:<{half}}{b}".rstrip()
    return labelled(label, f"{a} | {b}", width)


def _body(both: Aligned, width: int) -> Iterator[str]:
    for hunk in hunks(both, width):
        yield from (hunk.header[:width], *hunk.lines)
        if hunk.more:
            yield hunk.more


def comparison_json(both: Aligned) -> "answers.Comparison":
    """Return the comparison for JSON: both summaries and the rows that differ, with their events."""
    steps_a, steps_b = both.a.steps, both.b.steps
    return {
        "kvmviz": __version__, "schema": SCHEMA, "a": both.a.revision, "b": both.b.revision,
        "scenario": str(both.scenario), "steps": len(both.rows), "alike": both.alike,
        "differences": [
            {
                "step": number + 1,
                "a": None if row.a is None else steps_a[row.a].to_json(),
                "b": None if row.b is None else steps_b[row.b].to_json(),
            }
            for number, row in ((n, both.rows[n]) for n in both.differences)
        ],
        "summary_a": both.a.summary.to_json(), "summary_b": both.b.summary.to_json(),
    }  # fmt: skip
