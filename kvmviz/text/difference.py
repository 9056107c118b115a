"""What a patch does to the machine: two runs as a unified diff of behaviour.

Lines that both sides share are context, `-` is only the first, `+` only the
second; a hunk's header names the page and the event that differ.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from kvmviz.events import Free, SetNull
from kvmviz.text.layout import WIDTH, columns
from kvmviz.text.steps import step_lines, what
from kvmviz.version import SCHEMA, __version__

if TYPE_CHECKING:
    from kvmviz.compare import Comparison, Row
    from kvmviz.run import Run, Step

CONTEXT = 3
"""Steps of context around a difference."""


def comparison_text(both: "Comparison", width: int = WIDTH) -> str:
    """Return the diff of behaviour and, below it, the two summaries side by side."""
    head = f"--- {both.a.revision}\n+++ {both.b.revision}\n{both.scenario}"
    body = "\n".join(_hunks(both, width)) or "The kernel does the same under both revisions."
    return f"{head}\n{body}\n\n{side_by_side(both, width)}"


def side_by_side(both: "Comparison", width: int = WIDTH) -> str:
    """Return the figures of both runs in two columns: traces, lines, leaks, who decides, who frees."""
    rows = [("", both.a.revision, both.b.revision), *figures(both)]
    return "\n".join(_row(*row, width=width) for row in rows)


def figures(both: "Comparison") -> list[tuple[str, str, str]]:
    """Return what the summary compares: a label and the value on each side."""
    a, b = both.a.summary, both.b.summary
    return [
        ("traces printed", str(a.traces), str(b.traces)),
        ("error lines", str(a.lines), str(b.lines)),
        ("withheld or muted", str(_withheld(both.a)), str(_withheld(both.b))),
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
    steps = run.steps or ()
    cleared = [step.event for step, after in pairwise(steps) if after.event.kind == "leak"]
    who = {event.by.split(":")[1] for event in cleared if isinstance(event, SetNull)}
    return ", ".join(sorted(who)) or "nobody"


def _freers(run: "Run") -> str:
    """From where the S-EPT pages that were had back are freed."""
    who = {
        f"by {'the RCU callback' if step.event.how == 'rcu' else step.chain[-1]}"
        for step in run.steps or ()
        if isinstance(step.event, Free) and step.event.page.startswith("S-EPT")
    }
    return ", ".join(sorted(who)) or "none"


def _hunks(both: "Comparison", width: int) -> Iterator[str]:
    """Yield the hunks; those that differ from the last printed one only in the page are counted instead."""
    printed: tuple[object, ...] | None = None
    alike = 0
    for first, last in _ranges(both):
        shape = _shape(both, first, last)
        if shape == printed:
            alike += 1
            continue
        yield from _more(alike)
        printed, alike = shape, 0
        yield from _hunk(both, first, last, width)
    yield from _more(alike)


def _more(alike: int) -> Iterator[str]:
    if alike:
        yield f"... {alike} more hunk{'s' if alike > 1 else ''} alike, for other pages"


def _ranges(both: "Comparison") -> Iterator[tuple[int, int]]:
    """Yield first and last row of each hunk, without context; close differences share one."""
    first = last = None
    for number in both.differences:
        if first is None or last is None or number - last > 2 * CONTEXT or _new_page(both, last, number):
            if first is not None and last is not None:
                yield first, last
            first = number
        last = number
    if first is not None and last is not None:
        yield first, last


def _new_page(both: "Comparison", last: int, number: int) -> bool:
    """Whether another op begins between two differences, which makes them two matters."""
    between = (both.rows[n] for n in range(last + 1, number + 1))
    return any(_either(both, row).event.kind in ("op", "rcu_callback") for row in between)


def _either(both: "Comparison", row: "Row") -> "Step":
    index, run = (row.a, both.a) if row.a is not None else (row.b, both.b)
    return (run.steps or ())[index or 0]


def _shape(both: "Comparison", first: int, last: int) -> tuple[object, ...]:
    """What a hunk says, whichever page it is about."""
    return tuple(
        (row.a is None, row.b is None, row.same, _pageless(_either(both, row))) for row in both.rows[first : last + 1]
    )


def _pageless(step: "Step") -> str:
    text = f"{step.phase} {step.event.kind} {what(step.event)}"
    page = getattr(step.event, "page", None)
    kind = page.split(" ")[0] if page else ""
    return text.replace(page, kind) if page else text


def _hunk(both: "Comparison", first: int, last: int, width: int) -> Iterator[str]:
    start, end = max(0, first - CONTEXT), min(len(both.rows), last + CONTEXT + 1)
    while start < first and _new_page(both, start, first - 1 if first - 1 > start else first):
        start += 1
    named = next(both.rows[n] for n in range(first, last + 1) if not both.rows[n].same)
    step = _either(both, named)
    page = getattr(step.event, "page", "") or _page_before(both, first)
    yield f"@@ {page}: {step.event.kind} @@"[:width]
    for row in both.rows[start:end]:
        yield from _lines(both, row, width)


def _page_before(both: "Comparison", number: int) -> str:
    pages = (getattr(_either(both, both.rows[n]).event, "page", None) for n in range(number, -1, -1))
    return next((page for page in pages if page), "the TD")


def _lines(both: "Comparison", row: "Row", width: int) -> Iterator[str]:
    sides = (("-", row.a, both.a), ("+", row.b, both.b))
    for mark, index, run in sides if not row.same else ((" ", row.a, both.a),):
        if index is not None:
            yield from step_lines(index + 1, (run.steps or ())[index], mark, width, stack=mark != " ")


def comparison_json(both: "Comparison") -> dict[str, Any]:
    """Return the comparison for JSON: both summaries and the rows that differ, with their events."""
    steps_a, steps_b = both.a.steps or (), both.b.steps or ()
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
