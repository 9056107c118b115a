"""The model: what a table costs from 1 GiB to 1 TiB, recorded and not; a scenario of a check; a run of an export."""

import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from time import perf_counter
from types import FunctionType, new_class
from typing import Any, Final

from benchmarks import c
from benchmarks.table import Measure, Row, seconds, side_by_side
from kvmviz.check import check
from kvmviz.check.outcome import examine
from kvmviz.check.space import scenarios
from kvmviz.machine.journal import Tape
from kvmviz.record.runs import run
from kvmviz.record.teardown import tear_down as tear_down_watched
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario.tree import Tree

BASE: Final = "16GiB"
RECORDED: Final = ("1GiB", "4GiB")
UNRECORDED: Final = ("1GiB", "128GiB", "1TiB")
CHECKED: Final = "1x1x1"
EXPORTED: Final = (("1x1x1",), ("before", "v1"))


def count(size: str) -> int:
    """Return the number of tables of a tree."""
    return Tree.parse(size).count


def per_table(size: str, base: str, *, events: bool) -> Row:
    """Cost of one table of a tree of this size against one of `base`."""
    large, small = count(size), count(base)
    turns = 3 if large > 100_000 else 5
    a, b = side_by_side(lambda: tear_down(size, events), lambda: tear_down(base, events), turns)
    return Row(size, base, [t / large for t in a], [t / small for t in b])


def tear_down(size: str, events: bool) -> None:
    """One TD of this size; its steps are made as well if it is recorded."""
    result = run("v1", f"tree={size}", events=events)
    assert result.recorded == events


def recorded_or_not(size: str) -> Row:
    """Every event recorded, against the summary alone."""
    a, b = side_by_side(lambda: tear_down(size, True), lambda: tear_down(size, False))
    return Row("recorded", "unrecorded", a, b)


def before_and_after() -> Row:
    """A run before the patch against one after it."""
    a, b = side_by_side(lambda: run("before", "fail=all"), lambda: run("v1", "fail=all"), 50)
    return Row("before", "v1", a, b)


def scenario_of_a_check(turns: int = 5) -> Row:
    """A scenario held against every invariant, against its run alone; so small a space stays in this process."""
    lines = list(scenarios(CHECKED))

    def bare() -> None:
        for one in lines:
            run("v1", one, events=False)

    a, b = side_by_side(lambda: check("v1", CHECKED, progress=False), bare, turns)
    return Row("check", "run", [t / len(lines) for t in a], [t / len(lines) for t in b])


def own_python() -> type[Revision]:
    """Return `v1` as a reader would write it: the same five functions, in a file that is not kvmviz's."""

    def copied(function: Any) -> FunctionType:
        code = function.__code__.replace(co_filename="own.py")
        return FunctionType(code, function.__globals__, function.__name__)

    functions = {name: copied(function) for name, function in REVISIONS["v1"].functions.items()}
    own: Any = new_class("Own", (Revision,), {"base": "v1"}, lambda body: body.update(functions))
    assert own.is_python
    made: type[Revision] = own
    return made


def run_of_own_python(turns: int = 9) -> Row:
    """A recorded run of a reader's own Python, guarded as in its worker, against the same built in."""
    lines, own = list(scenarios(CHECKED))[::12], own_python()

    def runs(which: type[Revision]) -> None:
        for one in lines:
            tear_down_watched(which, one, Tape())

    a, b = side_by_side(lambda: runs(own), lambda: runs(REVISIONS["v1"]), turns)
    return Row("own", "built in", [t / len(lines) for t in a], [t / len(lines) for t in b])


def check_of_own_python(turns: int = 5) -> Row:
    """A scenario held against every invariant, of a reader's own Python and built in."""
    lines, own = list(scenarios(CHECKED))[::3], own_python()
    a, b = side_by_side(lambda: examine(own, lines), lambda: examine(REVISIONS["v1"], lines), turns)
    return Row("own", "built in", [t / len(lines) for t in a], [t / len(lines) for t in b])


def run_of_an_export(turns: int = 5) -> Row:
    """A run that `kvmviz export` carries, all processors working, against one recorded run in one process."""
    from kvmviz.explorer.offline.document import page
    from kvmviz.explorer.offline.space import combinations, single

    trees, names = EXPORTED
    carried = len(names) * (sum(len(combinations(tree)) for tree in trees) + len(single(trees)))
    lines = [(name, one) for name in names for one in combinations(trees[0])[::8]]

    def bare() -> None:
        for name, one in lines:
            run(name, one).steps  # noqa: B018 - steps are made when they are first asked for

    a, b = side_by_side(lambda: page(trees, [REVISIONS[name] for name in names]), bare, turns, perf_counter)
    return Row("export", "run", [t / carried for t in a], [t / len(lines) for t in b])


def start_of_command(turns: int = 9) -> Row:
    """`kvmviz run` against a Python that does nothing."""

    def start(*words: str) -> float:
        return seconds(lambda: subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True))

    pairs = [(start("-m", "kvmviz", "run"), start("-c", "pass")) for _ in range(turns)]
    return Row("kvmviz run", "python", [p[0] for p in pairs], [p[1] for p in pairs])


def peak_memory(size: str = "1TiB") -> tuple[float, float]:
    """Return seconds and megabytes at the most of one unrecorded run, in a process of its own.

    The kernel's VmHWM, since getrusage would count the process that it was started from.
    """
    code = (
        "import time; from kvmviz.record.runs import run; start = time.perf_counter();"
        f"run('v1', 'tree={size}'); print(time.perf_counter() - start,"
        "next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    took, kibibytes = map(float, out.split())
    return took, kibibytes * 1024 / 1e6


def _tables(size: str, base: str) -> str:
    return f"a table of {size}, {count(size):,} in all, against one of {base}"


ROWS: Final[Mapping[str, Measure]] = {
    **{f"{_tables(size, BASE)}, unrecorded": partial(per_table, size, BASE, events=False) for size in UNRECORDED},
    f"{_tables(RECORDED[1], RECORDED[0])}, recorded": partial(per_table, RECORDED[1], RECORDED[0], events=True),
    **{f"one run of {size}, every event recorded or none": partial(recorded_or_not, size) for size in RECORDED},
    "one run of the default tree, every page failing": before_and_after,
    f"a scenario of kvmviz check, tree {CHECKED}": scenario_of_a_check,
    f"a run of a reader's own Python, tree {CHECKED}": run_of_own_python,
    f"a scenario of a check of a reader's own Python, tree {CHECKED}": check_of_own_python,
    f"a run that kvmviz export carries, tree {EXPORTED[0][0]}": run_of_an_export,
    **c.ROWS,
    "start to end of the command": start_of_command,
}
"""Every row of the model by its name, in the order of the table."""
