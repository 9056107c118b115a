"""A map of the guest's memory: where, from its first page to its last, table pages were lost.

>>> address_map("tree=1GiB fail=L1@0x200").alt
'v1, tree=1GiB fail=L1@0x200: lost over 1 GiB of guest memory. L3: 0 of 1. L2: 0 of 1. \
L1: 1 of 512, in 1 of 128 strips of 8 MiB, at most 1 in a strip. Control pages: 1.'

The large tree is torn down folded, and what stands for many is written out again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from kvmviz.draw.figures import COLOUR, QUIET, TAPE, Drawn, drawing
from kvmviz.draw.figures_host import Flags, Host, draw_host, host_of, said
from kvmviz.record.folding import FoldedTree
from kvmviz.record.runs import Run, run_folded
from kvmviz.revisions import Revision, revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PAGE_SIZE, PageName, gfn_step, sept_name

STRIPS: Final = 128
"""Most strips that the memory is cut into: a strip must be wide enough to be seen on a projector."""

UNITS: Final = (("GiB", 1 << 30), ("MiB", 1 << 20))


@dataclass(frozen=True)
class Lane:
    """One level: which of its tables lost their page, their first guest frames, and how many are lost by strip."""

    level: int
    lost: Flags
    gfns: Sequence[int]
    strips: "np.ndarray[tuple[int], np.dtype[np.int64]]"
    width: int
    """Guest frames in a strip."""


def lanes(result: Run) -> list[Lane]:
    """Return the lanes of a folded run, outermost level first.

    >>> [int(lane.lost.sum()) for lane in lanes(run_folded(revision("v1"), Scenario.parse("tree=4GiB fail=all")))]
    [1, 4, 2048]
    """
    assert isinstance(result.tree, FoldedTree)
    return [_lane(result.tree, level, flags) for level, flags in lost_tables(result).items()]


def lost_tables(result: Run) -> dict[int, Flags]:
    """Return for each level which tables of the whole tree lost their page in the end, of a folded run."""
    tree = result.tree
    assert isinstance(tree, FoldedTree)
    states = result.frames[-1].states
    found = {level: np.zeros(count, dtype=np.bool_) for level, count in tree.tree.level_counts().items()}
    for one in (one for level in tree.levels.values() for one in level):
        if states[sept_name(one.level, one.gfn)] == "leaked":
            kinds = np.frombuffer(tree.kinds[one.level], dtype=np.uint8)
            for start, stop in one.spans:
                found[one.level][start:stop] |= kinds[start:stop] == one.kind
    return found


def _lane(tree: FoldedTree, level: int, lost: Flags) -> Lane:
    whole = _frames(tree)
    width = max(gfn_step(level), -(-whole // STRIPS // gfn_step(1)) * gfn_step(1))
    gfns = np.fromiter(tree.tree.gfns(level), dtype=np.int64, count=len(lost))
    strips = np.bincount(gfns[lost] // width, minlength=-(-whole // width))
    return Lane(level, lost, gfns.tolist(), strips, width)


def _frames(tree: FoldedTree) -> int:
    """Return how many guest frames lie up to the end of the last table of level 1."""
    return tree.tree.gfn(1, tree.tree.level_counts()[1] - 1) + gfn_step(1)


def address_map(scenario: str | Scenario = "tree=1TiB fail=rate:1/1000:7", which: str | type[Revision] = "v1") -> Drawn:
    """Where in the guest's memory table pages were lost: a lane for each level, a bar for each strip of memory."""
    wanted = scenario if isinstance(scenario, Scenario) else Scenario.parse(scenario)
    result = run_folded(revision(which), wanted)
    found, host = lanes(result), host_of(result, lost_tables(result))
    assert isinstance(result.tree, FoldedTree)
    whole, rows = _frames(result.tree), len(found) + bool(host)
    with drawing(11, 1.3 + 1.35 * len(found) + 1.9 * bool(host), rows=rows) as (figure, all_axes):
        axes = all_axes[: len(found)]
        for axis, lane in zip(axes, found, strict=True):
            _draw(axis, lane, whole)
        if host:
            draw_host(all_axes[-1], host)
        ticks = _ticks(whole)
        for axis in axes[:-1]:
            axis.set_xticks(ticks, [""] * len(ticks))
        unit, size = _unit(whole - 1)  # an axis of one GiB reads better in MiB
        axes[-1].set_xlabel(f"guest-physical address ({unit})")
        axes[-1].set_xticks(ticks, [f"{tick * PAGE_SIZE / size:,.6g}" for tick in ticks])
        above = axes[0].secondary_xaxis("top")
        above.set_xlabel("guest frame number (gfn)")
        above.set_xticks(ticks, [f"{tick:#x}" for tick in ticks])
        figure.align_ylabels()
    return Drawn(figure, _alt(result, found, whole, host))


def _draw(axis: Axes, lane: Lane, whole: int) -> None:
    at = np.arange(len(lane.strips)) * lane.width
    shown = lane.strips > 0
    axis.bar(
        at[shown], lane.strips[shown], width=lane.width, align="edge", color=COLOUR["leaked-fill"],
        edgecolor=TAPE, linewidth=0.4, hatch="//" if shown.sum() <= STRIPS // 4 else "",
    )  # fmt: skip
    lost, count, most = int(lane.lost.sum()), len(lane.lost), max(1, int(lane.strips.max()))
    axis.set_title(f"L{lane.level}: {lost:,} of {count:,} table pages lost ({lost * PAGE_SIZE // 1024:,} KiB)")
    axis.set_ylabel(f"lost (pages)\nin {_size(min(lane.width, whole))}", fontsize=11)
    axis.set(xlim=(0, whole), ylim=(0, most * 1.15))
    axis.set_yticks([0, most], ["0", f"{most:,}"])
    if not lost:
        axis.text(0.5, 0.5, "none", transform=axis.transAxes, ha="center", va="center", color=QUIET)


def _ticks(whole: int) -> list[int]:
    """Return up to nine round guest frame numbers: powers of two apart, so that they are round as sizes too."""
    step = max(1, 1 << max(0, (whole - 1).bit_length() - 3))
    return list(range(0, whole + 1, step))


def _unit(frames: int) -> tuple[str, int]:
    size = frames * PAGE_SIZE
    return next((unit for unit in UNITS if size >= unit[1]), UNITS[-1])


def _size(frames: int) -> str:
    unit, size = _unit(frames)
    return f"{frames * PAGE_SIZE / size:,.4g} {unit}"


def _alt(result: Run, found: Sequence[Lane], whole: int, host: Host | None) -> str:
    levels = " ".join(_said(lane) for lane in found)
    controls = sum(PageName.parse(name).is_control for name in result.frames[-1].leaked)
    head = f"{result.revision}, {result.scenario}: lost over {_size(whole)} of guest memory."
    return f"{head} {levels} Control pages: {controls}.{f' {said(host)}.' if host else ''}"


def _said(lane: Lane) -> str:
    lost, count = int(lane.lost.sum()), len(lane.lost)
    said = f"L{lane.level}: {lost:,} of {count:,}"
    if not lost or len(lane.strips) == 1:
        return f"{said}."
    strips = f"in {int((lane.strips > 0).sum()):,} of {len(lane.strips):,} strips of {_size(lane.width)}"
    return f"{said}, {strips}, at most {int(lane.strips.max()):,} in a strip."
