"""C: what a run and a check cost whose functions come from C, against those of the model's own revision."""

import os
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
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


def a_command(turns: int = 5) -> Row:
    """`kvmviz check` of the quick space from start to end, on one processor; each begins with nothing remembered."""
    file = str(SOURCES / f"{NAME}.c")
    a, b = side_by_side(lambda: _check("--file", file), lambda: _check("--revision", NAME), turns, _of_children)
    return Row("C", "built in", a, b)


def a_broken_patch(turns: int = 5) -> Row:
    """A patch that forgets to forget the page: until its first counterexample is printed, and until the end."""
    text = (SOURCES / f"{NAME}.c").read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        file = Path(folder, "broken.c")
        file.write_text(text.replace("sp->external_spt = NULL;", ";"), encoding="utf-8")
        a, b = side_by_side(lambda: _first(file), _run, turns, perf_counter)
    return Row("first", "kvmviz run", a, b)


def _of_children() -> float:
    """Return the processor time of the processes that were started and have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _on_one_processor() -> None:
    """Let a check work in its own process, whose time is told."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "kvmviz", "check", "--space", "quick", *words]


def _check(*words: str) -> None:
    words_ = _command(*words)
    silent = subprocess.DEVNULL
    subprocess.run(words_, stdout=silent, stderr=silent, check=False, preexec_fn=_on_one_processor)


def _run() -> None:
    subprocess.run([sys.executable, "-m", "kvmviz", "run"], stdout=subprocess.DEVNULL, check=True)


def _first(file: Path) -> None:
    """Run a check until it prints its first line to standard error."""
    words = _command("--file", str(file))
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        assert running.stderr.readline().startswith("Broken: ")
        running.terminate()


ROWS: Final[Mapping[str, Measure]] = {
    "one run of the default tree, functions from C": partial(a_run, "fail=all"),
    "one run of 84 tables, functions from C": partial(a_run, "tree=4x4x4 fail=all", 9),
    "a check of tree 1x1x1, functions from C": partial(a_check, "1x1x1"),
    "the quick space from start to end, functions from C": a_command,
    "a broken patch in C, until its first counterexample is printed": a_broken_patch,
}
"""Every row of C by its name, in the order of the table."""
