"""A statement expression, `({ ... })`: an inner function of Python, called where it stands.

Its last statement is its value, as GCC has it.  Variables of the function around it are
that function's own; what it declares is seen in it alone.  What would leave it, a
`return` or a jump, refuses.
"""

import ast
from typing import TYPE_CHECKING, Final

from kvmviz.c import values
from kvmviz.c.statements import Lines, Statements, lined
from kvmviz.c.syntax import text_of
from kvmviz.c.types import VOID
from kvmviz.c.values import Effects, Unfit, Value, exact

if TYPE_CHECKING:
    from tree_sitter import Node

_LEAVES: Final = {"return_statement": "return", "goto_statement": "goto", "labeled_statement": "a label"}
_LOOPS: Final = ("while_statement", "for_statement", "do_statement")


class Enclosed(Statements):
    """Translates statements that stand in an expression."""

    def on_parenthesized_expression(self, node: "Node") -> Value:
        """Return what brackets hold."""
        inner = node.named_children[0]
        return self.enclosed(inner) if inner.type == "compound_statement" else super().on_parenthesized_expression(node)

    def enclosed(self, node: "Node") -> Value:
        """Return the call of an inner function that does what the statements do."""
        if self.fixed:
            raise Unfit("a statement expression in a macro without arguments cannot be run here; give it brackets")
        _check_stays(node)
        around = {local.name for block in self.scope.blocks for local in block.values()}
        outer, self.scope.inner, again, self.again = self.scope.inner, [], self.again, []
        with self.scope.block():
            lines, value = self.worth([child for child in node.named_children if child.type != "comment"])
        inner, self.scope.inner, self.again = self.scope.inner, outer, again
        lines.append(ast.Return(exact(value).node))
        names = [one for line in (*inner, *lines) for one in ast.walk(line) if isinstance(one, ast.Name)]
        read, written = (
            frozenset(one.id for one in names if isinstance(one.ctx, kind)) & around for kind in (ast.Load, ast.Store)
        )
        name = f"{self.scope.definition.name}{self.scope.temporary()}"
        body: Lines = [*([ast.Nonlocal(sorted(written))] if written else []), *inner, *lines]
        made = ast.FunctionDef(name, ast.arguments([], [], None, [], [], None, []), body, [])
        self.scope.inner += lined([*_bound(sorted(written)), made], node.start_point.row + 1)
        return Value(values.call(name), value.type, effects=Effects(read, written, calls=True))

    def worth(self, children: "list[Node]") -> tuple[Lines, Value]:
        """Return what statements do, and what the last of them is worth."""
        last = children[-1] if children else None
        valued = last is not None and last.type == "expression_statement" and bool(last.named_children)
        lines = [line for child in (children[:-1] if valued else children) for line in self.lines(child)]
        if last is None or not valued:
            return lines, Value(ast.Constant(None), VOID)
        value = self.value(last.named_children[0])
        if value.type != VOID:
            return lines, value
        return [*lines, *self.done(value)], Value(ast.Constant(None), VOID)


def _bound(names: list[str]) -> Lines:
    """Return Python that never runs and makes these names variables of the function that it stands in."""
    set_ = [ast.Assign([ast.Name(name, ast.Store())], ast.Constant(None)) for name in names]
    return [ast.If(ast.Constant(False), list(set_), [])] if set_ else []


def _check_stays(node: "Node") -> None:
    """Raise Unfit for a statement that would leave the expression."""
    waiting = [(child, False, False) for child in node.named_children]
    while waiting:
        one, breaks, continues = waiting.pop()
        leaves = _LEAVES.get(one.type)
        if (one.type == "break_statement" and not breaks) or (one.type == "continue_statement" and not continues):
            leaves = text_of(one).rstrip("; ")
        if leaves:
            said = leaves if leaves.startswith("a ") else f"`{leaves}`"
            raise Unfit(f"{said} in a statement expression cannot be followed here; write its statements out")
        loop = one.type in _LOOPS
        inside = (breaks or loop or one.type == "switch_statement", continues or loop)
        waiting += [(child, *inside) for child in one.named_children]
