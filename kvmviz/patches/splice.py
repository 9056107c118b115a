r"""A function that a diff shows in part, completed from another text of it.

>>> ours = "int f(int a)\n{\n\tprepare(a);\n\tif (a)\n\t\tg(a);\n\tfinish(a);\n}"
>>> shown = sides('''--- a/f.c
... +++ b/f.c
... @@ -12,4 +12,4 @@ int f(int a)
...  \tif (a)
...  \t\tg(a); /* as before */
... -\tfinish(a);
... +\tstop(a);
...  }
... ''')
>>> print(complete(shown.new, ours).text.expandtabs(4).rstrip())
int f(int a)
{
    prepare(a);
    /* above: not shown by the patch; kvmviz's own C */
    if (a)
        g(a); /* as before */
    stop(a);
}

The rule.  What the diff shows is taken as it is.  At each end where it shows no more,
its unchanged lines next to the first (or last) changed one must stand in the other
text, comments and white space aside: as many of them as do, and in one place only.
Where these do not tell, as comments never do, what either side of the diff has at this
change must stand there with them.  From there on the other text is taken.  The
line numbers of what is shown are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kvmviz.patches.comments import depth_change, scrub, tokens
from kvmviz.patches.errors import PatchTextError
from kvmviz.patches.parts import Line, Part, sides

__all__ = ["Whole", "complete", "sides"]

ABOVE: Final = "\t/* above: not shown by the patch; kvmviz's own C */"
BELOW: Final = "\t/* below: not shown by the patch; kvmviz's own C */"


@dataclass(frozen=True, slots=True)
class Whole:
    """A function that can be run: `lines` from number `first` on; `shown` are the numbers that the diff shows."""

    file: str
    name: str
    first: int
    lines: tuple[str, ...]
    shown: frozenset[int]

    @property
    def text(self) -> str:
        """The function as one text."""
        return "\n".join(self.lines) + "\n"


def whole(part: Part) -> Whole:
    """Return a function that is shown whole."""
    shown = frozenset(line.number for line in part.lines)
    return Whole(part.file, part.name, part.first, tuple(line.text for line in part.lines), shown)


def complete(parts: Sequence[Part], other: str, pairs: Sequence[Part] = ()) -> Whole:
    """Return the function of which these are the parts, in order, completed from `other`.

    `pairs` are the parts of the diff's other side, in the same order.  Raises
    PatchTextError where no place, or more than one, can be meant.
    """
    alike = pairs if len(pairs) == len(parts) else [None] * len(parts)
    both = [*zip(parts, alike, strict=True)]
    changed = [(part, pair) for part, pair in both if part.changes]
    if not changed:
        raise PatchTextError(
            f"{parts[0].name} is changed, and on this side {parts[0].file} shows nothing of the change; give the tree "
            "with --kernel DIR."
        )
    if len(changed) == 1 and changed[0][0].whole:
        return whole(changed[0][0])
    return _Splice(changed, other).result()


class _Splice:
    def __init__(self, parts: Sequence[tuple[Part, Part | None]], other: str) -> None:
        self.pairs = parts
        self.parts = [part for part, _ in parts]
        self.lines = other.rstrip("\n").split("\n")
        self.code = scrub(self.lines)
        self.by_line = [tokens([line]) for line in self.code]
        self.all = [token for line in self.by_line for token in line]

    def result(self) -> Whole:
        pieces: list[tuple[list[str], int, list[Line]]] = []  # the other's lines before a part, its number, its lines
        at = 0
        for number, (part, pair) in enumerate(self.pairs):
            lines = list(part.lines)
            before: list[str] = []
            if not part.begins:
                skip, start = self._head(lines, part, pair)
                if start < at:
                    raise self._unclear(part, "its parts are in another order there")
                before, lines = self.lines[at:start], lines[skip:]
                at = start
            last = number == len(self.parts) - 1
            keep, at = self._tail(lines, part, pair, at, last=last)
            pieces.append((before, lines[0].number if lines else part.first, lines[:keep]))
        return self._laid_out(pieces, self.lines[at:])

    def _head(self, lines: list[Line], part: Part, pair: Part | None) -> tuple[int, int]:
        """Return how many of the shown lines to skip, and the other's line at which the rest begins."""
        lead = lines[: part.lead]
        for shown, most in [(lead, len(lead)), *(_first_change(one) for one in (part, pair) if one and one.lead)]:
            for skip in range(most):
                found = self._places(tokens(line.code for line in shown[skip:]))
                if len(found) == 1:
                    return skip, self._line_at(found[0], part)
        raise self._unclear(part, "the lines that lead up to it are not there, or more than once")

    def _tail(self, lines: list[Line], part: Part, pair: Part | None, at: int, *, last: bool) -> tuple[int, int]:
        """Return how many of the shown lines to keep, and the other's line that follows on them."""
        if part.ends or (part.ends is None and last and self._closes(lines, at, part)):
            return len(lines), len(self.lines)
        trail = lines[len(lines) - min(part.trail, len(lines)) :]
        for shown, most in [(trail, len(trail)), *(_last_change(one) for one in (part, pair) if one and one.trail)]:
            for drop in range(most):
                window = tokens(line.code for line in shown[: len(shown) - drop])
                found = self._places(window)
                if len(found) == 1:
                    return len(lines) - drop, self._line_at(found[0] + len(window), part)
        raise self._unclear(part, "the lines that lead on from it are not there, or more than once")

    def _closes(self, lines: list[Line], at: int, part: Part) -> bool:
        """Tell by braces whether the last line of a part closes the function."""
        open_before = 0 if part.begins else sum(map(depth_change, self.code[:at]))
        return open_before + sum(depth_change(line.code) for line in lines) == 0

    def _places(self, window: list[str]) -> list[int]:
        """Return where these tokens stand in the other text; too few to tell stand nowhere."""
        if not any(token[:1].isalpha() or token[:1] == "_" for token in window):
            return []
        size = len(window)
        return [n for n in range(len(self.all) - size + 1) if self.all[n : n + size] == window]

    def _line_at(self, token: int, part: Part) -> int:
        """Return the line that begins with this token; a text that breaks its lines elsewhere is made to fit."""
        count = 0
        for number, line in enumerate(self.by_line):
            if count == token:
                return number
            if count + len(line) > token:
                self._break(number, token - count)
                return number + 1
            count += len(line)
        return len(self.by_line)

    def _break(self, number: int, count: int) -> None:
        """Break a line of the other text behind so many of its tokens."""
        first, rest = self.by_line[number][:count], self.by_line[number][count:]
        self.by_line[number : number + 1] = [first, rest]
        for texts in (self.lines, self.code):
            texts[number : number + 1] = [" ".join(first), " ".join(rest)]

    def _laid_out(self, pieces: list[tuple[list[str], int, list[Line]]], after: list[str]) -> Whole:
        """Put every shown line at its number, and the rest between, above and below."""
        before, number, _ = pieces[0]
        above = [*before, ABOVE] if before else []
        first = number - len(above)
        out = list(above)
        for index, (between, number, lines) in enumerate(pieces):
            if index:
                room = number - first - len(out)
                out += _squeezed([BELOW, *between, ABOVE], room)
                out[-1] += "" if room > 0 else " ".join(["", *_plain(between)])
            out += [line.text for line in lines]
        out += [BELOW, *after] if after else []
        shown = frozenset(line.number for _, _, lines in pieces for line in lines)
        return Whole(self.parts[0].file, self.parts[0].name, first, tuple(out), shown)

    def _unclear(self, part: Part, why: str) -> PatchTextError:
        where = f"{part.file}, lines {part.first} to {part.last}"
        return PatchTextError(
            f"{part.name} is shown in part ({where}) and cannot be completed: {why}; give the tree with --kernel DIR."
        )


def _first_change(part: Part) -> tuple[Sequence[Line], int]:
    """Return a part's lines up to its first change, that change and the unchanged lines below it.

    And how many of the first ones may be left out in turn: where lines were only
    taken out, some code above must stay, or nothing tells on which side they are.
    """
    lines, end = part.lines, part.lead
    while end < len(lines) and lines[end].changed:
        end += 1
    most = part.lead + 1 if _has_code(lines[part.lead : end]) else _count_of_code(lines[part.lead - 1 :: -1], part.lead)
    first = end
    while end < len(lines) and not lines[end].changed and not (lines[end].before and end > first):
        end += 1
    return lines[:end], most


def _last_change(part: Part) -> tuple[Sequence[Line], int]:
    """Return the unchanged lines above a part's last change, that change and all below it, and how many may go."""
    lines = part.lines
    last = start = len(lines) - part.trail
    while start and lines[start - 1].changed:
        start -= 1
    most = part.trail + 1 if _has_code(lines[start:last]) else _count_of_code(lines[last:], part.trail)
    while start and not lines[start - 1].changed and not (start < last and lines[start].before):
        start -= 1
    return lines[start:], most


def _count_of_code(outwards: Sequence[Line], size: int) -> int:
    """Return how many of these lines, from the change outwards, may be left out so that one of code stays, and one."""
    first = next((n for n, line in enumerate(outwards[:size]) if tokens([line.code])), size)
    return size - first


def _has_code(lines: Sequence[Line]) -> bool:
    return bool(tokens(line.code for line in lines))


def _squeezed(lines: list[str], room: int) -> list[str]:
    """Return the lines in so many lines; what does not fit stands on the last one, without its comments."""
    if len(lines) <= room:
        return [*lines, *[""] * (room - len(lines))]
    plain = _plain(lines)
    squeezed = [*plain[: room - 1], " ".join(plain[room - 1 :])] if room > 0 else []
    return squeezed + [""] * (room - len(squeezed))


def _plain(lines: list[str]) -> list[str]:
    return [line.strip() for line in scrub(lines) if line.strip()]
