"""One function of C translated: parameters, body, end, and how the model calls it."""

import ast
from dataclasses import dataclass
from typing import Any, Final

from kvmviz.c import faces, lookup, values
from kvmviz.c.blocks import Blocks, needs_blocks
from kvmviz.c.refuse import refused, shown
from kvmviz.c.scope import MARK, VM, Again, Scope
from kvmviz.c.statements import Lines, lined
from kvmviz.c.surroundings import Surroundings
from kvmviz.c.syntax import DEEPEST, Definition, bare, broken, depth_of, text_of
from kvmviz.c.types import PTEP, VOID, Struct, Type
from kvmviz.c.values import name

MOST_TURNS: Final = 20_000
"""How often the loops of a function may turn in one call of it; a page table has 512 entries."""

MOST_TRIES: Final = 200
"""How often a function is translated anew since a variable turned out to hold an object of the model."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A function in Python: its syntax, and which parameters the model gives it (the VM first)."""

    definition: Definition
    node: ast.FunctionDef
    model: str | None


@dataclass(frozen=True, slots=True)
class Matched:
    """A parameter of C beside the model's: `model` is None for the VM, which is there anyway."""

    name: str
    at: int
    type: Type
    model: str | None
    there: str
    back: str | None


def matched(program: Surroundings, definition: Definition, model: str) -> list[Matched]:
    """Return the parameters of C beside those of the model's function; raise CError where they do not agree."""
    left = list(faces.parameters(program.model(model)))
    context = left.pop(0)
    found: list[Matched] = []
    for parameter in program.parameters(definition):
        if not found and parameter.type in faces.CONTEXTS[context]:
            found.append(Matched(parameter.name, parameter.at, parameter.type, None, "it", None))
            continue
        fit = faces.fitting(left[0], parameter.type) if left else None
        if fit is None:
            break
        found.append(Matched(parameter.name, parameter.at, fit[0], left.pop(0), fit[1], fit[2]))
    else:
        if not left:
            return found
    takes = ", ".join(p.name for p in program.parameters(definition)) or "nothing"
    called = ", ".join(faces.parameters(program.model(model)))
    what = f"{definition.name} takes ({takes}), and on {program.base.name} the model calls it with ({called})"
    instead = "name another base, as in PATH.c:v1, or change the parameters"
    raise refused(definition.file, definition.line, what, instead)


def function(program: Surroundings, definition: Definition, model: str | None, kinds: dict[int, Type]) -> Translated:
    """Return a function in Python; raise CError with the line of what cannot be run."""
    wrong = broken(definition.node)
    if wrong is not None:
        where = shown(text_of(wrong)) if text_of(wrong).strip() else f"a missing `{wrong.type}`"
        what = f"{definition.name} cannot be read as C, at {where}"
        raise refused(definition.file, wrong.start_point.row + 1, what)
    if depth_of(definition.node, DEEPEST) >= DEEPEST:
        raise refused(definition.file, definition.line, f"{definition.name} is nested more than {DEEPEST} deep")
    for at, freed in definition.unit.prepared.ends.items():
        if definition.node.start_byte <= at < definition.node.end_byte:
            line = definition.unit.prepared.text.count("\n", 0, at) + 1
            what = f"`__free({freed})` frees at the end of a block, which cannot be followed here"
            raise refused(definition.file, line, what, "free where it is meant")
    for _ in range(MOST_TRIES):
        try:
            return _once(program, definition, model, kinds)
        except Again:
            continue
        except RecursionError:
            raise refused(definition.file, definition.line, f"{definition.name} is nested too deeply") from None
    raise refused(definition.file, definition.line, f"{definition.name}: what its variables hold cannot be told")


def _once(program: Surroundings, definition: Definition, model: str | None, kinds: dict[int, Type]) -> Translated:
    body = definition.node.child_by_field_name("body")
    assert body is not None
    scope = Scope(definition, kinds, _addressed(body))
    scope.used.update((VM, "#_"))
    translator = Blocks(program, scope)
    translator.again = []
    translator.returns = kinds.get(-1, program.returns(definition))
    names, prologue = _parameters(program, definition, model, scope)
    end: Lines = []
    if translator.returns != VOID:
        end = [ast.Expr(values.call("#no_value", ast.Constant(definition.name)))]
    last = definition.node.end_point.row + 1
    if needs_blocks(body):
        lines = lined(translator.function(body, lined(end, last)), definition.line)
    else:
        lines = [*translator.lines(body), *lined(end, last)]
    head = [*_counted(scope, definition), *prologue, *_hoisted(scope), *scope.inner]
    arguments = ast.arguments([], [ast.arg(n) for n in names], None, [], [], None, [])
    made = ast.FunctionDef(definition.name, arguments, [*lined(head, definition.line), *lines] or [ast.Pass()], [])
    made.lineno, made.end_lineno = definition.line, last
    made.col_offset = made.end_col_offset = 0
    for argument in arguments.args:
        argument.lineno = argument.end_lineno = definition.line
        argument.col_offset = argument.end_col_offset = 0
    return Translated(definition, made, model)


def _parameters(
    program: Surroundings, definition: Definition, model: str | None, scope: Scope
) -> tuple[list[str], Lines]:
    """Declare a function's parameters; return the names that it has in Python and what it begins with."""
    names, prologue = [VM], list[ast.stmt]()
    if model and faces.context(program.model(model)) == "host":
        names = [f"host{MARK}"]
        prologue.append(ast.Assign([ast.Name(VM, ast.Store())], ast.Attribute(name(names[0]), "vm", ast.Load())))
    special = faces.special(model, [p.type for p in program.parameters(definition)]) if model else None
    if model and special:
        return _specially(program, definition, model, special, scope)
    found: list[Any] = matched(program, definition, model) if model else program.parameters(definition)
    for one in found:
        if isinstance(one.type, Struct):
            what = f"{definition.name} takes a struct by value, which cannot be followed here"
            raise refused(definition.file, definition.line, what)
        local = scope.declare(one.name, one.type, one.at)
        if model and one.model is None:
            value: ast.expr = name(VM)
        else:
            there = one.there if model else "it"
            given = local.name if there == "it" and not local.boxed else f"{local.name}{MARK}"
            names.append(given)
            value = lookup.filled(lookup.syntax(there), lambda id, g=given: name(g))  # type: ignore[misc]  # bound at once
        if local.boxed:
            value = values.call("#boxed", value)
        if not (isinstance(value, ast.Name) and value.id == local.name):
            prologue.append(ast.Assign([ast.Name(local.name, ast.Store())], value))
    return names, prologue


def _specially(
    program: Surroundings, definition: Definition, model: str, special: faces.Special, scope: Scope
) -> tuple[list[str], Lines]:
    """Declare the parameters of a function that the model calls in its own way; see `_parameters`."""
    given = {id: f"{id}{MARK}" for id in faces.parameters(program.model(model))}
    given["vm"] = VM
    prologue: Lines = []
    for one, type, there in zip(program.parameters(definition), special.types, special.there, strict=True):
        local = scope.declare(one.name, type, one.at)
        value = lookup.filled(lookup.syntax(there), lambda id: name(given[id]) if id in given else None)
        if local.boxed:
            value = values.call("#boxed", value)
        prologue.append(ast.Assign([ast.Name(local.name, ast.Store())], value))
    return list(given.values()), prologue


def _counted(scope: Scope, definition: Definition) -> Lines:
    """Return what a function begins with: its call is counted, and the turns of its loops are bounded."""
    line = ast.Constant(definition.line)
    budget = ast.Attribute(name("#budget"), "turns", ast.Load())
    spent = ast.UnaryOp(ast.Not(), values.call("#next", budget, ast.Constant(0)))
    head: Lines = [ast.If(spent, [ast.Expr(values.call("#recursion", line))], [])]
    if "#turns" in scope.used:
        walks = "#walks" in scope.used  # of a tree, whose size bounds it
        bounded = budget if walks else values.call("#islice", budget, ast.Constant(MOST_TURNS))
        head.append(ast.Assign([ast.Name("#turns", ast.Store())], bounded))
    return head


def _hoisted(scope: Scope) -> Lines:
    """Return the number of entries of the function's own table, if the function asks for it."""
    if "#entries" not in scope.used:
        return []
    local = next(x for x in scope.blocks[0].values() if x.type == PTEP)
    table = ast.Subscript(local.load(), ast.Constant(0), ast.Load())
    return [ast.Assign([ast.Name("#entries", ast.Store())], values.call("#entries_in_use", table))]


def _addressed(body: Any) -> frozenset[str]:
    """Return the names of variables whose address is taken."""
    found, waiting = set(), [body]
    while waiting:
        one = waiting.pop()
        if one.type == "pointer_expression" and one.children[0].type == "&":
            inner = bare(one.named_children[0])
            if inner.type == "identifier":
                found.add(text_of(inner))
        waiting += one.named_children
    return frozenset(found)
