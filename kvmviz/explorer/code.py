"""The code of a view: the functions that ran on both sides, aligned line by line, and which stand in the panel.

>>> from kvmviz.draw.lockstep import Lockstep
>>> drawn = code(Lockstep.of(["before", "v1"], "fail=L1@0x200"))
>>> [drawn["pairs"][n]["name"] for n in drawn["shown"][61]]
['handle_removed_pt', 'tdx_sept_free_private_spt']

In the panel stand the functions that differ between the two revisions and have
been reached for this page, outermost first, and the step's own function.  Where
none differs, the step's own function and its caller.  Docstrings are left out.
A function that ran from C stands there as that C, with its file and line; beside
Python its lines go by what they name.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Final

from kvmviz.draw.lockstep import Lockstep, Shape, Side
from kvmviz.record.sources import Source
from kvmviz.revisions import LEAF_NAMES

Line = tuple[int | None, int | None, bool]
"""A line of the panel: its number in A's function, in B's, and whether they agree."""

_Row = tuple[list[int], list[list[int]]]
"""The pairs that a row shows, and for each side the lines that are lit."""

MOST = 3
"""Functions that the panel holds."""


def slot(name: str) -> str:
    """Return the name under which a function is paired: the leaf function was renamed."""
    return LEAF_NAMES[0] if name in LEAF_NAMES else name


_WORD: Final = re.compile(r"[A-Za-z_]\w{3,}")


_SAME: Final = {"NULL": "None", "true": "True", "false": "False"}


def _named(lines: list[str]) -> list[set[str]]:
    return [{_SAME.get(word, word) for word in _WORD.findall(line)} for line in lines]


def _likeness(a: set[str], b: set[str]) -> float:
    """Return how much two lines name in common; of lines that share as much, those with less else are more alike."""
    return len(a & b) + len(a & b) / len(a | b) if a & b else 0


def across(a: list[str], b: list[str]) -> Iterator[Line]:
    """Yield the lines of two functions in two languages: side by side stand those that name the same things.

    >>> c, python = ["int f(void)", "{", "  if (WARN_ON(gone()))"], ["def f():", "  if WARN_ON(gone()):"]
    >>> list(across(c, python))
    [(0, 0, False), (1, None, False), (2, 1, False)]
    """
    like = [[_likeness(left, right) for right in _named(b)] for left in _named(a)]
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for x in reversed(range(len(a))):
        for y in reversed(range(len(b))):
            best[x][y] = max(best[x + 1][y], best[x][y + 1], best[x + 1][y + 1] + like[x][y])
    x = y = 0
    while x < len(a) and y < len(b):
        if not (x or y) or (like[x][y] and best[x][y] == best[x + 1][y + 1] + like[x][y]):
            yield x, y, False
            x, y = x + 1, y + 1
        elif best[x][y] == best[x + 1][y]:
            yield x, None, False
            x += 1
        else:
            yield None, y, False
            y += 1
    yield from ((n, None, False) for n in range(x, len(a)))
    yield from ((None, n, False) for n in range(y, len(b)))


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
    except (SyntaxError, IndexError):  # a function that was typed at a prompt has no text
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
        return pair_of(found.get("a"), found.get("b"), len(self.lockstep.sides) == 2)


@lru_cache(maxsize=512)
def pair_of(a: Source | None, b: Source | None, both: bool) -> dict[str, Any]:
    """Return two functions aligned; sources do not change, and aligning them takes longer than running them."""
    one = a or b
    assert one is not None  # a pair is made for a function that ran
    left, right = (source.text.rstrip("\n").split("\n") if source else [] for source in (a, b))
    align = across if a and b and a.language != b.language else aligned
    lines = align(left, right) if both else ((n, None, True) for n in range(len(left)))
    hidden = [docstring(source.text) if source else range(0) for source in (a, b)]
    bare = ([None if x in hidden[0] else x, None if y in hidden[1] else y, same] for x, y, same in lines)
    kept = [line for line in bare if line[:2] != [None, None]]
    found = {"name": one.function, "file": one.file, "a": left, "b": right, "lines": kept}
    places = {side: [s.module, s.first_line] for side, s in (("a", a), ("b", b)) if s and s.language == "C"}
    return {**found, "c": places} if places else found


def code(lockstep: Lockstep) -> dict[str, Any]:
    """Return the pairs, for each row the pairs shown, and for each side and row its lines (pair -> line)."""
    panel, chains = _Panel(lockstep), _Chains(lockstep)
    known: dict[Shape, list[_Row]] = {}
    rows: list[_Row] = []
    for _, shape in lockstep.shapes:
        if shape not in known:
            known[shape] = list(_rows(shape, chains, panel))
        rows += known[shape]
    return {
        "pairs": [panel.pair(name) for name in panel.numbers],
        "shown": [shown for shown, _ in rows],
        "lit": {side: [lit[at] for _, lit in rows] for at, side in enumerate(lockstep.sides)},
    }


class _Chains:
    """The call chains of a lockstep by number: the functions of each, and the lines they stand on."""

    def __init__(self, lockstep: Lockstep) -> None:
        sources: dict[str, Source] = {}
        for run in lockstep.runs.values():
            sources |= run.sources
        self.slots = [[slot(location.function.name) for location in where] for where in lockstep.chains]
        self.lines = [
            [max(0, location.line - sources[location.source].first_line) for location in where]
            for where in lockstep.chains
        ]

    def lit(self, chain: int, shown: list[int], panel: _Panel) -> list[int]:
        """Return pair, line, pair, line, ... of the shown functions that the chain stands in."""
        number = panel.numbers.get
        lines = {
            n: at for name, at in zip(self.slots[chain], self.lines[chain], strict=True) if (n := number(name)) in shown
        }
        return [value for pair in lines.items() for value in pair]


def _rows(shape: Shape, chains: _Chains, panel: _Panel) -> Iterator[_Row]:
    """Yield for each row of an episode the pairs shown and each side's lines; a side that waits stays where it was."""
    reached: list[str] = []
    last: list[int | None] = [None] * len(shape[0])
    for row in shape:
        last = [before if chain is None else chain for before, chain in zip(last, row, strict=True)]
        for chain in last:
            _reach(reached, chains.slots[chain] if chain is not None else ())
        names = next(chains.slots[chain] for chain in row if chain is not None)
        shown = panel.shown(reached, names[-1], names[-2] if len(names) > 1 else None) if names else []
        yield shown, [chains.lit(chain, shown, panel) if chain is not None else [] for chain in last]


def _reach(reached: list[str], names: Sequence[str]) -> None:
    """Add the functions of a chain to those reached, keeping outer ones first."""
    at = 0
    for name in names:
        if name in reached:
            at = reached.index(name) + 1
        else:
            reached.insert(at, name)
            at += 1
