"""The handout: one page of A4, with the figures that the kernel's rules predict, as SVG and PDF."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from kvmviz.compare.figures import LABELS
from kvmviz.draw.figures import TAPE, Drawn
from kvmviz.draw.palette import tokens
from kvmviz.draw.paper import (
    A4,
    COLUMNS,
    COMMANDS,
    FAULT,
    HEADS,
    NOTE,
    SCENARIOS,
    SUBTITLE,
    TEXT,
    handout,
    next_words,
    rows,
)
from kvmviz.record.runs import run
from kvmviz.terms.phases import PHASES
from kvmviz.terms.states import PAGE_STATES


def test_rows_are_what_a_reading_of_the_kernel_predicts() -> None:
    found = {line: cells for line, *cells in rows()}
    # one failure: both macros before, one after; a second TD: only WARN_ON is left, and only before
    assert found["fail=L1@0x200"] == ["2 \u2192 1", "2 \u2192 2", "2 \u2192 2", "no \u2192 no"]
    assert found["fail=L1@0x200 boot=second:60s"][0] == "1 \u2192 0"
    assert found["hkid=flushvp-not-done boot=second:60s"][0::3] == ["5 \u2192 0", "no \u2192 yes"]


def test_nothing_is_counted_in_the_prose() -> None:
    assert not [text for text in TEXT.values() if any(c.isdigit() for c in text)]


def test_no_texts_lie_on_each_other() -> None:
    drawn = handout().figure
    drawn.canvas.draw()
    boxes = [t.get_window_extent() for t in drawn.findobj(Text) if isinstance(t, Text) and t.get_text()]
    assert len(boxes) > 50
    assert not [(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if a.shrunk(0.98, 0.98).overlaps(b)]
    page = drawn.bbox
    assert all(page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 for box in boxes)


def test_command_writes_svg_and_pdf_of_one_page(tmp_path: Path) -> None:
    files = [tmp_path / "h.svg", tmp_path / "h.pdf"]
    subprocess.run([sys.executable, "-m", "kvmviz.draw.paper", *map(str, files)], check=True)
    assert f'width="{A4[0] * 72:.6g}'[:12] in files[0].read_text()
    pdf = files[1].read_bytes()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1


def test_command_says_which_endings_there_are(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kvmviz.draw.paper", str(tmp_path / "h.doc")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert ".svg, .pdf or .png" in done.stderr
    assert "Traceback" not in done.stderr


@cache
def drawn() -> Drawn:
    return handout()


def page() -> Axes:
    (axis,) = drawn().figure.axes
    return axis


def placed() -> dict[str, Text]:
    """Each text of the page, lines joined; phases and states have words of their own."""
    return {" ".join(text.get_text().split()): text for text in page().texts}


def test_everything_that_is_said_stands_on_the_page_and_nothing_else() -> None:
    table = [cell for row in rows() for cell in row]
    states = [words for state in PAGE_STATES.values() for words in (state.word, state.meaning)]
    phases = [phase.happens for phase in PHASES.values()]
    heads = ["What happens, before \u2192 after (v1)", "The order of a teardown", "States of a page", *TEXT]
    order = "RECLAIM works only when the key is back; guest pages can be removed only before."
    wanted = {"Who finds out?", SUBTITLE, COMMANDS, NOTE, next_words(), order, *TEXT.values(), *heads, *table, *states,
              *phases, "scenario", *(HEADS[column] for column in COLUMNS)}  # fmt: skip
    found = placed()
    assert found.keys() == {" ".join(words.split()) for words in wanted}
    bold = [*heads, "Who finds out?", "scenario", *(HEADS[c] for c in COLUMNS), *(s.word for s in PAGE_STATES.values())]
    bold += [cell for cell in table if "yes" in cell]
    assert {words for words, text in found.items() if text.get_fontweight() == "bold"} == {*bold}
    mono = {words for words, text in found.items() if text.get_fontfamily() == ["DejaVu Sans Mono"]}
    assert mono == {COMMANDS.replace("   ", " "), *SCENARIOS}


def test_the_page_is_a4_without_axes_and_its_parts_follow_downwards() -> None:
    figure = drawn().figure
    assert tuple(figure.get_size_inches()) == A4, "and nothing moves what has its place:"
    assert type(figure.get_layout_engine()).__name__ == "PlaceHolderLayoutEngine"
    axis = page()
    assert (axis.get_xlim(), axis.get_ylim(), axis.axison) == ((0, 100), (140, 0), False)
    assert axis.get_position().bounds == pytest.approx((0.07, 0.04, 0.86, 0.92))
    found = placed()
    left = [text.get_position()[1] for text in page().texts if text.get_position()[0] == 0]
    assert left == sorted(left) and len(left) > 20, "what begins at the margin"
    assert found["Who finds out?"].get_position() == (0, 0)


def test_a_row_of_the_table_has_its_cells_below_their_heads_and_a_line_above() -> None:
    texts = page().texts
    at = next(n for n, text in enumerate(texts) if text.get_text() == "scenario")
    width = len(COLUMNS) + 1
    heads = [text.get_position() for text in texts[at : at + width]]
    lines = [tuple(np.asarray(line.get_xydata()).tolist()) for line in page().get_lines()]
    assert len(lines) == len(rows()) and all((a[0], b[0], a[1]) == (0, 100, b[1]) for a, b in lines)
    above = heads[0][1]
    for n, (row, (a, _)) in enumerate(zip(rows(), lines, strict=True)):
        cells = texts[at + width * (n + 1) : at + width * (n + 2)]
        assert tuple(cell.get_text() for cell in cells) == row
        assert [cell.get_position()[0] for cell in cells] == [x for x, _ in heads]
        (y,) = {cell.get_position()[1] for cell in cells}
        assert above < a[1] < y < above + 5
        above = y


def test_phases_are_boxes_side_by_side_and_states_keys_beside_their_words() -> None:
    boxes = [one for one in page().patches if isinstance(one, Rectangle)]
    phases, states = boxes[: len(PHASES)], boxes[len(PHASES) :]
    assert len(states) == len(PAGE_STATES)
    edges = [x for box in phases for x in (box.get_x(), box.get_x() + box.get_width())]
    assert edges == sorted(edges) and edges[0] >= 0 and edges[-1] <= 100
    assert len({(round(box.get_width(), 6), box.get_y(), box.get_height()) for box in phases}) == 1
    for (name, phase), box in zip(PHASES.items(), phases, strict=True):
        x, y = placed()[phase.happens].get_position()
        assert x == pytest.approx(box.get_x() + box.get_width() / 2)
        assert y == pytest.approx(box.get_y() + box.get_height() / 2)
        key = tokens("light")["reclaimed-fill"]
        assert to_hex(box.get_facecolor()) == (key if name == "pre_destroy" else "#ffffff")
    for state, box in zip(PAGE_STATES.values(), states, strict=True):
        word, meaning = (placed()[words].get_position() for words in (state.word, state.meaning))
        assert box.get_x() + box.get_width() < word[0] < meaning[0] and word[1] == meaning[1]
        assert word[1] == pytest.approx(box.get_y() + box.get_height() / 2)
        assert to_hex(box.get_facecolor()) == ("#ffffff" if state.light.fill == "none" else state.light.fill)
        assert to_hex(box.get_edgecolor()) == (TAPE if state.name == "leaked" else state.light.edge)
        assert (box.get_hatch() or "") == ("//" if state.name == "leaked" else "")
        assert box.get_linestyle() == {"dashed": "--", "dotted": ":"}.get(state.line, "-")
    tops = [box.get_y() for box in states]
    assert tops == sorted(tops) and all(
        a + box.get_height() < b for a, b, box in zip(tops, tops[1:], states, strict=False)
    )


def test_the_description_is_the_table_in_words_and_what_comes_next() -> None:
    row = dict(zip(COLUMNS, rows()[1][1:], strict=True))
    said = ", ".join(f"{LABELS[column]} {cell}" for column, cell in row.items())
    alt = drawn().alt
    assert alt.startswith("Handout, before to v1. fail=none: ") and f"; {SCENARIOS[1]}: {said}; " in alt
    assert alt.endswith(f". {next_words()}")
    for region in ("dense", "scattered"):
        summary = run("dpamt", f"{FAULT} region={region}").summary
        assert summary.pamt is not None
        assert f"{(summary.leaked_bytes + summary.pamt.pinned_bytes) // 1024:,} KiB" in next_words()
