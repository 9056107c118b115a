"""The numbers that a patch compares with: those in its source, and those that are computed there from constants.

>>> [f"{number:#x}" for number in sorted({*_of_python(_example)})]
['0x1', '0x28', '0x29']

In Python that is what stands in a function, what its module, its class or the
function around it calls by a name, and sums, products, shifts and the like of these.
In C it is literals, macros, enumerators and what is computed of them, in helpers too.
"""

import ast
import inspect
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from textwrap import dedent
from types import CodeType
from typing import Any, Final

from kvmviz.revisions import Revision
from kvmviz.revisions.ran import is_readers
from kvmviz.scenario.status import STATUS

MOST_CONSTANTS: Final = 12
"""So many of a patch's constants are looked at, the largest first."""

_NUMBER: Final = re.compile(r"\b(0[xX][0-9a-fA-F]+|\d+)(?:[uUlL]*)\b")
_MASKS: Final = frozenset({0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 31, 1 << 32, 1 << 63, (1 << 64) - 1})
"""What a patch says to keep a number's width, rather than to compare with."""

_OPERATORS: Final[Mapping[type[ast.operator], Callable[[int, int], int]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod, ast.BitOr: operator.or_, ast.BitAnd: operator.and_, ast.BitXor: operator.xor,
    ast.LShift: operator.lshift, ast.RShift: operator.rshift,
}  # fmt: skip


def constants(which: type[Revision]) -> list[int]:
    """Return the numbers in a reader's functions, Python or C, that no scenario has by itself; the largest first."""
    found = {n for function in which.functions.values() if is_readers(function) for n in _numbers(function)}
    return sorted((n for n in found if 8 <= n < 1 << 64), reverse=True)[:MOST_CONSTANTS]


def _numbers(function: Callable[..., Any]) -> Iterator[int]:
    if not hasattr(function, "c_source"):
        yield from _of_python(function)
        return
    yield from _of_c(function)
    for name, helper in function.__globals__.items():
        if name.endswith("#c"):
            yield from _of_c(helper)


def _of_c(function: Callable[..., Any]) -> Iterator[int]:
    fragment = function.__dict__["c_source"]
    yield from (int(word, 0) for word in _NUMBER.findall(fragment.text) if not word.startswith("00"))
    yield from (value for name, value in STATUS.items() if name in fragment.text)
    yield from (value for value in function.__dict__["c_numbers"] if value not in _MASKS)


def _of_python(function: Callable[..., Any]) -> Iterator[int]:
    for code in _codes(function.__code__):
        yield from (value for value in code.co_consts if type(value) is int)
    names = _names(function)
    with suppress(OSError, TypeError, SyntaxError):  # made by exec: then there is no source
        for node in ast.walk(ast.parse(dedent(inspect.getsource(function)))):
            value = _value(node, names)
            if type(value) is int:
                yield value
        return
    yield from (names[name] for name in function.__code__.co_names if type(names.get(name)) is int)


def _names(function: Callable[..., Any]) -> Mapping[str, Any]:
    """Return what a function's names mean: its module's, those of the function around it, its defaults."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    around = {}
    for name, cell in cells:
        with suppress(ValueError):  # not set yet
            around[name] = cell.cell_contents
    defaults = inspect.signature(function).parameters.values()
    given = {p.name: p.default for p in defaults if p.default is not p.empty}
    return {**function.__globals__, **around, **given}


def _value(node: ast.AST, names: Mapping[str, Any]) -> Any:
    """Return what an expression of constants comes to, None for any other; attributes are those of what is there."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=of, attr=attribute):
            there = _value(of, names)
            return None if there is None else inspect.getattr_static(there, attribute, None)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = _value(operand, names)
            return -value if type(value) is int else None
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            a, b = _value(left, names), _value(right, names)
            small = type(a) is int and type(b) is int and abs(a) < 1 << 64 and (
                abs(b) < 1 << 64 if not isinstance(op, ast.LShift | ast.RShift) else 0 <= b <= 64)  # fmt: skip
            with suppress(ZeroDivisionError):
                return _OPERATORS[type(op)](a, b) if small else None
    return None


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


_MOST: Final = 40


def _example(count: int) -> bool:
    """Compare with a number that is computed, as a patch may."""
    return count == _MOST + 1
