"""Letters and findings for tests."""

from datetime import date
from typing import Any

from kvmviz.mail.letter import Letter
from kvmviz.mail.mailbox import read
from kvmviz.review.findings import Finding, finding


def letter(**header: Any) -> Letter:
    """A letter without lines."""
    fields: dict[str, Any] = {"author": "", "date": date(2026, 4, 8), "subject": "", "message_id": "", "lines": ()}
    return Letter(**{**fields, **header})


def finding_of(mail: str | bytes) -> Finding:
    """What is found in a mail of one message."""
    (one,) = read(mail.encode() if isinstance(mail, str) else mail).letters
    return finding(one)
