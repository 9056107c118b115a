"""The call stack of a view: for each episode one tree of the functions that both sides reached.

>>> from kvmviz.draw.lockstep import Lockstep
>>> drawn = stack(Lockstep.of(["before", "v1"], "fail=L1@0x200"))
>>> [drawn["functions"][node[1]][0] for node in drawn["episodes"][drawn["rows"][61]]["nodes"]][-3:]
['tdx_sept_free_private_spt', 'tdx_reclaim_page', '__tdx_reclaim_page']
"""

from dataclasses import dataclass, field
from typing import Any

from kvmviz import events as e
from kvmviz.draw.lockstep import Lockstep, Side
from kvmviz.run import Step


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
    """Return the mark that an event leaves in the stack: `full`, `held` or `masked`."""
    match event:
        case e.Warn(_, printed):
            return "full" if printed else "held"
        case e.Masked():
            return "masked"
        case _:
            return None


class _Episode:
    """Grows the call tree of one episode."""

    def __init__(self) -> None:
        self.top = _Node(0, "", "", 0)
        self.known: dict[int, _Node] = {}
        self.marks: list[tuple[_Node, int, Side, str]] = []

    def add(self, step: Step, chain: int, row: int, side: Side) -> _Node:
        node = self.known.get(chain)
        if node is None:
            node = self.known[chain] = self.reach(step, row)
        mark = mark_of(step.event)
        if mark:
            self.marks.append((node, row, side, mark))
        return node

    def reach(self, step: Step, row: int) -> _Node:
        node = self.top
        for depth, location in enumerate(step.where, 1):
            function = location.function
            if function.name not in node.children:
                node.children[function.name] = _Node(depth, function.name, function.file, row)
            node = node.children[function.name]
        return node

    def numbered(self) -> list[_Node]:
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
    episodes: dict[int, _Episode] = {}
    at: dict[Side, list[_Node | None]] = {side: [] for side in lockstep.sides}
    steps = {side: lockstep.steps(side) for side in lockstep.sides}
    for row, number in enumerate(lockstep.episodes):
        episode = episodes.setdefault(number, _Episode())
        for side in lockstep.sides:
            step, chain = steps[side][row], lockstep.chains[side][row]
            at[side].append(episode.add(step, chain, row, side) if step and chain is not None else None)
    functions: dict[tuple[str, str], int] = {}
    written = [_written(episode, functions) for episode in episodes.values()]
    return {
        "functions": [list(function) for function in functions],
        "episodes": written,
        "rows": lockstep.episodes,
        "at": {
            side: [-1 if node is None else node.number if node.depth else -1 for node in nodes]
            for side, nodes in at.items()
        },
    }


def _written(episode: _Episode, functions: dict[tuple[str, str], int]) -> dict[str, Any]:
    nodes = [
        [node.depth, functions.setdefault((node.name, node.file), len(functions)), node.parent, node.first]
        for node in episode.numbered()
    ]
    return {
        "nodes": nodes,
        "marks": [[node.number, row, side, mark] for node, row, side, mark in episode.marks if node.depth],
    }
