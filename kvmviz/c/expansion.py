r"""Macros of a text's own that take arguments, written out where they are used, as a preprocessor does it.

>>> definitions = {"LOST": Definition(("sp",), "(!(sp)->external_spt || GONE(sp))"),
...                "GONE": Definition(("x",), "is_gone(x)")}
>>> expanded("if (LOST(parent(sp)))\n\treturn;", definitions, "a.c")
'if ((!(parent(sp))->external_spt || is_gone(parent(sp))))\n\treturn;'

Lines stay what they were: what a macro stands for is put on one line.  `#x`, `a ## b`
and `__VA_ARGS__` are C's.  Left as they are: loops, what the table of names follows in
its own way, and the macro behind TDX_BUG_ON.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kvmviz.c.refuse import refused

MOST: Final = 50_000
"""Characters that all macros of a text may come to."""

LONGEST: Final = 5_000
"""Characters between the brackets of one use in the text."""

DEEPEST: Final = 20
"""How many macros may stand in each other."""

_SHOWN: Final = re.compile(r"(?<!#)#\s*(\w+)")
_PASTED: Final = re.compile(r"\s*##\s*")
_LEFT: Final = re.compile(r"\w*for_each\w*|scoped_\w+|(?:__)?TDX_BUG_ON\w*|DEFINE_\w+|DECLARE_\w+|tdh_do_no_vcpus")
_HEAD: Final = re.compile(r"(\w+)\(([\w\s,.]*)\)\s*(.*)", re.DOTALL)
_TOKEN: Final = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[A-Za-z_]\w*|[][(){},]|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Definition:
    """A macro: its parameters and what it stands for; with `rest` the last parameter takes all that is left."""

    parameters: tuple[str, ...]
    body: str
    rest: bool = False


def definition(rest: str) -> Definition | None:
    """Return the macro behind `#define`, None for one that is not written out."""
    found = _HEAD.fullmatch(rest)
    if not found or _LEFT.fullmatch(found[1]):
        return None
    given = [name.strip() for name in found[2].split(",")] if found[2].strip() else []
    variadic = bool(given) and given[-1].endswith("...")
    names = (*given[:-1], given[-1][:-3].strip() or "__VA_ARGS__") if variadic else tuple(given)
    whole = all(re.fullmatch(r"[A-Za-z_]\w*", name) for name in names) and len(set(names)) == len(names)
    return Definition(names, found[3].strip(), variadic) if whole else None


def expanded(text: str, definitions: Mapping[str, Definition], file: str) -> str:
    """Return a text with its macros written out; raise CError where they come to too much, or are given too little."""
    if not definitions:
        return text
    return _Expansion(definitions, file, text).of(text, frozenset(), 0)


class _Expansion:
    """Writes out macros, and counts what they come to."""

    def __init__(self, definitions: Mapping[str, Definition], file: str, text: str) -> None:
        self.definitions, self.file, self.text = definitions, file, text
        self.uses = re.compile(rf"\b(?:{'|'.join(map(re.escape, definitions))})(?=\s*\()")
        self.length = 0
        self.at = 0

    def of(self, text: str, open_: frozenset[str], depth: int) -> str:
        """Return a text written out, without the macros that are open, which C does not expand again."""
        pieces, at = [], 0
        for found in self.uses.finditer(text):
            if found.start() < at or found[0] in open_ or _in_string(text, found.start()):
                continue
            if depth == 0:
                self.at = found.start()
            arguments, end = _arguments(text, text.index("(", found.end()), MOST if depth else LONGEST)
            if end is None:
                continue
            written = self.one(found[0], arguments, open_, depth)
            lines = "\n" * text.count("\n", found.start(), end) if depth == 0 else ""
            pieces += [text[at : found.start()], written, lines]
            at = end
        return "".join([*pieces, text[at:]])

    def one(self, name: str, given: list[str], open_: frozenset[str], depth: int) -> str:
        """Return what one use of a macro stands for, on one line."""
        macro = self.definitions[name]
        given = _grouped(macro, [" ".join(one.split()) for one in given])
        if len(macro.parameters) != len(given):
            raise self.refused(f"the macro `{name}` takes {len(macro.parameters)} arguments, and is given {len(given)}")
        if depth > DEEPEST:
            raise self.refused(f"the macro `{name}` stands for more than can be followed")
        plain = dict(zip(macro.parameters, given, strict=True))
        ready = {parameter: self.of(one, open_, depth + 1) for parameter, one in plain.items()}
        body = _SHOWN.sub(lambda found: _quoted(plain[found[1]]) if found[1] in plain else found[0], macro.body)
        body = "".join(_pasted(body, macro, plain, ready))
        self.length += len(body)
        if self.length > MOST:
            raise self.refused(f"the macro `{name}` comes to more than {MOST:,} characters")
        return self.of(body, open_ | {name}, depth + 1)

    def refused(self, what: str) -> Exception:
        return refused(self.file, self.text.count("\n", 0, self.at) + 1, what)


def _pasted(body: str, macro: Definition, plain: Mapping[str, str], ready: Mapping[str, str]) -> Iterator[str]:
    """Yield a body with its arguments; beside `##` they stand as they were given, and nothing comes between."""
    parts = _PASTED.split(body)
    for number, part in enumerate(parts):
        tokens = _TOKEN.findall(part)
        ends = {place for place, there in ((0, number), (len(tokens) - 1, number < len(parts) - 1)) if there}
        after = parts[number + 1] if number + 1 < len(parts) else ""
        # GNU's `, ## args`: no comma before nothing.
        if tokens[-1:] == [","] and macro.rest and after.startswith(macro.parameters[-1]):
            tokens, ends = tokens[: -1 if not plain[macro.parameters[-1]] else None], ends - {len(tokens) - 1}
        yield from ((plain if place in ends else ready).get(token, token) for place, token in enumerate(tokens))


def _grouped(macro: Definition, given: list[str]) -> list[str]:
    """Return arguments as the macro takes them: none for an empty bracket, and all that are left as the last."""
    if not macro.parameters and given == [""]:
        return []
    last = len(macro.parameters) - 1
    return [*given[:last], ", ".join(given[last:])] if macro.rest and len(given) >= last else given


def _quoted(text: str) -> str:
    """Return a string of C that shows a text."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _in_string(text: str, at: int) -> bool:
    """Say whether a place is inside of a string on its line."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return len(re.findall(r'(?<!\\)"', line)) % 2 == 1


def _arguments(text: str, at: int, most: int) -> tuple[list[str], int | None]:
    """Return the arguments behind a bracket and where they end; no end where the bracket stays open."""
    depth, found, piece = 0, list[str](), list[str]()
    for token in _TOKEN.finditer(text, at, at + most):
        word = token[0]
        depth += (word in "([{") - (word in ")]}")
        if depth == 0:
            return [*found, "".join(piece)], token.end()
        if word == "," and depth == 1:
            found.append("".join(piece))
            piece = []
        elif token.start() > at:
            piece.append(word)
    return found, None
