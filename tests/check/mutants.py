"""A mutation operator over the project's revisions: each mutant has one small thing changed in one function."""

import ast
import copy
import inspect
from collections.abc import Iterator
from textwrap import dedent
from typing import Any, NamedTuple

from kvmviz.revisions import REVISIONS, Revision


class Mutant(NamedTuple):
    """A revision with one thing changed, and what: `base:function:line: old -> new`, the line within the function."""

    what: str
    revision: type[Revision]


def mutants(base: str) -> Iterator[Mutant]:
    """Yield every mutant of a revision's functions."""
    which = REVISIONS[base]
    for name, function in which.functions.items():
        tree = ast.parse(dedent(inspect.getsource(function)))
        definition = tree.body[0]
        assert isinstance(definition, ast.FunctionDef)
        definition.decorator_list.clear()
        definition.returns = None
        for argument in definition.args.args:
            argument.annotation = None
        before = ast.unparse(definition)
        for number, (line, said, changed) in enumerate(_changed(definition)):
            assert ast.unparse(changed) != before
            made = _compiled(changed, function)
            what = made.__qualname__ = f"{base}:{name}:{line}: {said}"  # its source is not the sibling's
            try:
                yield Mutant(what, type(f"Mutant{number}", (Revision,), {name: staticmethod(made)}, base=base))
            except Exception as error:  # the class itself is refused: a mutant that nobody can run
                raise AssertionError(what) from error


def _compiled(definition: ast.FunctionDef, function: Any) -> Any:
    """Compile over the names of the original's module, under its file's name, so that it runs as fast."""
    tree = ast.fix_missing_locations(ast.Module([definition], []))
    names: dict[str, Any] = {}
    exec(compile(tree, function.__code__.co_filename, "exec"), function.__globals__, names)
    return names[definition.name]


def _changed(definition: ast.FunctionDef) -> Iterator[tuple[int, str, ast.FunctionDef]]:
    """Yield each changed copy of a function, with the line and what was changed."""
    first = 1 if ast.get_docstring(definition) else 0
    for path, block in _blocks(definition, ()):
        start = first if path == () else 0
        for at in range(start, len(block)):
            statement = block[at]
            line, said = statement.lineno, _short(statement)
            if not isinstance(statement, ast.Return) or statement.value is not None:
                yield line, f"{said} -> nothing", _with(definition, path, at, [])
            if at + 1 < len(block):
                swapped = [block[at + 1], block[at]]
                yield line, f"{said} <-> the next", _with(definition, path, at, swapped, 2)
    for number, node in enumerate(ast.walk(definition)):
        for said, new in _others(node):
            changed = copy.deepcopy(definition)
            old = list(ast.walk(changed))[number]
            _put(changed, old, new)
            yield node.lineno, f"{ast.unparse(node)} -> {said}", changed  # type: ignore[attr-defined]  # an expression


def _others(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield what an expression could have been instead."""
    if isinstance(node, ast.BoolOp):
        for value in node.values:
            yield ast.unparse(value), copy.deepcopy(value)
        other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        new = ast.BoolOp(other, copy.deepcopy(node.values))
        yield ast.unparse(new), new
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield ast.unparse(node.operand), copy.deepcopy(node.operand)
    elif isinstance(node, ast.Compare):
        new_ = ast.UnaryOp(ast.Not(), copy.deepcopy(node))
        yield ast.unparse(new_), new_
    elif isinstance(node, ast.Call) and ast.unparse(node.func).isupper():
        yield ast.unparse(node.args[0]), copy.deepcopy(node.args[0])
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("is_"):
        new_ = ast.UnaryOp(ast.Not(), copy.deepcopy(node))
        yield ast.unparse(new_), new_


def _put(tree: ast.AST, old: ast.AST, new: ast.expr) -> None:
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if value is old:
                setattr(node, field, new)
            elif isinstance(value, list) and any(item is old for item in value):
                value[:] = [new if item is old else item for item in value]


def _blocks(node: ast.AST, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], list[ast.stmt]]]:
    """Yield each block of statements with the way to it: positions in the blocks above."""
    body: list[ast.stmt] = node.body  # type: ignore[attr-defined]  # a function, a loop or a branch
    yield path, body
    for at, statement in enumerate(body):
        if isinstance(statement, ast.For | ast.If):
            yield from _blocks(statement, (*path, at))


def _with(
    definition: ast.FunctionDef, path: tuple[int, ...], at: int, new: list[ast.stmt], count: int = 1
) -> ast.FunctionDef:
    changed = copy.deepcopy(definition)
    node: Any = changed
    for step in path:
        node = node.body[step]
    node.body[at : at + count] = copy.deepcopy(new)
    if not node.body:
        node.body.append(ast.Pass())
    return changed


def _short(node: ast.stmt) -> str:
    return ast.unparse(node).split("\n")[0]
