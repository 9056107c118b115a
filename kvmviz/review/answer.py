"""The answer to a mail or a mailbox: a draft for each message that has a patch to what is modelled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kvmviz.mail.letter import Letter, plain_name
from kvmviz.mail.limits import MailError
from kvmviz.mail.mailbox import read
from kvmviz.review.case import Case
from kvmviz.review.draft import reply
from kvmviz.review.findings import Finding, finding
from kvmviz.review.reply_ran import together
from kvmviz.review.report import message_json
from kvmviz.review.running import DEFAULTS, Options, Series
from kvmviz.terms.columns import WIDTH, paragraph
from kvmviz.version import SCHEMA, __version__

if TYPE_CHECKING:
    from kvmviz.schema import reviews

MOST_DRAFTS: Final = 10
"""Drafts written for one mailbox."""

_RULE: Final = "=" * WIDTH


@dataclass(frozen=True)
class Review:
    """What was found in each message, and what is to be answered.

    `refused` are sentences about messages that were too long, or too many, to be
    read.  The patches run when the answer is first asked for.
    """

    findings: tuple[Finding, ...]
    refused: tuple[str, ...] = ()
    options: Options = DEFAULTS

    @property
    def exit_status(self) -> int:
        """0 if there is something to answer, 1 if nothing in it is modelled."""
        return 0 if any(found.modelled for found in self.findings) else 1

    @cached_property
    def series(self) -> Series:
        """The messages, each with what came of its patch."""
        numbered = [number for number, found in enumerate(self.findings) if found.modelled]
        return Series(self.findings, frozenset(numbered[:MOST_DRAFTS]), self.options)

    @property
    def cases(self) -> tuple[Case, ...]:
        """Every message with what ran of it; beyond the tenth that is modelled nothing runs."""
        return self.series.cases

    @cached_property
    def drafts(self) -> tuple[tuple[int, str], ...]:
        """The drafts, each with the number of its message, from 1; without anything modelled, one that says so."""
        chosen = [number for number, case in enumerate(self.cases, 1) if case.found.modelled][:MOST_DRAFTS] or [1]
        return tuple((number, reply(self.cases[number - 1])) for number in chosen)

    def to_text(self) -> str:
        """Give the draft; of a mailbox all drafts, each below a line that names its message."""
        if len(self.findings) == 1 and not self.refused:
            return self.drafts[0][1]
        return "\n".join(self._sections())

    def _sections(self) -> Iterator[str]:
        answered = self.exit_status == 0
        for number, draft in self.drafts if answered else ():
            subject = plain_name(self.findings[number - 1].letter.subject)
            yield from (_RULE, paragraph(f"Message {number} of {len(self.findings)}: {subject}"), _RULE, draft, "")
        if self.series.together:
            yield from (_RULE, "The patches together, one upon the other", _RULE)
            yield from together(self.series.together, self.options.path)
            yield ""
        rest = sum(found.modelled for found in self.findings) - len(self.drafts)
        if rest > 0:
            yield paragraph(f"{rest} more messages have a patch to what I model; give them one by one.")
        if not answered:
            yield paragraph(f"Nothing here that I model, in any of the {len(self.findings)} messages.")
        yield from (paragraph(f"Left out: {sentence}") for sentence in self.refused)

    def to_json(self) -> "reviews.Review":
        """Give what was found, what ran and the drafts as plain values."""
        drafts = dict(self.drafts)
        together = self.series.together
        return {
            "kvmviz": __version__,
            "schema": SCHEMA,
            "exit_status": self.exit_status,
            "messages": [
                message_json(case, drafts.get(number, "") if case.found.modelled else "")
                for number, case in enumerate(self.cases, 1)
            ],
            "together": together.to_json() if together else None,
            "refused": list(self.refused),
        }

    def __str__(self) -> str:
        return self.to_text()


def review(data: bytes | Sequence[bytes], options: Options | None = None) -> Review:
    """Review a mail, a mailbox, a page of a web archive or a bare patch; several of them in their order.

    Raises `MailError` with one sentence when one is none of these, or too long.
    """
    findings: list[Finding] = []
    refused: list[str] = []
    for one in [data] if isinstance(data, bytes) else data:
        box = read(one)
        for letter in box.letters:
            try:
                findings.append(finding(letter))
            except MailError as error:
                refused.append(_named(letter, error))
        if box.unread:
            more = f"{box.unread:,} more messages, since this mailbox is long; give them in a file of their own."
            refused.append(more)
    if not findings:
        raise MailError(refused[0])
    return Review(tuple(findings), tuple(refused), options or DEFAULTS)


def _named(letter: Letter, error: MailError) -> str:
    subject = plain_name(letter.subject)[:60]
    return f"{subject}: {error}" if subject else str(error)
