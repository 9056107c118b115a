"""The postings of the patch that are known: who wrote them, when they were sent, under which number.

Names, dates, subjects, Message-IDs and totals are facts of the messages and commits
named in `rests_on`.  Of 16/17 the changed lines are known, too, each by the first 32 bits
of a SHA-256; their text is not kept.  All this says which posting a mail is, or answers.
What a patch does is said by running it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from kvmviz.mail.patch import Row


class Line(NamedTuple):
    """A changed line of a known posting: where it stands, its sign and its digest."""

    place: str
    sign: str
    digest: str


@dataclass(frozen=True, slots=True)
class Posting:
    """One posting, or a cover letter with number 0.

    `series` is its version as subjects have it (`RFC v5`, `v2`; empty for the first),
    `number` and `of` its place in it; `title` the subject behind the brackets, in
    lower case, empty if it is not known; `ids` its Message-IDs or commits.  It leads
    from the revision `base` to `revision`; `op` and `function` are the names of the
    op and of TDX's function in it.  `authors` are the last names of who wrote it,
    `sender` of who sent it; `day` when; `lines` its changed lines, if known.
    """

    name: str
    series: str
    number: int
    of: int
    title: str
    ids: tuple[str, ...]
    base: str
    revision: str
    authors: tuple[str, ...]
    sender: str
    day: date | None
    rests_on: str
    op: str = "free_external_spt"
    function: str = "tdx_sept_free_private_spt"
    lines: tuple[Line, ...] = field(default=(), repr=False)

    @property
    def names(self) -> Mapping[str, str]:
        """The names by which the model calls the op and TDX's function, and those of this posting."""
        return {"free_external_spt": self.op, "tdx_sept_free_private_spt": self.function}


def digest_of(row: Row, *, reverse: bool = False) -> Line:
    """Give a changed line's place, sign and digest; blanks do not count, since archives lose them."""
    sign = {"+": "-", "-": "+"}[row.kind] if reverse else row.kind
    text = sign + "".join(row.text.split())
    return Line(place_of(row), sign, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8])


def place_of(row: Row) -> str:
    """Give the function that a line stands in, of a header the file."""
    return row.file.rpartition("/")[2] if row.file.endswith(".h") else row.function


def digests(rows: Iterable[Row], *, reverse: bool = False) -> tuple[Line, ...]:
    """Give the digests of the changed lines that are not blank, in order."""
    return tuple(digest_of(row, reverse=reverse) for row in rows if row.kind in "+-" and row.text.strip())


def _lines(places: Mapping[str, str]) -> tuple[Line, ...]:
    return tuple(Line(place, word[0], word[1:]) for place, words in places.items() for word in words.split())


TITLE_16: Final = "kvm: x86: move error handling inside free_external_spt()"
TITLE_17: Final = "kvm: tdx: move external page table freeing to tdx code"
_FIRST: Final = "20260327201421.2824383-{}-rick.p.edgecombe@intel.com"

LINES_16: Final = _lines({
    "kvm-x86-ops.h": "-20f53f29 +24c63bd1",
    "kvm_host.h": "-db94018f -0afaa551 +8a2822cd",
    "handle_removed_pt":
        "-558f2aa3 -2a6b69d8 -b96aae73 -d239a495 -24f0cd69 -c3880d3c -b366b3a1 -6245f092 -7af6bec4 -5ac08d40 -65d6d3b2 "
        "+cc86425e +7d97aa31",
    "tdx_sept_free_private_spt":
        "-52e2205d -1e86a80d +97e7b765 +da324c64 -e1db0611 -6f6eba42 -460c0e64 +db33183f +98b37405 +a1771a14 +db33183f "
        "+40d0da0d +e8a92321 -166738f5 -13805e35 -d239a495 -d1b6c187 -c83fbb03 -7af6bec4 -0f18c394 +afcb1d80 +0eaaa91e "
        "+17d7e72a",
})  # fmt: skip
"""The changed lines of 16/17, without the two that are blank."""

KNOWN: Final = (
    Posting(
        "RFC v5 09/45", "RFC v5", 9, 45, "rework .free_external_spt() into .reclaim_external_sp()",
        ("20260129011517.3545883-10-seanjc@google.com",), "before", "v1",
        ("Christopherson",), "Christopherson", date(2026, 1, 28), "message 20260129011517.3545883-10-seanjc@google.com",
        "reclaim_external_sp", "tdx_sept_reclaim_private_sp",
    ),
    Posting(
        "16/17 of the first version", "", 16, 17, TITLE_16, (_FIRST.format(17),), "before", "v1",
        ("Christopherson",), "Edgecombe", date(2026, 3, 27), "the review of 8 April 2026, which quotes it",
        lines=LINES_16,
    ),
    Posting(
        "17/17 of the first version", "", 17, 17, TITLE_17, (_FIRST.format(18),), "v1", "v1+17",
        ("Christopherson",), "Edgecombe", date(2026, 3, 27), f"message {_FIRST.format(18)}: its log and totals",
    ),
    Posting(
        "the first version as a whole", "", 0, 17, "", (_FIRST.format(1),), "before", "v1+17",
        ("Edgecombe",), "Edgecombe", date(2026, 3, 27), "the numbers of the messages of the first version",
    ),
    Posting(
        "14/15 of the second version", "v2", 14, 15, TITLE_16, ("b35bda696e44",), "before", "v2",
        ("Christopherson",), "Zhao", date(2026, 5, 9), "[PATCH v2 14/15], 9 May 2026",
    ),
    Posting(
        "15/15 of the second version", "v2", 15, 15, TITLE_17, ("110d4d263450",), "v2", "landed",
        ("Christopherson",), "Zhao", date(2026, 5, 9), "[PATCH v2 00/15], 9 May 2026",
    ),
    Posting(
        "the second version as a whole", "v2", 0, 15, "", (), "before", "landed",
        ("Zhao",), "Zhao", date(2026, 5, 9), "[PATCH v2 00/15], 9 May 2026",
    ),
    Posting(
        "14/15 of the third version", "v3", 14, 15, TITLE_16, (), "before", "v2",
        ("Christopherson",), "Zhao", date(2026, 5, 28), "[PATCH v3 00/15], 28 May 2026: the second version, rebased",
    ),
    Posting(
        "15/15 of the third version", "v3", 15, 15, TITLE_17, (), "v2", "landed",
        ("Christopherson",), "Zhao", date(2026, 5, 28), "[PATCH v3 00/15], 28 May 2026: the second version, rebased",
    ),
    Posting(
        "the third version as a whole", "v3", 0, 15, "", (), "before", "landed",
        ("Zhao",), "Zhao", date(2026, 5, 28), "[PATCH v3 00/15], 28 May 2026",
    ),
)  # fmt: skip
"""Every known posting, oldest first."""

REVERSED: Final = Posting(
    "the reverse of 16/17", "", 0, 0, "", (), "v1", "before", (), "", None,
    "the same lines with their signs exchanged",
    lines=tuple(Line(line.place, {"+": "-", "-": "+"}[line.sign], line.digest) for line in LINES_16),
)  # fmt: skip
"""What undoes 16/17; its digests are those of 16/17, taken with the signs exchanged."""
