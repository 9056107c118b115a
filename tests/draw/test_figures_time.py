"""Figures along the steps: bars, dotted lines, phases and peaks are those of the run's own frames and events."""

from itertools import groupby

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from kvmviz.draw import lives, waiting
from kvmviz.draw.figures import TAPE
from kvmviz.draw.figures_time import HATCH
from kvmviz.record.runs import run
from kvmviz.terms.phases import PHASES
from kvmviz.terms.states import HKID_STATES, PAGE_STATES

LINE = "fail=L1@0x200 vcpus=2"
RESULT, DRAWN = run("v1", LINE), lives("v1", LINE)
AXIS = DRAWN.figure.axes[0]
ROWS = [label.get_text() for label in AXIS.get_yticklabels()]


def kind(row: str) -> int:
    """Where a row belongs, from top to bottom."""
    starts = ("HKID", "guest", "TDCX TDVPR", "S-EPT", "spt", "TDCS", "TDR")
    return next(n for n, words in enumerate(starts) if row.startswith(tuple(words.split())))


def test_rows_are_the_key_and_every_page_by_what_it_is() -> None:
    assert sorted(ROWS) == sorted(["HKID", *(page.name for page in RESULT.pages)])
    assert [kind(row) for row in ROWS] == sorted(kind(row) for row in ROWS)
    allocated = [page.name for page in RESULT.pages]
    for _, same in groupby(ROWS[1:], key=kind):
        rows = list(same)
        assert rows == sorted(rows, key=allocated.index)
    assert AXIS.get_ylim() == (len(ROWS) - 0.5, -0.5)
    assert AXIS.get_xlim() == (0, len(RESULT.steps) + 1)


def test_bars_are_the_states_of_each_row_from_step_to_step() -> None:
    bars = [patch for patch in AXIS.patches if isinstance(patch, Rectangle)]
    gone = [line for line in AXIS.get_lines() if line.get_linestyle() == ":"]
    for y, row in enumerate(ROWS):
        table = HKID_STATES if row == "HKID" else PAGE_STATES
        words = [frame.hkid if row == "HKID" else frame.states[row] for frame in RESULT.frames]
        mine = sorted((bar for bar in bars if bar.get_y() + bar.get_height() / 2 == pytest.approx(y)),
                      key=lambda bar: bar.get_x())  # fmt: skip
        at = 0
        dotted = []
        for bar, (word, same) in zip(mine, groupby(words), strict=True):
            length, look = len(list(same)), table[word].light
            assert (bar.get_x(), bar.get_width()) == (at, length), (row, word)
            assert to_hex(bar.get_facecolor()) == ("#ffffff" if look.fill == "none" else look.fill)
            assert bar.get_hatch() == (HATCH.get(word, "") or None) or bar.get_hatch() == HATCH.get(word, "")
            assert (bar.get_linewidth() == 0) == (word in ("freed", "released"))
            assert to_hex(bar.get_edgecolor()) == (TAPE if word == "leaked" else look.edge)
            dotted += [(at, at + length)] if word in ("freed", "released") else []
            at += length
        lines = [line for line in gone if np.asarray(line.get_ydata()).tolist() == [y, y]]
        assert [tuple(np.asarray(line.get_xdata()).tolist()) for line in lines] == dotted
        assert all(0 < bar.get_height() < 1 for bar in mine)


def test_phases_begin_where_the_run_s_do() -> None:
    starts, at = [], 0
    for phase, steps in groupby(RESULT.steps, key=lambda step: step.phase):
        starts.append((at, PHASES[phase].word))
        at += len(list(steps))
    assert [text.get_text() for text in AXIS.texts] == [word for _, word in starts]
    assert [text.get_position()[0] for text in AXIS.texts] == pytest.approx([x + 0.6 for x, _ in starts])
    walls = [np.asarray(line.get_xdata())[0] for line in AXIS.get_lines() if line.get_linestyle() == "-"]
    assert walls == [x for x, _ in starts]
    assert all(text.get_position()[1] < -0.5 for text in AXIS.texts)


def test_the_legend_has_the_states_that_are_seen_each_as_it_is_drawn() -> None:
    (legend,) = DRAWN.figure.legends
    seen = {word for frame in RESULT.frames for word in frame.states.values()}
    states = [state for state in PAGE_STATES.values() if state.name in seen]
    assert [text.get_text() for text in legend.get_texts()] == [state.word for state in states]
    for handle, state in zip(legend.legend_handles, states, strict=True):
        if state.name == "freed":
            assert isinstance(handle, Line2D) and handle.get_linestyle() == ":"
        else:
            assert isinstance(handle, Patch)
            assert to_hex(handle.get_facecolor()) == ("#ffffff" if state.light.fill == "none" else state.light.fill)
            assert (handle.get_hatch() or "") == HATCH.get(state.name, "")
            assert to_hex(handle.get_edgecolor()) == (TAPE if state.name == "leaked" else state.light.edge)


def test_the_description_counts_pages_steps_and_losses() -> None:
    s = RESULT.summary
    assert DRAWN.alt == (
        f"v1, {RESULT.scenario}: {len(RESULT.pages)} pages over {len(RESULT.steps)} steps. "
        f"At the end {s.freed_count} are freed and {s.leaked_count} leaked: {', '.join(s.leaked)}."
    )
    assert lives("v1", "fail=none").alt.endswith(" and 0 leaked.")


def test_pages_that_wait_are_counted_at_each_step_and_named_at_their_most() -> None:
    drawn = waiting(("v1", "landed"), "tree=1x1x4")
    (axis,) = drawn.figure.axes
    assert axis.get_title(loc="left") == "tree=1x1x4" or axis.get_title() == "tree=1x1x4"
    for name, line, text in zip(("v1", "landed"), axis.get_lines(), axis.texts, strict=True):
        result, counts, now = run(name, "tree=1x1x4"), [], 0
        waits: set[str] = set()
        for step in result.steps:
            for page, state in step.changes:
                (waits.add if state == "rcu-pending" else waits.discard)(page)
            now = len(waits)
            counts += [now] if step.phase == "mmu_uninit" else []
        assert np.asarray(line.get_ydata()).tolist() == counts
        assert np.asarray(line.get_xdata()).tolist() == list(range(len(counts)))
        assert text.get_text() == f"{name}: {max(counts)} at most"
        last = max(n for n, count in enumerate(counts) if count == max(counts))
        assert text.xy == (last, max(counts))  # type: ignore[attr-defined]  # an annotation
    assert axis.get_ylim()[0] == 0
