"""The picture of a bad schedule: a row a step, in the right lane, in any theme, with any engine."""

import re
from xml.etree import ElementTree

import pytest

from kvmviz.draw.geometry import read
from kvmviz.draw.lane_graph import LANE, MARK, MODULE, holders, lines, points, threads_of
from kvmviz.draw.lanes import LEGEND, lanes_dot, lanes_svg, race_svg, style
from kvmviz.draw.palette import Theme, tokens
from kvmviz.draw.rendering import PURE, engine, render
from kvmviz.race.design import DESIGNS
from kvmviz.race.result import HEADS, race, shared

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
    assert texts_of(drawn)[0][:2] == ("title", "Mine: broken before the first step")


def texts_of(svg: str) -> list[tuple[str, str, float, float]]:
    """Class, words and place of each text, what is below the head moved down with its group."""
    root = ElementTree.fromstring(svg)
    shift = next((float(re.findall(r"[-\d.]+", str(g.get("transform")))[1]) for g in root if g.get("transform")), 0.0)
    inner = {id(text) for group in root.findall(f"{SVG}g") for text in group.iter(f"{SVG}text")}
    return [
        (str(t.get("class")), str(t.text), float(t.get("x", "nan")),
         float(t.get("y", "nan")) + (shift if id(t) in inner else 0))
        for t in root.iter(f"{SVG}text")
    ]  # fmt: skip


@pytest.mark.parametrize(("design", "threads"), [("old", 2), ("naive", 3)])
def test_every_word_of_a_schedule_is_one_of_the_finding_s_in_its_class_and_beside_its_row(
    design: str, threads: int
) -> None:
    found = race(design, threads, 1)
    one = found.first
    assert one
    drawn = lanes_svg(found)
    texts = texts_of(drawn)
    idle = threads - len(threads_of(one.steps))
    assert [words for kind, words, *_ in texts if kind == "title"] == [f"{design}: {one.name} is broken"]
    assert " ".join(words for kind, words, *_ in texts if kind == "said") == (
        f"{found.bounds}: {found.states:,} states; no schedule shorter than these {len(one.steps)} steps does it"
        + (f"; not drawn, as it has no step: {idle} thread{'s' * (idle > 1)}" if idle else "")
    )
    title = next(ElementTree.fromstring(drawn).iter(f"{SVG}title"))
    assert title.text == f"{design}: a shortest schedule that breaks {one.name}"
    below = [(words, y) for kind, words, _, y in texts if kind == "said quiet"]
    assert " ".join(words for words, _ in below) == f"What should hold: {one.statement} {LEGEND}"
    assert [words for kind, words, *_ in texts if kind == "head"] == [f"thread {t}" for t in threads_of(one.steps)]
    cells = [(kind, words) for kind, words, *_ in texts if kind.split()[0] in ("words", "mid", "quiet")]
    wanted, before = [("quiet mid", word) for word in HEADS], None
    for step in one.steps:
        now = shared(step.memory)
        wanted += [("quiet mid", str(step.number)), *(("words", line) for line in lines(step))]
        wanted += [("words end", "TDX")] if step.step in MODULE else []
        wanted += [(f"mid {'changed' if before and before[n] != value else 'quiet'}", value)
                   for n, value in enumerate(now)]  # fmt: skip
        before = now
    assert cells == wanted
    last = max(y for kind, *_, y in texts if kind.startswith(("words", "mid")))
    assert all(y > last + 10 for _, y in below)
    height = float(re.findall(r'viewBox="0 0 \d+ (\d+)"', drawn)[0])
    assert below[-1][1] < height < below[-1][1] + 30


def placed(one: ElementTree.Element, *names: str) -> list[float]:
    return [float(one.get(name, "nan")) for name in names]


@pytest.mark.parametrize("design", BROKEN)
def test_words_of_a_row_stand_in_their_cells_and_lanes_reach_from_head_to_last_row(design: str) -> None:
    found = race(design, 2, 1)
    assert found.first
    drawn = lanes_svg(found)
    boxes = read(render(lanes_dot(found), "svg")).boxes
    for step, row in zip(found.first.steps, rows(drawn), strict=True):
        body, number = boxes[f"step {step.number}"], boxes[f"number {step.number}"]
        (rect,) = (one for one in row.iter(f"{SVG}rect") if one.get("class") == "body")
        assert placed(rect, "x", "y", "width", "height") == pytest.approx(
            [body.x, body.y, body.width, body.height], abs=0.06)  # fmt: skip
        said = [one for one in row.iter(f"{SVG}text") if one.get("class") == "words"]
        tops = [placed(one, "y")[0] for one in said]
        assert all(placed(one, "x")[0] == pytest.approx(body.x + 8, abs=0.1) for one in said)
        assert all(body.y + 8 < y < body.bottom - 2 for y in tops) and tops == sorted(set(tops))
        assert sum(tops) / len(tops) == pytest.approx(body.middle[1] + 4, abs=0.2)
        assert all(f"font-size:{points(step, bold=step is found.first.steps[-1]):.1f}px" in str(one.get("style"))
                   for one in said)  # fmt: skip
        for mark in (one for one in row.iter(f"{SVG}text") if one.get("class") == "words end"):
            assert placed(mark, "x", "y") == pytest.approx([body.right - 7, body.middle[1] + 3.5], abs=0.1)
        middles = [boxes[name].middle for name in (f"number {step.number}", *(f"{w} {step.number}" for w in HEADS))]
        mids = [placed(one, "x", "y") for one in row.iter(f"{SVG}text") if "mid" in str(one.get("class"))]
        assert mids == [pytest.approx([x, y + 4], abs=0.1) for x, y in middles] and number.x < mids[0][0]
        locks = [placed(one, "x", "y") for one in row.iter(f"{SVG}rect") if one.get("class") == "lock"]
        assert locks == [pytest.approx([boxes[name].x, boxes[name].y], abs=0.1)
                         for name in (f"lock {one} {step.number}" for one in sorted(holders(step)))]  # fmt: skip
    lanes = [one for one in ElementTree.fromstring(drawn).iter(f"{SVG}rect") if one.get("class") == "lane"]
    last = boxes[f"number {len(found.first.steps)}"].bottom
    for lane, thread in zip(lanes, threads_of(found.first.steps), strict=True):
        x, y, width, height = placed(lane, "x", "y", "width", "height")
        head = boxes[f"head {thread}"]
        assert (x, width) == pytest.approx((head.x, head.width), abs=0.1) and lane.get("rx") == "0"
        assert (y, y + height) == pytest.approx((head.bottom, last), abs=0.2)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_race_without_a_schedule_says_what_holds_and_how_it_may_end(theme: Theme) -> None:
    found = race("landed", 2, 1)
    drawn = race_svg(found, theme)
    signs = {"holds": "\u2713", "expected": "\u2248", "broken": "\u2717"}
    assert [(kind, words) for kind, words, *_ in texts_of(drawn)] == [
        ("title", "landed: no schedule breaks anything"),
        ("said", f"{found.bounds}: every interleaving, {found.states:,} states, "
                 f"{found.transitions:,} steps between them"),
        *(("said", f"{signs[one.verdict]} {one.statement}") for one in found.findings),
        ("said", f"It may end with: {'; '.join(map(str, found.ends))}."),
    ]  # fmt: skip
    assert tokens(theme)["canvas"] in drawn and race_svg(race("old", 2, 1), theme) == lanes_svg(
        race("old", 2, 1), theme=theme
    )
    title = next(ElementTree.fromstring(drawn).iter(f"{SVG}title"))
    assert title.text == texts_of(drawn)[0][1]
    *_, (_, _, _, last) = texts_of(drawn)
    assert last < float(re.findall(r'viewBox="0 0 760 (\d+)"', drawn)[0]) < last + 25


def test_rules_of_a_page_take_the_place_of_the_style_and_a_scope_stands_before_each() -> None:
    assert "<style>a{}</style>" in lanes_svg(race("naive", 2, 1), rules="a{}")
    plain, scoped = style("light"), style("light", "#x")
    assert [f"#x {rule}" for rule in plain.split("}") if rule] == [rule for rule in scoped.split("}") if rule]
