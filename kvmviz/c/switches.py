"""A switch: as a chain of `if` where each of its cases ends by itself; else it is cut into blocks."""

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kvmviz.c.surroundings import StatementTranslator
from kvmviz.c.syntax import text_of
from kvmviz.c.values import Unfit, Value, name

if TYPE_CHECKING:
    from tree_sitter import Node

_LOOPS: Final = ("while_statement", "for_statement", "do_statement")
ENDS: Final = ("break_statement", "return_statement", "continue_statement", "goto_statement")


@dataclass
class Group:
    """Cases that share their statements: `default` among them or not."""

    cases: "list[Node]" = field(default_factory=list)
    default: bool = False
    statements: "list[Node]" = field(default_factory=list)


def groups(node: "Node") -> list[Group]:
    """Return a switch's groups; raise Unfit for statements before the first case."""
    body = node.child_by_field_name("body")
    found: list[Group] = []
    for child in body.named_children if body is not None else []:
        if child.type != "case_statement":
            if not found:
                raise Unfit("a statement before the first case")
            found[-1].statements.append(child)
            continue
        value = child.child_by_field_name("value")
        if not found or found[-1].statements:
            found.append(Group())
        group = found[-1]
        if value is None:
            group.default = True
        else:
            group.cases.append(value)
        group.statements += [c for c in child.named_children if c != value]
    return found


def leaves(node: "Node | None", breaks_only: bool = False) -> bool:
    """Say whether a `break` or `continue` in a statement leaves it."""
    waiting = [(node, True, True)]
    while waiting:
        one, breaks, goes_on = waiting.pop()
        if one is None:
            continue
        if (one.type == "break_statement" and breaks) or (
            one.type == "continue_statement" and goes_on and not breaks_only
        ):
            return True
        inner = one.type in _LOOPS
        waiting += [(c, breaks and not inner and one.type != "switch_statement", goes_on and not inner)
                    for c in one.named_children]  # fmt: skip
    return False


def regular(node: "Node") -> bool:
    """Say whether each group of a switch ends by itself and is not left from within."""
    try:
        found = groups(node)
    except Unfit:
        return True  # who translates it says what is wrong with it
    for number, group in enumerate(found):
        ends = group.statements and group.statements[-1].type in ENDS
        if not ends and number + 1 < len(found):
            return False
        inner = group.statements[:-1] if ends else group.statements
        if any(leaves(statement, breaks_only=True) for statement in inner):
            return False
    return True


def constants(of: StatementTranslator, group: Group, switched: Value) -> list[int]:
    """Return what a group's cases stand for, in the type that is switched on."""
    found = []
    for case in group.cases:
        value = of.value(case)
        if value.const is None:
            raise of.scope.refused(case, f"case {text_of(case)}: no constant")
        found.append(switched.type.wrap(value.const))  # type: ignore[union-attr]  # an Int by now
    return found


def tests(of: StatementTranslator, node: "Node", kept: str, switched: Value) -> list[tuple[ast.expr | None, Group]]:
    """Return for each group the test that chooses it, None for the default; raise Unfit for a case given twice."""
    seen: set[int] = set()
    found: list[tuple[ast.expr | None, Group]] = []
    for group in groups(node):
        numbers = constants(of, group, switched)
        if seen & set(numbers) or len(set(numbers)) < len(numbers):
            raise Unfit("a case appears twice")
        seen |= set(numbers)
        right: ast.expr = ast.Tuple([ast.Constant(n) for n in numbers], ast.Load())
        test = ast.Compare(name(kept), [ast.In()], [right])
        found.append((None if group.default else test, group))
    if sum(test is None for test, _ in found) > 1:
        raise Unfit("default appears twice")
    return found


def chained(of: StatementTranslator, node: "Node") -> list[ast.stmt]:
    """Return a regular switch as a chain of `if`."""
    switched, kept = of.promoted_value(node), of.scope.temporary()
    first: list[ast.stmt] = [ast.Assign([ast.Name(kept, ast.Store())], switched.node)]
    with of.scope.block():
        chosen, otherwise = [], list[ast.stmt]()
        for test, group in tests(of, node, kept, switched):
            last = group.statements[-1:]
            plain = group.statements[:-1] if last and last[0].type == "break_statement" else group.statements
            lines = [line for statement in plain for line in of.lines(statement)] or [ast.Pass()]
            if test is None:
                otherwise = lines
            else:
                chosen.append((test, lines))
    for test, lines in reversed(chosen):
        otherwise = [ast.If(test, lines, otherwise)]
    return [*first, *otherwise]
