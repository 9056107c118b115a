"""The DOT text of a picture: a cell for each page with its size, its look and its name; rows of a shelf; edges."""

import re
from html import unescape
from itertools import combinations

import pytest

from kvmviz.draw.dot import (
    CELL,
    CLEAR,
    TDCS_ROOT,
    Look,
    _Cells,
    _Picture,
    _points,
    guests,
    has_guests,
    pair_name,
    picture,
    shelf_picture,
)
from kvmviz.draw.elements import slug
from kvmviz.draw.geometry import layout
from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.shelves import GAP, parent, plan
from kvmviz.scenario.names import sept_name, spt_name
from kvmviz.scenario.tree import Tree

TREES = ["1x1x1", "1x1x3", "1x1x12", "1x2x3", "1x1x61", "2x2x2", "1GiB"]


def cells(text: str) -> dict[str, dict[str, str]]:
    """The attributes of each cell that has a name."""
    found = [dict(re.findall(r'([A-Z]+)="([^"]*)"', attributes)) for attributes in re.findall(r"<TD ([^>]*)>", text)]
    named = [(unescape(one["TITLE"]), one) for one in found if "TITLE" in one]
    assert len(named) == len(dict(named)), "each cell is there once"
    return dict(named)


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("vcpus", [0, 1, 2, 5])
def test_every_page_has_its_cell_and_each_cell_is_as_large_as_its_kind(tree: str, vcpus: int) -> None:
    whole = Tree.parse(tree)
    found, planned = cells(picture(whole, vcpus)), plan(whole)
    for name, cell in found.items():
        assert cell["ID"] == slug(name)
    assert {"spt root", TDCS_ROOT, "HKID", "TDR", *(f"TDCS[{n}]" for n in range(6))} <= found.keys()
    vcpu = {name for name in found if name.startswith(("TDVPR", "TDCX"))}
    assert len(vcpu) == (6 * vcpus if vcpus <= 4 else 0)
    assert ("group vCPUs" in found) == (vcpus > 4)
    shelved = [] if planned.groups else [(t, s.size) for s in planned.shelves for _, ts in s.sections for t in ts]
    sizes = [*((table, (58, 46, 22)) for table in planned.large), *((table, CELL[size]) for table, size in shelved)]
    for table, (width, height, room) in sizes:
        for page in (spt_name(*table), sept_name(*table)):
            assert (found[page]["WIDTH"], found[page]["HEIGHT"]) == (f"{width}", f"{height}"), page
        pointer = found[f"ptr {pair_name(table)}"]
        assert (pointer["WIDTH"], pointer["HEIGHT"], pointer["BORDER"]) == (f"{room}", f"{height}", "0")
        if table[0] == 1 and has_guests(whole):
            leaves = [found[page] for page in guests(table)]
            assert len({leaf["WIDTH"] for leaf in leaves}) == 1
            assert 2 * int(leaves[0]["WIDTH"]) <= width and int(leaves[0]["HEIGHT"]) >= 4
    assert {name for name in found if name.startswith("group L")} == {f"group {group.name}" for group in planned.groups}
    assert has_guests(whole) == ("GiB" not in tree)


@pytest.mark.parametrize("tree", TREES)
def test_an_edge_leads_from_each_table_to_what_hangs_from_it(tree: str) -> None:
    whole = Tree.parse(tree)
    text, planned = picture(whole, 1), plan(whole)
    drawn = re.findall(r"(\S+):p:s -> [^\[]*\[([^\]]*)\]", text)
    edges = {found[1]: tail for tail, rest in drawn if (found := re.search(r'id="?link_([^"\s]+)', rest))}
    for table in planned.large:
        above = parent(whole, table)
        assert edges[slug(pair_name(table))].strip('"') == ("root" if above is None else slug(pair_name(above)))
    for anchor, first in [*((s.anchor, s.sections[0][1][0]) for s in planned.shelves if not planned.groups),
                          *((g.anchor, g.tables[0]) for g in planned.groups[:1])]:  # fmt: skip
        assert edges[slug(pair_name(first))].strip('"') == ("root" if anchor is None else slug(pair_name(anchor)))


def test_a_look_decides_fill_edge_style_and_words_of_its_cell() -> None:
    look = Look("#112233", "#445566", "dashed", 4, "L1\na < b", "#778899")
    text = _Cells({"TDR": look}).cell("TDR", 58, 46, "m")
    (cell,) = cells(text).values()
    assert (cell["BGCOLOR"], cell["STYLE"], cell["BORDER"], cell["PORT"]) == ("#112233", "dashed", "4", "m")
    assert 'COLOR="#445566"' in text and 'COLOR="#778899">L1<BR/>a &lt; b</FONT>' in text
    plain = _Cells({}).cell("a<b", 10, 12)
    (cell,) = cells(plain).values()
    assert (cell["BORDER"], cell["WIDTH"], cell["HEIGHT"]) == ("1", "10", "12")
    assert not {"BGCOLOR", "STYLE", "PORT"} & cell.keys() and "FONT" not in plain and "a&lt;b" in plain
    (bare,) = cells(_Cells({}).cell("x", 1, 1, bare=True)).values()
    assert (bare["BORDER"], bare["BGCOLOR"]) == ("0", CLEAR)
    (filled,) = cells(_Cells({"x": look}).cell("x", 1, 1, bare=True)).values()
    assert filled["BGCOLOR"] == "#112233"


@pytest.mark.parametrize("text", ["a", "abcdef", "a\nb\nc", "spt\n0x40000\nleaked", "x" * 40])
@pytest.mark.parametrize(("width", "height"), [(58, 46), (34, 26), (18, 22)])
def test_words_are_as_large_as_fits_their_cell_from_3_to_12_points(text: str, width: int, height: int) -> None:
    size, lines = _points(text, width, height), text.split("\n")
    assert 3 <= size <= 12

    def fits(points: int) -> bool:
        return 0.66 * points * max(map(len, lines)) <= width and 1.35 * points * len(lines) <= height

    assert size == 3 or fits(size)
    assert size == 12 or not fits(size + 1)


def test_a_shelf_s_rows_are_full_but_for_blanks_at_its_end_and_named_by_their_first() -> None:
    whole = Tree.parse("1x1x12")
    (shelf,) = plan(whole).shelves
    found = cells(picture(whole, 1))
    assert f"head L1 {pair_name(shelf.sections[0][1][0])}" in found
    width, _, room = CELL[shelf.size]
    assert int(found["head L1 L1 gfn=0x0"]["WIDTH"]) == shelf.columns * (2 * width + room) + (shelf.columns + 1) * 8
    rows = re.findall(r"<TR>(?:(?!</?TR>).)*", picture(whole, 1))
    assert sum("ptr L1" in row for row in rows) >= -(-12 // shelf.columns)


def test_an_open_group_shows_its_twins_and_nothing_else() -> None:
    whole = Tree.parse("1x1x61")
    (group,) = plan(whole).groups
    found = cells(shelf_picture(whole, group))
    assert {sept_name(*table) for table in group.tables} <= found.keys()
    assert not {"TDR", "HKID", "spt root"} & found.keys()


def test_a_link_looks_as_its_frame_says() -> None:
    text = picture(Tree.parse("1x1x1"), 1, {"link L1 gfn=0x0": Look(edge="#123456", style="dotted")})
    (edge,) = [line for line in text.split("\n") if "link_L1_0x0" in line]
    assert "#123456" in edge and "style=dotted" in edge
    others = [line for line in text.split("\n") if "link_" in line and line != edge]
    assert others and all("style=solid" in line for line in others)


def test_a_folded_tree_s_groups_are_wide_enough_for_their_names() -> None:
    tree = Lockstep.of(["v1"], "tree=1TiB fail=rate:1/1000:7").tree
    found = cells(picture(tree, 1))
    groups = [cell for name, cell in found.items() if name.startswith("group L")]
    assert all(int(cell["WIDTH"]) >= 256 and cell["HEIGHT"] == "46" for cell in groups)
    assert bool(groups) == bool(plan(tree).groups)


@pytest.mark.parametrize("tree", ["1x1x61", "1x2x64", "1x4x16", "8x8x8", "2x2x20"])
def test_groups_of_several_tables_share_the_width_of_the_picture_and_stand_apart(tree: str) -> None:
    own = _Picture(Tree.parse(tree), 1, {})
    count, width = len(own.stacks()), own.plan.groups[0].shelf.width
    assert width - count < count * (own.bar_width() + GAP) - GAP <= width
    boxes = [box for name, box in layout(Tree.parse(tree), 1).boxes.items() if name.startswith("group L")]
    assert len(boxes) == len(own.plan.groups)
    for a, b in combinations(boxes, 2):
        assert max(b.x - a.right, a.x - b.right, b.y - a.bottom, a.y - b.bottom) > 5
