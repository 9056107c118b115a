"""The table of names, taken apart: prototypes become signatures, their Python becomes syntax.

>>> [str(p) for _, p in functions("free_page")[0].parameters], str(functions("tdx_track")[0].returns)
(['an address'], 'void')
"""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kvmviz.c import names, runtime, tdx
from kvmviz.c.types import Pointer, Struct, Type, named


@dataclass(frozen=True, slots=True)
class Signature:
    """A bound function, ready to be called: its parameters with their types, and the Python in its place."""

    name: str
    returns: Type
    parameters: tuple[tuple[str, Type], ...]
    python: ast.expr
    row: names.Row


def c_type(text: str) -> Type:
    """Return the type of a declaration without a name, as in `const struct page *`."""
    words = re.sub(r"\b(const|volatile|static|inline|extern|register)\b", " ", text)
    base = words.replace("*", " ").strip()
    found = named(base)
    if found is None:
        raise KeyError(base)
    for _ in range(words.count("*")):
        found = Pointer(found)
    return found


@cache
def syntax(python: str) -> ast.expr:
    """Return the syntax of a piece of the table's Python."""
    return ast.parse(python, mode="eval").body


def filled(python: ast.expr, meaning: Callable[[str], ast.expr | None]) -> ast.expr:
    """Return a copy of syntax, without lines, in which names stand for what `meaning` gives for them."""
    if isinstance(python, ast.Name):
        found = meaning(python.id)
        return ast.Name(python.id, ast.Load()) if found is None else found
    fields = {name: _copied(value, meaning) for name, value in ast.iter_fields(python)}
    return type(python)(**fields)


def _copied(value: Any, meaning: Callable[[str], ast.expr | None]) -> Any:
    if isinstance(value, list):
        return [_copied(one, meaning) for one in value]
    return filled(value, meaning) if isinstance(value, ast.expr) else value


@cache
def _signature(row: names.Row) -> Signature:
    found = re.fullmatch(r"(.*?)(\w+)\((.*)\)", row.c)
    assert found, row.c
    parameters = []
    for one in found[3].split(", "):
        if one != "void":
            type, name = re.fullmatch(r"(.*?)(\w+)", one.strip()).groups()  # type: ignore[union-attr]  # the table's own form
            parameters.append((name, c_type(type)))
    return Signature(found[2], c_type(found[1]), tuple(parameters), syntax(row.python), row)


@cache
def _by_name() -> Mapping[str, list[names.Row]]:
    table: dict[str, list[names.Row]] = {}
    for row in names.FUNCTIONS:
        table.setdefault(re.split(r"\W", row.c[: row.c.index("(")])[-1], []).append(row)
    return table


@cache
def functions(name: str) -> tuple[Signature, ...]:
    """Return the signatures of a name, empty for one that is not bound."""
    return tuple(_signature(row) for row in _by_name().get(name, ()))


@cache
def member(struct: str, name: str) -> names.Member | None:
    """Return a bound member."""
    return next((m for m in names.MEMBERS if (m.struct, m.name) == (struct, name)), None)


@cache
def is_bound(struct: str) -> bool:
    """Say whether a struct is one of the model's."""
    return any(m.struct == struct for m in names.MEMBERS)


@cache
def constant(name: str) -> names.Constant | None:
    """Return a bound constant."""
    return next((c for c in names.CONSTANTS if c.name == name), None)


@cache
def passed_over(name: str) -> str | None:
    """Return what a call is that may be passed over without further ado."""
    return next((why for pattern, why in names.PASSED_OVER.items() if re.fullmatch(pattern, name)), None)


def struct_of(type: Type) -> str | None:
    """Return the tag of a struct, or of what a pointer to one points at."""
    inner = type.to if isinstance(type, Pointer) else type
    return inner.name if isinstance(inner, Struct) else None


@cache
def namespace() -> dict[str, Any]:
    """Return what the Python of the table may name."""
    found = {**vars(runtime), **vars(tdx)}
    return {name: value for name, value in found.items() if not name.startswith("__") or name == "__tdx_reclaim_page"}

