r"""What each side of a diff shows of which function: whole where it is all there, else in part.

>>> diff = '''--- a/f.c
... +++ b/f.c
... @@ -7,3 +7,3 @@ static int f(void)
...  static int g(int a)
...  {
... -\treturn a;
... +\treturn -a;
... '''
>>> [(part.name, part.begins, part.ends, [line.number for line in part.lines]) for part in sides(diff).new]
[('g', True, False, [7, 8, 9])]

The diff is one that unidiff reads; `kvmviz.mail.patch` makes such a text out of
what mails and archives have left of a patch.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from unidiff.patch import Hunk, PatchSet

from kvmviz.mail.functions import defined
from kvmviz.patches import whole_macro
from kvmviz.patches.comments import closed, depth_change, scrub

Side = Literal["old", "new"]

_DEFINE: Final = re.compile(r"\s*#\s*define\s+(\w{1,100})\b")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one side: its number in that side's file, its text, the same without comments.

    `changed` says whether the other side has it not; `before` and `after` whether
    lines that only the other side has stand right before it, or after it at the end.
    """

    number: int
    text: str
    code: str
    changed: bool
    before: bool = False
    after: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What a hunk shows of one function or macro on one side.

    `begins` says whether its definition is there, `ends` whether its closing brace
    is: None if that cannot be told, since the diff has lost its indentation and
    shows no beginning.  `touched` says whether the diff changes it, on this side
    or on the other; `filled` that some of its lines are not the diff's but ours.
    """

    file: str
    name: str
    lines: tuple[Line, ...]
    begins: bool
    ends: bool | None
    touched: bool
    macro: bool = False
    filled: bool = False

    @property
    def whole(self) -> bool:
        """Whether all of it is shown."""
        return self.begins and self.ends is True

    @property
    def lead(self) -> int:
        """How many lines stand before the first change, on this side or on the other."""
        return next((n for n, line in enumerate(self.lines) if line.changed or line.before), len(self.lines))

    @property
    def trail(self) -> int:
        """How many lines stand after the last change."""
        for count, line in enumerate(reversed(self.lines)):
            if line.changed or line.after:
                return count
            if line.before:
                return count + 1
        return len(self.lines)

    @property
    def changes(self) -> bool:
        """Whether anything is changed in these lines."""
        return any(line.changed or line.before or line.after for line in self.lines)

    @property
    def first(self) -> int:
        """Number of the first line shown, in this side's file."""
        return self.lines[0].number

    @property
    def last(self) -> int:
        """Number of the last line shown."""
        return self.lines[-1].number


@dataclass(frozen=True, slots=True)
class Sides:
    """A diff's functions by side, and the changed lines that are in none, as (file, number, text)."""

    old: tuple[Part, ...]
    new: tuple[Part, ...]
    outside: tuple[tuple[str, int, str], ...]

    def of(self, side: Side) -> tuple[Part, ...]:
        """Return one side's functions."""
        return self.old if side == "old" else self.new


def sides(text: str) -> Sides:
    """Return what the sides of a diff show; raise UnidiffParseError for a text that is none."""
    old: list[Part] = []
    new: list[Part] = []
    outside: list[tuple[str, int, str]] = []
    for file in PatchSet(text):
        for hunk in file if file.path.endswith((".c", ".h")) else ():
            indented = _indented(hunk)
            shown = {side: _lines(hunk, side) for side in ("old", "new")}
            macros = _macros(file.path, shown["old"], shown["new"])
            for side, found in (("old", old), ("new", new)):
                lines = shown[side]
                if macros:
                    found.append(macros[side])
                    lines = [line for line in lines if line not in macros[side].lines]
                parts, rest = _parts(file.path, "" if macros else hunk.section_header, lines, indented)
                found += parts
                outside += [(file.path, line.number, line.text) for line in rest if line.changed and line.code.strip()]
    touched = {(part.file, part.name) for part in (*old, *new) if any(line.changed for line in part.lines)}
    return Sides(_told(old, touched), _told(new, touched), tuple(outside))


def _macros(file: str, old: Sequence[Line], new: Sequence[Line]) -> dict[str, Part] | None:
    """Return both sides of the macro behind TDX_BUG_ON if a hunk shows the middle of it, made whole."""
    runs = [(lines, *whole_macro.shown_in([line.text for line in lines])) for lines in (old, new)]
    _, start, end = runs[0]
    around = whole_macro.around([line.text for line in old[start:end]])
    if around is None or not any(around):
        return None
    above, below = around
    return {
        side: Part(file, whole_macro.NAME, _wrapped(above, lines[first:last], below), True, True, False, True, True)
        for side, (lines, first, last) in zip(("old", "new"), runs, strict=True)
    }


def _wrapped(above: Sequence[str], shown: Sequence[Line], below: Sequence[str]) -> tuple[Line, ...]:
    """Return lines with others around them, numbered on from them."""
    first, last = (shown[0].number, shown[-1].number) if shown else (len(above) + 1, len(above))
    before = [Line(first - len(above) + n, text, text, changed=False) for n, text in enumerate(above)]
    return (*before, *shown, *(Line(last + 1 + n, text, text, changed=False) for n, text in enumerate(below)))


def _told(parts: Iterable[Part], touched: set[tuple[str, str]]) -> tuple[Part, ...]:
    return tuple(replace(part, touched=(part.file, part.name) in touched) for part in parts)


def _indented(hunk: Hunk) -> bool:
    """Say whether the hunk has its indentation: archives take it off, and then no column tells where a block ends."""
    return any(line.value.startswith(("\t", "    ")) and line.value.strip() for line in hunk)


def _lines(hunk: Hunk, side: str) -> list[Line]:
    kept, gaps, gap = [], [], False
    for line in hunk:
        mine = line.is_context or (line.is_added if side == "new" else line.is_removed)
        if mine:
            kept.append(line)
            gaps.append(gap)
        gap = not mine
    texts = closed([line.value.rstrip("\r\n") for line in kept])
    numbers = [(line.target_line_no if side == "new" else line.source_line_no) or 0 for line in kept]
    codes, last = scrub(texts), len(kept) - 1
    return [
        Line(number, texts[n], codes[n], not kept[n].is_context, gaps[n], gap and n == last)
        for n, number in enumerate(numbers)
    ]


def _parts(file: str, section: str, lines: Sequence[Line], indented: bool) -> tuple[list[Part], list[Line]]:
    """Cut a hunk's side into functions and macros, and return the lines that are in none as well."""
    parts: list[Part] = []
    rest: list[Line] = []
    marks = list(_begins(lines))
    first = marks[0][0] if marks else len(lines)
    name = defined(section)
    if name and first:
        end, ends = _hidden_begin(lines[:first], indented, followed=bool(marks))
        parts += [Part(file, name, tuple(lines[:end]), False, ends, False)] if end else []
        rest += lines[end:first]
    else:
        rest += lines[:first]
    for (start, name, macro), (stop, *_) in pairwise([*marks, (len(lines), "", False)]):
        size, ends = (_macro if macro else _body)(lines[start:stop])
        parts.append(Part(file, name, tuple(lines[start : start + size]), True, ends, False, macro))
        rest += lines[start + size : stop]
    return parts, rest


def _begins(lines: Sequence[Line]) -> Iterator[tuple[int, str, bool]]:
    """Yield where a function or a macro begins, its name, and whether it is a macro; none begins inside another."""
    at = 0
    while at < len(lines):
        macro = _DEFINE.match(lines[at].code)
        name = macro[1] if macro else _function_at(lines, at)
        if name:
            yield at, name, bool(macro)
            at += (_macro if macro else _body)(lines[at:])[0]
        else:
            at += 1


def _function_at(lines: Sequence[Line], at: int) -> str:
    """Return the function that is defined from this line on, empty for a prototype or anything else."""
    name = defined(lines[at].code)
    for line in lines[at:] if name else ():
        if "{" in line.code:
            return name
        if ";" in line.code:
            return ""
    return name


def _body(lines: Sequence[Line]) -> tuple[int, bool]:
    """Return how many lines a function takes whose definition stands first, and whether it ends there."""
    depth, opened = 0, False
    for count, line in enumerate(lines, 1):
        depth += depth_change(line.code)
        opened = opened or "{" in line.code
        if opened and depth <= 0:
            return count, True
    return len(lines), False


def _macro(lines: Sequence[Line]) -> tuple[int, bool]:
    for count, line in enumerate(lines, 1):
        if not line.text.rstrip().endswith("\\"):
            return count, True
    return len(lines), False


def _hidden_begin(lines: Sequence[Line], indented: bool, followed: bool) -> tuple[int, bool | None]:
    """Return how many lines belong to the function that a hunk begins in, and whether it ends there."""
    if indented:
        ends = [count for count, line in enumerate(lines, 1) if line.code.rstrip() == "}"]
        return (ends[0], True) if ends else (len(lines), False)
    braces = [count for count, line in enumerate(lines, 1) if line.code.strip() == "}"]
    last = braces[-1] if braces else 0
    if last and not any(line.code.strip() for line in lines[last:]):
        return last, True if followed else None
    return len(lines), None if braces else False
