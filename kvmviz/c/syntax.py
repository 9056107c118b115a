"""C parsed by tree-sitter: the functions of a text by name, each with the file and line where it stands.

A function that does not parse hurts no other: it is refused by name when somebody
needs it.  tree-sitter and its grammar of C are loaded when the first C is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from kvmviz.browser import IN_BROWSER, has_page
from kvmviz.c.refuse import CError
from kvmviz.c.text import Prepared, blank, prepare
from kvmviz.c.types import Type

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_BY_MARGIN: Final = re.compile(
    r"^(?:[A-Za-z_][^\n;{}()=]*[\s*])?(\w+)[ \t]*\([^;{}()]*(?:\([^;{}()]*\)[^;{}()]*)*\)[^;{}()]*\n?\{.*?^\}",
    re.M | re.S,
)
"""A function as kernel code is laid out: it begins at the left margin and ends with a `}` there."""

MOST_RESCUED: Final = 300
"""How many functions of a text with errors are looked at by themselves."""

DEEPEST: Final = 150
"""How deep the constructs of a function may be nested."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A function as it stands in a text: its node, the text's file, its lines."""

    name: str
    node: "Node"
    unit: "Unit"
    line: int
    text: str

    @property
    def file(self) -> str:
        """The file's name, as sentences give it."""
        return self.unit.file


@dataclass(frozen=True, slots=True)
class Unit:
    """One text of C."""

    file: str
    source: str
    prepared: Prepared
    functions: dict[str, list[Definition]] = field(default_factory=dict)
    others: "list[Node]" = field(default_factory=list)

    def line(self, node: "Node") -> int:
        """Return the line of a node."""
        return node.start_point.row + 1


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of C: its name, its type as declared, where it is declared."""

    name: str
    type: Type
    at: int


@cache
def parser() -> "Parser":
    """Return the parser of C; raise CError where it is not installed."""
    if IN_BROWSER:
        return cast("Parser", _of_the_page())  # its nodes answer as tree-sitter's do
    try:
        import tree_sitter_c
        from tree_sitter import Language, Parser
    except ImportError:
        raise CError("Reading C needs tree-sitter: pip install tree-sitter tree-sitter-c.") from None
    return Parser(Language(tree_sitter_c.language()))


def _of_the_page() -> object:
    if not has_page():
        raise CError("Reading C needs a parser that this page does not bring; the folder that make lite builds does.")
    from kvmviz.c import nodes

    return nodes.Parser()


def parse(source: str, file: str) -> Unit:
    """Return a text with its functions; raise CError for what is no C at all."""
    prepared = prepare(source, file)
    unit = Unit(file, source, prepared)
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    root = parser().parse(prepared.text.encode()).root_node
    for node in _top(root):
        if node.type == "function_definition":
            _add(unit, node, lines)
        else:
            unit.others.append(node)
    if root.has_error:
        _rescue(unit, lines)
    return unit


def _rescue(unit: Unit, lines: list[str]) -> None:
    """Parse by itself each function that an error elsewhere has hidden: from the left margin to a `}` there."""
    text = unit.prepared.text
    for found in list(_BY_MARGIN.finditer(text))[:MOST_RESCUED]:
        known = unit.functions.get(found[1], [])
        if known and not any(one.node.has_error for one in known):
            continue
        alone = blank(text[: found.start()]) + found[0]
        for node in parser().parse(alone.encode()).root_node.children:
            if node.type == "function_definition" and function_name(node) == found[1]:
                unit.functions[found[1]] = [one for one in known if one.node.start_byte != node.start_byte]
                _add(unit, node, lines)


def _top(root: "Node") -> "Iterator[Node]":
    """Yield what stands at the top, and functions inside of what the parser could not read."""
    waiting = [root]
    while waiting:
        for node in waiting.pop().children:
            if node.type in ("ERROR", "linkage_specification", "declaration_list"):
                waiting.append(node)
            yield node


def _add(unit: Unit, node: "Node", lines: list[str]) -> None:
    name = function_name(node)
    if name:
        first = node.start_point.row
        text = "\n".join(lines[first : node.end_point.row + 1])
        found = unit.functions.setdefault(name, [])
        if all(one.node.start_byte != node.start_byte for one in found):
            found.append(Definition(name, node, unit, first + 1, text))


def function_name(node: "Node") -> str | None:
    """Return the name of a function's definition."""
    declarator = node.child_by_field_name("declarator")
    while declarator is not None and declarator.type == "pointer_declarator":
        declarator = declarator.child_by_field_name("declarator")
    if declarator is None or declarator.type != "function_declarator":
        return None
    inner = declarator.child_by_field_name("declarator")
    return text_of(inner) if inner is not None and inner.type == "identifier" else None


def text_of(node: Any) -> str:
    """Return the C of a node."""
    found: bytes = node.text
    return found.decode()


def bare(node: "Node") -> "Node":
    """Return an expression without the parentheses around it."""
    while node.type == "parenthesized_expression":
        node = node.named_children[0]
    return node


def broken(node: "Node") -> "Node | None":
    """Return the first place in a function that the parser could not read."""
    if not node.has_error:
        return None
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type == "ERROR" or one.is_missing:
            return one
        waiting += [child for child in reversed(one.children) if child.has_error or child.is_missing]
    return node


def depth_of(node: "Node", most: int) -> int:
    """Return how deep a function is nested, at most `most`."""
    waiting, deepest = [(node, 0)], 0
    while waiting and deepest < most:
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in one.named_children]
    return deepest
