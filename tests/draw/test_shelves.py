"""How a tree is spread: every table once, large where there is room, folded where there is none."""

import pytest

from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.shelves import (
    APART,
    BAR,
    BARS,
    LARGE,
    STANDING,
    UNFOLDED,
    WIDTH,
    Plan,
    ancestor,
    how_many,
    parent,
    plan,
    times,
)
from kvmviz.record.folding import FoldedTree
from kvmviz.scenario.tree import Tree

TREES = ["1x1x1", "1x1x3", "1x1x4", "1x1x5", "1x1x12", "1x2x3", "2x2x2", "1x1x2x3", "1x1x58", "1x1x59", "1x2x58",
         "1x20x4", "8x8x8", "1x5x2"]  # fmt: skip


def tables(found: Plan) -> list[tuple[int, int]]:
    shelves = [table for shelf in found.shelves for _, part in shelf.sections for table in part]
    return [*found.large, *shelves, *(table for group in found.groups for table in group.tables)]


def folded(line: str) -> FoldedTree:
    tree = Lockstep.of(["v1"], line).tree
    assert isinstance(tree, FoldedTree)
    return tree


@pytest.mark.parametrize("tree", TREES)
def test_every_table_is_in_one_place(tree: str) -> None:
    whole = Tree.parse(tree)
    found = tables(plan(whole))
    assert len(found) == len(set(found)) == len(list(whole.tables()))
    assert set(found) == set(whole.tables())


@pytest.mark.parametrize("tree", TREES)
def test_levels_of_few_tables_are_large_from_the_root_down(tree: str) -> None:
    whole = Tree.parse(tree)
    found, counts = plan(whole), whole.level_counts()
    assert {level for level, _ in found.large} == {level for level in counts if level >= found.lowest}
    assert all(count <= LARGE for level, count in counts.items() if level >= found.lowest)
    assert found.lowest == 1 or counts[found.lowest - 1] > LARGE


@pytest.mark.parametrize("tree", TREES)
def test_a_tree_is_folded_past_sixty_tables(tree: str) -> None:
    found = plan(Tree.parse(tree))
    assert bool(found.groups) == (Tree.parse(tree).count > UNFOLDED)
    assert len(found.groups) <= BARS
    assert all(group.shelf.width == WIDTH and group.shelf.size == "small" for group in found.groups)
    assert not (found.groups and found.shelves)


@pytest.mark.parametrize("tree", ["1x1x12", "1x2x3", "1x5x2", "8x8x8", "1x20x4"])
def test_what_stands_on_a_shelf_or_in_a_group_hangs_from_its_anchor(tree: str) -> None:
    whole = Tree.parse(tree)
    found = plan(whole)
    for shelf in (*found.shelves, *(group.shelf for group in found.groups)):
        for level, part in shelf.sections:
            assert [table[0] for table in part] == [level] * len(part)
            assert list(part) == sorted(part)
            anchored = {ancestor(whole, table, shelf.anchor[0]) if shelf.anchor else None for table in part}
            assert anchored == {shelf.anchor} or tree in ("8x8x8", "1x20x4")
        assert [level for level, _ in shelf.sections] == sorted({level for level, _ in shelf.sections}, reverse=True)


def test_a_shelf_has_as_many_columns_as_fit_and_small_twins_where_there_are_many_rows() -> None:
    (shelf,) = plan(Tree.parse("1x1x12")).shelves
    assert (shelf.size, shelf.columns, shelf.width, shelf.anchor) == ("medium", WIDTH // 88, WIDTH, (2, 0))
    (shelf,) = plan(Tree.parse("1x1x20")).shelves
    assert shelf.size == "medium"  # four rows of five
    (shelf,) = plan(Tree.parse("1x1x21")).shelves
    assert (shelf.size, shelf.columns) == ("small", WIDTH // 38)
    many = plan(Tree.parse("1x4x5")).shelves
    assert [shelf.anchor for shelf in many] == [(2, at * 0x40000) for at in range(4)]
    assert {shelf.width for shelf in many} == {(4 * (138 + 23) - 23 + 23) // 4 - 23}


def test_parents_and_ancestors() -> None:
    tree = Tree.parse("2x2x2")
    assert parent(tree, (1, 0x40200)) == (2, 0x40000)
    assert ancestor(tree, (1, 0x8040200), 3) == (3, 0x8000000)
    assert parent(tree, (3, 0x8000000)) is None
    assert ancestor(tree, (1, 0x200), tree.root_level) is None


def test_a_folded_tree_shows_what_fails_beside_its_group() -> None:
    found = plan(folded("tree=16GiB fail=L1@0x200,L1@0x400"))
    shown = [table for shelf in found.shelves for _, part in shelf.sections for table in part]
    assert not found.groups or {(1, 0x200), (1, 0x400)} <= set(shown)
    assert (1, 0x200) in tables(found)


def test_tables_stand_for_as_many_as_there_are() -> None:
    tree = folded("tree=16GiB fail=L1@0x200")
    assert how_many(tree, tree.tables()) == Tree.parse("16GiB").count
    assert times(Tree.parse("1x1x3"), "S-EPT L1 gfn=0x200") == 1
    assert max(times(tree, f"S-EPT L1 gfn={gfn:#x}") for level, gfn in tree.tables() if level == 1) > 500
    assert tree.count <= STANDING
    assert {shelf.size for shelf in plan(tree).shelves} <= {"medium"}


@pytest.mark.parametrize("tree", ["1x1x61", "1x20x4", "8x8x8", "2x2x20", "1x4x16"])
def test_a_group_is_named_by_the_table_above_it_and_hangs_from_what_is_drawn_large(tree: str) -> None:
    whole = Tree.parse(tree)
    found = plan(whole)
    below = [table for table in whole.tables() if table[0] < found.lowest]
    few = found.lowest > 2 and whole.level_counts()[found.lowest - 1] <= BARS
    at = found.lowest - 1 if few else found.lowest
    heads = list(dict.fromkeys(ancestor(whole, table, at) for table in below))
    assert [group.name for group in found.groups] == [
        "root" if head is None else f"L{head[0]} gfn={head[1]:#x}" for head in heads
    ]
    for group, head in zip(found.groups, heads, strict=True):
        assert set(group.tables) == {table for table in below if ancestor(whole, table, at) == head}
        assert group.anchor == (None if head is None else ancestor(whole, head, found.lowest))
        assert group.anchor is None or group.anchor in found.large
        assert group.shelf.anchor == group.anchor


@pytest.mark.parametrize(
    "line", ["tree=1TiB fail=rate:1/1000:7", "tree=16GiB fail=L1@0x200-0x4000", "tree=64GiB fail=all"]
)
def test_what_stands_out_from_a_folded_group_is_shown_beside_it_up_to_four(line: str) -> None:
    tree = folded(line)
    found = plan(tree)
    if not found.groups:
        assert tree.count <= STANDING
        return
    grouped = {table for group in found.groups for table in group.tables}
    failing = [table for table in tree.exceptions() if table[0] < found.lowest]
    for shelf in found.shelves:
        shown = [table for _, part in shelf.sections for table in part]
        mine = [table for table in failing if ancestor(tree, table, found.lowest) == shelf.anchor]
        assert shown and set(shown) == set(mine[:APART])
        assert not grouped & set(shown)
        assert (shelf.size, shelf.width) == ("medium", BAR)
    assert {group.shelf.size for group in found.groups} == {"medium"}
    assert set(tables(found)) == set(tree.tables())


def test_a_level_of_tables_is_a_section_and_columns_are_what_the_width_holds() -> None:
    for tree in ("1x1x12", "1x2x3", "1x5x2", "1x4x5"):
        for shelf in plan(Tree.parse(tree)).shelves:
            assert shelf.columns == max(1, shelf.width // {"medium": 88, "small": 38}[shelf.size])
            rows = max(-(-len(part) // max(1, shelf.width // 88)) for _, part in shelf.sections)
            assert (shelf.size == "medium") == (rows <= LARGE)
