"""Quoting: how deep each line of a mail stands, who said it, and the comments between quoted lines.

>>> [depth_of(line) for line in ("mine", "> yours", "> > theirs", ">> theirs", ">")]
[0, 1, 2, 2, 1]
>>> peel("> > theirs", 1)
'> theirs'
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kvmviz.mail.letter import day_of, name_of

_MARKS: Final = re.compile(r"(?:> ?)*>")
_WROTE: Final = ("wrote:", "writes:", "said:", "schrieb:", "\u00e9crit :", "escribi\u00f3:", "scritto:", "skrev:")
MAX_DEPTH: Final = 40
_TYPOGRAPHIC: Final = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u00a0": " "}
)


@dataclass(frozen=True, slots=True)
class Comment:
    """What one person says in one place: whole lines at one depth below a line that is quoted deeper.

    `first` and `last` are line numbers of the mail; `above` is the number of the
    quoted line that it stands below, None when it stands before any.
    """

    depth: int
    first: int
    last: int
    text: tuple[str, ...]
    above: int | None
    author: str

    @property
    def words(self) -> str:
        """The text as one line, typographic signs made plain."""
        return " ".join(plain(" ".join(self.text)).split())


def plain(text: str) -> str:
    """Make typographic quotes and dashes plain."""
    return text.translate(_TYPOGRAPHIC)


def depth_of(line: str) -> int:
    """Give the number of quote marks before a line."""
    match = _MARKS.match(line[: 4 * MAX_DEPTH])
    return match.group().count(">") if match else 0


def peel(line: str, depth: int) -> str:
    """Take `depth` quote marks off a line, each with the blank after it."""
    for _ in range(depth):
        line = line[1:].removeprefix(" ") if line.startswith(">") else line
    return line


def depths_of(lines: Sequence[str]) -> tuple[int, ...]:
    """Give the depth of every line; one deeper than anything that people write counts as not quoted."""
    return tuple(depth if (depth := depth_of(line)) <= MAX_DEPTH else 0 for line in lines)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says what stands at one depth, and when: either may be empty."""

    name: str
    day: date | None


_NOBODY: Final = Speaker("", None)


def attribution(line: str) -> Speaker | None:
    """Read the date and the name from a line such as `On 3/28/2026 4:14 AM, A B wrote:`; None for other lines.

    >>> attribution("On 3/28/2026 4:14 AM, Rick Edgecombe wrote:")
    Speaker(name='Rick Edgecombe', day=datetime.date(2026, 3, 28))
    """
    text = line.strip()[:400]
    if not text.endswith(_WROTE):
        return None
    said = text.rsplit(" ", 1)[0].removesuffix(" a").removesuffix(" ha")
    when, comma, who = said.rpartition(", ")
    return Speaker(name_of(who if comma else said.removeprefix("On ")), day_of(when))


def speakers(lines: Sequence[str], depths: Sequence[int], sender: Speaker) -> dict[int, Speaker]:
    """Give who speaks at each depth: the sender at 0, others by the attribution lines above their words."""
    found = {0: sender}
    for number, (line, depth) in enumerate(zip(lines, depths, strict=True)):
        if depth + 1 not in found and line.rstrip().endswith(_WROTE):
            said = _wrapped(lines, depths, number) or attribution(peel(line, depth))
            if said:
                found[depth + 1] = said
    return found


def _wrapped(lines: Sequence[str], depths: Sequence[int], number: int) -> Speaker | None:
    """Read an attribution that a mailer broke in two."""
    depth = depths[number]
    above = peel(lines[number - 1], depth) if number and depths[number - 1] == depth else ""
    here = peel(lines[number], depth)
    return attribution(f"{above} {here}") if above.startswith("On ") and not here.startswith("On ") else None


def comments(lines: Sequence[str], depths: Sequence[int], who: Mapping[int, Speaker]) -> tuple[Comment, ...]:
    """Give the comments of a mail in order: at every depth, what stands between lines quoted deeper.

    >>> mail = ("On Mon, A wrote:", "> one", "not two?", "> three")
    >>> who = speakers(mail, depths_of(mail), Speaker("B", None))
    >>> [(c.text, c.above, c.author) for c in comments(mail, depths_of(mail), who)]
    [(('not two?',), 1, 'B')]
    """
    found, deepest = [], max(depths, default=0)
    deeper: dict[int, int] = {}  # depth -> the last line that stands at it
    for first, last in _runs(lines, depths):
        depth = depths[first]
        above = max((line for level, line in deeper.items() if level > depth), default=None)
        text = _said([peel(line, depth) if at == depth else "" for line, at in _zip(lines, depths, first, last)])
        if text and depth < deepest:
            found.append(Comment(depth, first, first + len(text) - 1, text, above, who.get(depth, _NOBODY).name))
        deeper[depth] = last
    return tuple(found)


def _zip(lines: Sequence[str], depths: Sequence[int], first: int, last: int) -> Iterator[tuple[str, int]]:
    return zip(lines[first : last + 1], depths[first : last + 1], strict=True)


def _said(text: list[str]) -> tuple[str, ...]:
    """Give what a person says in a run of lines: up to the signature, without the attribution of what follows."""
    ends = [number for number, line in enumerate(text) if line.rstrip() == "--"]
    text = text[: ends[0]] if ends else text
    if text and attribution(text[-1]):
        broken = len(text) > 1 and text[-2].startswith("On ") and not text[-1].startswith("On ")
        text = text[: -2 if broken else -1]
    while text and not text[-1].strip():
        text = text[:-1]
    return tuple(text)


def _runs(lines: Sequence[str], depths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give the first and last line of each run of lines of one depth, without the empty ones at its ends."""
    start = 0
    for end in range(1, len(lines) + 1):
        if end == len(lines) or (depths[end] != depths[start] and peel(lines[end], depths[end]).strip()):
            filled = [n for n in range(start, end) if depths[n] == depths[start] and peel(lines[n], depths[n]).strip()]
            if filled:
                yield filled[0], filled[-1]
            start = end
