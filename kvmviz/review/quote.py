"""Quoting a mail in a reply: its lines as they are, one mark deeper.

>>> quoted("> -old"), quoted("why?"), quoted("")
('> > -old', '> why?', '>')

A quoted line keeps its characters and its length.  Only what would command a
terminal instead of being printed is shown as `?`.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

MOST: Final = 24
"""Lines of one comment that are quoted."""

_COMMANDING: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")
_ABOVE: Final = 3
"""Lines above a comment that are quoted with it."""


def quoted(line: str) -> str:
    """Give a line as it stands in a reply."""
    return f"> {_shown(line)}".rstrip()


def _shown(line: str) -> str:
    """Replace control characters, and those that turn the direction of the text, one for one."""
    if line.isascii() and line.isprintable():
        return line
    return "".join("?" if c != "\t" and unicodedata.category(c) in _COMMANDING else c for c in line)


def place(lines: Sequence[str], depths: Sequence[int], first: int, last: int) -> Iterator[str]:
    """Quote the lines `first` to `last`, and the few above them that they are about; say what is left out."""
    above = _near(depths, first, lines)
    if above and above[0] > 0:
        yield "> [...]"
    yield from (quoted(lines[number]) for number in above)
    chosen = range(first, last + 1)
    yield from (quoted(lines[number]) for number in chosen[:MOST])
    if len(chosen) > MOST:
        yield f"> [... {len(chosen) - MOST} more lines]"


def _near(depths: Sequence[int], first: int, lines: Sequence[str]) -> list[int]:
    """Give the numbers of the lines just above `first` that are quoted deeper than it."""
    found: list[int] = []
    for number in range(first - 1, max(-1, first - 1 - 2 * _ABOVE), -1):
        if depths[number] <= depths[first] and lines[number].strip():
            break
        if len(found) < _ABOVE and lines[number].strip():
            found.insert(0, number)
    return found


def each(lines: Sequence[str], numbers: Iterable[int]) -> Iterator[str]:
    """Quote single lines, with a mark where lines between them are left out."""
    before = -1
    for number in numbers:
        if number != before + 1:
            yield "> [...]"
        yield quoted(lines[number])
        before = number
