"""The nodes that a browser's parser gives answer as tree-sitter's own do."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from kvmviz.c import nodes
from kvmviz.c.syntax import parser

FIELDS = ("declarator", "body", "type", "parameters", "condition", "consequence", "left", "right", "value")
BROKEN = b"int f(void) { return 1 + ; }\nint g(int x) { if (x { return; }"


def rows(source: bytes) -> Iterator[list[Any]]:
    """What `docs/lite/start.mjs` hands over, from tree-sitter in Python."""
    cursor, above, number = parser().parse(source).walk(), [-1], 0
    while True:
        node = cursor.node
        assert node is not None
        flags = nodes.NAMED * node.is_named | nodes.MISSING * node.is_missing | nodes.ERROR * node.has_error
        places = node.start_byte, node.end_byte, [*node.start_point], [*node.end_point]
        yield [above[-1], node.type, cursor.field_name, flags, *places]
        number += 1
        if cursor.goto_first_child():
            above.append(number - 1)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            above.pop()


def same(ours: nodes.Node, theirs: Any) -> int:
    """Compare two nodes and all below them; return how many there were."""
    assert (ours.type, ours.text, ours.is_named, ours.is_missing, ours.has_error) == (
        theirs.type, theirs.text, theirs.is_named, theirs.is_missing, theirs.has_error,
    )  # fmt: skip
    assert ours.start_point == tuple(theirs.start_point)
    assert ours.end_point.row == theirs.end_point.row
    assert [one.start_byte for one in ours.named_children] == [one.start_byte for one in theirs.named_children]
    for field in () if theirs.has_error else FIELDS:  # where C is broken, nobody asks for fields
        one, other = ours.child_by_field_name(field), theirs.child_by_field_name(field)
        assert (one and (one.type, one.start_byte)) == (other and (other.type, other.start_byte))
        assert len(ours.children_by_field_name(field)) == len(theirs.children_by_field_name(field))
    pairs = zip(ours.children, theirs.children, strict=True)
    assert all(one.parent is ours for one in ours.children)
    return 1 + sum(same(*pair) for pair in pairs)


@pytest.mark.parametrize("name", ["v1.c", "landed.c", "broken"])
def test_a_text_has_the_same_nodes_either_way(name: str) -> None:
    base = files("kvmviz.patches") / "base"
    source = BROKEN if name == "broken" else (base / name).read_bytes()
    found = nodes.tree(list(rows(source)), source).root_node
    assert same(found, parser().parse(source).root_node) > 40
    assert len({id(one) for one in found.children}) == len(found.children)
