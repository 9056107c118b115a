"""The call stack of a view: for each episode one tree of the functions that both sides reached.

>>> from kvmviz.draw.lockstep import Lockstep
>>> drawn = stack(Lockstep.of(["before", "v1"], "fail=L1@0x200"))
>>> [drawn["functions"][node[1]][0] for node in drawn["episodes"][drawn["rows"][61]]["nodes"]][-3:]
['tdx_sept_free_private_spt', 'tdx_reclaim_page', '__tdx_reclaim_page']
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kvmviz.draw.lockstep import Lockstep, Shape
from kvmviz.machine.callchain import Location
from kvmviz.terms import events as e
from kvmviz.terms.kinds import kind_of


@dataclass
class _Node:
    """A function in an episode's call tree; `first` is the row that reached it first."""

    depth: int
    name: str
    file: str
    first: int
    number: int = 0
    parent: int = -1
    children: dict[str, "_Node"] = field(default_factory=dict)


def mark_of(event: e.Event) -> str | None:
    """Return the mark that an event leaves in the stack: its sign in the log, if a call trace belongs to it."""
    kind = kind_of(event)
    return kind.logged(event) if kind.logged and kind.traced else None


class _Tree:
    """The call tree of an episode, grown row by row; `at` holds for each row each side's node."""

    def __init__(self, shape: Shape, chains: Sequence[tuple[Location, ...]]) -> None:
        self.top = _Node(0, "", "", 0)
        self.at = [
            [None if chain is None else self._reach(chains[chain], row) for chain in sides]
            for row, sides in enumerate(shape)
        ]
        self.nodes = self._numbered()

    def _reach(self, where: tuple[Location, ...], row: int) -> _Node:
        node = self.top
        for depth, location in enumerate(where, 1):
            function = location.function
            if function.name not in node.children:
                node.children[function.name] = _Node(depth, function.name, function.file, row)
            node = node.children[function.name]
        return node

    def _numbered(self) -> list[_Node]:
        """Return the nodes from outermost to innermost, in the order of first call."""
        found: list[_Node] = []

        def walk(node: _Node, parent: int) -> None:
            for child in node.children.values():
                child.number, child.parent = len(found), parent
                found.append(child)
                walk(child, child.number)

        walk(self.top, -1)
        return found


def stack(lockstep: Lockstep) -> dict[str, Any]:
    """Return functions, episodes (nodes, marks), each row's episode, and each side's node by row (-1: none)."""
    trees: dict[Shape, _Tree] = {}
    functions: dict[tuple[str, str], int] = {}
    episodes: list[dict[str, Any]] = []
    at: list[list[_Node | None]] = []
    for first, shape in lockstep.shapes:
        if shape not in trees:
            trees[shape] = _Tree(shape, lockstep.chains)
        tree = trees[shape]
        numbers = [functions.setdefault((node.name, node.file), len(functions)) for node in tree.nodes]
        nodes = zip(tree.nodes, numbers, strict=True)
        episodes.append({
            "nodes": [[node.depth, number, node.parent, first + node.first] for node, number in nodes],
            "marks": list(_marks(lockstep, first, tree)),
        })  # fmt: skip
        at += tree.at
    return {
        "functions": [list(function) for function in functions],
        "episodes": episodes,
        "rows": lockstep.episodes,
        "at": {side: [_number(nodes[n]) for nodes in at] for n, side in enumerate(lockstep.sides)},
    }


def _number(node: _Node | None) -> int:
    return node.number if node and node.depth else -1


def _marks(lockstep: Lockstep, first: int, tree: _Tree) -> Iterator[list[Any]]:
    """Yield node, row, side and mark of everything in an episode that leaves one."""
    for row, nodes in enumerate(tree.at, first):
        for side, node in zip(lockstep.sides, nodes, strict=True):
            step = lockstep.steps(side)[row]
            mark = mark_of(step.event) if step else None
            if mark and node and node.depth:
                yield [node.number, row, side, mark]
