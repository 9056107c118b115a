"""What every picture holds to, whoever draws it: sizes are numbers, words and shapes lie within, rows hang together."""

import re
from collections.abc import Callable
from functools import cache, partial
from xml.etree import ElementTree

import pytest

from kvmviz.check.engine import check
from kvmviz.draw.dot import picture, shelf_picture
from kvmviz.draw.frame_dot import draw_dot
from kvmviz.draw.lane_graph import lanes_dot
from kvmviz.draw.lanes import lanes_svg, race_svg
from kvmviz.draw.picture import draw_svg
from kvmviz.draw.report import report_svg
from kvmviz.draw.scene import scene_of
from kvmviz.draw.shelves import plan
from kvmviz.race.result import race
from kvmviz.record.runs import run, run_folded
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario
from kvmviz.scenario.tree import Tree

TREES = ("1x1x1", "1x1x12", "1x1x20", "1x2x3", "1x1x61", "1GiB")
DOTS: dict[str, Callable[[], str]] = {
    **{f"{tree} vcpus={n}": partial(picture, Tree.parse(tree), n) for tree in TREES for n in (0, 1, 2, 5)},
    "open group": lambda: shelf_picture(Tree.parse("1x1x61"), plan(Tree.parse("1x1x61")).groups[0]),
    "frame": lambda: draw_dot(run("v1", "fail=L1@0x200 leaves=present"), 63),
    "frame of many": lambda: draw_dot(run_folded(REVISIONS["v1"], Scenario.parse("tree=16GiB fail=L1@0x200")), 40),
    "race": lambda: lanes_dot(race("old", 2, 1)),
}  # fmt: skip
SVGS: dict[str, Callable[[], str]] = {
    "frame": lambda: draw_svg(run("v1", "fail=L1@0x200 leaves=present"), 70),
    "frame of many": lambda: draw_svg(run_folded(REVISIONS["v1"], Scenario.parse("tree=16GiB fail=L1@0x200")), 40),
    "groups": lambda: draw_svg(run("v1", "tree=1x1x61 fail=L1@0x200"), 100),
    "skeleton": lambda: scene_of(Tree.parse("1x1x12"), 5).skeleton,
    "race": lambda: lanes_svg(race("old", 2, 1)),
    "clean race": lambda: race_svg(race("landed", 2, 1)),
    "report": lambda: report_svg(check("v1", "1x1x1", progress=False)),
}


@cache
def svg_of(name: str) -> str:
    return SVGS[name]()


@cache
def drawn(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(re.sub(r'xmlns="[^"]*"', "", svg_of(name)))


@pytest.mark.parametrize("name", DOTS)
def test_sizes_in_dot_are_whole_numbers_and_nothing_is_none(name: str) -> None:
    text = DOTS[name]()
    sizes = re.findall(r'\b(WIDTH|HEIGHT|BORDER|CELLSPACING|CELLPADDING)="([^"]*)"', text)
    assert sizes and all(number.isdigit() for _, number in sizes)
    assert all(int(number) > 0 for what, number in sizes if what in ("WIDTH", "HEIGHT"))
    assert not re.search(r"\b(?:None|nan|True|False)\b", text)


@pytest.mark.parametrize("name", DOTS)
def test_cells_that_stand_in_a_row_are_as_high_as_each_other(name: str) -> None:
    """What stands beside a page fills its row: a blank, a pointer, the other page of the table."""
    for row in re.findall(r"<TR>((?:<TD FIXEDSIZE[^>]*>(?:(?!</?T[DR]).)*</TD>)+)</TR>", DOTS[name]()):
        assert len(set(re.findall(r'HEIGHT="(\d+)"', row))) == 1, row


@pytest.mark.parametrize("name", ["race", "clean race", "report"])
def test_words_and_shapes_lie_within_the_picture(name: str) -> None:
    root = drawn(name)
    left, top, width, height = (float(n) for n in str(root.get("viewBox")).split())
    shift = 0.0
    for one in root.iter():
        moved = re.match(r"translate\(0 (-?[\d.]+)\)", one.get("transform", ""))
        shift = float(moved[1]) if moved else shift
        if one.tag not in ("text", "rect") or not one.get("x"):
            continue
        x, y = float(one.get("x", "nan")), float(one.get("y", "nan"))
        assert left <= x <= left + width and top - shift - 1 <= y <= top + height, ElementTree.tostring(one)
        if one.tag == "rect" and one.get("width", "").replace(".", "").isdigit():
            assert x + float(one.get("width", "nan")) <= left + width + 0.5


@pytest.mark.parametrize("name", SVGS)
def test_nothing_that_is_said_is_none(name: str) -> None:
    text = re.sub(r'data-state="none"', "", svg_of(name))
    assert not re.search(r"\b(?:None|nan|XX)\b", text)


def test_the_words_of_a_report_s_row_stand_beside_its_bar() -> None:
    for row in drawn("report").iter("g"):
        bar, texts = next(row.iter("rect")), list(row.iter("text"))
        top, bottom = float(bar.get("y", "nan")), float(bar.get("y", "nan")) + float(bar.get("height", "nan"))
        assert len(texts) == 2 and all(top < float(text.get("y", "nan")) <= bottom for text in texts)
        name, said = (float(text.get("x", "nan")) for text in texts)
        assert name < float(bar.get("x", "nan")) < float(bar.get("x", "nan")) + 300 < said


@pytest.mark.parametrize("name", ["race", "clean race", "report", "frame"])
def test_lines_of_text_follow_each_other_downwards(name: str) -> None:
    """Lines that begin at the left margin: none stands upon another."""
    lines = [float(text.get("y", "nan")) for text in drawn(name) if text.tag == "text" and text.get("x") == "14"]
    assert lines == sorted(lines) and len(set(lines)) == len(lines) > 1


@pytest.mark.parametrize("name", [name for name in DOTS if name not in ("race", "open group")])
def test_an_edge_leads_from_and_to_ports_that_there_are_and_distances_are_numbers(name: str) -> None:
    text = DOTS[name]()
    labels = dict(re.findall(r'^\t+"?([^"\s]+)"? \[[^\n]*?label=<(.*)>[^>\n]*\]$', text, re.M))
    ports = {node: set(re.findall(r'PORT="(\w+)"', label)) for node, label in labels.items()}
    tails = re.findall(r'^\t+"?([^"\s:]+)"?:p:s -> ', text, re.M)
    heads = re.findall(r' -> "?([^"\s:]+)"?:p:n', text)
    assert tails and all("p" in ports[node] for node in [*tails, *heads])
    assert all(float(number) > 0 for number in re.findall(r'\b(?:nodesep|ranksep)="?([^"\s\]]+)', text))
