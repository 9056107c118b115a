"""Small C functions made by Hypothesis: every kind of integer and of statement that the front end runs.

What C leaves undefined is kept out: divisors are tested before, shifts are masked,
loops and jumps backwards burn fuel, every variable has a value.
"""

from dataclasses import dataclass

from hypothesis import strategies as st

TYPES = ("u64", "s64", "u32", "int", "u16", "s16", "u8", "s8", "bool", "enum colour")
RETURNS = ("u64", "s64", "u32", "int", "u16", "s8", "bool")
WIDTHS = {
    "u64": 64, "s64": 64, "u32": 32, "int": 32, "u16": 16, "s16": 16, "u8": 8, "s8": 8, "bool": 8, "enum colour": 32,
}  # fmt: skip

LITERALS = (
    "0", "1", "2", "3", "7", "255", "256", "65535", "0x7fffffff", "0x80000000", "0xffffffff", "4294967296", "1u",
    "5UL", "0x8000000000000000ULL", "~0ULL", "-1", "-2", "INT_MIN", "RED", "BLUE", "'a'", "12L", "010",
)  # fmt: skip
ARITHMETIC = ("+", "-", "*", "&", "|", "^")
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
ASSIGNMENTS = ("=", "+=", "-=", "*=", "&=", "|=", "^=")

PRELUDE = """\
typedef unsigned long long u64; typedef long long s64; typedef unsigned int u32; typedef unsigned short u16;
typedef short s16; typedef unsigned char u8; typedef signed char s8; typedef _Bool bool;
enum colour { RED, GREEN = 5, BLUE };
#define INT_MIN (-2147483647 - 1)
"""
"""What the compiler is told and the front end knows."""

MACROS = """\
#define VALUE_one 1
#define VALUE_two 2
#define TWICE(x, name) ({ typeof(x) x_ ## name = (x); x_ ## name + VALUE_ ## name; })
#define LARGER(x, name) ({ __auto_type l_ = (x); l_ > VALUE_ ## name ? l_ : VALUE_ ## name; })
"""
"""What both are told."""


@dataclass(frozen=True)
class Made:
    """A function: its name, the types of its parameters, what it returns, its C."""

    name: str
    parameters: tuple[str, ...]
    returns: str
    text: str


class _Writer:
    """Writes one function, drawing as it goes."""

    def __init__(self, draw: st.DrawFn, name: str, helper: Made | None) -> None:
        self.draw, self.name, self.helper = draw, name, helper
        self.parameters = tuple(draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=3)))
        self.returns = draw(st.sampled_from(RETURNS))
        self.variables = [f"p{n}" for n in range(len(self.parameters))]
        self.labels = 0
        self.effects = True

    def pick(self, *of: str) -> str:
        return self.draw(st.sampled_from(of))

    def chance(self, of: int) -> bool:
        return self.draw(st.integers(0, of - 1)) == of - 1

    # Expressions.

    def atom(self) -> str:
        return self.pick(*self.variables) if self.draw(st.booleans()) else self.pick(*LITERALS)

    def expression(self, depth: int) -> str:
        if depth <= 0:
            return self.atom()
        forms = (self.atom, self.computed, self.compared, self.logical, self.chosen, self.shifted, self.cast,
                 self.divided, self.unary, self.with_effect, self.called, self.enclosed)  # fmt: skip
        return self.form(forms, depth - 1)

    def form(self, forms: tuple, depth: int) -> str:  # type: ignore[type-arg]  # methods with one parameter or none
        chosen = self.draw(st.sampled_from(forms))
        return str(chosen() if chosen == self.atom else chosen(depth))

    def computed(self, depth: int) -> str:
        return f"({self.expression(depth)} {self.pick(*ARITHMETIC)} {self.expression(depth)})"

    def compared(self, depth: int) -> str:
        return f"({self.expression(depth)} {self.pick(*COMPARISONS)} {self.expression(depth)})"

    def logical(self, depth: int) -> str:
        return f"({self.expression(depth)} {self.pick('&&', '||')} {self.expression(depth)})"

    def chosen(self, depth: int) -> str:
        return f"({self.expression(depth)} ? {self.expression(depth)} : {self.expression(depth)})"

    def shifted(self, depth: int) -> str:
        left, by = self.expression(depth), self.expression(depth)
        return f"((u64)({left}) {self.pick('<<', '>>')} (({by}) & 63))" if self.chance(2) else (
            f"(({left}) {self.pick('<<', '>>')} (({by}) & 31))"
        )

    def cast(self, depth: int) -> str:
        return f"(({self.pick(*TYPES)})({self.expression(depth)}))"

    def divided(self, depth: int) -> str:
        effects, self.effects = self.effects, False
        by = self.expression(min(depth, 1))
        self.effects = effects
        guard = f"(({by}) == 0 || (s64)({by}) == -1 || (int)({by}) == -1)"
        return f"({guard} ? {self.atom()} : ({self.atom()}) {self.pick('/', '%')} ({by}))"

    def unary(self, depth: int) -> str:
        return f"({self.pick('!', '-', '~', '+')} {self.expression(depth)})"

    def with_effect(self, depth: int) -> str:
        if not self.effects:
            return self.atom()
        variable = self.pick(*self.variables)
        form = self.draw(st.integers(0, 4))
        if form == 0:
            return f"({variable} {self.pick(*ASSIGNMENTS)} {self.expression(depth)})"
        if form == 1:
            return f"({self.expression(depth)}, {self.expression(depth)})"
        return (f"({variable}++)", f"(--{variable})", f"({variable}--)")[form - 2]

    def called(self, depth: int) -> str:
        if self.helper is None or not self.effects:
            return self.atom()
        return f"{self.helper.name}({', '.join(self.expression(min(depth, 1)) for _ in self.helper.parameters)}, &box)"

    def enclosed(self, depth: int) -> str:
        """A statement expression, or a macro's use that becomes one."""
        if not self.effects:
            return self.atom()
        first, inner = self.expression(min(depth, 1)), f"e{self.labels}"
        self.labels += 1
        if self.chance(3):
            return f"{self.pick('TWICE', 'LARGER')}({first}, {self.pick('one', 'two')})"
        of = self.pick(*TYPES, "__auto_type", f"typeof({self.atom()})", f"__typeof__({first})")
        then = self.pick("", f"if ({inner} > 2) {inner}--;", f"{self.pick(*self.variables)} ^= {inner};",
                         f"while (fuel-- > 0) {{ {inner} += 3; if ({inner} & 4) break; }}")  # fmt: skip
        return f"({{ {of} {inner} = {first}; {then} ({inner} {self.pick(*ARITHMETIC)} {self.atom()}); }})"

    # Statements.

    def block(self, depth: int, loop: bool) -> str:
        count = self.draw(st.integers(1, 3))
        return " ".join(self.statement(depth, loop) for _ in range(count))

    def statement(self, depth: int, loop: bool) -> str:
        simple = (self.assigned, self.stepped, self.boxed, self.left_early)
        nested = (self.branch, self.while_loop, self.for_loop, self.do_loop, self.switch, self.jumped_back,
                  self.jumped_ahead, self.inner_variable)  # fmt: skip
        chosen = self.draw(st.sampled_from(simple if depth <= 0 else simple + nested))
        if loop and self.chance(6):
            return f"if ({self.expression(1)}) {self.pick('break', 'continue')};"
        return str(chosen(depth - 1) if chosen in nested else chosen(loop))

    def assigned(self, loop: bool) -> str:
        return f"{self.pick(*self.variables)} {self.pick(*ASSIGNMENTS)} {self.expression(2)};"

    def stepped(self, loop: bool) -> str:
        return f"{self.pick(*self.variables)}{self.pick('++', '--')};"

    def boxed(self, loop: bool) -> str:
        return self.pick(f"*out = {self.expression(2)};", f"box += {self.expression(1)};", "*out ^= box;")

    def left_early(self, loop: bool) -> str:
        return f"if ({self.expression(1)}) return {self.expression(1)};"

    def branch(self, depth: int) -> str:
        other = f" else {{ {self.block(depth, False)} }}" if self.chance(2) else ""
        return f"if ({self.expression(2)}) {{ {self.block(depth, False)} }}{other}"

    def while_loop(self, depth: int) -> str:
        return f"while (fuel-- > 0 && {self.expression(1)}) {{ {self.block(depth, True)} }}"

    def for_loop(self, depth: int) -> str:
        step = self.pick(f"{self.pick(*self.variables)}++", f"{self.pick(*self.variables)} += {self.atom()}", "")
        return (f"for ({self.pick(*self.variables)} = {self.atom()}; fuel-- > 0 && {self.expression(1)}; {step}) "
                f"{{ {self.block(depth, True)} }}")  # fmt: skip

    def do_loop(self, depth: int) -> str:
        return f"do {{ {self.block(depth, True)} }} while (fuel-- > 0 && {self.expression(1)});"

    def switch(self, depth: int) -> str:
        cases = self.draw(st.lists(st.integers(-1, 5), unique=True, min_size=1, max_size=4))
        arms = [f"case {n}: {self.block(depth, False) if self.chance(4) is False else ''} "
                f"{'break;' if not self.chance(3) else ''}" for n in cases]  # fmt: skip
        if self.chance(2):
            arms.insert(self.draw(st.integers(0, len(arms))), f"default: {self.block(depth, False)}")
        return f"switch ({self.expression(1)}) {{ {' '.join(arms)} }}"

    def jumped_back(self, depth: int) -> str:
        self.labels += 1
        label = f"again{self.labels}"
        return f"{label}: {self.block(depth, False)} if (fuel-- > 0 && {self.expression(1)}) goto {label};"

    def jumped_ahead(self, depth: int) -> str:
        self.labels += 1
        label = f"ahead{self.labels}"
        inside = self.pick("{ %s %s: %s }", "%s %s: %s", "while (fuel-- > 0) { %s %s: %s break; }")
        return f"if ({self.expression(1)}) goto {label}; " + inside % (
            self.block(depth, False), label, self.block(depth, False)
        )  # fmt: skip

    def inner_variable(self, depth: int) -> str:
        hidden = self.pick(*self.variables)
        if not hidden.startswith("v"):
            return self.assigned(False)
        return f"{{ {self.pick(*TYPES)} {hidden} = {self.pick(*LITERALS, 'p0')}; {self.block(depth, False)} }}"

    def made(self) -> Made:
        local = self.draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=3))
        start = " ".join(f"{of} v{n} = {self.atom()};" for n, of in enumerate(local))
        self.variables += [f"v{n}" for n in range(len(local))]
        body = self.block(3, False)
        given = "".join(f"{of} p{n}, " for n, of in enumerate(self.parameters))
        text = (
            f"{self.returns} {self.name}({given}u64 *out)\n{{ int fuel = 20; u64 box = 1; {start} {body}\n"
            f"*out += box; return {self.expression(1)}; }}\n"
        )
        return Made(self.name, self.parameters, self.returns, text)


@st.composite
def functions(draw: st.DrawFn, most: int = 8) -> tuple[Made, ...]:
    """Several functions; each may call the one before it."""
    made: list[Made] = []
    for number in range(draw(st.integers(1, most))):
        helper = draw(st.sampled_from((made[-1], None))) if made else None
        made.append(_Writer(draw, f"f{number}", helper).made())
    return tuple(made)


def values(type: str) -> st.SearchStrategy[int]:
    """Numbers of a type, those at its ends among them."""
    bits, signed = WIDTHS[type], type in ("s64", "int", "s16", "s8")
    if type == "bool":
        return st.integers(0, 1)
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    return st.one_of(st.integers(low, high), st.sampled_from((low, high, 0, 1, high - 1)), st.integers(0, 9))
