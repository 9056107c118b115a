"""Expressions of C as Python: one method for each kind of node that tree-sitter knows."""

import ast
from typing import TYPE_CHECKING, Final

from kvmviz.c import lookup, values
from kvmviz.c.literals import Literals
from kvmviz.c.refuse import shown
from kvmviz.c.surroundings import Place
from kvmviz.c.syntax import bare, text_of
from kvmviz.c.types import (
    BOOL,
    INT,
    PTEP,
    U64,
    VADDR,
    VOID,
    VOIDP,
    Int,
    Opaque,
    Pointer,
    Type,
    common,
)
from kvmviz.c.values import MEMORY, Effects, Unfit, Value, exact, joined, name

if TYPE_CHECKING:
    from tree_sitter import Node


class Expressions(Literals):
    """Translates expressions; what it refuses, it refuses with the node's line."""

    def value(self, node: "Node") -> Value:
        """Return what an expression is worth; raise CError with its line for one that cannot be run."""
        method = getattr(self, f"on_{node.type}", None)
        before, self.scope.line = self.scope.line, self.fixed or node.start_point.row + 1
        at = None if self.fixed else node  # what a macro stands for has the line of its use
        if method is None:
            what = _WORDS.get(node.type, node.type.replace("_", " "))
            raise self.scope.refused(at, f"{shown(text_of(node))}: {what} cannot be run here")
        try:
            found: Value = method(node)
        except Unfit as error:
            raise self.scope.refused(at, f"{shown(text_of(node))}: {error}") from None
        _stamp(found.node, self.scope.line)
        self.scope.line = before
        return found

    # What stands for itself.

    def on_parenthesized_expression(self, node: "Node") -> Value:
        return self.value(node.named_children[0])

    def on_identifier(self, node: "Node") -> Value:
        id = text_of(node)
        local = self.scope.find(id)
        if local is not None:
            reads = MEMORY if local.boxed else frozenset((local.name,))
            return Value(local.load(), local.type, effects=Effects(reads))
        return self.named(id, node)

    # Operators.

    def on_unary_expression(self, node: "Node") -> Value:
        operator, inner = node.children[0].type, self.value(node.named_children[0])
        return values.inverted(inner) if operator == "!" else values.unary(operator, inner)

    def on_binary_expression(self, node: "Node") -> Value:
        operator = node.children[1].type
        left, right = node.named_children
        a, b = self.value(left), self.value(right)
        if operator in ("&&", "||"):
            return self.logical(operator, a, b)
        if isinstance(a.type, Int) and isinstance(b.type, Int):
            return values.binary(operator, a, b)
        effects = joined((a, b))
        if operator in ("==", "!="):
            if not values.comparable(a, b):
                raise Unfit(f"{a.type} cannot be compared with {b.type} here")
            test = values.same(a, b)
            node_ = test if operator == "==" else ast.UnaryOp(ast.Not(), test)
            return Value(node_, INT, effects=effects)
        if operator in "+-" and a.type == PTEP and isinstance(b.type, Int):
            return Value(self.moved(a, operator, exact(b)), PTEP, effects=effects)
        if operator == "+" and b.type == PTEP and isinstance(a.type, Int):
            return Value(self.moved(b, "+", exact(a)), PTEP, effects=effects)
        wrong = a if not isinstance(a.type, Int) else b
        raise Unfit(f"with {wrong.type} nothing can be computed here")

    def logical(self, operator: str, a: Value, b: Value) -> Value:
        """Return `a && b` or `a || b`: the second is looked at only if it matters."""
        effects = a.effects | b.effects
        if a.const is not None and not a.effects.calls:
            return (
                values.truth_value(b).after(effects)
                if bool(a.const) == (operator == "&&")
                else values.constant(int(operator == "||"))
            )
        both = [values.truth_value(a).node, values.truth_value(b).node]
        return Value(ast.BoolOp(ast.And() if operator == "&&" else ast.Or(), both), INT, effects=effects)

    def moved(self, at: Value, operator: str, by: Value) -> ast.expr:
        """Return a pointer to another entry of the same table."""
        sign: ast.operator = ast.Add() if operator == "+" else ast.Sub()
        if isinstance(at.node, ast.Name):
            sp, index = (ast.Subscript(at.node, ast.Constant(n), ast.Load()) for n in (0, 1))
            return ast.Tuple([sp, ast.BinOp(index, sign, by.node)], ast.Load())
        return values.call("#moved", at.node, by.node if operator == "+" else ast.UnaryOp(ast.USub(), by.node))

    def on_conditional_expression(self, node: "Node") -> Value:
        condition = self.value(node.child_by_field_name("condition"))  # type: ignore[arg-type]  # the grammar has one
        second = node.child_by_field_name("consequence")
        last = self.value(node.child_by_field_name("alternative"))  # type: ignore[arg-type]  # the grammar has one
        if second is None:
            temporary = self.scope.temporary()
            kept = ast.NamedExpr(ast.Name(temporary, ast.Store()), exact(condition).node)
            test = Value(kept, condition.type, effects=condition.effects)
            first = Value(name(temporary), condition.type)
        else:
            test, first = condition, self.value(second)
        a, b = self.in_common(first, last)
        effects = condition.effects | a.effects | b.effects
        if test.const is not None:
            return (a if test.const else b).after(effects)
        return Value(ast.IfExp(values.truth(test), exact(a).node, exact(b).node), a.type, effects=effects)

    def in_common(self, a: Value, b: Value) -> tuple[Value, Value]:
        """Return the two outcomes of `?:` with the type that they have in common."""
        if isinstance(a.type, Int) and isinstance(b.type, Int):
            type: Type = common(a.type, b.type) if a.type != b.type or a.type.rank < INT.rank else a.type
            assert isinstance(type, Int)
            return values.as_int(a, type), values.as_int(b, type)
        if a.type == b.type:
            return a, b
        if values.comparable(a, b):
            type = b.type if values.is_null(a) or a.type == VOIDP else a.type
            return self.converted(a, type), self.converted(b, type)
        raise Unfit(f"{a.type} or {b.type}: one of two unlike things")

    def on_comma_expression(self, node: "Node") -> Value:
        first, last = (self.value(child) for child in node.named_children)
        effects = first.effects | last.effects
        if not (first.effects.writes or first.effects.calls):
            return last.after(effects)
        both = ast.Tuple([first.node, exact(last).node], ast.Load())
        return Value(ast.Subscript(both, ast.Constant(1), ast.Load()), last.type, effects=effects)

    def on_cast_expression(self, node: "Node") -> Value:
        type = self.type_of(node.child_by_field_name("type"))
        inner = node.child_by_field_name("value")
        assert inner is not None
        return self.cast(self.value(inner), type)

    def cast(self, value: Value, type: Type) -> Value:
        """Return a value under another type, as a cast does."""
        if type == VOID or value.type == type:
            return Value(exact(value).node, type, True, None, value.effects)
        if isinstance(type, Int):
            return self._cast_to_number(value, type)
        if isinstance(type, Pointer):
            if type == PTEP and lookup.struct_of(value.type) == "spt":
                return self.table_of(value)
            if value.type == VADDR:
                return Value(value.node, type, effects=value.effects)
            return self.converted(value, type)
        if isinstance(type, Opaque) and isinstance(value.type, Opaque) and type == value.type:
            return value
        raise Unfit(f"{value.type} cannot become {type} here")

    def _cast_to_number(self, value: Value, type: Int) -> Value:
        if isinstance(value.type, Int):
            return values.as_int(value, type)
        if type is BOOL:
            return self.converted(value, type)
        if isinstance(value.type, Pointer) and type.bits == 64:
            return VADDR_OF(value)
        if isinstance(value.type, Opaque) and type.bits == 64:
            return value
        raise Unfit(f"{value.type} cannot become {type} here")

    def table_of(self, value: Value) -> Value:
        """Return the pointer to a table's first entry, of `sp->spt`."""
        if isinstance(value.node, ast.Attribute) and value.node.attr == "spt":
            return Value(ast.Tuple([value.node.value, ast.Constant(0)], ast.Load()), PTEP, effects=value.effects)
        raise Unfit("which table this is cannot be seen here; write sp->spt where it is used")

    def on_sizeof_expression(self, node: "Node") -> Value:
        inner = node.named_children[0]
        word = inner.named_children[0] if inner.type == "parenthesized_expression" else inner
        if inner.type == "type_descriptor":
            type = self.type_of(inner)
        elif word.type == "identifier" and self.scope.find(text_of(word)) is None:
            type = self.program.type_here(text_of(word), self) or self.value(inner).type  # a typedef looks like a name
        else:
            type = self.value(inner).type
        if isinstance(type, Int | Opaque):
            return values.constant((type.of if isinstance(type, Opaque) else type).bits // 8, U64)
        if isinstance(type, Pointer):
            return values.constant(8, U64)
        raise Unfit(f"the size of {type} is not known here")

    # Memory.

    def on_field_expression(self, node: "Node") -> Value:
        return self.place(node).read()

    def on_subscript_expression(self, node: "Node") -> Value:
        return self.place(node).read()

    def on_pointer_expression(self, node: "Node") -> Value:
        if node.children[0].type == "&":
            return self.address(node.named_children[0])
        return self.place(node).read()

    def address(self, node: "Node") -> Value:
        """Return `&node`."""
        node = bare(node)
        if node.type == "identifier":
            local = self.scope.find(text_of(node))
            if local is not None:
                return Value(name(local.name), Pointer(local.type), effects=Effects())
            return self.global_address(text_of(node))
        if node.type == "pointer_expression" and node.children[0].type == "*":
            return self.value(node.named_children[0])
        if node.type == "subscript_expression":
            place = self.place(node)
            return place.address()
        if node.type == "field_expression":
            return self.place(node).address()
        raise Unfit("the address of this cannot be taken here")

    def on_assignment_expression(self, node: "Node") -> Value:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.children[1].type
        assert left is not None
        assert right is not None
        place, value = self.place(left), self.value(right)
        if operator == "=":
            return place.write(value)
        return place.write(self.combined(operator[:-1], place, value))

    def combined(self, operator: str, place: Place, value: Value) -> Value:
        """Return `place operator value` for a compound assignment."""
        place.check_once()
        old = place.read()
        if old.type == PTEP and operator in "+-":
            return Value(self.moved(old, operator, exact(value)), PTEP, effects=joined((old, value)))
        return values.binary(operator, old, value)

    def on_update_expression(self, node: "Node") -> Value:
        place = self.place(node.named_children[0])
        prefix = node.children[0].type in ("++", "--")
        operator = (node.children[0] if prefix else node.children[1]).type[0]
        one = values.constant(1)
        new = place.write(self.combined(operator, place, one))
        if prefix or self.unused(node):
            return new
        type = new.type
        if not isinstance(type, Int) or type is BOOL:
            return self.value_before(place, new)
        old = values.as_int(values.binary("-" if operator == "+" else "+", new.after(Effects()), one), type)
        return Value(exact(old).node, type, True, None, new.effects)

    def value_before(self, place: Place, new: Value) -> Value:
        """Return what a place held before it was changed, where that cannot be computed from what it holds now."""
        kept, old = self.scope.temporary(), place.read()
        steps = [ast.NamedExpr(ast.Name(kept, ast.Store()), exact(old).node), new.node, name(kept)]
        node = ast.Subscript(ast.Tuple(steps, ast.Load()), ast.Constant(2), ast.Load())
        return Value(node, old.type, True, None, new.effects)

    @staticmethod
    def unused(node: "Node") -> bool:
        """Say whether nobody looks at the value of an expression."""
        parent = node.parent
        if parent is None or parent.type == "expression_statement":
            return True
        return parent.type == "for_statement" and parent.child_by_field_name("update") == node

    def on_call_expression(self, node: "Node") -> Value:
        cast = self.cast_in_disguise(node)
        return self.call(node) if cast is None else cast

    def cast_in_disguise(self, node: "Node") -> Value | None:
        """Return `(type)(value)`, which looks like a call to a grammar that does not know the type's name."""
        function, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None or given is None or function.type != "parenthesized_expression":
            return None
        inner = function.named_children[0]
        type = self.program.type(text_of(inner), self.unit) if inner.type == "identifier" else None
        if type is None or self.scope.find(text_of(inner)) or len(given.named_children) != 1:
            return None
        return self.cast(self.value(given.named_children[0]), type)

    def on_gnu_asm_expression(self, node: "Node") -> Value:
        raise Unfit("assembler cannot be run here")


def VADDR_OF(value: Value) -> Value:
    """Return a pointer as the unsigned long that holds it."""
    return Value(value.node, VADDR, True, value.const, value.effects)


def _stamp(node: ast.AST, line: int) -> None:
    """Give a line to Python that has none yet."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.expr) and not hasattr(one, "lineno"):
            one.lineno = one.end_lineno = line
            one.col_offset = one.end_col_offset = 0
            waiting += ast.iter_child_nodes(one)


_WORDS: Final = {
    "compound_literal_expression": "a compound literal", "offsetof_expression": "offsetof",
    "generic_expression": "_Generic", "ERROR": "something that is no C", "alignof_expression": "alignof",
    "initializer_list": "a list of values", "extension_expression": "__extension__",
}  # fmt: skip
