"""Whether a thread's state can be seen from outside: what it does next must follow from its line and its variables.

Threads are compared by the line that they stand on and by their local variables.  A
value that is neither in a variable nor on the line, such as the place of a `for` in
its list, or the first of two answers in one expression, would be overlooked; so a
function that has one is refused, with a sentence that says what to write.
"""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from textwrap import dedent
from types import CodeType

from kvmviz.race.design import RaceError

_COUNT = "count in a variable of your own, with while, or use range"
_REFUSED: dict[type[ast.AST], str] = {
    ast.With: "`with` around a yield",
    ast.Try: "`try` around a yield",
    ast.Global: "`global`",
    ast.Nonlocal: "`nonlocal`",
}
_RIGHT = {
    ast.With: "take the step without it",
    ast.Try: "the steps raise nothing; leave it out",
    ast.Global: "keep what a thread knows in its own variables, and what all know in region's counter",
    ast.Nonlocal: "keep what a thread knows in its own variables, and what all know in region's counter",
}


@cache
def check_code(code: CodeType) -> None:
    """Raise RaceError with one sentence if a generator's state cannot be seen from outside."""
    try:
        lines, first = inspect.getsourcelines(code)
        tree = ast.parse(dedent("".join(lines)))
    except (OSError, SyntaxError, TypeError):
        raise RaceError(
            f"{code.co_name}: its source cannot be read, so its steps cannot be compared; write it in a file or a cell."
        ) from None
    for line, wrong, right in _found(tree):
        raise RaceError(f"{code.co_name}, line {first + line - 1}: {wrong} hides where a thread stands; {right}.")


def _found(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """Yield line, what is wrong and what would be right."""
    for node in ast.walk(tree):
        if type(node) in _REFUSED and (isinstance(node, ast.Global | ast.Nonlocal) or _yields(node)):
            yield getattr(node, "lineno", 1), _REFUSED[type(node)], _RIGHT[type(node)]
        elif isinstance(node, ast.For) and _yields(node) and not _mirrored(node):
            yield node.lineno, "`for` around a yield", _COUNT
        elif isinstance(node, ast.stmt) and len(_yields_here(node)) > 1:
            yield node.lineno, "a second yield in one expression", "keep the first answer in a variable"


def _yields(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Yield | ast.YieldFrom) for one in ast.walk(node))


def _yields_here(statement: ast.stmt) -> list[ast.AST]:
    """Return the yields of a statement itself, not of the statements in it."""
    found: list[ast.AST] = []
    ends: list[ast.AST] = [child for child in ast.iter_child_nodes(statement) if not isinstance(child, ast.stmt)]
    while ends:
        node = ends.pop()
        found += [node] if isinstance(node, ast.Yield | ast.YieldFrom) else []
        ends += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]
    return found


def _mirrored(loop: ast.For) -> bool:
    """Say whether the loop's place is in its variable: it runs over a range, and nothing else writes that."""
    over = isinstance(loop.iter, ast.Call) and isinstance(loop.iter.func, ast.Name) and loop.iter.func.id == "range"
    if not over or not isinstance(loop.target, ast.Name):
        return False
    inside = (node for statement in loop.body for node in ast.walk(statement))
    written = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return loop.target.id not in written
