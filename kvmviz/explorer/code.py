"""The code of a view: the functions that ran on both sides, aligned line by line, and which stand in the panel.

>>> from kvmviz.draw.lockstep import Lockstep
>>> drawn = code(Lockstep.of(["before", "v1"], "fail=L1@0x200"))
>>> [drawn["pairs"][n]["name"] for n in drawn["shown"][61]]
['handle_removed_pt', 'tdx_sept_free_private_spt']

In the panel stand the functions that differ between the two revisions and have
been reached for this page, outermost first, and the step's own function.  Where
none differs, the step's own function and its caller.  Docstrings are left out.
"""

import ast
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from kvmviz.draw.lockstep import Lockstep, Side
from kvmviz.machine.callchain import Location
from kvmviz.revisions import LEAF_NAMES
from kvmviz.run import Step
from kvmviz.source import Source

Line = tuple[int | None, int | None, bool]
"""A line of the panel: its number in A's function, in B's, and whether they agree."""

MOST = 3
"""Functions that the panel holds."""


def slot(name: str) -> str:
    """Return the name under which a function is paired: the leaf function was renamed."""
    return LEAF_NAMES[0] if name in LEAF_NAMES else name


def aligned(a: list[str], b: list[str]) -> Iterator[Line]:
    """Yield the lines of two functions, equal ones side by side."""
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        for offset in range(max(a2 - a1, b2 - b1)):
            left = a1 + offset if a1 + offset < a2 else None
            right = b1 + offset if b1 + offset < b2 else None
            yield left, right, kind == "equal"


def docstring(text: str) -> range:
    r"""Return the numbers of the lines that hold a function's docstring; the panel leaves them out.

    >>> docstring("def f():\n    'Say.'\n    return 1")
    range(1, 2)
    """
    try:
        first = ast.parse(text).body[0]
    except SyntaxError:
        return range(0)
    body = first.body[0] if isinstance(first, ast.FunctionDef) and ast.get_docstring(first) else None
    return range(body.lineno - 1, body.end_lineno or body.lineno) if body else range(0)


class _Panel:
    """Collects the pairs of functions and which of them each row shows."""

    def __init__(self, lockstep: Lockstep) -> None:
        self.lockstep = lockstep
        self.numbers: dict[str, int] = {}
        self.sources: dict[str, dict[Side, Source]] = {}
        for side in lockstep.sides:
            for source in lockstep.runs[side].sources.values():
                self.sources.setdefault(slot(source.function), {})[side] = source
        self.differing = {name for name, found in self.sources.items() if len({s.text for s in found.values()}) > 1}

    def number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))

    def shown(self, reached: list[str], own: str, caller: str | None) -> list[int]:
        names = [name for name in reached if name in self.differing][-MOST:]
        if own not in names:
            names = [*names[-(MOST - 1) :], own] if names else [name for name in (caller, own) if name]
        return [self.number(name) for name in names]

    def pair(self, name: str) -> dict[str, Any]:
        found = self.sources[name]
        texts = {side: found[side].text.split("\n") if side in found else [] for side in ("a", "b")}
        while texts["a"] and not texts["a"][-1]:
            texts["a"].pop()
        while texts["b"] and not texts["b"][-1]:
            texts["b"].pop()
        if len(self.lockstep.sides) == 1:
            lines: list[Line] = [(n, None, True) for n in range(len(texts["a"]))]
        else:
            lines = list(aligned(texts["a"], texts["b"]))
        hidden: dict[str, range] = {
            side: docstring(found[side].text) if side in found else range(0) for side in ("a", "b")
        }
        lines = [line for line in lines if not any(line[i] in hidden[side] for i, side in ((0, "a"), (1, "b")))]
        one = next(iter(found.values()))
        return {
            "name": one.function,
            "file": one.file,
            "a": texts["a"],
            "b": texts["b"],
            "lines": [list(line) for line in lines],
        }


def code(lockstep: Lockstep) -> dict[str, Any]:
    """Return the pairs, for each row the pairs shown, and for each side and row its lines (pair -> line)."""
    panel = _Panel(lockstep)
    steps = {side: lockstep.steps(side) for side in lockstep.sides}
    shown: list[list[int]] = []
    lit: dict[Side, list[list[int]]] = {side: [] for side in lockstep.sides}
    last: dict[Side, Step | None] = {}
    reached: list[str] = []
    episode = -1
    for row, leading in enumerate(lockstep.leading):
        if lockstep.episodes[row] != episode:
            episode, reached, last = lockstep.episodes[row], [], {}
        for side in lockstep.sides:
            last[side] = steps[side][row] or last.get(side)
            _reach(reached, last[side])
        names = [slot(location.function.name) for location in leading.where]
        numbers = panel.shown(reached, names[-1], names[-2] if len(names) > 1 else None) if names else []
        shown.append(numbers)
        for side in lockstep.sides:
            lit[side].append(_lit(panel, last[side], set(numbers), lockstep.runs[side].sources))
    return {"pairs": [panel.pair(name) for name in panel.numbers], "shown": shown, "lit": lit}


def _reach(reached: list[str], step: Step | None) -> None:
    """Add the functions of a step's chain to those reached, keeping outer ones first."""
    at = 0
    for location in step.where if step else ():
        name = slot(location.function.name)
        if name in reached:
            at = reached.index(name) + 1
        else:
            reached.insert(at, name)
            at += 1


def _lit(panel: _Panel, step: Step | None, numbers: set[int], sources: Any) -> list[int]:
    """Return pair, line, pair, line, ... of the shown functions that the step stands in."""
    lines: dict[int, int] = {}
    for location in step.where if step else ():
        number = panel.numbers.get(slot(location.function.name))
        if number in numbers and number is not None:
            lines[number] = _line(location, sources[location.source])
    return [value for pair in lines.items() for value in pair]


def _line(location: Location, source: Source) -> int:
    return max(0, location.line - source.first_line)
