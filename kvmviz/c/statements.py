"""Statements of C as Python, one for one where Python has the same: if, loops, a switch that is well formed."""

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kvmviz.c import lookup, switches, values
from kvmviz.c.expressions import Expressions
from kvmviz.c.loops import LOOPS
from kvmviz.c.refuse import shown
from kvmviz.c.scope import Local
from kvmviz.c.syntax import text_of
from kvmviz.c.types import VOID, Int, Opaque, Pointer, Struct, Type, promoted
from kvmviz.c.values import Unfit, Value, exact, name

if TYPE_CHECKING:
    from tree_sitter import Node

Lines = list[ast.stmt]
"""Statements of Python."""

DEEPEST_LOOPS: Final = 12
"""How many loops may be nested; Python itself allows 20 blocks."""


class Statements(Expressions):
    """Translates statements that Python has as well."""

    again: list[Callable[[], Lines]]
    """For each loop that is open: what `continue` does before it goes on."""
    returns: Type

    def lines(self, node: "Node") -> Lines:
        """Return the Python of a statement, with the line of the C."""
        self.scope.line = node.start_point.row + 1
        method = getattr(self, f"of_{node.type}", None)
        if method is None:
            if node.type in _NOTHING:
                return []
            raise self.scope.refused(node, f"{shown(text_of(node))}: {node.type.replace('_', ' ')} cannot be run here")
        try:
            found: Lines = method(node)
        except Unfit as error:
            raise self.scope.refused(node, f"{shown(text_of(node))}: {error}") from None
        return lined(found, node.start_point.row + 1)

    def body(self, node: "Node | None") -> Lines:
        """Return the Python of what a loop or an `if` holds, never empty."""
        return (self.lines(node) if node is not None else []) or [ast.Pass()]

    def of_compound_statement(self, node: "Node") -> Lines:
        with self.scope.block():
            return [line for child in node.named_children for line in self.lines(child)]

    def of_expression_statement(self, node: "Node") -> Lines:
        if not node.named_children or text_of(node.named_children[0]) == "fallthrough":
            return []
        return self.done(self.value(node.named_children[0]))

    def done(self, value: Value) -> Lines:
        """Return a statement that evaluates an expression and drops what it is worth."""
        node = value.node
        if not (value.effects.writes or value.effects.calls):
            return [] if value.const is not None or isinstance(node, ast.Constant | ast.Name) else [ast.Expr(node)]
        if isinstance(node, ast.NamedExpr):
            return [ast.Assign([ast.Name(node.target.id, ast.Store())], node.value)]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "#put":
            place, member, new = node.args
            assert isinstance(member, ast.Constant)
            return [ast.Assign([ast.Attribute(place, str(member.value), ast.Store())], new)]
        return [ast.Expr(node)]

    # Declarations.

    def of_declaration(self, node: "Node") -> Lines:
        for child in node.children:
            if child.type == "storage_class_specifier" and text_of(child) in ("static", "extern"):
                raise Unfit(f"a variable that is {text_of(child)} outlives the run; use one of the function")
        declarators = node.children_by_field_name("declarator")
        return [line for one in declarators for line in self.declared(node, one)]

    def declared(self, node: "Node", declarator: "Node") -> Lines:
        """Declare one variable, and set it where it has a value to begin with."""
        initial = declarator.child_by_field_name("value") if declarator.type == "init_declarator" else None
        if declarator.type == "init_declarator":
            declarator = declarator.child_by_field_name("declarator")  # type: ignore[assignment]  # the grammar has one
        if text_of(node.child_by_field_name("type")) == "__auto_type" and initial is not None:
            return self.inferred(declarator, self.value(initial))
        id, type = self.program.declared(self, node.child_by_field_name("type"), declarator)
        if isinstance(type, Struct):
            return self.record(id, type, declarator, initial)
        value = None if initial is None else self.value(initial)
        return self.begun(self.scope.declare(id, type, declarator.start_byte), value)

    def inferred(self, declarator: "Node", value: Value) -> Lines:
        """Declare a variable of the type that its first value has."""
        if declarator.type != "identifier" or isinstance(value.type, Struct) or value.type == VOID:
            raise Unfit("this cannot be declared by its value here")
        return self.begun(self.scope.declare(text_of(declarator), value.type, declarator.start_byte), value)

    def begun(self, local: Local, value: Value | None) -> Lines:
        """Begin a variable, with its first value where it has one."""
        made: Lines = []
        if local.boxed:
            made.append(ast.Assign([ast.Name(local.name, ast.Store())], values.call("#Box")))
        if value is None:
            return made
        kept = self.kept(local, value)
        if local.boxed:
            made[0] = ast.Assign([ast.Name(local.name, ast.Store())], values.call("#boxed", kept.node))
            return made
        return [ast.Assign([ast.Name(local.name, ast.Store())], kept.node)]

    def record(self, id: str, type: Struct, declarator: "Node", initial: "Node | None") -> Lines:
        """Declare a struct of the C itself; its members begin as in its list of values, the others as zero."""
        if initial is None and lookup.is_bound(type.name):
            self.scope.declare(id, type, declarator.start_byte).boxed = False
            return []  # one of the model's own, which a loop macro sets
        members = self.program.members(type)
        local = self.scope.declare(id, type, declarator.start_byte)
        local.boxed = False
        made: Lines = [ast.Assign([ast.Name(local.name, ast.Store())], values.call("#Record"))]
        if initial is None:
            return made
        if initial.type != "initializer_list":
            raise Unfit("a struct is copied, which cannot be followed here")
        given = {}
        for pair in initial.named_children:
            designator = pair.named_children[0] if pair.type == "initializer_pair" else None
            if designator is None or designator.type != "field_designator":
                raise Unfit("name the members that are set, as in `.member = value`")
            given[text_of(designator)[1:].strip()] = pair.child_by_field_name("value")
        for member, member_type in members.items():
            node = given.pop(member, None)
            value = self.value(node) if node is not None else _zero(member_type)
            kept = exact(self.converted(value, member_type))
            place = ast.Attribute(name(local.name), member, ast.Store())
            made.append(ast.Assign([place], kept.node))
        if given:
            raise Unfit(f"struct {type.name} has no member `{min(given)}`")
        return made

    # Branches.

    def condition(self, node: "Node | None") -> Value:
        """Return a condition's value."""
        assert node is not None
        return self.value(node)

    def of_if_statement(self, node: "Node") -> Lines:
        condition = self.condition(node.child_by_field_name("condition"))
        test = values.truth(condition)
        then = self.body(node.child_by_field_name("consequence"))
        alternative = node.child_by_field_name("alternative")
        other = self.lines(alternative) if alternative is not None else []
        if condition.const is not None and not (condition.effects.calls or condition.effects.writes):
            return then if condition.const else other
        return [ast.If(test, then, other)]

    def of_else_clause(self, node: "Node") -> Lines:
        return [line for child in node.named_children for line in self.lines(child)]

    def of_switch_statement(self, node: "Node") -> Lines:
        return switches.chained(self, node)

    def of_return_statement(self, node: "Node") -> Lines:
        if not node.named_children:
            return [ast.Return(None)]
        value = self.value(node.named_children[0])
        if value.type == VOID or self.returns == VOID:
            return [*self.done(value), ast.Return(None)]
        return [ast.Return(self.returned(value).node)]

    def returned(self, value: Value) -> Value:
        """Return a value as the function returns it; it may turn out to return an object of the model."""
        if isinstance(self.returns, Int) and self.returns.bits == 64 and isinstance(value.type, Opaque):
            self.scope.learn(-1, value.type)
        if isinstance(self.returns, Pointer) and self.returns.to == VOID and isinstance(value.type, Pointer):
            return value
        return exact(self.converted(value, self.returns))

    # Loops.

    def of_while_statement(self, node: "Node") -> Lines:
        macro = self.unit.prepared.loops.get(node.start_byte)
        if macro is not None:
            return self.macro_loop(macro, node)
        return self.loop(node, None, node.child_by_field_name("condition"), list)

    def of_do_statement(self, node: "Node") -> Lines:
        condition = node.child_by_field_name("condition")
        again = lambda: self.unless(condition, ast.Break())  # noqa: E731
        return self.loop(node, None, None, again)

    def of_for_statement(self, node: "Node") -> Lines:
        with self.scope.block():
            initial = node.child_by_field_name("initializer")
            first: Lines = []
            if initial is not None:
                first = self.lines(initial) if initial.type == "declaration" else self.done(self.value(initial))
                lined(first, node.start_point.row + 1)
            update = node.child_by_field_name("update")
            step = lambda: [] if update is None else lined(self.done(self.value(update)), update.start_point.row + 1)  # noqa: E731
            return [*first, *self.loop(node, None, node.child_by_field_name("condition"), step)]

    def loop(self, node: "Node", head: Lines | None, condition: "Node | None", again: Callable[[], Lines]) -> Lines:
        """Return a loop whose turns are counted: `again` is what each turn ends with, also by `continue`."""
        line = node.start_point.row + 1
        if len(self.again) >= DEEPEST_LOOPS:
            raise Unfit(f"more than {DEEPEST_LOOPS} loops in each other")
        self.again.append(again)
        test = self.unless(condition, ast.Break()) if condition is not None else []
        inner = self.lines(node.child_by_field_name("body"))  # type: ignore[arg-type]  # the grammar has one
        end = [] if inner and isinstance(inner[-1], ast.Continue | ast.Break | ast.Return) else again()
        self.again.pop()
        self.scope.used.add("#turns")
        stop: Lines = [ast.Expr(values.call("#endless", ast.Constant(line)))]
        body = [*(head or []), *test, *inner, *end] or [ast.Pass()]
        return [ast.For(ast.Name("#_", ast.Store()), name("#turns"), body, stop)]

    def unless(self, condition: "Node | None", way_out: ast.stmt) -> Lines:
        """Return `if not condition: way_out`, nothing for a condition that is always true."""
        value = self.condition(condition)
        if value.const and not value.effects.calls:
            return []
        assert condition is not None
        test = ast.UnaryOp(ast.Not(), values.truth(value))
        return lined([ast.If(test, [way_out], [])], condition.start_point.row + 1)

    def macro_loop(self, macro: str, node: "Node") -> Lines:
        """Return the loop of a macro such as kvm_for_each_vcpu."""
        if macro.startswith("scoped_"):
            self.passed(macro, "a lock", node)
            if switches.leaves(node.child_by_field_name("body")):
                raise Unfit("`break` and `continue` that leave a guard cannot be run here")
            return self.lines(node.child_by_field_name("body"))  # type: ignore[arg-type]  # the grammar has one
        setup, test = self.turns_of(macro, node)
        line = node.start_point.row + 1
        head = lined([ast.If(ast.UnaryOp(ast.Not(), test), [ast.Break()], [])], line)
        return [*lined(setup, line), *self.loop(node, head, None, list)]

    def turns_of(self, macro: str, node: "Node") -> tuple[Lines, ast.expr]:
        """Return what a loop macro begins with, and the Python that takes the next turn, false if there is none."""
        if macro not in LOOPS:
            raise Unfit(f"the loop `{macro}` is not bound to the model")
        loop, given = LOOPS[macro], _listed(node.child_by_field_name("condition"))
        if len(given) != len(loop.arguments):
            raise Unfit(f"`{macro}` is bound as `{loop.form}`")
        meant = dict(zip(loop.arguments, given, strict=True))
        if "head" in meant and not text_of(meant["head"]).endswith("tdp_mmu_roots"):
            raise Unfit(f"{shown(text_of(meant['head']))} is no list that the model has")
        local = self.scope.find(text_of(meant[loop.variable]))
        if local is None or local.boxed:
            raise Unfit(f"`{macro}` needs a variable of the function")

        def argument(id: str) -> ast.expr | None:
            return exact(self.value(meant[id])).node if id in meant else self.context(id)

        self.scope.used.add("#walks")
        over, kept = lookup.filled(lookup.syntax(loop.over), argument), self.scope.temporary()
        setup: Lines = [ast.Assign([ast.Name(kept, ast.Store())], values.call("#iter", over))]
        following = values.call("#next", name(kept), ast.Constant(None))
        turn = ast.NamedExpr(ast.Name(local.name, ast.Store()), following)
        return setup, ast.Compare(turn, [ast.IsNot()], [ast.Constant(None)])

    def of_break_statement(self, node: "Node") -> Lines:
        if not self.again:
            raise Unfit("`break` outside of a loop and of a switch")
        return [ast.Break()]

    def of_continue_statement(self, node: "Node") -> Lines:
        if not self.again:
            raise Unfit("`continue` outside of a loop")
        return [*self.again[-1](), ast.Continue()]

    def promoted_value(self, node: "Node") -> Value:
        """Return what a switch looks at."""
        value = self.condition(node.child_by_field_name("condition"))
        type = values.integer(value, "what is switched on")
        return exact(values.as_int(value, promoted(type)))


def lined(lines: Lines, line: int) -> Lines:
    """Give a line to Python that has none yet."""
    waiting: list[ast.AST] = list(lines)
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.stmt | ast.expr) and not hasattr(one, "lineno"):
            one.lineno = one.end_lineno = line
            one.col_offset = one.end_col_offset = 0
            waiting += ast.iter_child_nodes(one)
    return lines


def _listed(node: "Node | None") -> "list[Node]":
    """Return the arguments of a loop macro, which the parser takes for one expression with commas."""
    if node is None or node.type not in ("parenthesized_expression", "comma_expression"):
        return [node] if node is not None else []
    return [one for child in node.named_children for one in _listed(child)]


def _zero(type: Type) -> Value:
    return values.constant(0, type) if isinstance(type, Int) else values.NULL


_NOTHING: Final = ("comment", ";", "preproc_call", "type_definition")
