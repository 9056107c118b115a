"""What can be assigned to: a variable, a member, what a pointer points at."""

import ast
from dataclasses import dataclass

from kvmviz.c.scope import Local
from kvmviz.c.surroundings import Place, Translator
from kvmviz.c.types import PTEP, SPTE, Int, Opaque, Pointer, Type
from kvmviz.c.values import MEMORY, Effects, Unfit, Value, call, exact, is_null


@dataclass(slots=True)
class Variable(Place):
    """A local variable or a parameter."""

    of: Translator
    type: Type
    local: Local

    def read(self) -> Value:
        reads = MEMORY if self.local.boxed else frozenset((self.local.name,))
        return Value(self.local.load(), self.type, effects=Effects(reads))

    def check_once(self) -> None:
        """A variable is found without doing anything."""

    def write(self, value: Value) -> Value:
        kept = self.of.kept(self.local, value)
        writes = MEMORY if self.local.boxed else frozenset((self.local.name,))
        if value.effects.writes & writes:
            raise Unfit("it is set twice in one expression")
        effects = value.effects | Effects(writes=writes)
        if self.local.boxed:
            box = ast.Name(self.local.name, ast.Load())
            return Value(call("#put", box, ast.Constant("v"), kept.node), kept.type, effects=effects)
        node = ast.NamedExpr(ast.Name(self.local.name, ast.Store()), kept.node)
        return Value(node, kept.type, effects=effects)


@dataclass(slots=True)
class Attribute(Place):
    """A member of a struct; `python` is what stands behind the object, empty for the object itself."""

    of: Translator
    type: Type
    base: Value
    python: ast.expr
    member: str
    settable: bool
    null_only: bool
    dropped: bool = False

    def read(self) -> Value:
        reads = MEMORY if self.settable else frozenset[str]()
        return Value(self.python, self.type, effects=self.base.effects | Effects(reads))

    def write(self, value: Value) -> Value:
        if self.dropped and not value.effects.calls and not value.effects.writes:
            return Value(value.node, self.type, effects=self.base.effects | value.effects)
        if not self.settable or not isinstance(self.python, ast.Attribute):
            raise Unfit(f"`{self.member}` cannot be set here")
        if self.null_only and not is_null(value):
            raise Unfit(f"`{self.member}` can only be set to NULL in a teardown")
        kept = self.of.converted(value, self.type)
        if "*" in value.effects.writes:
            raise Unfit("the order of what sets memory in one expression is left open by C")
        effects = self.base.effects | value.effects | Effects(writes=MEMORY)
        node = call("#put", self.python.value, ast.Constant(self.python.attr), exact(kept).node)
        return Value(node, self.type, effects=effects)

    def address(self) -> Value:
        if isinstance(self.python, ast.Attribute) and isinstance(self.type, Int | Opaque | Pointer):
            raise Unfit("the address of a member cannot be taken here")
        return Value(self.python, Pointer(self.type), effects=self.base.effects)

    def check_once(self) -> None:
        if self.base.effects.writes or self.base.effects.calls:
            raise Unfit("what comes before the member does something; write it as two statements")


@dataclass(slots=True)
class Element(Place):
    """A page in one of the model's lists of pages; it can be looked at."""

    of: Translator
    type: Type
    pages: Value
    index: Value

    def read(self) -> Value:
        node = call("#element", self.pages.node, self.index.node)
        return Value(node, self.type, effects=self.pages.effects | self.index.effects)

    def write(self, value: Value) -> Value:
        raise Unfit("a list of pages cannot be changed here")

    def address(self) -> Value:
        raise Unfit("the address of an element of a list of pages cannot be taken here")

    def check_once(self) -> None:
        raise Unfit("a list of pages cannot be changed here")


@dataclass(slots=True)
class Target(Place):
    """What a pointer points at: a variable in a box, or an entry of a page table."""

    of: Translator
    type: Type
    pointer: Value

    def read(self) -> Value:
        effects = self.pointer.effects | Effects(MEMORY)
        if self.pointer.type == PTEP:
            return Value(call("#read_spte", self.pointer.node), SPTE, effects=effects)
        return Value(ast.Attribute(self.pointer.node, "v", ast.Load()), self.type, effects=effects)

    def write(self, value: Value) -> Value:
        if "*" in value.effects.writes:
            raise Unfit("the order of what sets memory in one expression is left open by C")
        effects = self.pointer.effects | value.effects | Effects(writes=MEMORY)
        kept = exact(self.of.converted(value, self.type))
        if self.pointer.type == PTEP:
            return Value(call("#put_spte", self.pointer.node, kept.node), SPTE, effects=effects)
        return Value(call("#put", self.pointer.node, ast.Constant("v"), kept.node), self.type, effects=effects)

    def address(self) -> Value:
        return self.pointer

    def check_once(self) -> None:
        if self.pointer.effects.writes or self.pointer.effects.calls:
            raise Unfit("the pointer does something; write it as two statements")
