"""A picture is a value: the same frame is the same text, and a frame differs from the skeleton in states alone."""

import re

import pytest

from kvmviz.draw.elements import Element
from kvmviz.draw.looks import changes
from kvmviz.draw.pen import Pen
from kvmviz.draw.picture import states_after
from kvmviz.draw.scene import Scene, scene_of
from kvmviz.record.runs import run
from kvmviz.scenario.tree import Tree

TREES = ("1x1x1", "1x1x3", "1x2x58", "1GiB")
STATE = re.compile(r'data-(?:page|el)="([^"]*)" data-state="([^"]*)"')


def bare(svg: str) -> str:
    """The text without what a frame may change."""
    svg = re.sub(r'( s-[a-z-]+)(?=")|data-state="[^"]*"| data-count-[a-z-]+="[0-9]+"', "", svg)
    svg = re.sub(r'(<g class="bar" data-bar="[^"]*">).*?</g></g>(?=<g )', r"\1</g></g>", svg)
    return re.sub(r'(<rect class="here"[^>]*?)( [xy]="[^"]*"| width="[^"]*"| height="[^"]*")+', r"\1", svg)


@pytest.mark.parametrize("tree", TREES)
def test_without_states_a_frame_shows_the_first_ones(tree: str) -> None:
    scene = scene_of(Tree.parse(tree), 1)
    assert dict(STATE.findall(scene.svg({}))) == dict(STATE.findall(scene.skeleton))
    for page, state in STATE.findall(scene.skeleton):
        if re.match(r"S-EPT|spt|TD", page):
            assert state == Element.parse(page).first


@pytest.mark.parametrize("tree", TREES)
def test_a_frame_shows_the_states_that_it_is_given_and_moves_nothing(tree: str) -> None:
    ended = states_after(changes(run("v1", f"tree={tree} fail=all")))
    scene = scene_of(Tree.parse(tree), 1)
    drawn = scene.svg(ended, "TDR")
    for name, state in STATE.findall(drawn):
        if not name.startswith(("here", "cause group")):
            assert state == ended.get(name, state), name
    assert drawn == Scene(Tree.parse(tree), 1).svg(ended, "TDR")
    assert bare(drawn) == bare(scene.skeleton)


def test_every_state_is_a_class_too() -> None:
    drawn = scene_of(Tree.parse("1x1x3"), 1).svg({"TDR": "leaked"})
    marked = re.findall(r'class="[^"]* s-([a-z-]+)"[^>]*data-state="([^"]*)"', drawn)
    assert len(marked) == len(STATE.findall(drawn)) and all(a == b for a, b in marked)


def test_the_outline_goes_round_a_twin_and_round_a_page_on_its_own() -> None:
    scene = scene_of(Tree.parse("1x1x3"), 1)
    twin, alone = scene.outline("S-EPT L1 gfn=0x200"), scene.outline("TDR")
    assert twin is not None and alone is not None and twin.width > 2 * alone.width - 40
    assert scene.outline("spt L1 gfn=0x200") == twin
    assert scene.outline(None) is scene.outline("S-EPT L1 gfn=0x8000") is None
    assert scene.outline("HKID") is not None


def test_counts_say_how_many_pages_are_in_which_state() -> None:
    pages = ("spt L1 gfn=0x0", "S-EPT L1 gfn=0x0")
    assert Pen().counts(pages, 5) == ' data-count-in-use="5" data-count-tdx-owned="5"'
    assert Pen({pages[0]: "freed", pages[1]: "freed"}).counts(pages, 5) == ' data-count-freed="10"'


def test_a_group_is_lost_where_a_page_in_it_costs_the_tdr() -> None:
    scene = scene_of(Tree.parse("1x1x100"), 1)
    member = scene.members[next(iter(scene.members))][0]
    drawn = dict(STATE.findall(scene.svg({f"cause {member}": "on"})))
    assert [name for name, state in drawn.items() if name.startswith("cause group") and state == "on"]


def test_the_outline_is_a_margin_wider_on_every_side() -> None:
    scene = scene_of(Tree.parse("1x1x3"), 1)
    for page, left, right in (("TDR", "TDR", "TDR"), ("S-EPT L1 gfn=0x0", "spt L1 gfn=0x0", "S-EPT L1 gfn=0x0")):
        first, last, drawn = scene.place.boxes[left], scene.place.boxes[right], scene.outline(page)
        assert drawn is not None
        grow = first.x - drawn.x
        assert grow == 9.0 == first.y - drawn.y and drawn.right == last.right + grow
        assert drawn.bottom == first.bottom + grow


def test_only_a_picture_that_stands_still_has_its_bars_filled() -> None:
    scene = scene_of(Tree.parse("1x1x100"), 1)
    assert 'class="seg' not in scene.skeleton and scene.svg({}).count('class="seg') == len(scene.members)


def test_a_guest_page_marks_the_group_of_its_table() -> None:
    scene = scene_of(Tree.parse("1x1x100"), 1)
    name, pages = next((name, pages) for name, pages in scene.members.items() if "L1" in pages[0])
    gfn = int(pages[0].split("=")[1], 16)
    drawn = dict(STATE.findall(scene.svg({f"cause guest gfn={gfn + 1:#x}": "on"})))
    assert drawn[f"cause group {name}"] == "on"
