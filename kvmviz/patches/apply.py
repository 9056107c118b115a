r"""Both sides of a diff in a reader's file, found by the lines that the diff shows.

>>> diff = "--- a/f.c\n+++ b/f.c\n@@ -2,3 +2,3 @@\n a\n-b\n+B\n c\n"
>>> applied(list("xyabcz"), hunks(diff)["f.c"], "f.c").new
('x', 'y', 'a', 'B', 'c', 'z')

The rule is that of patch(1), more careful.  A hunk is looked for as it is: at the
line that it names, else in one place only; and where it is not, undone, since the
file may have the new side already.  If both fit, the one counts that stands where it
says, if the other does not.  If neither fits, up to two unchanged lines at its
ends may differ, but not the last one, again in one place only.  White space does
not count where a mailer took it.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from unidiff.patch import Hunk, PatchSet

from kvmviz.patches.errors import PatchTextError
from kvmviz.patches.parts import Side

FUZZ: Final = 2
"""Unchanged lines at each end of a hunk that may differ."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A hunk: (sign, text) for each line, and where it stands in the old and the new file, from 1."""

    rows: tuple[tuple[str, str], ...]
    old_start: int
    new_start: int

    def side(self, side: Side) -> list[str]:
        """Return the lines of one side."""
        return [text for sign, text in self.rows if sign in (" -" if side == "old" else " +")]


@dataclass(frozen=True, slots=True)
class Applied:
    """A file on both sides of a diff; `has` says which of them the reader's file is."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    has: Side

    def of(self, side: Side) -> tuple[str, ...]:
        """Return the lines of one side."""
        return self.old if side == "old" else self.new


def hunks(diff: str) -> Mapping[str, tuple[Rows, ...]]:
    """Return the hunks of a diff by path; raise UnidiffParseError for a text that is none."""
    return {file.path: tuple(_rows(hunk) for hunk in file) for file in PatchSet(diff)}


def _rows(hunk: Hunk) -> Rows:
    rows = [(line.line_type, line.value.rstrip("\r\n")) for line in hunk if line.line_type in ("+", "-", " ")]
    return Rows(tuple(rows), hunk.source_start, hunk.target_start)


def applied(lines: Sequence[str], found: Sequence[Rows], file: str) -> Applied:
    """Return both sides of a file; raise PatchTextError if a hunk has no place in it, or more than one."""
    failed = None
    for fuzz in (0, FUZZ):
        fits: dict[Side, _Other] = {}
        try:
            fits["old"] = _other(lines, found, file, "old", fuzz)
        except PatchTextError as error:
            failed = error
        with suppress(PatchTextError):
            fits["new"] = _other(lines, found, file, "new", fuzz)
        if fits:
            has = _which(fits, lines, file)
            here, there = tuple(lines), fits[has].lines
            return Applied(here, there, has) if has == "old" else Applied(there, here, has)
    assert failed is not None
    raise failed


def _which(fits: "Mapping[Side, _Other]", lines: Sequence[str], file: str) -> Side:
    """Return which side a file is; of two that fit, the one whose hunks all stand where they say."""
    exact = [side for side, other in fits.items() if other.exact]
    here = [_without_space(line) for line in lines]
    blanks = all([_without_space(line) for line in other.lines] == here for other in fits.values())
    if len(fits) > 1 and len(exact) != 1 and not blanks:  # a diff of white space alone fits both ways in one place
        raise PatchTextError(
            f"{file}: its hunks fit the tree both as they are and undone; make the diff with three lines of context."
        )
    return next(iter(exact or fits))


@dataclass(frozen=True, slots=True)
class _Other:
    """The other side of a file; `exact` if each hunk stands where it says."""

    lines: tuple[str, ...]
    exact: bool


def _other(lines: Sequence[str], found: Sequence[Rows], file: str, has: Side, fuzz: int) -> _Other:
    """Return the other side of a file that is `has`."""
    out = list(lines)
    shift, done, exact = 0, 0, True
    for rows in found:
        start = (rows.old_start if has == "old" else rows.new_start) - 1 + shift
        at, head, tail = _place(out, rows.side(has), start, done, file, rows, fuzz)
        new = _replaced(out[at:], rows.rows[head : len(rows.rows) - tail], has)
        taken = len(rows.side(has)) - head - tail
        out[at : at + taken] = new
        exact = exact and at == start + head
        shift += at - head - start + len(new) - taken
        done = at + len(new)
    return _Other(tuple(out), exact)


def _replaced(there: list[str], rows: Sequence[tuple[str, str]], has: Side) -> list[str]:
    """Return the other side of a hunk: what is unchanged as it stands in the file, since a mail may have harmed it."""
    new: list[str] = []
    at = 0
    for sign, text in rows:
        if sign == " ":
            new.append(there[at])
        elif (sign == "+") == (has == "old"):
            new.append(text)
        at += sign == " " or (sign == "-") == (has == "old")
    return new


def _place(
    lines: list[str], wanted: list[str], start: int, least: int, file: str, rows: Rows, most: int
) -> tuple[int, int, int]:
    """Return the index where a hunk stands, and how many of its first and last lines to leave out."""
    if not any(line.strip() for line in wanted):
        raise PatchTextError(
            f"{file}: the hunk at line {rows.old_start} shows no line of the tree around what it changes; make the "
            "diff with three lines of context."
        )
    signs = [sign for sign, _ in rows.rows]
    heads = next((n for n, sign in enumerate(signs) if sign != " "), 0)
    tails = next((n for n, sign in enumerate(signs[::-1]) if sign != " "), 0)
    for key in (str.rstrip, _without_space):
        there, here = [key(line) for line in lines], [key(line) for line in wanted]
        for fuzz in range(most + 1):
            head, tail = max(0, min(fuzz, heads - 1)), max(0, min(fuzz, tails - 1))
            part = here[head : len(here) - tail]
            places = [n for n in range(least, len(there) - len(part) + 1) if there[n : n + len(part)] == part]
            if start + head in places and not fuzz:
                return start + head, head, tail
            if len(places) == 1 and any(part):
                return places[0], head, tail
            if len(places) > 1:
                raise PatchTextError(
                    f"{file}: the hunk at line {rows.old_start} fits in {len(places)} places of the tree; use the tree "
                    "that the patch was made for."
                )
    raise PatchTextError(
        f"{file}: the hunk at line {rows.old_start} does not fit the tree, neither as it is nor undone; use the tree "
        "that the patch was made for."
    )


def _without_space(line: str) -> str:
    return "".join(line.split())
