"""C: what a run and a check cost whose functions come from C, against those of the model's own revision."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.table import Measure, Row, side_by_side
from kvmviz.c.revision import from_c
from kvmviz.check import check
from kvmviz.record.runs import run

SOURCES: Final = Path(__file__).parents[1] / "tests" / "c" / "sources"

NAME: Final = "landed"


def a_run(scenario: str, turns: int = 30) -> Row:
    """A recorded run of five functions from C against the built-in revision that they are like."""
    mine = from_c(SOURCES / f"{NAME}.c", name="mine")
    a, b = side_by_side(lambda: run(mine, scenario), lambda: run(NAME, scenario), turns)
    return Row("C", "built in", a, b)


def a_check(space: str, turns: int = 5) -> Row:
    """A check of five functions from C against that of the built-in revision, in this process."""
    mine = from_c(SOURCES / f"{NAME}.c", name="mine")
    a, b = side_by_side(lambda: check(mine, space, progress=False), lambda: check(NAME, space, progress=False), turns)
    return Row("C", "built in", a, b)


ROWS: Final[Mapping[str, Measure]] = {
    "one run of the default tree, functions from C": partial(a_run, "fail=all"),
    "one run of 84 tables, functions from C": partial(a_run, "tree=4x4x4 fail=all", 9),
    "a check of tree 1x1x1, functions from C": partial(a_check, "1x1x1"),
}
"""Every row of C by its name, in the order of the table."""
