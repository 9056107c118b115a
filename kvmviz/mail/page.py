"""A page saved from a web archive as text, the output of `git show`, or a bare patch.

An archive's page has the header's main lines somewhere near its top, beside
words of the page itself; addresses are obfuscated; a thread's page has several
messages below each other.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from kvmviz.mail.letter import Letter, day_of, name_of

_FIELD: Final = re.compile(
    r"(From|Author|Date|Subject|Message-ID|In-Reply-To|To|Cc|References|List|Newsgroups): {0,20}(.*)",
    re.IGNORECASE,
)
_ID: Final = re.compile(r"<([^<>\s]{3,250})>")
_FROM: Final = ("from", "author")
_NEAR: Final = 8
"""Lines within which an archive's `From:` and `Date:` stand together."""


def parse(text: str) -> Iterator[Letter]:
    """Give the messages of a page; a bare patch is a message without author and date; other text is none."""
    lines = text.split("\n")
    starts = list(_starts(lines))
    if not starts:
        if _has_patch(lines):
            yield Letter("", None, "", "", tuple(lines))
        return
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield _letter(lines, start, end)


def _has_patch(lines: Sequence[str]) -> bool:
    return any(line.lstrip("> ").startswith(("diff --git ", "@@ -")) for line in lines)


def _starts(lines: Sequence[str]) -> Iterator[int]:
    """Give the first line of every message's header: where an author and a date stand together."""
    last, dated = -_NEAR, [number for number, line in enumerate(lines) if _dated(line)]
    for number, line in enumerate(lines):
        if number - last >= _NEAR and _key(line) in _FROM and _near(dated, number):
            last = number
            yield number


def _key(line: str) -> str:
    match = _FIELD.match(line[:200])
    return match[1].lower() if match else ""


def _dated(line: str) -> bool:
    key = _key(line)
    return (key == "date" or (key == "from" and " @ " in line[:200])) and day_of(_value(line)) is not None


def _near(dated: Sequence[int], number: int) -> bool:
    place = bisect_left(dated, number - _NEAR)
    return place < len(dated) and dated[place] < number + _NEAR


def _value(line: str) -> str:
    match = _FIELD.match(line[:2000])
    return match[2].strip() if match else ""


def _letter(lines: Sequence[str], start: int, end: int) -> Letter:
    above, body = lines[max(0, start - _NEAR) : start], _body(lines, start, end)
    found = {_key(line): _value(line) for line in [*above, *reversed(lines[start:body])] if _key(line)}
    author = _value(lines[start])
    return Letter(
        author=name_of(author),
        date=day_of(found.get("date", "")) or day_of(author),
        subject=found.get("subject") or _title(above),
        message_id=found.get("message-id", "").strip("<> "),
        lines=tuple(lines[body:end]),
        answers=tuple(_ID.findall(f"{found.get('references', '')} {found.get('in-reply-to', '')}")),
    )


def _title(above: Sequence[str]) -> str:
    """Give the last line above the header that is a subject's: archives print it without a name."""
    return next((line.strip() for line in reversed(above) if "[" in line or line.startswith("Re:")), "")


def _body(lines: Sequence[str], start: int, end: int) -> int:
    """Give the line after the header: where its fields end, or one comes again (a patch may name its author)."""
    seen: set[str] = set()
    for number in range(start, min(start + 2 * _NEAR, end)):
        key = _key(lines[number])
        if key in seen or (not key and (number - start >= _NEAR or "date" in seen)):
            return number
        seen |= {key} if key else set()
    return min(start + 1, end)
