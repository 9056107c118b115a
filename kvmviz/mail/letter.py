"""One message: who wrote it, when, and its lines."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Final

_ADDRESS: Final = re.compile(r"[ \t]*[<(]?[^\s<>()]{1,200}@[^\s<>()]{0,200}[>)]?")
_WORDS: Final = re.compile(
    r"(\d{1,2}) ([A-Za-z]{3})[a-z]{0,6},? (\d{4})|([A-Za-z]{3})[a-z]{0,6} (\d{1,2}),? (?:[\d:]{5,8} )?(\d{4})"
)
_ISO: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_US: Final = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a mail, a mailbox or an archive's page.

    `author` is a name, an address if no name is known, or empty.  `date` is the
    day in the time zone that the message itself names, None if it names none.
    `cut` says that the message is longer than what was read of it; `answers` are
    the Message-IDs that it is a reply to, the last one directly.
    """

    author: str
    date: date | None
    subject: str
    message_id: str
    lines: tuple[str, ...]
    cut: bool = False
    answers: tuple[str, ...] = ()

    @property
    def day(self) -> str:
        """The date as `8 Apr 2026`, or an empty text."""
        return day_text(self.date)

    def with_lines(self, lines: tuple[str, ...], *, cut: bool) -> "Letter":
        """Give the same message with other lines."""
        return replace(self, lines=lines, cut=cut)


def day_text(day: date | None) -> str:
    """Give a day in the form of the lists, in English whatever the locale.

    >>> day_text(date(2026, 4, 8))
    '8 Apr 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1].capitalize()} {day.year}" if day else ""


def day_of(text: str) -> date | None:
    """Read the day from a date as mail readers and web archives write it.

    >>> print(day_of("Wed Apr 08 2026 - 22:09:22 EST"), day_of("Fri, 27 Mar 2026 13:14:20 -0700"))
    2026-04-08 2026-03-27
    >>> print(day_of("2026-03-27 20:14 UTC"), day_of("3/28/2026 4:14 AM"), day_of("last week"))
    2026-03-27 2026-03-28 None
    """
    text = text[:200]
    for reader in (_rfc, _words, _iso, _us):
        try:
            day = reader(text)
        except (ValueError, TypeError, IndexError, OverflowError):  # a day or an hour that no calendar has
            continue
        if day:
            return day
    return None


def _rfc(text: str) -> date | None:
    return parsedate_to_datetime(text).date()


def _words(text: str) -> date | None:
    match = _WORDS.search(text)
    if not match:
        return None
    day, month, year = match.group(1, 2, 3) if match[1] else match.group(5, 4, 6)
    return date(int(year), _MONTHS.index(month.lower()) + 1, int(day))


def _iso(text: str) -> date | None:
    match = _ISO.search(text)
    return date(*map(int, match.groups())) if match else None


def _us(text: str) -> date | None:
    match = _US.search(text)
    return date(int(match[3]), int(match[1]), int(match[2])) if match else None


def name_of(text: str) -> str:
    """Give the name in an address as headers and archives write it, or the address if it has none.

    >>> name_of('"Wu, Binbin" <b@xxxxxxxxx>'), name_of("<a@b.c>"), name_of("A B @ 2026-03-27 20:14 UTC")
    ('Wu, Binbin', 'a@b.c', 'A B')
    """
    text = " ".join(text[:400].split()).split(" @ ")[0]
    name = _ADDRESS.sub("", text).strip(" \"'<>()")
    return name or text.strip(" <>()")


def plain_name(name: str) -> str:
    r"""Give a name in ASCII, for lines of our own: accents dropped, other scripts left out.

    >>> plain_name("J\u00f6rg R\u00f6del"), plain_name("\u674e\u56db")
    ('Jorg Rodel', '')
    """
    decomposed = unicodedata.normalize("NFKD", name)
    return " ".join("".join(c for c in decomposed if " " <= c <= "~").split())
