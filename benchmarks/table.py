"""One table of ratios: two things timed in turns, so that a busy machine slows both alike.

>>> row = Row("a thing", "old", "new", [4.0, 4.2, 4.1], [2.0, 2.0, 2.1])
>>> f"{row.ratio:.2f}"
'2.05'
"""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time


@dataclass(frozen=True, slots=True)
class Row:
    """A comparison: how long `a` and `b` took, in seconds, each time; the ratio is of the medians."""

    what: str
    a_name: str
    b_name: str
    a: Sequence[float]
    b: Sequence[float]

    @property
    def ratio(self) -> float:
        """How many times as long `a` takes."""
        return median(self.a) / median(self.b)

    @property
    def spread(self) -> tuple[float, float]:
        """The smallest and the largest ratio of two timings that were made in the same turn."""
        ratios = [a / b for a, b in zip(self.a, self.b, strict=True)]
        return min(ratios), max(ratios)


def side_by_side(a: Callable[[], object], b: Callable[[], object], turns: int = 5) -> tuple[list[float], list[float]]:
    """Time `a` and `b` in turns after one round that is not counted; return the processor's seconds of each."""
    a(), b()
    pairs = [(seconds(a, process_time), seconds(b, process_time)) for _ in range(turns)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def seconds(work: Callable[[], object], clock: Callable[[], float] = perf_counter) -> float:
    """Return how long `work` takes by this clock."""
    start = clock()
    work()
    return clock() - start


def shown(value: float) -> str:
    """Return a time with three digits and its unit.

    >>> shown(0.00123), shown(4.5)
    ('1.23 ms', '4.5 s')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-6:.3g} us"


def markdown(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table, and below it machine and versions."""
    head = "| what | side by side | median | ratio | spread |\n|---|---|---|---|---|"
    lines = [
        f"| {r.what} | {r.a_name} : {r.b_name} | {shown(median(r.a))} : {shown(median(r.b))} "
        f"| {r.ratio:.2f} | {r.spread[0]:.2f} to {r.spread[1]:.2f} |"
        for r in rows
    ]
    return "\n".join([head, *lines, "", machine()])


def machine() -> str:
    """Return the machine and versions that the figures belong to."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
