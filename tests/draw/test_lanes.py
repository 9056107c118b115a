"""The picture of a bad schedule: a row a step, in the right lane, in any theme, with any engine."""

import re
from xml.etree import ElementTree

import pytest

from kvmviz.draw.geometry import read
from kvmviz.draw.lane_graph import LANE, MARK, MODULE, lines, points
from kvmviz.draw.lanes import lanes_dot, lanes_svg, race_svg
from kvmviz.draw.palette import tokens
from kvmviz.draw.rendering import PURE, engine, render
from kvmviz.race.design import DESIGNS
from kvmviz.race.result import race

SVG = "{http://www.w3.org/2000/svg}"
BROKEN = [design for design in DESIGNS if not race(design, 2, 1).clean]


def rows(svg: str) -> list[ElementTree.Element]:
    return [group for group in ElementTree.fromstring(svg).iter(f"{SVG}g") if group.get("data-step")]


@pytest.mark.parametrize("design", BROKEN)
def test_each_step_is_a_row_in_the_lane_of_its_thread(design: str) -> None:
    found = race(design, 2, 1)
    assert found.first
    steps = found.first.steps
    drawn = rows(lanes_svg(found))
    assert [row.get("data-thread") for row in drawn] == [step.thread for step in steps]
    assert [row.get("id") for row in drawn] == [f"kv-race-{n}" for n in range(1, len(steps) + 1)]
    assert [row.get("data-kind") == "bad" for row in drawn] == [n == len(steps) for n in range(1, len(steps) + 1)]
    lanes: dict[str, set[str]] = {"A": set(), "B": set()}
    for row, step in zip(drawn, steps, strict=True):
        assert f"{step.section}  {step.text}" in "".join(row.itertext())
        lanes[step.thread] |= {body.get("x", "") for body in row.iter(f"{SVG}rect") if body.get("class") == "body"}
    assert all(len(x) <= 1 for x in lanes.values())
    assert not lanes["A"] & lanes["B"]


def test_a_step_restyles_and_moves_nothing() -> None:
    found = race("old", 2, 1)
    whole, early = lanes_svg(found), lanes_svg(found, at=10)
    assert [row.get("class") for row in rows(early)] == ["row"] * 9 + ["row now"] + ["row later"] * 18
    assert re.sub(r'class="row[^"]*"', "", early) == re.sub(r'class="row[^"]*"', "", whole)


def test_who_has_the_lock_is_drawn_as_long_as_it_has_it() -> None:
    held = [sum(r.get("class") == "lock" for r in row.iter(f"{SVG}rect")) for row in rows(lanes_svg(race("old", 2, 1)))]
    assert held == [step.memory.locks[0] >= 0 for step in race("old", 2, 1)["removed_once"].steps]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_has_its_colours_and_no_other(theme: str) -> None:
    other = "dark" if theme == "light" else "light"
    for text in (lanes_svg(race("naive", 2, 1), theme=theme), lanes_dot(race("naive", 2, 1), theme=theme)):  # type: ignore[arg-type]
        assert tokens(theme)["leaked-fill"] in text  # type: ignore[arg-type]
        assert tokens(other)["leaked-fill"] not in text  # type: ignore[arg-type]


@pytest.mark.parametrize("design", BROKEN)
def test_every_call_into_the_module_is_marked_by_a_word_and_none_else(design: str) -> None:
    found = race(design, 2, 1)
    for one in found.broken:
        drawn = rows(lanes_svg(found, one.name))
        marked = [any(text.get("class") == "words end" for text in row.iter(f"{SVG}text")) for row in drawn]
        assert marked == [step.step in MODULE for step in one.steps]


def test_words_and_mark_have_room_in_their_cell() -> None:
    """By the widths that a bold character of the fonts in question has at most."""
    found = race("old")
    for step in (step for one in found.broken for step in one.steps):
        mark = MARK if step.step in MODULE else 0
        assert max(map(len, lines(step))) * 0.7 * points(step, bold=True) <= LANE - 14 - mark
        assert points(step, bold=True) >= 10


@pytest.mark.parametrize("name", ["dot", PURE])
def test_both_engines_place_the_same_cells_in_the_same_order(name: str) -> None:
    try:
        program = engine(name)
    except ValueError:
        pytest.skip(f"no {name} here")
    boxes = read(render(lanes_dot(race("old", 2, 1)), "svg", program)).boxes
    steps = [boxes[f"step {n}"] for n in range(1, 29)]
    assert [box.y for box in steps] == sorted(box.y for box in steps)
    assert len({box.x for box in steps}) == 2


def test_a_clean_race_is_a_list_of_what_holds() -> None:
    drawn = race_svg(race("landed", 2, 1))
    assert drawn.count("\u2713") == len(race("landed", 2, 1).findings)
    ElementTree.fromstring(drawn)


def test_a_race_that_is_broken_before_it_begins_is_a_list_too() -> None:
    from tests.race.test_design import from_text

    drawn = race_svg(race(from_text("def get(region):\n    return False\n    yield\n"), 2, 1))
    assert drawn.count("\u2717") == 1
