r"""Patch mails as people have them: single mails, mailboxes, pages of archives, bare patches.

>>> letters = read(b"From: A B <a@b.c>\nDate: Wed, 8 Apr 2026 22:09:22 -0500\nSubject: Re: x\n\nhello\n")
>>> print(letters[0].author, letters[0].day, letters[0].lines)
A B 8 Apr 2026 ('hello',)

A mail is text that somebody else wrote.  It is taken apart and nothing more:
nothing in it is run, fetched or written to disk.
"""

import re
from collections.abc import Iterator
from typing import Final

from kvmviz.review import mime, page
from kvmviz.review.decode import is_page, refuse_binary, text_of, without_tags
from kvmviz.review.letter import Letter
from kvmviz.review.limits import MAX_LINES, MAX_MESSAGE, MAX_MESSAGES, MAX_READ, ReviewError

# A mailbox separates its messages by a line "From ..." before a header; a line of prose may begin so, too.
_SEPARATOR: Final = re.compile(rb"(?:\A|\n\r?\n)From [^\n]{1,200}\n(?=[!-9;-~]{1,76}:)")
_HEADER: Final = re.compile(rb"\A(?:[!-9;-~]{1,76}:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)++\r?(?:\n|\Z)")
_NAMED: Final = re.compile(rb"(?mi)^(?:from|date|subject|message-id):")


def read(data: bytes) -> tuple[Letter, ...]:
    """Give the messages of `data` in their order; raise `ReviewError` when it is no mail.

    What is beyond the limits of `limits.py` is left out, and `Letter.cut` says so.
    """
    if len(data) > MAX_MESSAGE:
        raise ReviewError(f"this is {len(data):,} bytes long; a mail of up to {MAX_MESSAGE:,} bytes can be reviewed.")
    refuse_binary(data)
    data = data.lstrip(b"\r\n")
    letters = [letter for part in _split(data) for letter in _letters(part)][:MAX_MESSAGES]
    if not letters:
        raise ReviewError("this is no mail: it has neither a header (From:, Date:, Subject:) nor a patch in it.")
    return tuple(letters)


def _split(data: bytes) -> Iterator[bytes]:
    """Give the messages of a mailbox, or `data` itself, each without its separator."""
    starts = []
    for match in _SEPARATOR.finditer(data):
        starts.append(match)
        if len(starts) > MAX_MESSAGES:
            break
    if not starts or data[: starts[0].start()].strip():
        yield data
        return
    ends = [match.start() for match in starts[1:]] + [len(data)]
    for match, end in zip(starts[:MAX_MESSAGES], ends, strict=False):
        yield data[match.end() : end]


def _letters(data: bytes) -> Iterator[Letter]:
    """Give the messages of what is one mail, or one page that may show several."""
    start = data[:MAX_READ]
    cut = len(data) > len(start)
    head = _HEADER.match(start)
    if head and len(_NAMED.findall(head.group())) > 1:
        letter = mime.parse(start)
        if letter is not None:
            yield _bounded(letter, cut=cut)
            return
    text = text_of(start)
    if is_page(text):
        text = without_tags(text)
    for letter in page.parse(text):
        yield _bounded(letter, cut=cut)


def _bounded(letter: Letter, *, cut: bool) -> Letter:
    return letter.with_lines(letter.lines[:MAX_LINES], cut=cut or len(letter.lines) > MAX_LINES)
