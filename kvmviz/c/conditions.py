"""`#if` and its kin, settled by lines: which lines are kept, and what `#define` says.

>>> conditions = Conditions("a.c")
>>> conditions.meet("if", " defined(CONFIG_X86_64) && !IS_ENABLED(CONFIG_FOO)", 1)
>>> conditions.kept
True
>>> conditions.meet("else", "", 3)
>>> conditions.kept
False

What is defined: the options that a kernel with TDX has (`OPTIONS`), and what the
text itself defines.  CONFIG_KVM_PROVE_MMU follows the scenario: in code by
`IS_ENABLED(CONFIG_KVM_PROVE_MMU)`, and an `#ifdef` around whole statements of a function
becomes that.  Any other `#if` on it is settled as off, and said so, since a text is
read once.
"""

import re
from dataclasses import dataclass
from typing import Final

from kvmviz.c.expansion import Definition, definition
from kvmviz.c.refuse import refused

OPTIONS: Final = frozenset({
    "CONFIG_64BIT", "CONFIG_X86_64", "CONFIG_X86", "CONFIG_SMP", "CONFIG_KVM", "CONFIG_KVM_X86", "CONFIG_KVM_INTEL",
    "CONFIG_KVM_INTEL_TDX", "CONFIG_INTEL_TDX_HOST", "CONFIG_INTEL_TDX_HOST_MODULE", "CONFIG_KVM_GUEST_MEMFD",
    "CONFIG_KVM_PRIVATE_MEM", "CONFIG_KVM_GENERIC_PRIVATE_MEM", "CONFIG_MMU", "__KERNEL__", "__x86_64__",
})  # fmt: skip
"""What counts as defined."""

FOLLOWS: Final = "CONFIG_KVM_PROVE_MMU"
"""The option that is as the scenario says."""

_ASKS: Final = re.compile(
    rf"ifdef {FOLLOWS}|ifndef {FOLLOWS}|if !?\s*(?:defined|IS_ENABLED)\s*\(?\s*{FOLLOWS}\s*\)?"
)
_TOKEN: Final = re.compile(r"\s*(defined|[A-Za-z_]\w*|0[xX][0-9a-fA-F]+|\d+|&&|\|\||[<>=!]=|[!<>()])")
_PYTHON: Final = {"&&": " and ", "||": " or ", "!": " not "}


@dataclass(frozen=True, slots=True)
class Choice:
    """An `#if` that was settled: where it stands, what it says, and whether its lines were kept."""

    file: str
    line: int
    directive: str
    kept: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.directive}: {'kept' if self.kept else 'left out'}"


def asked(name: str, rest: str) -> str:
    """Return the condition in code that an `#if` on the option of the scenario alone comes to, else nothing.

    >>> asked("ifndef", "CONFIG_KVM_PROVE_MMU"), asked("ifdef", "CONFIG_SMP")
    ('!IS_ENABLED(CONFIG_KVM_PROVE_MMU)', '')
    """
    words = f"{name} {' '.join(rest.split())}"
    if not _ASKS.fullmatch(words):
        return ""
    return f"{'!' if name == 'ifndef' or '!' in words else ''}IS_ENABLED({FOLLOWS})"


class Conditions:
    """The stack of open `#if`s while a text is read from top to bottom."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.stack: list[tuple[bool, bool, bool, int]] = []
        self.macros: dict[str, str] = {}
        self.functions: dict[str, Definition | None] = {}
        self.choices: list[Choice] = []

    @property
    def kept(self) -> bool:
        """Whether the lines that follow are kept."""
        return not self.stack or self.stack[-1][0]

    def meet(self, name: str, rest: str, line: int) -> None:
        """Take in one directive."""
        rest = " ".join(rest.split())
        if name in ("if", "ifdef", "ifndef"):
            outer = self.kept
            now = outer and self.holds(name, rest, line)
            self.stack.append((now, now, outer, line))
            self.note(name, rest, line, outer)
        elif name in ("elif", "else", "endif"):
            self.turn(name, rest, line)
        elif self.kept and name == "define":
            self.define(rest)
        elif self.kept and name == "undef":
            self.macros.pop(rest, None)
            self.functions.pop(rest, None)

    def turn(self, name: str, rest: str, line: int) -> None:
        """Take in the middle or the end of an #if."""
        if not self.stack:
            raise refused(self.file, line, f"#{name} without an #if")
        _, taken, outer, begin = self.stack.pop()
        if name != "endif":
            now = outer and not taken and (name == "else" or self.holds("if", rest, line))
            self.stack.append((now, taken or now, outer, begin))
            self.note(name, rest, line, outer)

    def end(self) -> None:
        """Raise CError for an #if that is still open."""
        if self.stack:
            raise refused(self.file, self.stack[-1][3], "an #if without an #endif")

    def note(self, name: str, rest: str, line: int, outer: bool) -> None:
        """Keep what was decided, to be said."""
        if outer:
            self.choices.append(Choice(self.file, line, f"#{name} {rest}".rstrip(), self.kept))

    def define(self, rest: str) -> None:
        """Note a macro: its value, or that it takes arguments."""
        found = re.match(r"(\w+)(\(?)\s*(.*)", rest)
        if found and found[2]:
            self.functions[found[1]] = definition(rest)
        elif found:
            self.macros[found[1]] = found[3]

    def holds(self, name: str, rest: str, line: int) -> bool:
        """Say whether a condition holds."""
        if name == "if":
            return self.value(rest, line)
        return self.defined(rest.split(" ")[0]) == (name == "ifdef")

    def defined(self, name: str) -> bool:
        """Say whether a name is defined."""
        return name in OPTIONS or name in self.macros or name in self.functions

    def value(self, text: str, line: int) -> bool:
        """Return what the condition of an #if is worth; raise CError for one that cannot be read."""
        tested = re.sub(r"\b(?:defined|IS_ENABLED|IS_BUILTIN|IS_REACHABLE)\s*\(?\s*(\w+)\s*\)?",
                        lambda found: f" {int(self.defined(found[1]))} ", text)  # fmt: skip
        pieces, at = [], 0
        while at < len(tested.rstrip()):
            found = _TOKEN.match(tested, at)
            if not found:
                raise refused(self.file, line, f"#if {text[:50]}: this condition cannot be settled")
            pieces.append(self.piece(found[1]))
            at = found.end()
        try:
            whole = "".join(pieces)
            if re.search(r"[\d)]\(", whole):  # a macro with arguments that is not defined
                raise SyntaxError
            return bool(eval(whole, {"__builtins__": {}}))
        except (SyntaxError, TypeError, ValueError, RecursionError, MemoryError):
            raise refused(self.file, line, f"#if {text[:50]}: this condition cannot be settled") from None

    def piece(self, token: str) -> str:
        """Return a token of a condition as Python has it; a name that is not defined counts as 0, as in C."""
        if token[0].isalpha() or token[0] == "_":
            value = self.macros.get(token, "1" if token in OPTIONS else "0")
            return _decimal(value) if re.fullmatch(r"\d+", value) else "0"
        return _PYTHON.get(token, _decimal(token) if token[0].isdigit() else token)


def _decimal(number: str) -> str:
    """Return a number of C, octal where it begins with 0, as Python has it; 8 and 9 are no octal digits."""
    octal = re.fullmatch(r"0[0-7]+", number)
    return str(int(number, 8)) if octal else str(int(number, 0)) if not re.fullmatch(r"0\d+", number) else number
