r"""C to fill in: where a patch cannot be run as it stands, what its functions do in C of our own.

>>> print("\n".join(narrow('\tpr_err("a text that stays in one piece, however long", one, two, three);')))
    pr_err("a text that stays in one piece, however long", one, two,
            three);

Only of functions that the model has, and never newer code than the mail's own: to
a mail from before the TDX_BUG_ON macros, or with anything older in it, none is offered.
"""

import re
from collections.abc import Iterator
from datetime import date
from textwrap import wrap
from typing import Final

from kvmviz.patches.code import bases_by_head
from kvmviz.patches.ours import text_of
from kvmviz.review.case import Case
from kvmviz.review.findings import Finding
from kvmviz.review.layout import wrapped
from kvmviz.review.ran import NotRun
from kvmviz.terms.columns import WIDTH

SINCE: Final = date(2025, 12, 1)
"""The merge window of Linux 6.19, whose overhaul of TDX code our own C follows."""

LANDED: Final = date(2026, 5, 28)
"""The last posting of the patch; mails of later days are taken to know it."""

MOST: Final = 60
"""Lines of C in one reply."""


def base_for(found: Finding) -> str:
    """Return the revision whose code a mail's patch is put into, empty if all that is known is newer than the mail."""
    day = found.letter.date
    if found.patch is None or found.older or day is None or day < SINCE:
        return ""
    posting = found.recognised.posting
    return (*bases_by_head(found.patch.text), posting.base if posting else "", "")[0] or (
        "before" if day < LANDED else "landed"
    )


def skeleton(case: Case) -> Iterator[str]:
    """Offer the C of what a patch changes, if it did not run for what it does not show."""
    if not isinstance(case.ran, NotRun) or case.ran.stopped:
        return
    base = base_for(case.found)
    texts = [text_of(base, name) for name in case.found.functions] if base else []
    lines = [line for text in texts if text for c in text.split("\n") for line in narrow(c)]
    if not lines or len(lines) > MOST:
        return
    yield from wrapped(
        f"C to put the change into, with which it runs (kvmviz check mine.c:{base}); it is kvmviz's own, and does what "
        f"{base} does:"
    )
    yield ""
    yield from lines
    yield ""


def narrow(line: str) -> list[str]:
    """Break a line of C where a mail's columns end; what stands in quotes stays in one piece."""
    plain = line.expandtabs(4)
    indent = " " * (len(plain) - len(plain.lstrip()) + 8)
    kept = re.sub(r'"[^"]*"', lambda text: text[0].replace(" ", "\0"), plain)
    kept = re.sub(r"\b(struct|enum|unsigned) (?=\w)", "\\1\0", kept)
    broken = wrap(kept, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [part.replace("\0", " ") for part in broken] or [""]
