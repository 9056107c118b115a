"""A schedule as DOT, cell by cell: what stands where, held against the steps themselves."""

import re
from html import unescape
from itertools import pairwise

import pytest

from kvmviz.draw.lane_graph import (
    BAR,
    CELL,
    GAP,
    LANE,
    LONG,
    MARK,
    MODULE,
    NUMBER,
    ROW,
    TALL,
    holders,
    kind,
    lanes_dot,
    lines,
    points,
    shown,
    threads_of,
)
from kvmviz.draw.palette import tokens
from kvmviz.race.design import DESIGNS
from kvmviz.race.result import HEADS, race, shared

BROKEN = [design for design in DESIGNS if not race(design, 2, 1).clean]
CELL_OF = re.compile(
    r'<TD FIXEDSIZE="TRUE" WIDTH="(\d+)" HEIGHT="(\d+)"(?: BGCOLOR="([^"]*)" ID="([^"]*)"[^>]*)?>(.*?)</TD>'
)


def rows(design: str) -> list[list[tuple[int, int, str, str, str]]]:
    """The cells of each row: width, height, fill, id and text."""
    text = lanes_dot(race(design, 2, 1))
    found = [CELL_OF.findall(row) for row in re.findall(r"<TR>(.*?)</TR>", text)]
    assert sum(map(len, found)) == text.count("<TD ")
    return [[(int(w), int(h), *rest, label.replace("<BR/>", "\n")) for w, h, *rest, label in row] for row in found]


def plain(label: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", label))


@pytest.mark.parametrize("design", BROKEN)
def test_every_row_is_as_wide_as_the_head_and_a_gap_stands_where_another_thread_goes_on(design: str) -> None:
    steps = shown(race(design, 2, 1), None).steps
    threads = threads_of(steps)
    wide = [NUMBER, *[BAR, LANE] * len(threads), *[CELL] * len(HEADS)]
    head, *body = rows(design)
    assert [width for width, *_ in head] == wide
    assert [plain(label) for *_, label in head if label] == [*(f"thread {one}" for one in threads), *HEADS]
    gaps = [row for row in body if len(row) == 1]
    assert {row[0][:2] for row in gaps} <= {(NUMBER, GAP)}
    switched = [a.thread != b.thread for a, b in pairwise(steps)]
    assert [len(row) == 1 for row in body].count(True) == sum(switched)
    assert all([width for width, *_ in row] == wide for row in body if len(row) > 1)
    first = next(n for n, one in enumerate(switched) if one)
    assert len(body[first + 1]) == 1, "the first gap is where the first switch is"


@pytest.mark.parametrize("design", BROKEN)
def test_a_row_says_its_number_its_step_in_its_lane_who_holds_a_lock_and_what_is_shared(design: str) -> None:
    steps = shown(race(design, 2, 1), None).steps
    threads, light = threads_of(steps), tokens("light")
    body = [row for row in rows(design)[1:] if len(row) > 1]
    for step, row in zip(steps, body, strict=True):
        cells = {name: (fill, plain(label), height) for _, height, fill, name, label in row}
        assert cells[f"number-{step.number}"][1] == str(step.number)
        tall = TALL if len(lines(step)) == 2 else ROW
        assert {height for _, _, height in cells.values()} == {tall}
        fill, text, _ = cells[f"step-{step.number}"]
        assert text == "\n".join(lines(step))
        look = {"bad": "leaked-fill", "module": "tdx-owned-fill", "step": "in-use-fill"}[kind(step, steps)]
        assert fill == light[look]
        waiting = [one for one in threads if f"wait-{one}-{step.number}" in cells]
        assert waiting == [one for one in threads if one != step.thread]
        held = {one for one in threads if cells[f"lock-{one}-{step.number}"][0] == light["ink2"]}
        assert held == holders(step)
        owners = {"AB"[owner] for owner in step.memory.locks if owner >= 0}
        assert held == owners
        values = [cells[f"{word}-{step.number}"][1] for word in HEADS]
        assert values == [*shared(step.memory)]


def test_only_the_last_step_is_the_bad_one() -> None:
    for design in BROKEN:
        steps = shown(race(design, 2, 1), None).steps
        assert [kind(step, steps) == "bad" for step in steps] == [*[False] * (len(steps) - 1), True]


def test_a_text_that_is_too_long_has_its_answer_on_a_line_of_its_own() -> None:
    for design in BROKEN:
        for step in shown(race(design, 2, 1), None).steps:
            whole = f"{step.section}  {step.text}"
            assert "".join(lines(step)) == whole
            assert (len(lines(step)) == 2) == (len(whole) > LONG and ": " in whole)
            assert 6.5 <= points(step, bold=True) <= points(step) <= 11.5


def test_the_caption_names_the_design_its_bounds_and_what_breaks_after_how_many_steps() -> None:
    found = race("old", 2, 1)
    one = found["removed_once"]
    text = lanes_dot(found, "removed_once")
    assert f"old, {found.bounds}: removed_once is broken after {len(one.steps)} steps" in text
    assert shown(found, "removed_once") is one and shown(found, None) is found.first


@pytest.mark.parametrize("design", BROKEN)
def test_words_of_a_step_are_in_the_ink_of_their_fill_and_as_large_as_their_cell_has_room(design: str) -> None:
    steps = shown(race(design, 2, 1), None).steps
    labels = {name: label for row in rows(design) for *_, name, label in row}
    for step in steps:
        look, bold = kind(step, steps), step is steps[-1]
        ink = tokens("light")[{"bad": "leaked-text", "module": "tdx-owned-text", "step": "in-use-text"}[look]]
        size = points(step, bold=bold)
        assert f'<FONT POINT-SIZE="{size:.1f}" COLOR="{ink}">' in labels[f"step-{step.number}"]
        wide = max(map(len, lines(step))) * (0.7 if bold else 0.58) * size
        room = LANE - 14 - (MARK if step.step in MODULE else 0)
        assert wide <= room + 0.01 and (size in (6.5, 11.5) or wide > room - 0.5)
    assert all('POINT-SIZE="10.0"' in label for name, label in labels.items() if name.startswith("number"))


@pytest.mark.parametrize("design", BROKEN)
def test_type_is_as_large_as_its_column_s(design: str) -> None:
    """Threads stand out, then what they share, then numbers; a step's words are as large as fits."""
    sizes: dict[str, set[str]] = {}
    for row in rows(design):
        for *_, name, label in row:
            if "POINT-SIZE" in label and not name.startswith("step-"):
                what = name.split("-")[0] if not name.startswith("head") or name[5:] in HEADS else "thread"
                sizes.setdefault(what, set()).update(re.findall(r'POINT-SIZE="([\d.]+)"', label))
    assert sizes == {"thread": {"12.0"}, "head": {"11.0"}, "number": {"10.0"}, **{word: {"11.0"} for word in HEADS}}
