"""What an expression of C becomes: a piece of Python, with C's type, that yields exactly what C would.

Python's integers have no width.  A `Value` says whether its Python yields the number
itself (`exact`) or one that is right in the low bits only; whoever looks at more than
those wraps it first.  So `a + b * c` is wrapped once.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kvmviz.c.types import BOOL, INT, VADDR, Function, Int, Opaque, Pointer, Text, Type, common, promoted

NOTHING: frozenset[str] = frozenset()


class Unfit(Exception):
    """A value that cannot stand where it stands; the text completes a sentence."""


MEMORY = frozenset(("*",))
"""What is behind pointers counts as one variable."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What evaluating does besides yielding: variables read and set, and whether something is called.

    Memory behind pointers counts as the variable `*`; `calls` says that something is
    called which may look at it, set it, or leave an event.
    """

    reads: frozenset[str] = NOTHING
    writes: frozenset[str] = NOTHING
    calls: bool = False

    def __or__(self, other: "Effects") -> "Effects":
        if self is NONE:
            return other
        if other is NONE:
            return self
        return Effects(self.reads | other.reads, self.writes | other.writes, self.calls or other.calls)

    def clash(self, other: "Effects") -> str | None:
        """Return what two operands, whose order C leaves open, fight over; None if the order does not matter."""
        both = (self.writes & (other.reads | other.writes)) | (other.writes & self.reads)
        if both:
            return "memory" if both == MEMORY else f"what reads and sets {min(both - MEMORY)}"
        if self.calls and other.calls:
            return "two calls"
        if (self.calls and "*" in other.reads | other.writes) or (other.calls and "*" in self.reads | self.writes):
            return "a call and what it may change"
        return None


NONE = Effects()


@dataclass(frozen=True, slots=True)
class Value:
    """A piece of Python and its C type; `const` is the number where it is known when translated."""

    node: ast.expr
    type: Type
    exact: bool = True
    const: int | None = None
    effects: Effects = field(default=NONE)

    def typed(self, type: Type) -> "Value":
        """Return the same Python under another type."""
        return replace(self, type=type)

    def after(self, effects: Effects) -> "Value":
        """Return the value with effects added."""
        return replace(self, effects=self.effects | effects)


def name(id: str) -> ast.Name:
    """Return a name that is read."""
    return ast.Name(id, ast.Load())


def call(function: str, *arguments: ast.expr) -> ast.Call:
    """Return a call of a name of the generated module."""
    return ast.Call(name(function), list(arguments), [])


def constant(value: int, type: Type = INT) -> Value:
    """Return a number of a type, marked as one that the C says, or that follows from what it says."""
    wrapped = type.wrap(value) if isinstance(type, Int) else value
    return Value(ast.Constant(wrapped, OF_C), type, True, wrapped)


def numbers(node: ast.AST) -> frozenset[int]:
    """Return the numbers in translated Python that the C says; the translator's own, and the table's, are none."""
    found = (one for one in ast.walk(node) if isinstance(one, ast.Constant) and one.kind == OF_C)
    return frozenset(one.value for one in found if isinstance(one.value, int))


OF_C = "C"
"""The kind of a constant of Python that stands for a number of the C."""

NULL = Value(ast.Constant(None), Pointer(Text()), True, 0)
"""C's NULL, which every pointer can be."""


def is_null(value: Value) -> bool:
    """Say whether this is NULL, or the number 0 standing for it."""
    return value.const == 0 and (isinstance(value.type, Int) or isinstance(value.node, ast.Constant))


def exact(value: Value) -> Value:
    """Return the value with Python that yields the number itself."""
    if value.exact or not isinstance(value.type, Int):
        return value
    type = value.type
    node: ast.expr = ast.BinOp(value.node, ast.BitAnd(), ast.Constant(type.mask))
    if type.signed:
        half = ast.Constant(type.half)
        node = ast.BinOp(ast.BinOp(node, ast.BitXor(), half), ast.Sub(), half)
    return replace(value, node=node, exact=True)


def integer(value: Value, what: str = "an operand") -> Int:
    """Return the integer type of a value; raise Unfit for anything else."""
    if isinstance(value.type, Int):
        return value.type
    raise Unfit(f"{what} is {value.type}, with which nothing can be computed here")


def as_int(value: Value, type: Int) -> Value:
    """Return an integer converted to another integer type."""
    have = integer(value)
    if value.const is not None:
        return replace(constant(value.const, type), effects=value.effects)
    if type is BOOL:
        return replace(truth_value(value), type=BOOL)
    if have.bits <= type.bits and (have.signed == type.signed or (not have.signed and have.bits < type.bits)):
        return value.typed(type) if value.exact or have.bits == type.bits else exact(value).typed(type)
    if have.bits < type.bits:
        value = exact(value)
    return replace(value, type=type, exact=False)


def truth(value: Value) -> ast.expr:
    """Return Python that is true exactly where C takes the value for true."""
    if value.const is not None:
        return ast.Constant(bool(value.const))
    if isinstance(value.type, Int):
        return exact(value).node
    if isinstance(value.type, Pointer | Function) or value.type == VADDR:
        return ast.Compare(value.node, [ast.IsNot()], [ast.Constant(None)])
    raise Unfit(f"whether {value.type} is zero cannot be seen here")


def truth_value(value: Value) -> Value:
    """Return the value as a condition of C: an int that is 0 or 1."""
    if value.const is not None:
        return replace(constant(int(value.const != 0)), effects=value.effects)
    node = truth(value)
    if isinstance(value.type, Int) and value.type is not BOOL and not _is_zero_or_one(node):
        node = ast.Compare(node, [ast.NotEq()], [ast.Constant(0)])
    return Value(node, INT, True, None, value.effects)


def _is_zero_or_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare | ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def inverted(value: Value) -> Value:
    """Return `!value`."""
    if value.const is not None:
        return replace(constant(int(value.const == 0)), effects=value.effects)
    return Value(ast.UnaryOp(ast.Not(), truth(value)), INT, True, None, value.effects)


def joined(values: Iterable[Value]) -> Effects:
    """Return the effects of values whose order C leaves open; raise Unfit if the order matters."""
    found = NONE
    for value in values:
        clash = found.clash(value.effects)
        if clash:
            raise Unfit(f"the order of {clash} in one expression is left open by C")
        found = found | value.effects
    return found


ARITHMETIC: dict[str, type[ast.operator]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "&": ast.BitAnd, "|": ast.BitOr, "^": ast.BitXor,
}  # fmt: skip
COMPARISONS: dict[str, type[ast.cmpop]] = {
    "==": ast.Eq, "!=": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE,
}  # fmt: skip


def binary(operator: str, a: Value, b: Value) -> Value:
    """Return `a operator b` for two integers."""
    effects = joined((a, b))
    if operator in ("<<", ">>"):
        return replace(_shift(operator, a, b), effects=effects)
    type = common(integer(a), integer(b))
    a, b = as_int(a, type), as_int(b, type)
    if operator in COMPARISONS:
        return replace(_compared(operator, exact(a), exact(b)), effects=effects)
    if operator in "/%":
        return replace(_divided(operator, exact(a), exact(b), type), effects=effects)
    return replace(_computed(operator, a, b, type), effects=effects)


def _computed(operator: str, a: Value, b: Value, type: Int) -> Value:
    node = ast.BinOp(a.node, ARITHMETIC[operator](), b.node)
    if a.const is not None and b.const is not None:
        return constant(eval(compile(ast.fix_missing_locations(ast.Expression(node)), "", "eval")), type)
    kept = operator in "&|^" and a.exact and b.exact
    return Value(node, type, kept)


def _compared(operator: str, a: Value, b: Value) -> Value:
    node = ast.Compare(a.node, [COMPARISONS[operator]()], [b.node])
    if a.const is not None and b.const is not None:
        return constant(int(eval(compile(ast.fix_missing_locations(ast.Expression(node)), "", "eval"))))
    return Value(node, INT)


def _divided(operator: str, a: Value, b: Value, type: Int) -> Value:
    """Return a quotient or a remainder: towards zero; what C leaves undefined ends the run with a sentence."""
    if not type.signed and b.const:
        node = ast.BinOp(a.node, ast.FloorDiv() if operator == "/" else ast.Mod(), b.node)
        return Value(node, type)
    helper = {"/": "#quotient", "%": "#remainder"}[operator]
    return Value(call(helper, a.node, b.node, ast.Constant(type.bits if type.signed else 0)), type)


def _shift(operator: str, a: Value, b: Value) -> Value:
    type, by = promoted(integer(a)), exact(as_int(b, promoted(integer(b))))
    a = as_int(a, type)
    if by.const is not None and not 0 <= by.const < type.bits:
        raise Unfit(f"a shift of {type} by {by.const} bits, which C leaves undefined")
    count = by.node if by.const is not None else call("#count", by.node, ast.Constant(type.bits))
    if operator == "<<":
        if a.const is not None and by.const is not None:
            return constant(a.const << by.const, type)
        return Value(ast.BinOp(a.node, ast.LShift(), count), type, False)
    a = exact(a)
    if a.const is not None and by.const is not None:
        return constant(a.const >> by.const, type)
    return Value(ast.BinOp(a.node, ast.RShift(), count), type)


def unary(operator: str, a: Value) -> Value:
    """Return `operator a` for an integer; operators are - + ~."""
    type = promoted(integer(a))
    a = as_int(a, type)
    if operator == "+":
        return a
    if a.const is not None:
        return replace(constant(-a.const if operator == "-" else ~a.const, type), effects=a.effects)
    sign: ast.unaryop = ast.USub() if operator == "-" else ast.Invert()
    return Value(ast.UnaryOp(sign, a.node), type, operator == "~" and type.signed and a.exact, None, a.effects)


def same(a: Value, b: Value) -> ast.expr:
    """Return whether two pointers or two opaque values are the same."""
    tuples = any(isinstance(v.type, Pointer) and isinstance(v.type.to, Opaque) for v in (a, b))
    nulls = is_null(a) or is_null(b)
    operator: ast.cmpop = ast.Eq() if tuples and not nulls else ast.Is()
    none = ast.Constant(None)
    left, right = (none if is_null(v) else v.node for v in (a, b))
    return ast.Compare(left, [operator], [right])


def comparable(a: Value, b: Value) -> bool:
    """Say whether two values can be the same thing: like types, or a pointer and NULL or void."""
    if isinstance(a.type, Pointer) and isinstance(b.type, Pointer):
        return a.type == b.type or is_null(a) or is_null(b) or "void" in (str(a.type.to), str(b.type.to))
    if isinstance(a.type, Pointer) or isinstance(b.type, Pointer):
        return is_null(a) or is_null(b)
    return isinstance(a.type, Opaque) and a.type == b.type
