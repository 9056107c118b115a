"""Calls: of the model by the table of names, of what a revision may change, of other functions of the C."""

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from kvmviz.c import lookup, values
from kvmviz.c.conversions import Conversions
from kvmviz.c.lookup import Signature
from kvmviz.c.macros import ENTRY_COUNTS, MACROS
from kvmviz.c.names import GLOBALS
from kvmviz.c.refuse import shown
from kvmviz.c.scope import VM
from kvmviz.c.syntax import bare, text_of
from kvmviz.c.types import INT, VOID, Int, Pointer, Struct
from kvmviz.c.values import Effects, Unfit, Value, exact, joined, name

if TYPE_CHECKING:
    from tree_sitter import Node

CALLED: Final = Effects(calls=True)

DANGEROUS: Final = re.compile(
    r"free|alloc|reclaim|leak|(?:^|_)(?:put|get|release|destroy|remove|unref|ref|drop|del|tdh|seamcall|BUG|panic|die)"
    r"(?:_|$)", re.I
)  # fmt: skip
"""Names of calls that could free, take, give back or leak something, or end the host: never passed over."""


class Calls(Conversions):
    """Translates calls."""

    def call(self, node: "Node") -> Value:
        """Return what a call comes to."""
        function = node.child_by_field_name("function")
        arguments = list(node.child_by_field_name("arguments").named_children)  # type: ignore[union-attr]
        assert function is not None
        if function.type == "call_expression":
            return self.twofold(function, arguments, node)
        if function.type != "identifier" or self.scope.find(text_of(function)):
            raise Unfit("a call through a pointer cannot be followed here")
        called = text_of(function)
        if called in MACROS:
            return MACROS[called].handle(self, arguments, node)
        return self.by_name(called, arguments, node)

    def twofold(self, function: "Node", arguments: "list[Node]", node: "Node") -> Value:
        """Return what `f(x)(y)` comes to: an op of KVM's, or a guard."""
        outer = text_of(function.child_by_field_name("function"))
        inner = [text_of(a) for a in function.child_by_field_name("arguments").named_children]  # type: ignore[union-attr]
        if outer in ("kvm_x86_call", "static_call") and len(inner) == 1:
            return self.op(inner[0].removeprefix("kvm_x86_"), arguments, node)
        if outer == "guard":
            return self.passed(f"guard({', '.join(inner)})", "a lock", node)
        raise Unfit("a call through a pointer cannot be followed here")

    def by_name(self, called: str, arguments: "list[Node]", node: "Node") -> Value:
        """Return what the call of a named function comes to."""
        target = self.program.target(called, self.scope)
        if target is not None:
            return self.own(target, [self.value(a) for a in arguments])
        rows = lookup.functions(called)
        if rows:
            return self.bound(rows, [self.value(a) for a in arguments])
        if called in self.unit.prepared.functions:
            raise Unfit(f"the macro `{called}` of this file is not expanded here; write out what it does")
        return self.unknown(called, arguments, node)

    # Functions of the model.

    def bound(self, rows: Sequence[Signature], arguments: list[Value]) -> Value:
        """Return the Python of the first row that takes these arguments."""
        reasons = []
        for row in rows:
            try:
                return self.filled(row, self.fitted(row, arguments))
            except Unfit as error:
                reasons.append(str(error))
        raise Unfit(reasons[0])

    def fitted(self, row: Signature, arguments: list[Value]) -> list[Value]:
        """Return the arguments converted to a row's parameters."""
        if len(arguments) != len(row.parameters):
            raise Unfit(f"{row.name} takes {len(row.parameters)} arguments here: `{row.row.c}`")
        try:
            fitted = [exact(self.converted(a, type)) for a, (_, type) in zip(arguments, row.parameters, strict=True)]
        except Unfit as error:
            raise Unfit(f"{error}; here it is `{row.row.c}`") from None
        for value, (id, type) in zip(fitted, row.parameters, strict=True):
            if isinstance(type, Pointer) and isinstance(type.to, Struct) and values.is_null(value):
                raise Unfit(f"NULL is given for {id}")
        return fitted

    def filled(self, row: Signature, arguments: list[Value]) -> Value:
        """Return a row's Python with the arguments in it."""
        meant = {id: self.shared(a.node, row, id) for (id, _), a in zip(row.parameters, arguments, strict=True)}
        effects = joined(arguments) | (Effects(values.MEMORY) if row.row.pure else CALLED)
        node = lookup.filled(row.python, lambda id: next(meant[id]) if id in meant else (
            self.strictly(id) or self.context(id)))  # fmt: skip
        return Value(node, row.returns, effects=effects)

    def shared(self, node: ast.expr, row: Signature, id: str) -> Iterator[ast.expr]:
        """Yield what stands for an argument each time a row names it: one that may do something is evaluated once."""
        names = [one for one in ast.walk(row.python) if isinstance(one, ast.Name) and one.id == id]
        if len(names) > 1 and not isinstance(node, ast.Name | ast.Constant):
            kept = self.scope.temporary()
            yield ast.NamedExpr(ast.Name(kept, ast.Store()), node)
            node = name(kept)
        yield from repeat(node)

    def strictly(self, id: str) -> ast.expr | None:
        """Return what reads or sets an entry in a function that asks how many there are, None for any other name."""
        inside = {"read_spte": "read_inside", "write_spte": "write_inside"}.get(id)
        return name(inside) if inside and self.scope.counts_entries else None

    def context(self, id: str) -> ast.expr | None:
        """Return what `vm` and `host` mean in this function, None for any other name."""
        if id == "host":
            return ast.Attribute(name(VM), "host", ast.Load())
        return name(VM) if id == "vm" else None

    # Functions of the C, and what a revision may change.

    def own(self, target: Any, arguments: list[Value]) -> Value:
        """Return the call of a function of the C, or of one that the revision has."""
        target.check_number(len(arguments))
        given = []
        for number, (value, type) in enumerate(zip(arguments, target.types, strict=True)):
            try:
                given.append(exact(self.converted(value, type)))
            except Unfit:
                if not target.learn(number, value):
                    raise
                return self.own(self.program.target(target.name, self.scope), arguments)
        effects = joined(given) | CALLED
        return Value(target.call([v.node for v in given]), target.returns, effects=effects)

    def op(self, op: str, arguments: "list[Node]", node: "Node") -> Value:
        """Return the call of an op that TDX code registers with KVM."""
        target = self.program.op(op, self.scope)
        if target is None:
            return self.unknown(op, arguments, node)
        return self.own(target, [self.value(a) for a in arguments])

    def callback(self, node: "Node") -> ast.expr:
        """Return the function that call_rcu is given."""
        if node.type == "identifier" and not self.scope.find(text_of(node)):
            found = self.program.callback(text_of(node), self.scope)
            if found is not None:
                return found
        raise Unfit(f"{shown(text_of(node))} is no function that can be called back here")

    # What is not known.

    def unknown(self, called: str, arguments: "list[Node]", node: "Node") -> Value:
        """Pass a call over that can do no harm; raise Unfit for any other."""
        why = lookup.passed_over(called)
        if why is None and DANGEROUS.search(called):
            raise Unfit(f"`{called}` is not bound to the model, and its name says that it could free, take, give back "
                        "or leak something")  # fmt: skip
        if not self.is_statement(node):
            raise Unfit(f"`{called}` is not bound to the model, and what it returns is used")
        if why is None:
            self.check_harmless(called, arguments)
        elif any(n.type in _SETTING for argument in arguments for n in _walk(argument)):
            raise Unfit(f"`{called}` is passed over here, and its arguments do something")
        return self.passed(called, why or "not bound to the model", node)

    def check_harmless(self, called: str, arguments: "list[Node]") -> None:
        """Raise Unfit for an argument that does something, or through which the function could set a variable."""
        for argument in arguments:
            if any(n.type in _DOING for n in _walk(argument)):
                raise Unfit(f"`{called}` is not bound to the model, and its arguments do something")
            for inner in _walk(argument):
                variable = self.taken(inner)
                if variable is not None and variable.type == "identifier" and self.scope.find(text_of(variable)):
                    raise Unfit(f"`{called}` is not bound to the model, and could set {text_of(variable)}")

    def taken(self, node: "Node") -> "Node | None":
        """Return what a node takes the address of; `(u64)&n` looks like two values to a grammar without types."""
        if node.type == "pointer_expression" and node.children[0].type == "&":
            return bare(node.named_children[0])
        if node.type != "binary_expression" or node.children[1].type != "&":
            return None
        left, right = node.children[0], node.children[2]
        word = bare(left)
        if left.type != "parenthesized_expression" or word.type != "identifier" or self.is_value(text_of(word)):
            return None
        return bare(right)

    def is_value(self, id: str) -> bool:
        """Say whether a name is known as a variable or a constant."""
        return bool(self.scope.find(id) or self.program.constant(id, self) or lookup.constant(id))

    def passed(self, called: str, why: str, node: "Node") -> Value:
        """Note a call that is passed over."""
        self.program.pass_over(self.scope.definition, called, why, node.start_point.row + 1)
        return Value(ast.Constant(None), VOID)

    @staticmethod
    def is_statement(node: "Node") -> bool:
        """Say whether nobody uses what a call returns."""
        parent = node.parent
        while parent is not None and parent.type in ("parenthesized_expression", "cast_expression"):
            if parent.type == "cast_expression" and text_of(parent.child_by_field_name("type")) != "void":
                return False
            parent = parent.parent
        return parent is None or parent.type in ("expression_statement", "labeled_statement")

    # Names.

    def named(self, id: str, node: "Node") -> Value:
        """Return what a name means that is no variable: a constant, a macro of the text, a function."""
        if id in ENTRY_COUNTS:
            return self.entries()
        own = self.program.constant(id, self)
        if own is not None:
            return own
        found = lookup.constant(id)
        if found is not None:
            type = lookup.c_type(found.type)
            if isinstance(type, Int):
                return values.constant(int(found.value), type)
            return values.NULL if isinstance(type, Pointer) else Value(name(str(found.value)), type)
        if id in GLOBALS:
            return Value(ast.Constant(None), lookup.c_type(GLOBALS[id]))
        raise Unfit(self.program.global_reason(id))

    def entries(self) -> Value:
        """Return the number of entries of the function's own table; the model stores those in use only."""
        tables = [local for local in self.scope.blocks[0].values() if local.type == lookup.c_type("tdp_ptep_t")]
        if len(tables) != 1:
            return values.constant(512)
        self.scope.used.add("#entries")
        return Value(name("#entries"), INT)

    def global_address(self, id: str) -> Value:
        """Return the address of a global variable, which can only be handed to what is passed over."""
        raise Unfit(self.program.global_reason(id))


_SETTING: Final = ("assignment_expression", "update_expression")
_DOING: Final = ("call_expression", *_SETTING)


def _walk(node: "Node") -> "list[Node]":
    found, waiting = [], [node]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += one.named_children
    return found
