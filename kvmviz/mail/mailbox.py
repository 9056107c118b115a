r"""Patch mails as people have them: single mails, mailboxes, pages of archives, bare patches.

>>> (letter,) = read(b"From: A B <a@b.c>\nDate: Wed, 8 Apr 2026 22:09:22 -0500\nSubject: Re: x\n\nhello\n").letters
>>> print(letter.author, letter.day, letter.lines)
A B 8 Apr 2026 ('hello',)

A mail is text that somebody else wrote.  It is taken apart and nothing more:
nothing in it is run, fetched or written to disk.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from kvmviz.mail import mime, page
from kvmviz.mail.decode import refuse_binary, text_of
from kvmviz.mail.letter import Letter
from kvmviz.mail.limits import MAX_LINES, MAX_MESSAGE, MAX_MESSAGES, MAX_READ, MAX_READ_IN_ALL, MailError
from kvmviz.mail.markup import is_page, text_of_page
from kvmviz.mail.wire import unquote

# A mailbox separates its messages by a line "From ..." before a header; a line of prose may begin so, too.
_SEPARATOR: Final = re.compile(rb"(?:\A|\n\r?\n)From [^\n]{1,200}\n(?=[!-9;-~]{1,76}:)")
_HEADER: Final = re.compile(rb"\A(?:[!-9;-~]{1,76}:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)++\r?(?:\n|\Z)")
_NAMED: Final = re.compile(rb"(?mi)^(?:from|date|subject|message-id):")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The messages of what was given, in their order, and how many more there are that were not read."""

    letters: tuple[Letter, ...]
    unread: int


def load(name: str) -> bytes:
    """Give the bytes of a file, or of standard input for `-`, but no more than what shows that they are too many."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_MESSAGE + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_MESSAGE + 1)
    except OSError as error:
        sentence = f"{name}: {error.strerror}; give a file with a mail in it, or - for standard input."
        raise MailError(sentence) from error


def read(data: bytes) -> Mailbox:
    """Give the messages of `data`; raise `MailError` when it is no mail.

    What is beyond the limits of `limits.py` is left out; `Letter.cut` and `unread` say so.
    """
    if len(data) > MAX_MESSAGE:
        raise MailError(f"this is more than {MAX_MESSAGE:,} bytes long; a mail of up to that many can be reviewed.")
    refuse_binary(data)
    data = data.lstrip(b"\r\n")
    spans, unread = _split(data)
    letters: list[Letter] = []
    left = MAX_READ_IN_ALL
    for start, end in spans:
        size = _lines_end(data, start, start + min(end - start, MAX_READ, left)) - start
        letters += _letters(data[start : start + size], cut=size < end - start)
        unread += not size
        left -= size
    if not letters:
        raise MailError("this is no mail: it has neither a header (From:, Date:, Subject:) nor a patch in it.")
    return Mailbox(tuple(letters[:MAX_MESSAGES]), unread + max(0, len(letters) - MAX_MESSAGES))


def _lines_end(data: bytes, start: int, end: int) -> int:
    """Give where the lines that are read of a message end: to the parsers a line costs more than its text."""
    for _ in range(MAX_LINES):
        start = data.find(b"\n", start, end) + 1
        if not start:
            return end
    return start


def _split(data: bytes) -> tuple[list[tuple[int, int]], int]:
    """Give where each message of a mailbox begins and ends, without its separator, and how many more there are."""
    found = _SEPARATOR.finditer(data)
    spans = [match.span() for match in islice(found, MAX_MESSAGES + 1)]
    if not spans or data[: spans[0][0]].strip():
        return [(0, len(data))], 0
    ends = [start for start, _ in spans[1:]] + [len(data)]
    inner = [(after, end) for (_, after), end in zip(spans, ends, strict=True)]
    return inner[:MAX_MESSAGES], len(inner[MAX_MESSAGES:]) + sum(1 for _ in found)


def _letters(data: bytes, *, cut: bool) -> Iterator[Letter]:
    """Give the messages of what is one mail, or one page that may show several; `cut` says that it goes on."""
    head = _HEADER.match(data)
    if head and len(_NAMED.findall(head.group())) > 1:
        letters = mime.parse(data)
        yield from (_bounded(letter, cut=cut) for letter in letters)
        if letters:
            return
    text = unquote(text_of(data))
    if is_page(text):
        text = text_of_page(text)
    for letter in page.parse(text):
        yield _bounded(letter, cut=cut)


def _bounded(letter: Letter, *, cut: bool) -> Letter:
    return letter.with_lines(letter.lines[:MAX_LINES], cut=cut or len(letter.lines) > MAX_LINES)
