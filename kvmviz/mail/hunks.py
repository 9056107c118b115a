"""One hunk of a patch whose lines a mailer or an archive has harmed: mended until its header's counts agree.

>>> fit(["-old", "+new", "kept"], old=2, new=2).lines
('-old', '+new', ' kept')

What mailers and archives do to a hunk: they take the blank off context lines,
drop empty lines, break long lines in two, and people cut away what they do not
answer to.  The header's two numbers say how many lines there were.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HEADER: Final = re.compile(r"@@ -(\d{1,7})(?:,(\d{1,7}))? \+(\d{1,7})(?:,(\d{1,7}))? @@(.*)")
_LOOKS_CHANGED: Final = ("--", "++", "->")  # what code may begin with though it is no change
_SIGNS: Final = ("", "+", "-", "\\", " ", "\t")
Rows = Sequence[tuple[int, str]]
_WIDE: Final = 55
"""A mailer breaks lines that are longer than this."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The lines of a hunk, each with its sign, `origin` the index each came from (None: put back).

    `blanks` counts context lines whose blank was put back, `added` empty lines
    put back, `joined` broken lines joined; `cut` tells that the counts could not
    be met, since part of the hunk is not there.
    """

    lines: tuple[str, ...]
    origin: tuple[int | None, ...]
    used: int
    blanks: int = 0
    added: int = 0
    joined: int = 0
    cut: bool = False


def fit(body: Sequence[str], old: int, new: int) -> Fitted:
    """Take from the head of `body` a hunk of `old` lines before and `new` lines after.

    `body` are the lines below the hunk's header, up to the next header at most.
    """
    rows = list(enumerate(body))
    attempts = [(0, rows), _join(rows)]
    if _mixed(rows[: _size(rows, old, new) or len(rows)]):
        attempts.reverse()
    for joined, attempt in attempts:
        size = _size(attempt, old, new)
        if size is not None:
            return _fitted(attempt[:size], joined)
    return _misread(rows, old, new) or _short(rows, old, new)


def _mixed(rows: Rows) -> bool:
    """Tell whether some context has its blank and some line has no sign at all: then a mailer broke lines."""
    return any(line.startswith(" ") for _, line in rows) and any(line[:1] not in _SIGNS for _, line in rows)


def _kind(line: str) -> str:
    r"""Give `+`, `-`, `\` or a blank for context, whether its blank is there or not."""
    return line[0] if line[:1] in ("+", "-", "\\") else " "


def _size(rows: Rows, old: int, new: int) -> int | None:
    """Give how many rows make the hunk if every sign is what it looks like; None if the counts do not meet."""
    for size, (_, line) in enumerate(rows):
        if old <= 0 and new <= 0:
            return size + 1 if line.startswith("\\") else size
        kind = _kind(line)
        old -= kind in "- "
        new -= kind in "+ "
        if old < 0 or new < 0:
            return None
    return len(rows) if old == new == 0 else None


def _fitted(rows: Rows, joined: int = 0, plain: frozenset[int] = frozenset()) -> Fitted:
    lines = [_signed(line, plain=index in plain) for index, line in rows]
    blanks = sum(line != mended for (_, line), mended in zip(rows, lines, strict=True))
    used = rows[-1][0] + 1 if rows else 0
    return Fitted(tuple(lines), tuple(index for index, _ in rows), used, blanks=blanks, joined=joined)


def _signed(line: str, *, plain: bool = False) -> str:
    return line if not plain and line[:1] in ("+", "-", "\\", " ") else f" {line}"


def _join(rows: Rows) -> tuple[int, list[tuple[int, str]]]:
    """Join what a mailer broke: a line without a sign below a long one, where context still has its blank."""
    joined: list[tuple[int, str]] = []
    count = 0
    for index, line in rows:
        broken = line[:1] not in _SIGNS and bool(joined) and len(joined[-1][1]) > _WIDE
        if broken:
            joined[-1] = (joined[-1][0], f"{joined[-1][1]} {line}"[:2000])
            count += 1
        else:
            joined.append((index, line))
    return count, joined


def _misread(rows: Rows, old: int, new: int) -> Fitted | None:
    """Fit a hunk in which context that lost its blank looks like a change, such as `--count;`."""
    best: tuple[int, int, int] | None = None
    doubtful = {"-": 0, "+": 0}
    counts = {"-": 0, "+": 0, " ": 0, "\\": 0}
    for size, (_, line) in enumerate(rows, 1):
        counts[_kind(line)] += 1
        if line.startswith(_LOOKS_CHANGED):
            doubtful[line[0]] += 1
        minus, plus = new - counts["+"] - counts[" "], old - counts["-"] - counts[" "]
        if minus < 0 or plus < 0:
            break
        if minus + plus > 0 and minus <= doubtful["-"] and plus <= doubtful["+"]:
            best = size, minus, plus
    if best is None:
        return None
    size, minus, plus = best
    wrong = _last(rows[:size], "-", minus) + _last(rows[:size], "+", plus)
    return _fitted(rows[:size], plain=frozenset(wrong))


def _last(rows: Rows, sign: str, count: int) -> list[int]:
    """Give the last `count` lines that begin with `sign` and look like code."""
    found = [index for index, line in rows if line.startswith(sign) and line.startswith(_LOOKS_CHANGED)]
    return found[len(found) - count :]


def _short(rows: Rows, old: int, new: int) -> Fitted:
    """Fit a hunk of which lines are missing: empty ones that an archive dropped, or what a person cut away."""
    size = len(rows)
    while size and _over(rows[:size], old, new):
        size -= 1 + size // 8  # a few steps: what is over is another text below the patch
    fitted = _fitted(rows[:size])
    kinds = [_kind(line) for line in fitted.lines]
    lost = old - sum(kind in "- " for kind in kinds)
    if 0 < lost == new - sum(kind in "+ " for kind in kinds) and lost <= 3 + len(rows) // 3:
        return Fitted(
            fitted.lines + (" ",) * lost, fitted.origin + (None,) * lost, fitted.used, fitted.blanks, added=lost
        )
    return Fitted(fitted.lines, fitted.origin, fitted.used, fitted.blanks, cut=True)


def _over(rows: Rows, old: int, new: int) -> bool:
    kinds = [_kind(line) for _, line in rows]
    return sum(kind in "- " for kind in kinds) > old or sum(kind in "+ " for kind in kinds) > new
