"""One table of ratios: two things timed in turns, so that a busy machine slows both alike.

>>> row = Row("old", "new", [4.0, 4.2, 4.1], [2.0, 2.0, 2.1])
>>> f"{row.ratio:.2f}"
'2.05'
>>> print(line("a thing", row))
| a thing | old : new | 4.1 s : 2 s | 2.05 | 1.95 to 2.10 |
"""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time

HEAD = "| what | side by side | median | ratio | spread |\n|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Row:
    """A comparison: how long `a` and `b` took, in seconds, each time; the ratio is of the medians."""

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


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that this machine cannot measure, and why."""

    why: str


Measure = Callable[[], Row | Skipped]
"""What makes a row; the table of rows names it."""


def side_by_side(
    a: Callable[[], object], b: Callable[[], object], turns: int = 5, clock: Callable[[], float] = process_time
) -> tuple[list[float], list[float]]:
    """Time `a` and `b` in turns after one round that is not counted; return the seconds of each."""
    a(), b()
    pairs = [(seconds(a, clock), seconds(b, clock)) for _ in range(turns)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def seconds(work: Callable[[], object], clock: Callable[[], float] = perf_counter) -> float:
    """Return how long `work` takes by this clock; what was left lying about before is not its own to clear away."""
    gc.collect()
    start = clock()
    work()
    return clock() - start


def shown(value: float) -> str:
    """Return a time with three digits and its unit.

    >>> shown(0.00123), shown(4.5), shown(0.00002)
    ('1.23 ms', '4.5 s', '20 us')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-6:.3g} us"


def ratio(value: float) -> str:
    """Return a ratio with as many digits as mean something.

    >>> ratio(1.234), ratio(83.21)
    ('1.23', '83')
    """
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}"


def line(what: str, row: Row | Skipped) -> str:
    """Return one line of the Markdown table."""
    if isinstance(row, Skipped):
        return f"| {what} | skipped: {row.why} | | | |"
    least, most = row.spread
    return (
        f"| {what} | {row.a_name} : {row.b_name} | {shown(median(row.a))} : {shown(median(row.b))} "
        f"| {ratio(row.ratio)} | {ratio(least)} to {ratio(most)} |"
    )
