"""Two functions of one name, aligned line by line.  Docstrings are left out.

A function that ran from C stands there as that C, with its file and line; beside
Python its lines go by what they name.
"""

import ast
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from kvmviz.explorer.wire import CodePair
from kvmviz.record.sources import Source
from kvmviz.revisions import LEAF_NAMES

Line = tuple[int | None, int | None, bool]
"""A line of the panel: its number in A's function, in B's, and whether they agree."""

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


@lru_cache(maxsize=512)
def pair_of(a: Source | None, b: Source | None, both: bool) -> CodePair:
    """Return two functions aligned; sources do not change, and aligning them takes longer than running them."""
    one = a or b
    assert one is not None  # a pair is made for a function that ran
    left, right = (source.text.rstrip("\n").split("\n") if source else [] for source in (a, b))
    align = across if a and b and a.language != b.language else aligned
    lines = align(left, right) if both else ((n, None, True) for n in range(len(left)))
    hidden = [docstring(source.text) if source else range(0) for source in (a, b)]
    bare = ((None if x in hidden[0] else x, None if y in hidden[1] else y, same) for x, y, same in lines)
    kept = [(x, y, same) for x, y, same in bare if (x, y) != (None, None)]
    found: CodePair = {"name": one.function, "file": one.file, "a": left, "b": right, "lines": kept}
    c = {side: one for side, one in (("a", a), ("b", b)) if one and one.language == "C"}
    if c:
        found["c"] = {side: [one.module, one.first_line] for side, one in c.items()}
    return found
