"""What the texts of C declare besides functions: structs, enums, typedefs, constants, macros that stand for a value."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from kvmviz.c import syntax, types, values
from kvmviz.c.syntax import Definition, Parameter, Unit, text_of
from kvmviz.c.types import INT, Int, Pointer, Struct, Type
from kvmviz.c.values import Unfit, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from kvmviz.c.surroundings import Translator


LONGEST_MACRO: Final = 500
"""Characters of a macro's value."""


class Declarations:
    """The declarations of some texts, looked up by name."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.definitions: dict[str, list[Definition]] = {}
        for unit in units:
            for id, found in unit.functions.items():
                self.definitions.setdefault(id, []).extend(found)
        self.structs: dict[str, dict[str, Type]] = {}
        self.typedefs: dict[str, Node] = {}
        self.enumerators: dict[str, tuple[Node | None, str | None]] = {}
        self.variables: dict[str, tuple[Node, Node]] = {}  # the declaration, and what in it declares the name
        self.expanding: list[str] = []
        for node in (node for unit in units for node in unit.others):
            self._enter(node)

    def _enter(self, node: "Node") -> None:
        if node.type == "type_definition":
            declarator = node.child_by_field_name("declarator")
            if declarator is not None:
                self.typedefs[text_of(declarator).lstrip("* ")] = node
        if node.type == "declaration":
            for declarator in node.children_by_field_name("declarator"):
                inner: Node | None = declarator
                while inner is not None and inner.type != "identifier":
                    inner = inner.child_by_field_name("declarator")
                if inner is not None and not _is_prototype(declarator):
                    self.variables[text_of(inner)] = node, declarator
        for one in (node, *(c for c in node.named_children)):
            if one.type == "enum_specifier":
                self._enumerators(one)
            if one.type == "struct_specifier" and one.child_by_field_name("body") is not None:
                self._struct(one)

    def _enumerators(self, node: "Node") -> None:
        before: str | None = None
        body = node.child_by_field_name("body")
        for one in body.named_children if body is not None else []:
            if one.type == "enumerator":
                id = text_of(one.child_by_field_name("name"))
                self.enumerators[id] = one.child_by_field_name("value"), before
                before = id

    def _struct(self, node: "Node") -> None:
        tag = node.child_by_field_name("name")
        members: dict[str, Type] = {}
        for one in node.child_by_field_name("body").named_children:  # type: ignore[union-attr]  # it was looked for
            type_node = one.child_by_field_name("type")
            type = self.type(text_of(type_node), None) if type_node is not None else None
            for declarator in one.children_by_field_name("declarator"):
                inner, found = declarator, type
                while inner is not None and inner.type == "pointer_declarator" and found is not None:
                    inner, found = inner.child_by_field_name("declarator"), Pointer(found)
                if found is not None and inner is not None and inner.type == "field_identifier":
                    members[text_of(inner)] = found
        if tag is not None:
            self.structs[text_of(tag)] = members

    def type(self, text: str, unit: Unit | None) -> Type | None:
        """Return the type of a specifier, None for an unknown one."""
        words = " ".join(w for w in text.split() if w not in ("const", "volatile"))
        found = types.named(words)
        if found is None and words in self.typedefs:
            node = self.typedefs[words]
            declarator = node.child_by_field_name("declarator")
            found = self.type(text_of(node.child_by_field_name("type")), unit)
            if found is not None and declarator is not None and declarator.type == "pointer_declarator":
                found = Pointer(found)
        return found

    def type_here(self, text: str, of: "Translator") -> Type | None:
        """Return the type of a specifier within a function, where `typeof` may ask for that of an expression."""
        asked = of.unit.prepared.typeofs.get(text.split()[-1] if text.split() else "")
        if asked is None:
            return self.type(text, of.unit)
        named = self.type(asked.rstrip("* "), of.unit)
        for _ in range(asked.count("*") if named is not None else 0):
            named = Pointer(named) if named is not None else None
        return named if named is not None else self._worth("typeof", asked, of).type

    def member(self, struct: str, member: str) -> Type | None:
        """Return the type of a member of a struct that the texts define and the model does not bind."""
        from kvmviz.c.names import MEMBERS

        if any(bound.struct == struct for bound in MEMBERS):
            return None
        return self.structs.get(struct, {}).get(member)

    def members(self, type: Struct) -> dict[str, Type]:
        """Return the members of a struct that the texts define; raise Unfit for any other."""
        if type.name not in self.structs:
            raise Unfit(f"a variable of struct {type.name} cannot be made here")
        return self.structs[type.name]

    def constant(self, id: str, of: "Translator") -> Value | None:
        """Return the value of a macro or an enumerator of the texts, None for any other name."""
        macro = of.unit.prepared.macros.get(id)
        if macro is not None:
            return self._expanded(id, macro, of)
        if id in self.enumerators:
            return self._enumerator(id, of)
        node, declarator = self.variables.get(id, (None, None))
        if node and declarator and "const" in [text_of(c) for c in node.children if c.type == "type_qualifier"]:
            return self._constant_variable(node, declarator, of)
        return None

    def _expanded(self, id: str, macro: str, of: "Translator") -> Value:
        if id in self.expanding or len(self.expanding) > 20:
            raise Unfit(f"the macro `{id}` stands for itself")
        if len(macro) > LONGEST_MACRO:
            raise Unfit(f"the macro `{id}` is longer than {LONGEST_MACRO} characters")
        return self._worth(f"the macro `{id}`", macro, of, id)

    def _worth(self, what: str, macro: str, of: "Translator", id: str = "") -> Value:
        """Return what a text is worth that stands by itself."""
        tree = syntax.parser().parse(f"int x = ({macro});".encode())
        node = tree.root_node.named_children[0]
        inner = node.child_by_field_name("declarator")
        value = inner.child_by_field_name("value") if inner is not None else None
        if node.has_error or value is None or len(tree.root_node.named_children) != 1:
            raise Unfit(f"{what} is no value; write out what it does")
        self.expanding.append(id)
        before, of.fixed = of.fixed, of.fixed or of.scope.line
        try:
            return of.value(value)
        finally:
            of.fixed = before
            self.expanding.pop()

    def _enumerator(self, id: str, of: "Translator") -> Value:
        node, before = self.enumerators[id]
        steps = 0
        while node is None and before is not None:
            steps, (node, before) = steps + 1, self.enumerators[before]
        start = of.value(node).const if node is not None else 0
        if start is None:
            raise Unfit(f"the value of `{id}` is no constant")
        return values.constant(start + steps, INT)

    def _constant_variable(self, node: "Node", declarator: "Node", of: "Translator") -> Value | None:
        inner, value = (declarator.child_by_field_name(field) for field in ("declarator", "value"))
        type = self.type(text_of(node.child_by_field_name("type")), None)
        if inner is None or inner.type != "identifier" or value is None or not isinstance(type, Int):
            return None
        found = values.as_int(of.value(value), type)
        return found if found.const is not None else None

    def global_reason(self, id: str) -> str:
        """Return why a name cannot be used: what is said of globals and of names that nobody knows."""
        if id in self.variables:
            return f"`{id}` is a global variable, which outlives a run; use a variable of the function"
        if id in self.definitions:
            return f"the function `{id}` is handed on, which cannot be followed here"
        return f"`{id}` is not bound to the model"

    # Functions.

    def declared(self, of: "Translator", type_node: "Node | None", declarator: "Node") -> tuple[str, Type]:
        """Return name and type of what a declarator declares; raise Unfit for arrays and functions."""
        if type_node is None:
            raise Unfit("it has no type")
        type = self.type_here(text_of(type_node), of)
        if type is None:
            raise Unfit(f"the type `{' '.join(text_of(type_node).split())[:40]}` is not known here")
        inner: Node | None = declarator
        while inner is not None and inner.type == "pointer_declarator":
            inner, type = inner.child_by_field_name("declarator"), Pointer(type)
        if inner is None or inner.type != "identifier":
            kind = {"array_declarator": "an array", "function_declarator": "a function"}
            raise Unfit(f"{kind.get(inner.type if inner else '', 'this declaration')} cannot be used here")
        return text_of(inner), type

    def parameters(self, definition: Definition) -> list[Parameter]:
        """Return a function's parameters."""
        node: Any = definition.node.child_by_field_name("declarator")
        while node.type == "pointer_declarator":
            node = node.child_by_field_name("declarator")
        found = []
        for one in node.child_by_field_name("parameters").named_children:
            if one.type == "comment" or (text_of(one) == "void"):
                continue
            declarator = one.child_by_field_name("declarator")
            type_node = one.child_by_field_name("type")
            type = self.type(text_of(type_node), definition.unit) if type_node is not None else None
            at, inner = one.start_byte, declarator
            while inner is not None and inner.type == "pointer_declarator" and type is not None:
                inner, type = inner.child_by_field_name("declarator"), Pointer(type)
            if type is None or inner is None or inner.type != "identifier":
                shown = " ".join(text_of(one).split())[:50]
                what = f"{definition.name}: the parameter `{shown}` is not understood here"
                raise parse_error(definition, one, what)
            found.append(Parameter(text_of(inner), type, at))
        return found

    def returns(self, definition: Definition) -> Type:
        """Return the type that a function returns."""
        type_node = definition.node.child_by_field_name("type")
        type = self.type(text_of(type_node), definition.unit) if type_node is not None else None
        if type is None:
            raise parse_error(definition, definition.node, f"{definition.name}: what it returns is not understood here")
        declarator = definition.node.child_by_field_name("declarator")
        while declarator is not None and declarator.type == "pointer_declarator":
            type, declarator = Pointer(type), declarator.child_by_field_name("declarator")
        return type


def parse_error(definition: Definition, node: "Node", what: str) -> Exception:
    """Return the error for a part of a function's head."""
    from kvmviz.c.refuse import refused

    return refused(definition.file, node.start_point.row + 1, what)


def _is_prototype(declarator: "Node") -> bool:
    while declarator.type == "pointer_declarator":
        inner = declarator.child_by_field_name("declarator")
        if inner is None:
            return False
        declarator = inner
    return declarator.type == "function_declarator"
