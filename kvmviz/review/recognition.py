"""Which known posting a mail is, or answers: by Message-ID, subject, author, date and the digests of its lines.

None of it says what a patch does.  A subject can be kept while the code is changed, so
where a posting's lines are known they are compared, and each other line is named.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Final

from kvmviz.mail.letter import Letter, day_text
from kvmviz.mail.patch import Row
from kvmviz.review.postings import KNOWN, REVERSED, Line, Posting, digests

_SUBJECT: Final = re.compile(
    r"\[(?P<rfc>RFC )?PATCH(?: RESEND)?(?: (?P<version>v\d{1,3}))?"
    r"(?: (?P<number>\d{1,3})/(?P<of>\d{1,3}))?\](?P<title>.*)",
    re.IGNORECASE,
)
_MOST: Final = 4000
"""Changed lines of a patch that are compared; a longer one is none of the known ones."""

_FEW: Final = 4
"""Lines by which a posting is told that nothing names: `}` and `/*` are in many."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was compared: whether it agrees, and the sentence that says so."""

    agrees: bool
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a mail shows of a posting whose lines are known: how many are `same`, which are `missing`, which `other`.

    `other` are rows of the mail that the posting does not have.
    """

    same: int
    missing: tuple[Line, ...]
    other: tuple[Row, ...]

    @property
    def whole(self) -> bool:
        """Whether it is the posting's patch, line for line."""
        return not self.missing and not self.other


@dataclass(frozen=True, slots=True)
class Recognised:
    """Which posting a mail is or answers; `posting` is None for one of somebody's own.

    `confidence` is `certain` (every line, or its Message-ID), `high`, `likely` or
    `none`; `shown` is None where there are no lines to compare.
    """

    posting: Posting | None
    confidence: str
    reasons: tuple[Reason, ...]
    shown: Shown | None = None


def recognise(
    letter: Letter, rows: Sequence[Row], people: tuple[str, str], day: date | None, text: str = ""
) -> Recognised:
    """Compare a mail with every known posting and give the best, or none.

    `rows` are the changed lines that it shows, `people` who wrote the patch and who
    sent it, `day` when, as far as the mail says; `text` is where a commit may be named.
    """
    changed = [row for row in rows if row.kind in "+-" and row.text.strip()]
    tried = [_tried(posting, letter, changed, people, day, text) for posting in (*KNOWN, REVERSED)]
    weight, found = max(tried, key=lambda pair: pair[0])
    reasons = tuple(reason for _, other in tried for reason in other.reasons)
    return found if weight else Recognised(None, "none", reasons)


def _tried(
    posting: Posting, letter: Letter, changed: Sequence[Row], people: tuple[str, str], day: date | None, text: str
) -> tuple[int, Recognised]:
    """Give how much speaks for a posting, 0 if too little, and what was compared."""
    shown = _shown(posting, changed)
    named, reasons = _named(posting, letter, text)
    if shown is not None and not _alike(shown):
        no = [Reason(False, f"{said.text}, but its lines are not") for said in reasons]
        return 0, Recognised(None, "none", tuple(no))
    met = [*_met(posting, people, day)]
    agreeing = sum(reason.agrees for reason in met)
    if named < 2 and not (shown and shown.same >= _FEW) and not (named and agreeing):
        return 0, Recognised(None, "none", ())
    if shown is not None:
        reasons.append(_counted(posting, shown))
    weight = 50 * named + agreeing + (shown.same if shown else 0)
    return weight, Recognised(posting, _confidence(named, shown, agreeing), (*reasons, *met), shown)


def _alike(shown: Shown) -> bool:
    return shown.same > 0 and shown.same >= len(shown.other)


def _confidence(named: int, shown: Shown | None, agreeing: int) -> str:
    if named == 3 or (shown is not None and shown.whole):
        return "certain"
    return "high" if named == 2 and (agreeing or shown) else "likely"


def _shown(posting: Posting, changed: Sequence[Row]) -> Shown | None:
    """Align the lines of a mail with those of a posting, if there are any to compare."""
    if not posting.lines or not changed or len(changed) > _MOST:
        return None
    here = digests(changed, reverse=posting is REVERSED)
    mine, theirs = [line[1:] for line in here], [line[1:] for line in posting.lines]
    blocks = SequenceMatcher(None, theirs, mine, autojunk=False).get_matching_blocks()
    known = {block.a + n for block in blocks for n in range(block.size)}
    own = {block.b + n for block in blocks for n in range(block.size)}
    missing = tuple(line for n, line in enumerate(posting.lines) if n not in known)
    return Shown(len(own), missing, tuple(row for n, row in enumerate(changed) if n not in own))


def _counted(posting: Posting, shown: Shown) -> Reason:
    whole = len(posting.lines)
    if shown.whole:
        return Reason(True, f"its {whole} changed lines are those of {posting.name}, by their SHA-256")
    other = len(shown.other)
    more = f", and {other} that {'is' if other == 1 else 'are'} not" if other else ""
    return Reason(
        not other, f"it shows {shown.same} of the {whole} changed lines of {posting.name}, by their SHA-256{more}"
    )


def _named(posting: Posting, letter: Letter, text: str) -> tuple[int, list[Reason]]:
    """Tell how a mail names a posting: 3 by Message-ID or commit, 2 by number and title, 1 by one of them."""
    if letter.message_id in posting.ids:
        return 3, [Reason(True, f"it is message {letter.message_id}")]
    commit = next((name for name in posting.ids if "@" not in name and f"commit {name}" in text), None)
    if commit:
        return 3, [Reason(True, f"it is commit {commit}")]
    match = _SUBJECT.search(letter.subject)
    title = " ".join((match["title"] if match else letter.subject).lower().split())
    titled = bool(posting.title) and posting.title in title
    numbered = match is not None and _numbered(match, posting)
    answered = next((name for name in reversed(letter.answers) if name in posting.ids), None)
    if answered and (numbered or titled or not match):
        return 3, [Reason(True, f"it answers message {answered}")]
    if match and match["number"] and not numbered:
        return 0, []
    if titled and not numbered and posting.series:
        return 0, []
    if not titled and not numbered:
        return 0, []
    said = "its subject" + (
        f" is that of {posting.name}" if numbered and titled else f" could be that of {posting.name}"
    )
    return 1 + (numbered and titled), [Reason(True, said)]


def _numbered(match: re.Match[str], posting: Posting) -> bool:
    series = " ".join(part for part in ("RFC" if match["rfc"] else "", (match["version"] or "").lower()) if part)
    number, of = (int(match[name]) if match[name] else None for name in ("number", "of"))
    return (series.removesuffix("v1").strip(), number, of) == (posting.series, posting.number, posting.of)


def _met(posting: Posting, people: tuple[str, str], day: date | None) -> Iterator[Reason]:
    """Compare who wrote it and when it was posted."""
    author, poster = people
    if author and posting.authors:
        same = any(name in author for name in posting.authors)
        yield Reason(same, f"its author is {author}" + ("" if same else f", not {' or '.join(posting.authors)}"))
    elif poster and posting.sender:
        same = posting.sender in poster or any(name in poster for name in posting.authors)
        yield Reason(same, f"it was posted by {poster}" + ("" if same else f", not {posting.sender}"))
    if day and posting.day:
        yield _posted(day, posting.day)


def _posted(day: date, wanted: date) -> Reason:
    """Compare two days; a mail that quotes another gives its date by a clock of its own."""
    said, own = f"it was posted on {day_text(day)}", day_text(wanted)
    if abs(day - wanted) > timedelta(days=1):
        return Reason(False, f"{said}, not on {own}")
    return Reason(True, said if day == wanted else f"{said} by this mail's clock, on {own} by its own")
