r"""Before C is parsed: what a parser without a preprocessor stumbles over, blanked to the same length.

>>> prepared = prepare("#ifdef CONFIG_SMP\nint f(void) { for_each_x(i) g(i); }\n#else\nint f;\n#endif\n", "a.c")
>>> print(prepared.text.rstrip())
<BLANKLINE>
int f(void) { while     (i) g(i); }
>>> prepared.loops, [str(choice) for choice in prepared.choices]
({32: 'for_each_x'}, ['a.c:1: #ifdef CONFIG_SMP: kept', 'a.c:3: #else: left out'])

Lines and columns stay what they were.  Comments and directives go, attributes go, a
loop macro becomes a `while` whose name is kept aside, `struct` goes where a macro is
given a type.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from kvmviz.c.conditions import FOLLOWS, Choice, Conditions, asked
from kvmviz.c.expansion import expanded
from kvmviz.c.refuse import CError, refused

MOST: Final = 1_000_000
"""Characters of the longest text that is read; the largest file of KVM has 400,000."""

LONGEST_LINE: Final = 10_000
"""Characters of the longest line that is read."""

DEEPEST_BRACKETS: Final = 250
"""How many brackets may be open at a place."""

MOST_FOLLOWED: Final = 100
"""How often a text may name the option that is as the scenario says, if its #ifs are to follow it."""

LONGEST_TYPEOF: Final = 500
"""Characters between the brackets of a `typeof`."""

_BRACKET: Final = re.compile(r"[][(){}]")
_TOKENS: Final = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?P<open>/\*)""", re.S
)
_DIRECTIVE: Final = re.compile(r"^[ \t]*#[ \t]*(\w*)((?:\\\n|[^\n])*)", re.M)
_ATTRIBUTES: Final = re.compile(
    r"\b(?:__always_inline|__must_check|__init|__exit|__user|__rcu|__iomem|__percpu|__maybe_unused|__always_unused|"
    r"__read_mostly|__ro_after_init|__used|__cold|__hot|__pure|__packed|__ref|__visible|__sched|__weak|__no_kcsan|"
    r"__no_sanitize_\w+|noinline(?:_for_stack)?|noinstr|asmlinkage|__force|__bitwise|__deprecated|__inline__|__inline|"
    r"__nocfi|__flatten|__malloc|__private|__kernel|__safe|__cpuidle|__noreturn|__extension__|notrace|nokprobe_inline)"
    r"(?!\w)|\b(?:__must_hold|__acquires?|__releases?|__printf|__aligned|__section|__alloc_size|__counted_by|"
    r"__cond_acquires?|__guarded_by)[ ]*\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|"
    r"\b__attribute__\s*\(\([^()]*(?:\([^()]*\)[^()]*)*\)\)"
)
_LOOPS: Final = re.compile(r"\b(\w*for_each\w*|scoped_guard|scoped_cond_guard)(?=\s*\()")
_TYPE_ARGUMENT: Final = re.compile(r"(?<=,)(\s*)(struct|union)(\s+\w+\s*)(?=[,)])")
_TYPEOF: Final = re.compile(r"\b(?:typeof|__typeof__|__typeof|typeof_unqual)[ ]*\(")
_FREE: Final = re.compile(r"\b__free[ ]*\([ ]*(\w+)[ ]*\)")
_EXPORT: Final = re.compile(r"^(?:EXPORT_SYMBOL\w*|MODULE_\w+|module_\w+|DEFINE_\w+|DECLARE_\w+)\([^;{}]*?\);?", re.M)


@dataclass(frozen=True, slots=True)
class Prepared:
    """C that is ready for the parser.

    `loops` has the names of loop macros by offset in bytes, `macros` the values of
    `#define`s without parameters, `functions` the names of those with, which are written
    out where they can be; `ends` holds by offset what `__free(...)` does at the end of a
    block, `typeofs` what each `typeof(...)` asks, by the name that stands in its place.
    """

    text: str
    file: str
    loops: dict[int, str] = field(default_factory=dict)
    macros: dict[str, str] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    choices: tuple[Choice, ...] = ()
    ends: dict[int, str] = field(default_factory=dict)
    typeofs: dict[str, str] = field(default_factory=dict)


def prepare(text: str, file: str) -> Prepared:
    """Return C ready for the parser; raise CError for what is no text of C at all."""
    if len(text) > MOST:
        raise CError(f"{file}: it has {len(text):,} characters; at most {MOST:,} are read.")
    if "\0" in text:
        raise refused(file, text.count("\n", 0, text.index("\0")) + 1, "a NUL byte", "give C as text")
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(1)
    text = _ascii(_without_comments(text, file))
    _check_sane(text, file)
    text, conditions = _without_directives(_followed(text), file)
    own = {name: one for name, one in conditions.functions.items() if one}
    text = expanded(text, own, file)
    macros = {name: expanded(value, own, file) for name, value in conditions.macros.items()}
    text = _ATTRIBUTES.sub(_blank, _EXPORT.sub(_blank, text))
    ends = {found.start(): found[1] for found in _FREE.finditer(text)}
    text = _TYPE_ARGUMENT.sub(lambda m: m[1] + " " * len(m[2]) + m[3], text)
    typeofs: dict[str, str] = {}
    text = _with_types(text, typeofs)
    loops: dict[int, str] = {}
    text = _LOOPS.sub(lambda found: _loop(found, loops), text)
    text = _FREE.sub(_blank, text)
    takes_arguments = frozenset(conditions.functions)
    return Prepared(text, file, loops, macros, takes_arguments, tuple(conditions.choices), ends, typeofs)


def _check_sane(text: str, file: str) -> None:
    """Raise CError for lines and brackets on which a parser would work for minutes; nobody writes any."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            raise refused(file, number, f"a line of {len(line):,} characters", f"{LONGEST_LINE:,} are read")
    depth = 0
    for found in _BRACKET.finditer(text):
        depth = max(0, depth + (1 if found[0] in "([{" else -1))
        if depth > DEEPEST_BRACKETS:
            at = text.count("\n", 0, found.start()) + 1
            raise refused(file, at, f"more than {DEEPEST_BRACKETS} brackets are open")


def blank(text: str) -> str:
    """Return blanks and line ends, as many as the text has characters."""
    return re.sub(r"[^\n]", " ", text)


def _blank(found: re.Match[str]) -> str:
    return blank(found[0])


def _ascii(text: str) -> str:
    """Return the text with one ASCII character for each, so that offsets in bytes and characters agree."""
    return text if text.isascii() else "".join(c if c.isascii() else "?" for c in text)


def _without_comments(text: str, file: str) -> str:
    def one(found: re.Match[str]) -> str:
        if found["open"]:
            raise refused(file, text.count("\n", 0, found.start()) + 1, "a comment without an end")
        return found["text"] or blank(found[0])

    return _TOKENS.sub(one, text)


def _with_types(text: str, typeofs: dict[str, str]) -> str:
    """Return a text in which a name of the same length stands for each `typeof(...)`."""
    pieces, at = [], 0
    for found in _TYPEOF.finditer(text):
        depth = 1
        end = next((i for i in range(found.end(), min(len(text), found.end() + LONGEST_TYPEOF)) if not (
            depth := depth + (text[i] == "(") - (text[i] == ")"))), None)  # fmt: skip
        if end is None or found.start() < at or "\n" in text[found.start() : end]:
            continue
        name = f"T{len(typeofs):07}_".ljust(end + 1 - found.start(), "_")
        typeofs[name] = text[found.end() : end]
        pieces += [text[at : found.start()], name]
        at = end + 1
    return "".join([*pieces, text[at:]])


def _loop(found: re.Match[str], loops: dict[int, str]) -> str:
    """A loop macro becomes a `while` of the same length."""
    loops[found.start()] = found[1]
    return "while".ljust(len(found[1]))


def _followed(text: str) -> str:
    """Return a text in which an #if on the scenario's option around whole statements of a function is an `if`."""
    if not 0 < text.count(FOLLOWS) <= MOST_FOLLOWED:
        return text
    open_: list[tuple[re.Match[str], str, int]] = []
    edits: list[tuple[int, int, str]] = []
    middle: dict[int, re.Match[str]] = {}
    for found in _DIRECTIVE.finditer(text):
        if found[1] in ("if", "ifdef", "ifndef"):
            open_.append((found, asked(found[1], found[2]), found.start()))
        elif found[1] in ("else", "elif") and open_:
            start = open_[-1][2]
            middle[start] = found
            if found[1] == "elif":
                open_[-1] = (open_[-1][0], "", start)
        elif found[1] == "endif" and open_:
            first, condition, start = open_.pop()
            other = middle.get(start)
            parts = [text[first.end() : other.start()], text[other.end() : found.start()]] if other else [
                text[first.end() : found.start()]]  # fmt: skip
            if condition and _inside(text[:start]) and all(map(_whole, parts)):
                edits += [(*first.span(), f"if ({condition}) {{"), (*found.span(), "}")]
                edits += [(*other.span(), "} else {")] if other else []
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _inside(text: str) -> bool:
    """Say whether a place is between two statements of a function."""
    code = _DIRECTIVE.sub("", text).rstrip()
    begun = max(code.rfind("\n}"), 0)
    return code[-1:] in (";", "{", "}", ":") and code.count("{", begun) > code.count("}", begun + 2)


def _whole(text: str) -> bool:
    """Say whether a text is whole statements."""
    code = _DIRECTIVE.sub("", text).strip()
    return not code or (code[-1] in ";}" and all(code.count(a) == code.count(b) for a, b in ("{}", "()")) and "#" not in
                        text)  # fmt: skip


def _without_directives(text: str, file: str) -> tuple[str, Conditions]:
    """Settle every #if by lines, note every #define, and blank them."""
    conditions, pieces, at, line, counted = Conditions(file), [], 0, 1, 0
    for found in _DIRECTIVE.finditer(text):
        line, counted = line + text.count("\n", counted, found.start()), found.start()
        between = text[at : found.start()]
        pieces.append(between if conditions.kept else blank(between))
        conditions.meet(found[1], found[2].replace("\\\n", " "), line)
        pieces.append(blank(found[0]))
        at = found.end()
    pieces.append(text[at:] if conditions.kept else blank(text[at:]))
    conditions.end()
    return "".join(pieces), conditions
