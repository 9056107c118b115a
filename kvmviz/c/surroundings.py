"""What the parts of the translator ask of each other, so that none has to know who else there is."""

import ast
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Protocol

from kvmviz.c.scope import Local, Scope
from kvmviz.c.syntax import Definition, Parameter, Unit
from kvmviz.c.targets import Target
from kvmviz.c.types import Struct, Type
from kvmviz.c.values import Unfit, Value
from kvmviz.revisions import Revision

if TYPE_CHECKING:
    from tree_sitter import Node


class Place(ABC):
    """A place that can be read, and perhaps be set."""

    type: Type

    @abstractmethod
    def read(self) -> Value:
        """Return what stands there."""

    @abstractmethod
    def write(self, value: Value) -> Value:
        """Return the assignment of a value, as an expression with the value's worth."""

    def address(self) -> Value:
        """Return a pointer to it."""
        raise Unfit("its address cannot be taken here")

    @abstractmethod
    def check_once(self) -> None:
        """Raise Unfit if finding the place twice would do something twice."""


class Surroundings(Protocol):
    """What a function is translated in: all C of a revision, and the revision that it builds on."""

    base: type[Revision]

    def type(self, text: str, unit: Unit | None) -> Type | None:
        """Return the type of a specifier."""

    def type_here(self, text: str, of: "Translator") -> Type | None:
        """Return the type of a specifier within a function."""

    def member(self, struct: str, member: str) -> Type | None:
        """Return the type of a member of a struct of the C."""

    def members(self, type: Struct) -> dict[str, Type]:
        """Return the members of a struct of the C."""

    def constant(self, id: str, of: "Translator") -> Value | None:
        """Return the value of a macro or an enumerator of the C."""

    def global_reason(self, id: str) -> str:
        """Return why a name cannot be used."""

    def declared(self, of: "Translator", type_node: "Node | None", declarator: "Node") -> tuple[str, Type]:
        """Return name and type of what a declarator declares."""

    def parameters(self, definition: Definition) -> list[Parameter]:
        """Return a function's parameters."""

    def returns(self, definition: Definition) -> Type:
        """Return the type that a function returns."""

    def model(self, name: str) -> Any:
        """Return the function of the model that a function of C stands for."""

    def target(self, called: str, scope: Scope) -> Target | None:
        """Return what a name reaches besides the table of names."""

    def op(self, op: str, scope: Scope) -> Target | None:
        """Return what a call of an op comes to."""

    def callback(self, called: str, scope: Scope) -> ast.expr | None:
        """Return the function that RCU is to call."""

    def pass_over(self, definition: Definition, called: str, why: str, line: int) -> None:
        """Note what is passed over."""

    def about(self, definition: Definition, macro: str, about: str, node: "Node") -> str:
        """Return what tells a warning apart from others of its function."""


class Translator(Protocol):
    """What translates the expressions of one function."""

    program: Surroundings
    scope: Scope
    unit: Unit
    fixed: int

    def value(self, node: "Node") -> Value:
        """Return what an expression is worth."""

    def place(self, node: "Node") -> Place:
        """Return the place that an expression names."""

    def converted(self, value: Value, type: Type) -> Value:
        """Return a value converted to a type."""

    def kept(self, local: Local, value: Value) -> Value:
        """Return a value as a variable holds it."""

    def context(self, id: str) -> ast.expr | None:
        """Return what `vm` and `host` mean in this function."""

    def passed(self, called: str, why: str, node: "Node") -> Value:
        """Note a call that is passed over."""

    def by_name(self, called: str, arguments: "list[Node]", node: "Node") -> Value:
        """Return what the call of a named function comes to."""

    def callback(self, node: "Node") -> ast.expr:
        """Return the function that call_rcu is given."""


class StatementTranslator(Translator, Protocol):
    """What translates the statements of one function."""

    def lines(self, node: "Node") -> list[ast.stmt]:
        """Return the Python of a statement."""

    def promoted_value(self, node: "Node") -> Value:
        """Return what a switch looks at."""
