"""Figures along the steps of a teardown: the life of every page, and pages that wait for RCU.

>>> waiting(("v1", "landed"), "tree=1x1x4").alt
'Most pages waiting for RCU at once, tree=1x1x4: v1 13, landed 7.'
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from kvmviz.draw.figures import INK, LINES, QUIET, TAPE, Drawn, at_end, drawing
from kvmviz.record.runs import Run, run
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PageName
from kvmviz.terms.phases import PHASES
from kvmviz.terms.states import HKID_STATES, PAGE_STATES, State

HATCH = {"leaked": "//", "rcu-pending": "..", "freed": ""}


def lives(revision: str = "v1", scenario: str = "fail=L1@0x200") -> Drawn:
    """Every page of the TD as a row, every step as a column, in the colour of the page's state; the key on top."""
    result = run(revision, scenario)
    names = _order(result)
    with drawing(12, 0.24 * len(names) + 1.9) as (figure, (axis,)):
        for y, name in enumerate(names):
            for start, end, state in _spans(result, name):
                _bar(axis, start, end, y, state)
        _phases(axis, result, len(names))
        axis.set_yticks(range(len(names)), names, fontsize=10)
        axis.set(
            xlim=(0, len(result.frames)), ylim=(len(names) - 0.5, -0.5), xlabel="step of the teardown (events so far)"
        )
        axis.grid(visible=False)
        seen = {word for frame in result.frames for word in frame.states.values()}
        shown = [_key(state) for state in PAGE_STATES.values() if state.name in seen]
        figure.legend(handles=shown, loc="outside lower center", ncols=len(shown), fontsize=10)
    ended = result.summary
    lost = f": {', '.join(ended.leaked)}" if ended.leaked else ""
    alt = f"{revision}, {result.scenario}: {len(names) - 1} pages over {len(result.frames) - 1} steps. "
    return Drawn(figure, f"{alt}At the end {ended.freed_count} are freed and {ended.leaked_count} leaked{lost}.")


def _order(result: Run) -> list[str]:
    """Return the rows from top to bottom: the key, guest pages, vCPU pages, tables with their twins, control pages."""
    kinds = {"guest": 0, "TDCX": 1, "TDVPR": 1, "S-EPT": 2, "spt": 3, "TDCS": 4, "TDR": 5}
    names = sorted((page.name for page in result.pages), key=lambda name: kinds[PageName.parse(name).kind])
    return ["HKID", *names]


def _spans(result: Run, name: str) -> Iterator[tuple[int, int, State]]:
    """Yield from which to which step the page (or the key) is in one state."""
    table = HKID_STATES if name == "HKID" else PAGE_STATES
    words = [frame.hkid if name == "HKID" else frame.states[name] for frame in result.frames]
    at = 0
    for word, run_ in groupby(words):
        length = len(list(run_))
        yield at, at + length, table[word]
        at += length


def _fill(state: State) -> str:
    return "white" if state.light.fill == "none" else state.light.fill


def _edge(state: State) -> str:
    """Return the colour of outline and hatch."""
    return TAPE if state.name == "leaked" else state.light.edge


def _bar(axis: Axes, start: int, end: int, y: int, state: State) -> None:
    gone = state.name in ("freed", "released")
    axis.add_patch(
        Rectangle(
            (start, y - 0.36), end - start, 0.72, facecolor=_fill(state), linewidth=0 if gone else 0.7,
            edgecolor=_edge(state), hatch=HATCH.get(state.name, ""),
        )
    )  # fmt: skip
    if gone:
        axis.plot([start, end], [y, y], color=state.light.edge, linewidth=1, linestyle=":")


def _key(state: State) -> Artist:
    """Return what stands for a state in the legend: what is gone is a dotted line, as in the picture."""
    if state.name == "freed":
        return Line2D([], [], color=state.light.edge, linewidth=1, linestyle=":", label=state.word)
    return Patch(facecolor=_fill(state), edgecolor=_edge(state), hatch=HATCH.get(state.name, ""), label=state.word)


def _phases(axis: Axes, result: Run, rows: int) -> None:
    at = 0
    for phase, steps in groupby(result.steps, key=lambda step: step.phase):
        length = len(list(steps))
        axis.axvline(at, color=QUIET, linewidth=1)
        axis.text(at + 0.6, -0.7, PHASES[phase].word, fontsize=11, ha="left", va="bottom", fontweight="bold")
        at += length


def waiting(revisions: Sequence[str] = ("v1", "landed"), scenario: str = "tree=1x1x16") -> Drawn:
    """How many pages wait for RCU, step by step, while the tables are given up."""
    with drawing(10, 4.4) as (figure, (axis,)):
        peaks = []
        for name, look in zip(revisions, LINES, strict=False):
            peaks.append((name, _waiting(axis, run(name, scenario), {**look, "marker": ""})))
        axis.yaxis.set_major_locator(MaxNLocator(integer=True))
        axis.set(
            xlabel="step since the first table is taken down (events)", ylabel="waiting for RCU (pages)", ylim=(0, None)
        )
        axis.set_title(str(Scenario.parse(scenario)))
    said = ", ".join(f"{name} {peak}" for name, peak in peaks)
    return Drawn(figure, f"Most pages waiting for RCU at once, {Scenario.parse(scenario)}: {said}.")


def _waiting(axis: Axes, result: Run, look: dict[str, object]) -> int:
    steps = [n for n, step in enumerate(result.steps, 1) if step.phase == "mmu_uninit"]
    counts = [sum(state == "rcu-pending" for state in result.frames[n].states.values()) for n in steps]
    axis.plot(range(len(counts)), counts, drawstyle="steps-post", **look)  # type: ignore[arg-type]
    most = max(counts)
    peak = len(counts) - 1 - counts[::-1].index(most)
    at_end(axis, peak, most, f"{result.revision}: {most} at most", str(look.get("color", INK)), rise=8)
    return most
