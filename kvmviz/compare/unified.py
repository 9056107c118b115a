"""The hunks of a behaviour diff: which steps stand together, what their header names, how they read.

Steps that both sides take are context, `-` is only the first, `+` only the second.
Hunks that differ from the one above only in the page are counted, not repeated.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from kvmviz.compare.align import Aligned, Row
from kvmviz.record.lines import step_lines
from kvmviz.record.step import Step
from kvmviz.scenario.names import PageName
from kvmviz.terms.columns import WIDTH
from kvmviz.terms.kinds import brief

CONTEXT: Final = 3
"""Steps of context around a difference."""


@dataclass(slots=True)
class Hunk:
    """One place in which two runs differ.

    `step` is the lockstep step of the first difference, as a link counts it;
    `page` and `kind` say what it is about; each of `lines` begins with its sign.
    `repeats` counts the hunks that follow and differ from this one only in the page.
    """

    step: int
    page: str
    kind: str
    lines: list[str] = field(default_factory=list)
    repeats: int = 0

    @property
    def header(self) -> str:
        """The header, which names the page and the event."""
        return f"@@ {self.page}: {self.kind} @@"

    @property
    def more(self) -> str:
        """One line for the hunks that are counted, empty if there are none."""
        many = "s" if self.repeats > 1 else ""
        return f"... {self.repeats:,} more hunk{many} alike, for other pages" if self.repeats else ""


def hunks(both: Aligned, width: int = WIDTH) -> list[Hunk]:
    """Return the hunks in order; those alike one after the other are counted in the first of them."""
    found: list[Hunk] = []
    printed: tuple[object, ...] | None = None
    for first, last in _ranges(both):
        shape = _shape(both, first, last)
        if shape == printed:
            found[-1].repeats += both.step(both.rows[first]).times
        else:
            found.append(_hunk(both, first, last, width))
        printed = shape
    return found


def _ranges(both: Aligned) -> Iterator[tuple[int, int]]:
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


def _new_page(both: Aligned, last: int, number: int) -> bool:
    """Whether another op begins between two differences, which makes them two matters."""
    between = (both.rows[n] for n in range(last + 1, number + 1))
    return any(both.step(row).event.kind in ("op", "rcu_callback") for row in between)


def _shape(both: Aligned, first: int, last: int) -> tuple[object, ...]:
    """What a hunk says, whichever page it is about."""
    return tuple(
        (row.a is None, row.b is None, row.same, _pageless(both.step(row))) for row in both.rows[first : last + 1]
    )


def _pageless(step: Step) -> str:
    text = f"{step.phase} {step.event.kind} {brief(step.event)}"
    page = getattr(step.event, "page", None)
    kind = PageName.parse(page).kind if page else ""
    return text.replace(page, kind) if page else text


def _hunk(both: Aligned, first: int, last: int, width: int) -> Hunk:
    start, end = max(0, first - CONTEXT), min(len(both.rows), last + CONTEXT + 1)
    while start < first and _new_page(both, start, first):
        start += 1
    event = both.step(both.rows[first]).event
    page = getattr(event, "page", "") or _page_before(both, first)
    lines = [line for row in both.rows[start:end] for line in _lines(both, row, width)]
    return Hunk(first + 1, page, event.kind, lines)


def _page_before(both: Aligned, number: int) -> str:
    pages = (getattr(both.step(both.rows[n]).event, "page", None) for n in range(number, -1, -1))
    return next((page for page in pages if page), "the TD")


def _lines(both: Aligned, row: Row, width: int) -> Iterator[str]:
    sides = (("-", row.a, both.a), ("+", row.b, both.b))
    for mark, index, run in sides if not row.same else ((" ", row.a, both.a),):
        if index is not None:
            yield from step_lines(index + 1, run.steps[index], mark, width, stack=mark != " ")
