"""What a patch does to the machine: two runs as a unified diff of behaviour.

Lines that both sides share are context, `-` is only the first, `+` only the
second; a hunk's header names the page and the event that differ.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from kvmviz.compare.hunks import hunks
from kvmviz.terms.columns import WIDTH, ascii_only, columns
from kvmviz.terms.events import Free, SetNull
from kvmviz.version import SCHEMA, __version__

if TYPE_CHECKING:
    from kvmviz.compare.comparison import Comparison
    from kvmviz.record.runs import Run

SAME: Final = "The kernel does the same under both revisions."


def comparison_text(both: "Comparison", width: int = WIDTH) -> str:
    """Return the diff of behaviour and, below it, the two summaries side by side."""
    head = f"--- {both.a.revision}\n+++ {both.b.revision}\n{both.scenario}"
    body = "\n".join(_body(both, width)) or SAME
    return ascii_only(f"{head}\n{body}\n\n{side_by_side(both, width)}")


def side_by_side(both: "Comparison", width: int = WIDTH) -> str:
    """Return the figures of both runs in two columns: traces, lines, leaks, who decides, who frees."""
    rows = [("", ascii_only(both.a.revision), ascii_only(both.b.revision)), *figures(both)]
    return "\n".join(_row(*row, width=width) for row in rows)


def figures(both: "Comparison") -> list[tuple[str, str, str]]:
    """Return what the summary compares: a label and the value on each side."""
    a, b = both.a.summary, both.b.summary
    return [
        ("traces printed", f"{a.traces:,}", f"{b.traces:,}"),
        ("error lines", f"{a.lines:,}", f"{b.lines:,}"),
        ("withheld or muted", f"{_withheld(both.a):,}", f"{_withheld(both.b):,}"),
        ("pages leaked", _leaked(both.a), _leaked(both.b)),
        ("decides to leak", _deciders(both.a), _deciders(both.b)),
        ("S-EPT pages freed", _freers(both.a), _freers(both.b)),
        ("silent", "yes" if a.silent else "no", "yes" if b.silent else "no"),
    ]


def _row(label: str, a: str, b: str, width: int) -> str:
    half = (width - 22) // 2
    if len(a) < half and len(b) <= half:
        return f"  {label:<20}{a:<{half}}{b}".rstrip()
    return columns(label, f"{a} | {b}", width)


def _withheld(run: "Run") -> int:
    s = run.summary
    return sum(s.suppressed.values()) + sum(s.masked.values()) + sum(s.pr_err_ratelimited.values())


def _leaked(run: "Run") -> str:
    s = run.summary
    return f"{s.leaked_count:,} ({s.leaked_bytes:,} bytes)" if s.leaked_count else "0"


def _deciders(run: "Run") -> str:
    """Who cleared the pointer of a page that then leaked."""
    steps = run.steps
    cleared = [step.event for step, after in pairwise(steps) if after.event.kind == "leak"]
    who = {event.by.split(":")[1] for event in cleared if isinstance(event, SetNull)}
    return ", ".join(sorted(who)) or "nobody"


def _freers(run: "Run") -> str:
    """From where the S-EPT pages that were had back are freed."""
    who = {
        f"by {'the RCU callback' if step.event.how == 'rcu' else step.chain[-1]}"
        for step in run.steps
        if isinstance(step.event, Free) and step.event.page.startswith("S-EPT")
    }
    return ", ".join(sorted(who)) or "none"


def _body(both: "Comparison", width: int) -> Iterator[str]:
    for hunk in hunks(both, width):
        yield from (hunk.header[:width], *hunk.lines)
        if hunk.more:
            yield hunk.more


def comparison_json(both: "Comparison") -> dict[str, Any]:
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
