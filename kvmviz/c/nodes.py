"""The nodes of C where tree-sitter is no extension of Python: built from the rows of a parser that the page has.

In a browser the same parser and the same grammar run as WebAssembly beside Python.
Crossing over for each question would be slow, so a text crosses once, and these
nodes answer as `tree_sitter.Node` does, as far as `kvmviz.c` asks.
"""

from typing import Any, Final, NamedTuple

from kvmviz.browser import parse_c

NAMED, MISSING, ERROR = 1, 2, 4
"""Bits of a row's fourth column."""


class Point(NamedTuple):
    """A place in a text: line and byte in it, both from 0."""

    row: int
    column: int


class Node:
    """A node of C, as tree-sitter describes it."""

    __slots__ = (
        "_field", "children", "end_byte", "end_point", "has_error", "id", "is_missing", "is_named", "parent",
        "start_byte", "start_point", "text", "type",
    )  # fmt: skip

    def __init__(self, number: int, row: list[Any], parent: "Node | None", source: bytes) -> None:
        _, self.type, self._field, flags, self.start_byte, self.end_byte, start, end = row
        self.id: Final = number
        self.parent: Final = parent
        self.children: Final[list[Node]] = []
        self.is_named, self.is_missing, self.has_error = bool(flags & NAMED), bool(flags & MISSING), bool(flags & ERROR)
        self.start_point, self.end_point = Point(*start), Point(*end)
        self.text: Final = source[self.start_byte : self.end_byte]

    @property
    def named_children(self) -> "list[Node]":
        """The children that the grammar gives a name."""
        return [child for child in self.children if child.is_named]

    def children_by_field_name(self, name: str) -> "list[Node]":
        """Return the children that stand in a field of the grammar."""
        return [child for child in self.children if child._field == name]

    def child_by_field_name(self, name: str) -> "Node | None":
        """Return the first child that stands in a field of the grammar."""
        return next(iter(self.children_by_field_name(name)), None)


class Tree(NamedTuple):
    """What a text was parsed to."""

    root_node: Node


def tree(rows: list[list[Any]], source: bytes) -> Tree:
    """Build the nodes of a text from the parser's rows; each begins with the number of the node above it."""
    nodes: list[Node] = []
    for number, row in enumerate(rows):
        above = nodes[row[0]] if row[0] >= 0 else None
        nodes.append(Node(number, row, above, source))
        if above is not None:
            above.children.append(nodes[-1])
    return Tree(nodes[0])


class Parser:
    """Stands where `tree_sitter.Parser` would."""

    def parse(self, source: bytes) -> Tree:
        """Return the tree of a text."""
        return tree(parse_c(source), source)
