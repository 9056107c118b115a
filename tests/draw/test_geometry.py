"""DOT, layout and skeleton: every page has its place, whatever the tree; geometry itself is nobody's business."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvmviz.draw import rendering
from kvmviz.draw.dot import picture
from kvmviz.draw.elements import slug
from kvmviz.draw.geometry import Box, Layout, layout, read
from kvmviz.draw.scene import scene_of
from kvmviz.draw.shelves import BARS, LARGE, UNFOLDED, plan
from kvmviz.record.folding import fold
from kvmviz.record.frames import pages_of
from kvmviz.scenario import Scenario
from kvmviz.scenario.tree import Tree

TREES = ["1x1x1", "1x1x3", "1x1x12", "1x2x3", "2x2x2", "1x5x3", "1x2x64", "1x1x512", "2x2x2x2", "4x20x1", "1GiB"]

trees = st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(1, 40)).map(lambda t: Tree(t))


@given(trees)
def test_plan_puts_every_table_in_one_place(tree: Tree) -> None:
    made = plan(tree)
    shelved = [t for s in made.shelves for _, tables in s.sections for t in tables]
    folded = [t for group in made.groups for t in group.tables]
    assert sorted([*made.large, *shelved, *folded]) == sorted(tree.tables())
    assert not (shelved and folded)
    assert bool(folded) <= (tree.count > UNFOLDED)
    assert all(sum(level == other for other, _ in made.large) <= LARGE for level, _ in made.large)
    assert len(made.groups) <= BARS


@settings(max_examples=20)
@given(trees, st.integers(0, 7))
def test_skeleton_has_every_page_once(tree: Tree, vcpus: int) -> None:
    scenario = Scenario(tree=tree, vcpus=vcpus)
    scene = scene_of(tree, vcpus)
    drawn = scene.skeleton + "".join(scene.shelves.values())
    found = re.findall(r'data-page="([^"]*)"', drawn)
    wanted = {page.name for page in pages_of(scenario)}
    if 'data-group="vCPUs"' in drawn:
        wanted = {name for name in wanted if not name.startswith(("TDVPR", "TDCX"))}
    assert len(found) == len(set(found))
    assert set(found) == wanted


@pytest.mark.parametrize("tree", TREES)
def test_skeleton_is_xml_and_keeps_ids_apart(tree: str) -> None:
    ElementTree.fromstring(scene_of(Tree.parse(tree), 1).skeleton)
    assert all(i.startswith("@ID@") for i in re.findall(r'\bid="([^"]*)"', scene_of(Tree.parse(tree), 1).skeleton))


def test_boxes_of_pages_do_not_overlap() -> None:
    for tree in TREES:
        boxes = [box for name, box in layout(Tree.parse(tree), 2).boxes.items() if not name.startswith(("ptr", "head"))]
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                apart = a.right <= b.x + 0.5 or b.right <= a.x + 0.5 or a.bottom <= b.y + 0.5 or b.bottom <= a.y + 0.5
                assert apart, (tree, a, b)


def shape(place: Layout) -> tuple[set[str], set[str]]:
    return set(place.boxes), set(place.links)


def test_both_engines_place_the_same_things() -> None:
    try:
        programs = [rendering.engine("dot"), rendering.engine(rendering.PURE)]
    except rendering.DrawError as missing:
        pytest.skip(str(missing))
    for tree in TREES:
        text = picture(Tree.parse(tree), 1)
        assert shape(read(rendering.render(text, "svg", programs[0]))) == shape(
            read(rendering.render(text, "svg", programs[1]))
        )


def test_children_stand_below_their_parents() -> None:
    boxes = layout(Tree.parse("1x2x2"), 1).boxes
    assert boxes["spt root"].bottom < boxes["spt L3 gfn=0x0"].y
    assert boxes["spt L3 gfn=0x0"].bottom < boxes["spt L2 gfn=0x40000"].y
    assert boxes["S-EPT L2 gfn=0x0"].bottom < boxes["S-EPT L1 gfn=0x200"].y
    assert boxes["spt L1 gfn=0x0"].right < boxes["S-EPT L1 gfn=0x0"].x


def test_slugs_of_different_pages_differ() -> None:
    names = [page.name for page in pages_of(Scenario.parse("tree=2x3x4 vcpus=3"))]
    assert len({slug(name) for name in names}) == len(names)


@pytest.mark.parametrize("line", ["tree=1TiB fail=rate:1/1000:7", "tree=16GiB fail=all", "tree=1TiB fail=L2@0x40000"])
def test_a_large_tree_shows_each_table_once_and_first_what_stands_out(line: str) -> None:
    scenario = Scenario.parse(line)
    folded = fold(scenario.tree, scenario.fail)
    made = plan(folded)
    apart = [t for s in made.shelves for _, tables in s.sections for t in tables]
    grouped = [t for group in made.groups for t in group.tables]
    assert sorted([*made.large, *apart, *grouped]) == sorted(folded.tables())
    if grouped:
        assert all(scenario.fail.selects(*table) for table in apart)
        assert bool(apart) == ("all" not in line)
    scene = scene_of(folded, 1)
    drawn = scene.skeleton + "".join(scene.shelves.values())
    found = re.findall(r'data-page="([^"]*)"', drawn)
    assert sorted(found) == sorted(page.name for page in pages_of(scenario, folded))


def test_boxes_and_lines_are_read_from_what_an_engine_wrote_and_from_nothing_else() -> None:
    drawn = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="1 2 90 70">
    <g class="graph"><polygon points="0,0 90,-70"/>
    <g class="node" id="n"><a xlink:title="a page"><polygon points="10,-60.5 10,-20 34,-20 34,-60.5"/></a>
    <a xlink:title="words"><text>a</text></a><a><polygon points="0,0 1,1"/></a></g>
    <g class="edge" id="link_a"><path d="M10,-20C11,-22 12,-24 30.5,-5"/></g>
    <g class="edge" id="short"><path d="M10,-20"/></g><g class="edge" id="none"/>
    <g class="other" id="no"><path d="M1,2 3,4"/></g></g></svg>"""
    place = read(drawn)
    assert (place.width, place.height) == (90, 70)
    assert place.boxes == {"a page": Box(10, 9.5, 24, 40.5)} and place.links == {"link_a": (10, 50, 30.5, 65)}
    box = place.boxes["a page"]
    assert (box.right, box.bottom, box.middle) == (34, 50, (22, 29.75))
