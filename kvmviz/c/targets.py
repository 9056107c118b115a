"""What a call of C can reach besides the table of names: other functions of the C, and what a revision has."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kvmviz.c import lookup
from kvmviz.c.scope import VM
from kvmviz.c.syntax import Parameter
from kvmviz.c.types import U64, VOIDP, Int, Opaque, Pointer, Type
from kvmviz.c.values import Unfit, Value, is_null, name


@dataclass(frozen=True, slots=True)
class Target:
    """A function as C calls it: the types of its arguments, what it returns, and how it is reached in Python.

    `backs` says for each argument how it becomes the model's, None for one that is
    the VM itself; `first` is what comes before them: the VM, or the host where the
    model's function is given that; `shape`, where it is set, says what all others
    are; `kinds` is where a helper's parameters learn what they hold.
    """

    name: str
    returns: Type
    types: tuple[Type, ...]
    backs: tuple[str | None, ...]
    function: ast.expr
    first: Literal["vm", "host"] = "vm"
    parameters: Sequence[Parameter] = ()
    kinds: dict[int, Type] | None = field(default=None)
    forget: Callable[[], None] | None = None
    shape: tuple[str, ...] | None = None

    def check_number(self, number: int) -> None:
        """Raise Unfit for a wrong number of arguments."""
        if number != len(self.types):
            takes = ", ".join(map(str, self.types)) or "nothing"
            raise Unfit(f"`{self.name}` takes {len(self.types)} arguments here ({takes}), and gets {number}")

    def learn(self, number: int, value: Value) -> bool:
        """Note that a parameter of a helper holds an object of the model; say whether that was news."""
        if self.kinds is None or is_null(value):
            return False
        parameter = self.parameters[number]
        plain, type = parameter.type, self.types[number]
        news = type == plain and (
            (isinstance(plain, Int) and plain.bits == 64 and isinstance(value.type, Opaque))
            or (plain in (VOIDP, Pointer(U64)) and isinstance(value.type, Pointer))
        )
        if news and self.forget is not None:
            self.kinds[parameter.at] = value.type
            self.forget()
        return news

    def call(self, arguments: list[ast.expr]) -> ast.expr:
        """Return the call in Python."""
        given: list[ast.expr] = [name(VM) if self.first == "vm" else ast.Attribute(name(VM), "host", ast.Load())]
        if self.shape is not None:
            numbered = {f"a{number}": argument for number, argument in enumerate(arguments)}
            given += [lookup.filled(lookup.syntax(one), numbered.get) for one in self.shape]
            return ast.Call(self.function, given, [])
        for argument, back in zip(arguments, self.backs, strict=True):
            if back is None:
                given[0] = argument if self.first == "vm" else ast.Attribute(argument, "host", ast.Load())
            else:
                given.append(lookup.filled(lookup.syntax(back), lambda id, a=argument: a if id == "it" else
                                           name(f"#{id}")))  # type: ignore[misc]  # bound at once  # fmt: skip
        return ast.Call(self.function, given, [])
