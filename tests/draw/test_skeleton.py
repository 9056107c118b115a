"""What may appear in the picture, and where: every tree's drawing against the boxes that the engine gave."""

import re
from functools import cache
from xml.etree import ElementTree

import pytest

from kvmviz.draw.dot import guests, pair_name
from kvmviz.draw.geometry import Box
from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.pen import Pen
from kvmviz.draw.scene import Scene, scene_of
from kvmviz.draw.shelves import times
from kvmviz.draw.skeleton import Drawing
from kvmviz.scenario.names import sept_name, spt_name
from kvmviz.scenario.tree import Tree

TREES = ["1x1x1", "1x1x3", "1x2x2", "1x1x12", "1x1x20x2", "1x1x61", "2GiB"]


@cache
def scene(line: str, vcpus: int = 1) -> Scene:
    return scene_of(Tree.parse(line), vcpus)


def drawing(line: str, vcpus: int = 1) -> Drawing:
    found = scene(line, vcpus)
    return Drawing(found.tree, found.place, Pen(), found.members)


def root(line: str, vcpus: int = 1) -> ElementTree.Element:
    return ElementTree.fromstring(re.sub(r'xmlns="[^"]*"', "", scene(line, vcpus).skeleton))


def named(tree: ElementTree.Element, what: str = "el") -> dict[str, ElementTree.Element]:
    found = [(str(one.get(f"data-{what}")), one) for one in tree.iter() if one.get(f"data-{what}")]
    assert len(found) == len(dict(found)), "each element is there once"
    return dict(found)


def shown(line: str) -> list[tuple[int, int]]:
    plan = scene(line).plan
    shelved = [] if plan.groups else [t for shelf in plan.shelves for _, tables in shelf.sections for t in tables]
    return [*plan.large, *shelved]


@pytest.mark.parametrize("line", TREES)
def test_every_table_that_is_shown_has_its_two_pages_its_capsule_its_pointer_and_its_warnings(line: str) -> None:
    tree, found = root(line), named(root(line))
    pages = named(tree, "page")
    for table in shown(line):
        name = pair_name(table)
        assert {spt_name(*table), sept_name(*table)} <= pages.keys()
        assert {f"twin {name}", f"ptr {name}", f"warn S-EPT {name} 0", f"cause S-EPT {name}"} <= found.keys()
        if table[0] == 1 and "GiB" not in line:
            assert {*guests(table)} <= pages.keys()
            assert {f"cause {page}" for page in guests(table)} <= found.keys()
    assert {"spt root", "TDR", "TDCS[0]", "TDCS[3]", "TDVPR[0]"} <= pages.keys()
    assert "cause TDR" not in found and "HKID" in found
    lowest = any(level == 1 for level, _ in shown(line))
    assert any(page.startswith("guest") for page in pages) == (lowest and "GiB" not in line)


@pytest.mark.parametrize("line", TREES)
def test_a_capsule_lies_round_both_pages_of_a_table(line: str) -> None:
    boxes = scene(line).place.boxes
    for table in shown(line):
        (capsule,) = (one for one in named(root(line))[f"twin {pair_name(table)}"] if one.tag.endswith("rect"))
        x, y, width, height = (float(capsule.get(key, "nan")) for key in ("x", "y", "width", "height"))
        left, right = boxes[spt_name(*table)], boxes[sept_name(*table)]
        grow = left.x - x
        assert grow == pytest.approx(7 if left.width >= 50 else 2, abs=0.1)
        assert x + width == pytest.approx(right.right + grow, abs=0.2)
        assert y == pytest.approx(left.y - grow, abs=0.1)
        assert y + height == pytest.approx(left.bottom + grow, abs=0.2)


def numbers(path: str) -> list[float]:
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", path)]


@pytest.mark.parametrize("line", ["1x1x3", "1x1x12", "1x1x61"])
def test_a_line_to_the_tdr_begins_at_its_page_runs_beside_the_picture_and_ends_at_the_tdr(line: str) -> None:
    place = scene(line).place
    to = place.boxes["TDR"]
    for name, element in named(root(line)).items():
        if name.startswith("cause "):
            page, path = name.removeprefix("cause "), str(element.get("d"))
            box = place.boxes[page]
            x, y, *_ = numbers(path)
            across = float(re.findall(r"H(-?[\d.]+)V", path)[-1])
            up, end = (float(n) for n in re.findall(r"V(-?[\d.]+)H(-?[\d.]+)M", path)[0])
            assert across > max(one.right for one in place.boxes.values() if one is not to) - 30
            assert across == pytest.approx(place.width + 11, abs=0.1)
            assert up == pytest.approx(to.middle[1], abs=0.1) and to.right < end < across
            over = page.startswith("S-EPT") or (page.startswith("group ") and page != "group vCPUs")
            if over:
                assert box.right < x and y < box.y
            else:
                assert x == pytest.approx(box.middle[0], abs=0.1) and y > box.bottom
                turn = float(re.findall(r"V(-?[\d.]+)", path)[0])
                below = page.startswith("guest") or turn > place.boxes["spt root"].bottom
                assert turn > y and below
            ax, ay, bx, by, cx, cy = numbers(path.rpartition("M")[2])
            assert bx == pytest.approx(end, abs=0.1) and ax == cx > bx and ay < by < cy


def test_words_of_a_loss_stand_where_there_is_room_for_them() -> None:
    small = drawing("1x1x3")
    box = small.boxes["S-EPT L1 gfn=0x200"]
    assert small.tag_place((1, 0x200), box) == "below leaves"
    assert small.tag_place((3, 0), small.boxes["S-EPT L3 gfn=0x0"]) in ("beside", "corner")
    assert drawing("2GiB").tag_place((1, 0), Box(0, 0, 58, 46)) == "below"
    assert small.tag_place((1, 0), Box(0, 0, 34, 26)) == ""
    assert drawing("1x2x2").tag_place((2, 0), Box(0, 0, 58, 46)) == "below"
    key = small.boxes["HKID"]
    beside = Box(key.x - 100, key.y, 58, key.height)
    assert small.in_key_row(beside)
    assert not small.in_key_row(Box(key.right + 10, key.y, 58, key.height))
    assert not small.in_key_row(Box(key.x - 100, key.y + 3 * key.height, 58, key.height))
    assert small.tag_place((2, 0), beside) == "corner"
    assert small.tag_place((2, 0), Box(0, key.bottom + 100, 58, 46)) == "beside"


def test_words_of_a_cut_pointer_stand_left_of_a_table_alone_and_below_others() -> None:
    one, box = drawing("1x1x3"), Box(100, 50, 58, 46)
    assert one.null_place((2, 0), box) == (86, 77)
    assert one.null_place((1, 0), box) == (158, 120)
    assert drawing("1x2x2").null_place((2, 0), box) == (158, 120)
    assert one.null_place((2, 0), Box(0, 0, 34, 26)) is None
    assert drawing("1x1x1").null_place((1, 0), box) == (158, 120)


def test_links_join_a_table_to_its_parent() -> None:
    found = named(root("1x2x2"))
    joined = {name for name in found if name.startswith("link ")}
    assert joined == {f"link {pair_name(table)}" for table in Tree.parse("1x2x2").tables()}


def test_a_twin_that_stands_for_several_is_marked_with_how_many() -> None:
    tree = Lockstep.of(["v1"], "tree=16GiB fail=L1@0x200").tree
    found = scene_of(tree, 1)
    own = Drawing(tree, found.place, Pen(), found.members)
    for table in tree.tables():
        count = times(tree, sept_name(*table))
        said = own.group_of(table)
        if count == 1:
            assert said == ""
        else:
            assert f' data-group="{pair_name(table)} x {count}" data-times="{count}"' in said
            assert f'data-count-in-use="{count}"' in said and f'data-count-tdx-owned="{count}"' in said


def test_the_key_is_drawn_in_all_its_states() -> None:
    words = [text.text for text in named(root("1x1x3"))["HKID"].iter() if text.tag.endswith("text")]
    assert words == [f"HKID {state}" for state in ("assigned", "released", "leaked")]


def test_folded_groups_have_bars_and_the_words_of_what_they_fold() -> None:
    groups = named(root("1x1x61", 16))
    names = {name.removeprefix("group ") for name in groups if name.startswith("group ")}
    assert names == {"vCPUs", *(group.name for group in scene("1x1x61", 16).plan.groups)}
    texts = {name: [t.text for t in one.iter() if t.get("class") == "group-name"] for name, one in groups.items()}
    assert texts["group L2 gfn=0x0"] == ["\u25b8 L2 gfn=0x0: 61 tables"]
    assert texts["group vCPUs"] == ["\u25b8 all vCPU pages"]
    assert "warn group L2 gfn=0x0 0" in groups and "cause group L2 gfn=0x0" in groups


def test_an_open_shelf_has_its_tables_and_names_its_rows() -> None:
    (shelf,) = scene("1x1x61").shelves.values()
    tree = ElementTree.fromstring(re.sub(r'xmlns="[^"]*"', "", shelf))
    pages = named(tree, "page")
    tables = [table for table in Tree.parse("1x1x61").tables() if table[0] == 1]
    assert {sept_name(*table) for table in tables} <= pages.keys()
    heads = [text.text for text in tree.iter() if text.tag.endswith("text") and text.get("class") == "head start"]
    assert heads == ["L1 tables, in gfn order"]
    assert "here" in named(tree) and "HKID" not in named(tree)


def test_the_frame_of_the_picture_holds_every_box() -> None:
    for line in TREES:
        x, y, width, height = (float(n) for n in str(root(line).get("viewBox")).split())
        for box in scene(line).place.boxes.values():
            assert x <= box.x and y <= box.y and box.right <= x + width and box.bottom <= y + height


def test_the_outline_of_now_is_where_it_is_asked_to_be() -> None:
    own = drawing("1x1x3")
    assert 'data-state="none"' in own.here(None) and " x=" not in own.here(None)
    said = own.here(Box(1, 2, 3, 4))
    assert 'data-state="now" x="1.0" y="2.0" width="3.0" height="4.0"' in said


@pytest.mark.parametrize("line", ["1x1x3", "1x1x12", "1x1x61"])
def test_words_of_the_key_stand_in_its_box_and_heads_above_what_they_name(line: str) -> None:
    key, boxes = named(root(line))["HKID"], scene(line).place.boxes
    for text in (one for one in key.iter() if one.tag.endswith("text")):
        x, y = float(text.get("x", "nan")), float(text.get("y", "nan"))
        box = boxes["HKID"]
        assert box.x < x < box.right and box.y < y < box.bottom
    heads = {str(text.text): text for text in root(line).iter() if text.get("class") == "head"}
    for words, page in (("vCPU pages", "TDVPR[0]"), ("mirror", "spt root"), ("TD control pages", "TDR")):
        assert float(heads[words].get("y", "nan")) < boxes[page].y
