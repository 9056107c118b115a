"""What may stand where: values converted to the type of a variable, a member, a parameter."""

import ast
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from kvmviz.c import lookup, values
from kvmviz.c.places import Attribute, Element, Target, Variable
from kvmviz.c.refuse import shown
from kvmviz.c.scope import Local, Scope
from kvmviz.c.surroundings import Place, Surroundings
from kvmviz.c.syntax import text_of
from kvmviz.c.types import BOOL, PTEP, SPTE, U64, VADDR, VOID, VOIDP, Function, Int, Opaque, Pointer, Struct, Type
from kvmviz.c.values import Unfit, Value, exact, is_null

if TYPE_CHECKING:
    from tree_sitter import Node


_PAGES: Final = Pointer(Pointer(Struct("page")))


class Conversions(ABC):
    """The lowest part of the translator of one function: types, conversions, places."""

    def __init__(self, program: Surroundings, scope: Scope) -> None:
        self.program = program
        self.scope = scope
        self.unit = scope.definition.unit
        self.fixed = 0
        """The line of a macro's use, while its value is translated."""

    @abstractmethod
    def value(self, node: "Node") -> Value:
        """Return what an expression is worth."""

    @abstractmethod
    def context(self, id: str) -> ast.expr | None:
        """Return what `vm` and `host` mean in this function."""

    @abstractmethod
    def passed(self, called: str, why: str, node: "Node") -> Value:
        """Note a call that is passed over."""

    @abstractmethod
    def by_name(self, called: str, arguments: "list[Node]", node: "Node") -> Value:
        """Return what the call of a named function comes to."""

    @abstractmethod
    def callback(self, node: "Node") -> ast.expr:
        """Return the function that call_rcu is given."""

    def type_of(self, node: "Node | None", declarator: "Node | None" = None) -> Type:
        """Return the type that a specifier stands for; pointers of an abstract declarator are added."""
        assert node is not None
        if node.type == "type_descriptor":
            inner = node.child_by_field_name("declarator")
            return (
                self.type_of(node.child_by_field_name("type"), inner)
                if inner
                else self.type_of(node.child_by_field_name("type"))
            )
        found = self.program.type_here(text_of(node), self)
        if found is None:
            raise Unfit(f"the type {shown(text_of(node))} is not known here")
        while declarator is not None:
            if declarator.type not in ("abstract_pointer_declarator", "pointer_declarator"):
                raise Unfit(f"the type {shown(text_of(declarator))} is not known here")
            found = Pointer(found)
            declarator = declarator.child_by_field_name("declarator")
        return found

    def converted(self, value: Value, type: Type) -> Value:
        """Return a value as C converts it where a type is expected; raise Unfit where that cannot be followed."""
        if value.type == type:
            return value
        if isinstance(type, Int):
            return self._to_int(value, type)
        if isinstance(type, Pointer | Function):
            return self._to_pointer(value, type)
        if isinstance(type, Opaque):
            if type == VADDR and is_null(value):
                return Value(ast.Constant(None), VADDR, effects=value.effects)
            if isinstance(value.type, Opaque) and {type.kind, value.type.kind} <= {"hpa", "vaddr"}:
                raise Unfit(f"{value.type} is given where {type} belongs")
        raise Unfit(f"{_given(value)} is given where {_belongs(type)}")

    def _to_int(self, value: Value, type: Int) -> Value:
        if isinstance(value.type, Int):
            return values.as_int(value, type)
        if type is BOOL:
            return Value(values.truth_value(value).node, BOOL, effects=value.effects)
        raise Unfit(f"{_given(value)} is given where {_belongs(type)}")

    def _to_pointer(self, value: Value, type: Type) -> Value:
        if is_null(value):
            return Value(ast.Constant(None), type, True, 0, value.effects)
        if isinstance(value.type, Pointer) and isinstance(type, Pointer) and VOIDP in (value.type, type):
            return value.typed(type)
        raise Unfit(f"{_given(value)} is given where {_belongs(type)}")

    def kept(self, local: Local, value: Value) -> Value:
        """Return a value as a variable holds it; the variable may turn out to hold an object of the model."""
        type = local.type
        if isinstance(type, Int) and isinstance(value.type, Opaque) and type.bits == 64:
            self.scope.learn(local.declared, value.type)
        loose = type in (VOIDP, Pointer(U64)) and not is_null(value)
        if loose and isinstance(value.type, Pointer) and value.type not in (type, VOIDP):
            self.scope.learn(local.declared, value.type)
        if isinstance(type, Opaque) and value.type == type:
            return value
        return exact(self.converted(value, type))

    # Places.

    def place(self, node: "Node") -> Place:
        """Return the place that an expression names; raise Unfit for what cannot be assigned to."""
        if node.type == "parenthesized_expression":
            return self.place(node.named_children[0])
        if node.type == "identifier":
            local = self.scope.find(text_of(node))
            if local is not None:
                return Variable(self, local.type, local)
            raise Unfit(self.program.global_reason(text_of(node)))
        if node.type == "field_expression":
            return self._member(node)
        if node.type == "pointer_expression" and node.children[0].type == "*":
            return self._behind(self.value(node.named_children[0]))
        if node.type == "subscript_expression":
            return self._element(node)
        raise Unfit("this cannot be assigned to")

    def _behind(self, pointer: Value) -> Place:
        if not isinstance(pointer.type, Pointer):
            raise Unfit(f"{pointer.type} is no pointer")
        to = pointer.type.to
        if to == VOID or isinstance(to, Struct):
            raise Unfit(f"what is behind a {pointer.type} cannot be taken as a whole here")
        return Target(self, to, pointer)

    def _element(self, node: "Node") -> Place:
        base, index = (self.value(child) for child in node.named_children[:2])
        if lookup.struct_of(base.type) == "spt":
            base = self.table_of(base)
        if base.type == PTEP and isinstance(index.type, Int):
            return Target(self, SPTE, Value(self.moved(base, "+", exact(index)), PTEP,
                                            effects=values.joined((base, index))))  # fmt: skip
        if base.type == _PAGES and isinstance(index.type, Int):
            return Element(self, Pointer(Struct("page")), base, exact(index))
        if isinstance(base.type, Pointer) and index.const == 0:
            return self._behind(base)
        raise Unfit("an array cannot be used here")

    @abstractmethod
    def table_of(self, value: Value) -> Value:
        """Return the pointer to a table's first entry."""

    @abstractmethod
    def moved(self, at: Value, operator: str, by: Value) -> ast.expr:
        """Return a pointer to another entry."""

    def _member(self, node: "Node") -> Place:
        base = self.value(node.child_by_field_name("argument"))  # type: ignore[arg-type]  # the grammar has one
        member = text_of(node.child_by_field_name("field"))
        arrow = node.children[1].type == "->"
        struct = lookup.struct_of(base.type)
        if struct is None or arrow != isinstance(base.type, Pointer):
            raise Unfit(f"{base.type} has no members here")
        own = self.program.member(struct, member)
        if own is not None:
            return Attribute(self, own, base, ast.Attribute(base.node, member, ast.Load()), member, True, False)
        bound = lookup.member(struct, member)
        if bound is None:
            raise Unfit(f"the member `{member}` of struct {struct} is not bound; `kvmviz explain {struct}` has those "
                        "that are")  # fmt: skip
        return Attribute(self, lookup.c_type(bound.type), base, _behind(base.node, bound.python), member,
                         bound.settable, bound.null_only, bound.dropped)  # fmt: skip


def _behind(base: ast.expr, python: str) -> ast.expr:
    """Return the Python of a member: `base.a or True` for `a or True`, `base` itself for none."""
    if not python:
        return base
    return lookup.filled(lookup.syntax(python), lambda id: ast.Attribute(base, id, ast.Load()))


def _given(value: Value) -> str:
    return "NULL" if is_null(value) and isinstance(value.type, Pointer) else str(value.type)


def _belongs(type: Type) -> str:
    return f"{type} belongs" if not isinstance(type, Int) else f"a number ({type}) belongs"
