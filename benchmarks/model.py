"""The model: what a table costs from 1 GiB to 1 TiB, recorded and not; memory; the start of the command."""

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.table import Row, seconds, side_by_side
from kvmviz.run import run
from kvmviz.tree import Tree

SIZES = ("1GiB", "128GiB", "1TiB")
BASE = "16GiB"


def rows() -> Iterator[Row]:
    """Yield the rows of the model."""
    for size in SIZES:
        yield per_table(size)
    a, b = side_by_side(lambda: run("v1", "tree=1GiB"), lambda: run("v1", "tree=1GiB", events=False))
    yield Row("1 GiB, every event recorded", "recorded", "unrecorded", a, b)
    a, b = side_by_side(lambda: run("before", "tree=1x1x3 fail=all"), lambda: run("v1", "tree=1x1x3 fail=all"), 50)
    yield Row("one run of the default tree", "before", "v1", a, b)
    yield start_of_command()


def per_table(size: str) -> Row:
    """Cost of one table of a tree of this size against one of `BASE`, unrecorded."""
    large, small = (Tree.parse(name).count for name in (size, BASE))
    turns = 3 if large > 100_000 else 5
    a, b = side_by_side(lambda: tear_down(size), lambda: tear_down(BASE), turns)
    return Row(
        f"a table of {size} ({large:,} tables)", size, BASE, [t / large for t in a], [t / small for t in b]
    )  # fmt: skip


def tear_down(size: str) -> None:
    """One TD of this size, without a record of its steps."""
    run("v1", f"tree={size}", events=False)


def start_of_command(turns: int = 9) -> Row:
    """`kvmviz run` against a Python that does nothing."""

    def start(*words: str) -> float:
        return seconds(lambda: subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True))

    pairs = [(start("-m", "kvmviz", "run"), start("-c", "pass")) for _ in range(turns)]
    return Row("start to end of `kvmviz run`", "kvmviz run", "python", [p[0] for p in pairs], [p[1] for p in pairs])


def peak_memory(size: str = "1TiB") -> tuple[float, float]:
    """Return seconds and megabytes at the most of one unrecorded run, in a process of its own.

    The kernel's VmHWM, since getrusage would count the process that it was started from.
    """
    code = (
        "import time; from kvmviz.run import run; start = time.perf_counter();"
        f"run('v1', 'tree={size}'); print(time.perf_counter() - start,"
        "next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    took, kibibytes = map(float, out.split())
    return took, kibibytes * 1024 / 1e6
