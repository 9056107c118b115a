"""Figures about the log: how much is printed, when nothing is.

>>> noise(("before", "v1"), most=3).alt
'Printed over failing pages, 0 to 3 of them. before: traces 0, 2, 3, 4; error lines 0, 2, 3, 4. \
v1: traces 0, 1, 1, 1; error lines 0, 2, 3, 4.'
"""

from collections.abc import Iterable, Sequence
from itertools import combinations, product

from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from kvmviz.draw.figures import COLOUR, INK, LINES, TAPE, Drawn, at_end, drawing
from kvmviz.record.runs import run
from kvmviz.record.summary import Summary
from kvmviz.scenario import CAUSES, Scenario
from kvmviz.scenario.names import gfn_step

KINDS = {
    "nothing leaks": ("white", INK, ""),
    "a trace is printed": (COLOUR["tdx-owned-fill"], "white", ""),
    "error lines, no trace": (COLOUR["reclaimed-fill"], INK, ""),
    "pages leak, nothing is printed": (COLOUR["leaked-fill"], "white", "//"),
}
"""What a teardown may come to for someone who reads the log: fill, text, hatch."""


def failing(pages: int, tree: str = "1x1x16") -> str:
    """Return the scenario in which the first `pages` lowest tables fail.

    >>> failing(3)
    'tree=1x1x16 fail=L1@0x0-0x400'
    """
    return f"tree={tree} fail=" + (f"L1@0x0-{(pages - 1) * gfn_step(1):#x}" if pages else "none")


def noise(revisions: Sequence[str] = ("before", "v1"), most: int = 16) -> Drawn:
    """Traces and error lines printed, over the number of pages whose reclaim fails."""
    counts = range(most + 1)
    found = {name: [run(name, failing(k)).summary for k in counts] for name in revisions}
    with drawing(11, 4.4, 2, sharex=True, sharey=True) as (figure, axes):
        for axis, what in zip(axes, ("traces", "lines"), strict=True):
            _lines(axis, counts, {name: [getattr(s, what) for s in ends] for name, ends in found.items()})
            axis.set_xlabel("S-EPT pages whose reclaim fails (pages)")
        axes[0].set(title="Traces", ylabel="printed during one teardown (count)")
        axes[1].set(title="Error lines")
    said = [
        f"{name}: traces {_list(s.traces for s in ends)}; error lines {_list(s.lines for s in ends)}."
        for name, ends in found.items()
    ]
    return Drawn(figure, f"Printed over failing pages, 0 to {most} of them. {' '.join(said)}")


def _lines(axis: Axes, x: Sequence[int], series: dict[str, list[int]], drawstyle: str = "default") -> None:
    ends: dict[int, list[str]] = {}
    for (name, y), look in zip(series.items(), LINES, strict=False):
        axis.plot(x, y, drawstyle=drawstyle, **look)
        ends.setdefault(y[-1], []).append(name)
    for y_end, names in ends.items():
        at_end(axis, x[-1], y_end, ", ".join(names))
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.yaxis.set_major_locator(MaxNLocator(integer=True))
    axis.set_ylim(bottom=-0.4)


def _list(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def second_td(revision: str = "v1", scenario: str = "tree=1x1x8 fail=all", most: int = 12) -> Drawn:
    """What the second TD of a boot still prints, over the seconds since the first one."""
    seconds = range(most + 1)
    ends = [run(revision, Scenario.parse(scenario).with_(boot=f"second:{s}s")).summary for s in seconds]
    with drawing(9, 4.2) as (figure, (axis,)):
        series = {"error lines": [s.lines for s in ends], "traces": [s.traces for s in ends]}
        _lines(axis, seconds, series, drawstyle="steps-post")
        silent = [s for s, end in zip(seconds, ends, strict=True) if end.silent]
        if silent:
            axis.axvspan(
                silent[0] - 0.5,
                silent[-1] + 0.5,
                facecolor="none",
                edgecolor=COLOUR["leaked-fill"],
                hatch="/",
                lw=0,
                alpha=0.55,
            )
            axis.text(silent[0], max(series["error lines"]) * 0.55, "pages leak,\nnothing is printed", ha="left",
                      bbox={"facecolor": "white", "edgecolor": COLOUR["leaked-fill"], "pad": 4})  # fmt: skip
        axis.set(
            xlabel="time between the two TDs (s)",
            ylabel="printed for the second TD (count)",
            title=f"{revision}: {scenario}",
        )
    alt = f"{revision}, {scenario}, second TD after 0 to {most} s: error lines {_list(series['error lines'])}; "
    return Drawn(figure, alt + f"traces {_list(series['traces'])}; silent at {_list(silent) or 'no'} s.")


def kind(end: Summary) -> str:
    """Return which of `KINDS` a teardown is."""
    if not end.leaked_count:
        return "nothing leaks"
    if end.silent:
        return "pages leak, nothing is printed"
    return "a trace is printed" if end.traces else "error lines, no trace"


def scenario_map(revisions: Sequence[str] = ("before", "v1"), tree: str = "1x1x3") -> Drawn:
    """Every subset of failing pages, every state of the key, first and second TD: what the log makes of it.

    A column is a number of failing pages; all subsets of one size are run, and a
    cell holds the range of traces that they print.
    """
    rows = list(product(("first", "second:60s"), ("released", *CAUSES)))
    with drawing(12.5, 6.2, len(revisions), sharey=True) as (figure, axes):
        alts = [_map(axis, name, rows, tree) for axis, name in zip(axes, revisions, strict=True)]
        axes[0].set_yticks(range(len(rows)), [f"{hkid}, {boot.split(':')[0]} TD" for boot, hkid in rows])
        axes[0].set_ylabel("state of the HKID; which TD of the boot")
        patches = [
            Patch(facecolor=fill, edgecolor=TAPE if hatch else INK, hatch=hatch, label=word)
            for word, (fill, _, hatch) in KINDS.items()
        ]
        figure.legend(handles=patches, loc="outside lower center", ncols=2)
    return Drawn(figure, " ".join(alts))


def _map(axis: Axes, revision: str, rows: Sequence[tuple[str, str]], tree: str) -> str:
    subsets = _subsets(tree)
    silent = total = 0
    for y, (boot, hkid) in enumerate(rows):
        for x, fails in enumerate(subsets):
            ends = [
                run(revision, f"tree={tree} hkid={hkid} boot={boot} fail={fail}", events=False).summary
                for fail in fails
            ]
            _cell(axis, x, y, ends)
            silent += sum(end.silent for end in ends)
            total += len(ends)
    axis.set(title=f"{revision}: traces printed (count)", xlabel="S-EPT pages whose reclaim fails (pages)")
    axis.set(xlim=(-0.5, len(subsets) - 0.5), ylim=(len(rows) - 0.5, -0.5), xticks=range(len(subsets)))
    axis.grid(visible=False)
    return f"{revision}: {silent} of {total} scenarios leak pages and print nothing."


def _subsets(tree: str) -> list[list[str]]:
    """Return the values of `fail`, grouped by how many pages fail."""
    pages = [f"L{level}@{gfn:#x}" for level, gfn in Scenario.parse(f"tree={tree}").tree.tables()]
    return [[",".join(some) or "none" for some in combinations(pages, k)] for k in range(len(pages) + 1)]


def _cell(axis: Axes, x: int, y: int, ends: Sequence[Summary]) -> None:
    kinds = {kind(end) for end in ends}
    fill, ink, hatch = KINDS[max(kinds, key=list(KINDS).index)]
    axis.add_patch(
        Rectangle(
            (x - 0.5, y - 0.5), 1, 1, facecolor=fill, edgecolor=TAPE if hatch else INK, linewidth=0.8, hatch=hatch
        )
    )
    low, high = min(end.traces for end in ends), max(end.traces for end in ends)
    text = str(low) if low == high else f"{low}\u2013{high}"
    box = {"facecolor": fill, "edgecolor": "none", "pad": 1.5} if hatch else None
    axis.text(x, y, text, ha="center", va="center", color=ink, fontsize=11, bbox=box)
