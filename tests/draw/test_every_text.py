"""Every word of a picture stands beside what it names, in a class that has a look, and DOT says what Graphviz knows."""

import re
from functools import cache
from itertools import combinations
from xml.etree import ElementTree

import pytest

from kvmviz.draw.dot import CLEAR, TDCS_ROOT, VCPUS, _Picture, picture
from kvmviz.draw.geometry import Box, layout
from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.picture import style
from kvmviz.draw.scene import Scene, scene_of
from kvmviz.draw.shelves import Shown, plan, times
from kvmviz.scenario.names import sept_name, spt_name
from kvmviz.scenario.tree import Tree
from tests.draw.test_every_picture import DOTS, SVGS, svg_of

TREES = [("1x1x3", 1), ("1x1x12", 2), ("1x2x2", 0), ("1x1x61", 5), ("2GiB", 1)]
NAMED_ONLY = {"kvrace", "row", "large", "leaf", "group", "bar", "word"}
"""Classes that name a thing for who looks for it, and give it no look."""


@cache
def scene(line: str, vcpus: int) -> Scene:
    return scene_of(Tree.parse(line), vcpus)


@cache
def folded(line: str) -> Shown:
    return Lockstep.of(["v1"], line).tree


@cache
def root(line: str, vcpus: int) -> ElementTree.Element:
    return ElementTree.fromstring(re.sub(r'xmlns="[^"]*"', "", scene(line, vcpus).skeleton))


def words_of(line: str, vcpus: int, kind: str) -> dict[str, tuple[float, float]]:
    found = [one for one in root(line, vcpus).iter("text") if str(one.get("class")).startswith(kind)]
    return {
        f"{one.get('class')}: {one.text}": (float(one.get("x", "nan")), float(one.get("y", "nan"))) for one in found
    }


@pytest.mark.parametrize("name", SVGS)
def test_every_class_has_a_look_in_the_style_of_its_picture(name: str) -> None:
    """But for those that only name a thing, and the class of a first state."""
    svg = svg_of(name)
    rules = "".join(re.findall(r"<style>(.*?)</style>", svg, re.DOTALL)) or style("light")
    ruled = set(re.findall(r"\.([a-z][\w-]*)", rules)) | NAMED_ONLY
    used = {one for words in re.findall(r'\bclass="([^"]*)"', svg) for one in words.split()}
    states = {f"s-{state}" for state in re.findall(r'data-state="([^"]*)"', svg)}
    assert used - ruled - states == set()


@pytest.mark.parametrize(("line", "vcpus"), TREES)
def test_heads_stand_over_the_middle_of_what_they_name(line: str, vcpus: int) -> None:
    boxes, heads = scene(line, vcpus).place.boxes, words_of(line, vcpus, "head")
    wing = [box for name, box in boxes.items() if name == VCPUS or name.startswith(("TDVPR", "TDCX"))]
    spans = {"mirror": (boxes["spt root"],) * 2, "TD control pages": (boxes["TDCS[0]"], boxes["TDR"])}
    if vcpus:
        spans["vCPU pages"] = min(wing, key=lambda box: box.x), max(wing, key=lambda box: box.right)
    top = boxes["spt root"].y
    for words, (first, last) in spans.items():
        x, y = heads.pop(f"head: {words}")
        assert x == pytest.approx((first.x + last.right) / 2, abs=0.1)
        assert top - 20 < y < top and (words != "vCPU pages" or y < min(box.y for box in wing))
    small = {"TDCX": boxes.get("TDCX[0][3]"), "TDCS": boxes["TDCS[4]"]}
    for words, box in small.items():
        if box and box.height > 20:
            x, y = heads.pop(f"head small: {words}")
            assert x == pytest.approx(box.right, abs=0.1) and box.bottom + 6 < y < box.bottom + 20
    assert not [words for words in heads if words.startswith(("head:", "head small:"))]


@pytest.mark.parametrize(("line", "vcpus"), TREES)
def test_rows_are_named_beside_the_first_table_that_is_alone_and_shelves_above_theirs(line: str, vcpus: int) -> None:
    own, heads = scene(line, vcpus), words_of(line, vcpus, "head ")
    boxes, key = own.place.boxes, own.place.boxes["HKID"]
    alone = [table for table in own.plan.large if table[0] > 1 and own.tree.level_counts()[table[0]] == 1]
    free = [table for table in alone if abs(key.middle[1] - boxes[spt_name(*table)].middle[1]) > key.height]
    sides = [heads.pop(f"head end: {words}", None) for words in ("mirror table",)]
    sides += [heads.pop(f"head start: {words}", None) for words in ("its S-EPT page",)]
    assert [side is not None for side in sides] == [bool(free)] * 2
    if free:
        left, right = boxes[spt_name(*free[0])], boxes[sept_name(*free[0])]
        assert sides[0] and sides[1] and sides[0][1] == sides[1][1] and left.y < sides[0][1] < left.bottom
        assert left.x - 20 < sides[0][0] < left.x and right.right < sides[1][0] < right.right + 20
    rows = {name: box for name, box in boxes.items() if name.startswith("head ")}
    said = {f"head start: {name.split()[1]} tables{', in gfn order' if box.width > 130 else ''}": box
            for name, box in rows.items()}  # fmt: skip
    left_over = {words: place for words, place in heads.items() if not words.startswith("head small")}
    assert left_over.keys() == said.keys()
    for words, (x, y) in left_over.items():
        assert said[words].x < x < said[words].x + 9 and said[words].y < y < said[words].bottom


def test_tables_that_stand_out_are_named_as_those_that_fail() -> None:
    tree = folded("tree=16GiB fail=rate:1/100:7")
    drawn = ElementTree.fromstring(scene_of(tree, 1).skeleton)
    apart = [level for shelf in plan(tree).shelves for level, _ in shelf.sections]
    said = [str(one.text) for one in drawn.iter() if one.get("class") == "head start" and "first" in str(one.text)]
    assert plan(tree).groups and apart and sorted(said) == sorted(f"first L{level} tables that fail" for level in apart)


@pytest.mark.parametrize(("line", "vcpus"), TREES)
def test_shapes_that_are_no_page_s_stand_where_they_belong(line: str, vcpus: int) -> None:
    boxes, drawn = scene(line, vcpus).place.boxes, root(line, vcpus)
    (line_,) = (one for one in drawn.iter("path") if one.get("class") == "none")
    x, y, to = (float(n) for n in re.findall(r"-?[\d.]+", str(line_.get("d"))))
    left, right, key = boxes["spt root"], boxes[TDCS_ROOT], boxes["HKID"]
    assert left.right < x < to < right.x and y == pytest.approx(left.middle[1], abs=0.1)
    (own,) = (one for one in drawn.iter("g") if one.get("data-el") == "HKID")
    assert [str(one.get("class")) for one in own if one.tag == "rect"] == ["tape", "body"]
    for one in (one for one in own if one.tag == "rect"):
        grow = 4 if one.get("class") == "tape" else 0
        place = Box(*(float(one.get(name, "nan")) for name in ("x", "y", "width", "height")))
        assert (place.x, place.y) == pytest.approx((key.x - grow, key.y - grow), abs=0.1)
        assert (place.right, place.bottom) == pytest.approx((key.right + grow, key.bottom + grow), abs=0.2)
    (glyph,) = own.iter("use")
    assert key.x < float(glyph.get("x", "nan")) < key.x + 18 and key.y < float(glyph.get("y", "nan")) < key.middle[1]
    warned = [str(one.get("transform")) for one in drawn.iter("g") if str(one.get("data-el")).startswith("warn HKID")]
    places = [[float(n) for n in re.findall(r"-?[\d.]+", one)] for one in warned]
    assert [scale for *_, scale in places] == [1, 1] and places[1][0] - places[0][0] == pytest.approx(25)
    assert all(key.middle[0] < x and x + 24 < key.right and y + 22 < key.y for x, y, _ in places)


@pytest.mark.parametrize("line", ["1x1x3", "1x1x12", "1x2x3"])
@pytest.mark.parametrize("vcpus", [1, 3])
def test_between_two_pages_is_room(line: str, vcpus: int) -> None:
    boxes = layout(Tree.parse(line), vcpus).boxes
    pages = {name: box for name, box in boxes.items() if not name.startswith(("ptr", "head"))}
    for (name, a), (other, b) in combinations(pages.items(), 2):
        gaps = (b.x - a.right, a.x - b.right, b.y - a.bottom, a.y - b.bottom)
        assert max(gaps) > 0.5, (name, other)


GRAPHVIZ: dict[str, dict[str, str | None]] = {
    "graph": {"bgcolor": "transparent", "fontname": "Helvetica", "margin": "0", "pad": "0", "ordering": "out",
              "splines": "line", "nodesep": None, "ranksep": None},
    "node": {"shape": "plain", "fontname": "Helvetica"},
    "edge": {"headport": "n", "tailport": "s", "arrowhead": "none"},
}  # fmt: skip
"""What a picture tells Graphviz for all of a kind, in Graphviz's own words; None stands for any number."""


@pytest.mark.parametrize("name", DOTS)
def test_dot_says_what_graphviz_knows_and_nothing_else(name: str) -> None:
    text = re.sub(r"label=<.*>(?=[\s\]])", "", DOTS[name]())
    given = {kind: dict(re.findall(r'(\w+)="?([^"\s\]]*)', said)) for kind, said in
             re.findall(r"^\t(graph|node|edge) \[([^\n]*)\]$", text, re.M)}  # fmt: skip
    if name == "race":
        assert given == {
            "graph": {"bgcolor": "#ffffff", "fontname": "Helvetica", "margin": "0", "pad": "0.1"},
            "node": GRAPHVIZ["node"] | {"fontcolor": "#16191d"},
        }
        assert re.search(r'^\tfontcolor="#16191d" fontsize=13 label="old, .*\\l" labeljust=l labelloc=t$', text, re.M)
        assert re.search(r"^\tlanes \[\s*id=lanes\]$", text, re.M)
        return
    wanted = {kind: dict(said) for kind, said in GRAPHVIZ.items()}
    if name.startswith("frame"):
        wanted["graph"] |= {"pad": "0.12"}
        del wanted["graph"]["bgcolor"]
    assert {kind: said.keys() for kind, said in given.items()} == {kind: said.keys() for kind, said in wanted.items()}
    for kind, said in wanted.items():
        assert {key: value for key, value in given[kind].items() if said[key]} == {k: v for k, v in said.items() if v}
    edges = [
        dict(re.findall(r'(\w+)="?([^"\s\]]*)', said)) for said in re.findall(r" -> [^\[]*\[([^\n]*)\]$", text, re.M)
    ]
    assert all(one == {"style": "invis"} or {*one} == {"color", "id", "style"} for one in edges)
    assert {one["style"] for one in edges} <= {"invis", "solid", "dotted"}
    if name != "open group":
        assert re.findall(r"^\t\t?(\w+ -> \w+) \[style=invis\]$", text, re.M) == [
            "vcpus -> root", "root -> control", "control -> HKID"]  # fmt: skip
        ranks = re.findall(r"\{\s+rank=same\s([^{}]*)\}", text)
        same = [re.findall(r"^\t\t\"?([^\s\"]+)(?: \[.*\]\"?)?$", one, re.M) for one in ranks]
        assert same[0] == ["vcpus", "root", "control"] and [one[1:] for one in same[1:]] == [["HKID"]]


@pytest.mark.parametrize("name", [name for name in DOTS if name != "race"])
def test_halves_of_a_large_twin_have_their_ports_and_pointers_no_border(name: str) -> None:
    cells = [dict(re.findall(r'(\w+)="([^"]*)"', cell)) for cell in re.findall(r"<TD ([^>]*TITLE[^>]*)>", DOTS[name]())]
    ported = {cell["TITLE"]: cell["PORT"] for cell in cells if "PORT" in cell}
    for title, port in ported.items():
        kind = title.split()[0]
        assert port == {"ptr": "p", "spt": "m", "S-EPT": "s", TDCS_ROOT: "s"}[kind], title
    pointers = [cell for cell in cells if cell["TITLE"].startswith("ptr")]
    words = [cell for cell in cells if cell["TITLE"].startswith("head")]
    assert pointers and all(cell["BORDER"] == "0" and cell["BGCOLOR"] == CLEAR for cell in pointers + words)
    assert all(int(cell["BORDER"]) > 0 for cell in cells if cell not in pointers + words), "all else has an edge"
    assert len(ported) == 3 * sum("PORT" in cell for cell in pointers)


def wide(table: ElementTree.Element) -> list[int]:
    """The widths of a table's rows, spacing included; a twin is as wide as its first row, leaves below it or not."""
    spacing = int(table.get("CELLSPACING", "0"))
    rows = [[int(cell.get("WIDTH") or wide(cell[0])[0]) for cell in row] for row in table]
    return [sum(row) + spacing * (len(row) + 1) for row in rows]


@pytest.mark.parametrize("line", ["tree=16GiB fail=rate:1/100:7", "tree=1x1x12", "tree=1x1x21", "tree=1x4x5"])
def test_a_shelf_s_rows_are_as_wide_as_its_head_and_where_it_has_a_bar_as_that(line: str) -> None:
    own = _Picture(folded(line), 1, {})
    assert own.plan.shelves
    for shelf in own.plan.shelves:
        least = own.bar_width() if own.plan.groups else 0
        drawn = ElementTree.fromstring(own.shelf(shelf, least))
        lines = [table for table in drawn.iter("TABLE") if table.get("CELLSPACING") == "8"]
        assert lines and len({*wide(drawn), *(one for table in lines for one in wide(table))}) == 1
        assert wide(drawn)[0] >= least
        rows = [row for table in lines for row in table]
        held = [sum(bool(list(cell)) for cell in row) for row in rows]
        assert sum(held) == sum(len(tables) for _, tables in shelf.sections) and max(held) <= shelf.columns


@pytest.mark.parametrize("vcpus", [1, 3])
def test_blocks_have_their_pages_in_order_and_a_blank_where_the_root_or_none_is(vcpus: int) -> None:
    text = picture(Tree.parse("1x1x1"), vcpus)
    rows = re.findall(r"<TR>((?:(?!</?TR>|<TABLE).)*)</TR>", text)
    titles = [
        [(re.findall(r'TITLE="([^"]*)"', cell) or [""])[0] for cell in re.findall(r"<TD ([^>]*)>", row)] for row in rows
    ]
    block = [["0", "1", "2"], ["", "4", "5"]]
    for row in block:
        assert [n and f"TDCS[{n}]" for n in row] in titles
    if vcpus == 1:
        assert ["TDCX[0][0]", "TDCX[0][1]", "TDCX[0][2]"] in titles and ["", "TDCX[0][3]", "TDCX[0][4]"] in titles
    else:
        for vcpu in range(vcpus):
            assert [f"TDVPR[{vcpu}]", *(f"TDCX[{vcpu}][{n}]" for n in range(5))] in titles


def test_a_loss_is_said_at_each_large_page_but_kvm_s_own() -> None:
    boxes = scene("1x1x3", 1).place.boxes
    pages = {str(one.get("data-page")): one for one in root("1x1x3", 1).iter("g") if one.get("data-page")}
    tags = {page: [text for text in one.iter("text") if str(text.get("class")).startswith("tag")]
            for page, one in pages.items()}  # fmt: skip
    assert {page for page, found in tags.items() if found} == {
        page for page in pages if boxes[page].width >= 50 and not page.startswith("spt")
    }
    assert {text.text for found in tags.values() for text in found} == {"LEAKED 4 KiB"}
    frame = [float(n) for n in str(root("1x1x3", 1).get("viewBox")).split()]
    (own,) = tags["TDR"]
    assert (
        float(own.get("x", "nan")) < boxes["TDR"].middle[0] and boxes["TDR"].middle[0] + 29 <= frame[0] + frame[2] - 15
    )


@pytest.mark.parametrize(("line", "vcpus"), TREES)
def test_a_line_to_the_tdr_leaves_a_table_upwards_and_to_the_right(line: str, vcpus: int) -> None:
    for one in root(line, vcpus).iter("path"):
        way = re.match(r"M(-?[\d.]+),(-?[\d.]+)L(-?[\d.]+),(-?[\d.]+)H", str(one.get("d")))
        name = str(one.get("data-el")).removeprefix("cause ")
        assert bool(way) == (one.get("class") == "cause" and name.startswith(("S-EPT", "group L")))
        if way:
            x, y, x2, y2 = map(float, way.groups())
            assert x < x2 < x + 12 and y - 12 < y2 < y


def test_what_a_group_shows_when_it_is_open_lies_within_its_frame() -> None:
    (shelf,) = scene("1x1x61", 5).shelves.values()
    drawn = ElementTree.fromstring(re.sub(r'xmlns="[^"]*"', "", shelf))
    left, top, width, height = (float(n) for n in str(drawn.get("viewBox")).split())
    for one in drawn.iter("rect"):
        if one.get("x"):
            x, y, wide_, high = (float(one.get(name, "nan")) for name in ("x", "y", "width", "height"))
            assert left <= x <= x + wide_ <= left + width and top <= y <= y + high <= top + height


@pytest.mark.parametrize(("page", "grow"), [("TDCS[1]", 3), ("HKID", 9), ("TDVPR[0]", 9), ("TDCX[0][2]", 3)])
def test_the_outline_of_a_small_page_is_nearer(page: str, grow: float) -> None:
    box, drawn = scene("1x1x3", 1).place.boxes[page], scene("1x1x3", 1).outline(page)
    assert drawn == Box(box.x - grow, box.y - grow, box.width + 2 * grow, box.height + 2 * grow)


def test_both_pages_of_a_table_that_stands_for_others_say_for_how_many() -> None:
    tree = folded("tree=16GiB fail=L1@0x200")
    drawn = ElementTree.fromstring(re.sub(r'xmlns="[^"]*"', "", scene_of(tree, 1).skeleton))
    for one in drawn.iter("g"):
        page = str(one.get("data-page"))
        if page.startswith(("spt L", "S-EPT")):
            count = times(tree, page)
            assert one[0].text == (page if count == 1 else f"{page}, one of {count:,} alike")
