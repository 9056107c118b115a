"""Figures about the log: every cell, line and number against single runs."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from kvmviz.draw import noise, scenario_map, second_td
from kvmviz.draw.figures_log import KINDS, _subsets, kind
from kvmviz.record.runs import run
from kvmviz.scenario import CAUSES


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("", "nothing leaks"),
        ("fail=L1@0x200", "a trace is printed"),
        ("fail=TDR", "a trace is printed"),
        ("fail=all boot=second:60s", "error lines, no trace"),
        ("fail=all boot=second:1s", "pages leak, nothing is printed"),
    ],
)
def test_what_a_teardown_comes_to_for_a_reader_of_the_log(line: str, word: str) -> None:
    end = run("v1", f"tree=1x1x20 {line}").summary
    assert kind(end) == word
    loud = "trace" if end.traces else "line" if end.lines else ""
    assert (word == "nothing leaks") == (end.leaked_count == 0)
    assert not end.leaked_count or {"trace": "a trace", "line": "error lines", "": "pages leak"}[loud] in word


def test_subsets_of_failing_pages_are_all_there_by_their_size() -> None:
    found = _subsets("1x1x1")
    assert [len(one) for one in found] == [1, 3, 3, 1]
    assert found[0] == ["none"]
    assert found[3] == ["L3@0x0,L2@0x0,L1@0x0"]
    assert len({line for one in found for line in one}) == 8


@pytest.fixture(scope="module")
def mapped() -> object:
    return scenario_map(("v1",), "1x1x1")


def test_a_cell_of_the_map_is_the_worst_of_its_runs_and_the_range_of_their_traces(mapped: object) -> None:
    (axis,) = mapped.figure.axes  # type: ignore[attr-defined]
    rows = [(boot, hkid) for boot in ("first", "second:60s") for hkid in ("released", *CAUSES)]
    labels = [text.get_text() for text in axis.get_yticklabels()]
    assert labels == [f"{hkid}, {boot.split(':')[0]} TD" for boot, hkid in rows]
    texts = {text.get_position(): text.get_text() for text in axis.texts}
    cells = {(p.get_x() + 0.5, p.get_y() + 0.5): p for p in axis.patches if isinstance(p, Rectangle)}
    assert len(cells) == len(texts) == 4 * len(rows)
    words, silent = list(KINDS), 0
    for y, (boot, hkid) in enumerate(rows):
        for x, fails in enumerate(_subsets("1x1x1")):
            ends = [run("v1", f"tree=1x1x1 hkid={hkid} boot={boot} fail={fail}").summary for fail in fails]
            low, high = min(end.traces for end in ends), max(end.traces for end in ends)
            assert texts[x, y] == (f"{low}" if low == high else f"{low}\u2013{high}")
            worst = max((kind(end) for end in ends), key=words.index)
            fill, _, hatch = KINDS[worst]
            cell = cells[x, y]
            assert to_hex(cell.get_facecolor()) == ("#ffffff" if fill == "white" else fill)
            assert (cell.get_hatch() or "") == hatch and (cell.get_width(), cell.get_height()) == (1, 1)
            silent += sum(end.silent for end in ends)
    assert mapped.alt == f"v1: {silent} of {8 * len(rows)} scenarios leak pages and print nothing."  # type: ignore[attr-defined]
    assert axis.get_xlim() == (-0.5, 3.5) and axis.get_ylim() == (len(rows) - 0.5, -0.5)
    assert [*axis.get_xticks()] == [0, 1, 2, 3]
    (legend,) = mapped.figure.legends  # type: ignore[attr-defined]
    assert [text.get_text() for text in legend.get_texts()] == words
    for handle, (fill, _, hatch) in zip(legend.legend_handles, KINDS.values(), strict=True):
        assert to_hex(handle.get_facecolor()) == ("#ffffff" if fill == "white" else fill)
        assert (handle.get_hatch() or "") == hatch


def test_lines_end_with_the_names_of_the_revisions_that_end_there() -> None:
    drawn = noise(("before", "v1"), most=3)
    traces, lines = drawn.figure.axes
    assert [text.get_text() for text in traces.texts] == ["before", "v1"]
    assert [text.get_text() for text in lines.texts] == ["before, v1"]
    assert [(text.xy[0], text.xy[1]) for text in traces.texts] == [(3, 4), (3, 1)]  # type: ignore[attr-defined]
    assert np.asarray(traces.get_lines()[0].get_xdata()).tolist() == [0, 1, 2, 3]
    assert (traces.get_ylabel(), traces.get_xlabel()) == (
        "printed during one teardown (count)", "S-EPT pages whose reclaim fails (pages)")  # fmt: skip
    assert traces.get_ylim()[0] < 0


@pytest.mark.parametrize(("revision", "silent"), [("v1", True), ("before", False)])
def test_the_seconds_in_which_nothing_is_printed_are_marked(revision: str, silent: bool) -> None:
    line = "tree=1x1x8 fail=all"
    drawn = second_td(revision, line, most=7)
    (axis,) = drawn.figure.axes
    ends = [run(revision, f"{line} boot=second:{s}s").summary for s in range(8)]
    lines, traces = axis.get_lines()
    assert np.asarray(lines.get_ydata()).tolist() == [end.lines for end in ends]
    assert np.asarray(traces.get_ydata()).tolist() == [end.traces for end in ends]
    assert {one.get_drawstyle() for one in axis.get_lines()} == {"steps-post"}
    quiet = [s for s, end in enumerate(ends) if end.silent]
    # Matplotlib draws a span as a rectangle from 3.9 on, as a polygon before.
    spans = [one.get_path().transformed(one.get_patch_transform()).get_extents() for one in axis.patches]
    assert bool(quiet) == bool(spans) == silent
    if spans:
        assert (spans[0].x0, spans[0].x1) == (quiet[0] - 0.5, quiet[-1] + 0.5)
        (said,) = [text for text in axis.texts if "pages leak" in text.get_text()]
        assert said.get_position()[0] == quiet[0] and 0 < said.get_position()[1] < max(end.lines for end in ends)
    listed = ", ".join(map(str, quiet)) or "no"
    assert drawn.alt.endswith(f"silent at {listed} s.")
    assert f"{revision}, {line}, second TD after 0 to 7 s: error lines {ends[0].lines}, " in drawn.alt
    assert axis.get_title(loc="left") == f"{revision}: {line}" or axis.get_title() == f"{revision}: {line}"
