"""The versions of the patch that are known, and by what each is told from the others.

Names, dates, authors and counts are those of the messages and commits that they
name; of 16/17 the digest of its changed lines is known, too.  Of other patches
the text was not at hand, only what their logs, totals and hunks say.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

INT: Final = "int (kvm, gfn, level, external_spt)"
GFN: Final = "void (kvm, gfn, sp)"
SP: Final = "void (kvm, sp)"


@dataclass(frozen=True, slots=True)
class Known:
    """One known patch: from the revision `base` it makes `revision`.

    `op` is the op's name, `signature` its signature afterwards, `was` before;
    `frees` whether TDX code frees the page at once; `totals` its added and removed
    lines, None if not known; `authors` the last names under which it travels; `day`
    when it was posted; `rests_on` says where the facts are from; `claims` are the
    letters of the claims that people made about it (`kvmviz claims`); `digest` of its
    changed lines, if known.
    """

    name: str
    base: str
    revision: str
    op: str
    was: str
    signature: str
    frees: bool
    totals: tuple[int, int] | None
    authors: tuple[str, ...]
    day: date | None
    rests_on: str
    claims: tuple[str, ...]
    digest: str = ""


KNOWN: Final = (
    Known(
        "RFC v5 09/45", "before", "v1", "reclaim_external_sp", INT, GFN, False, (17, 29),
        ("Christopherson",), date(2026, 1, 28), "message 20260129011517.3545883-10-seanjc@google.com; it behaves as v1",
        ("N", "S"),
    ),
    Known(
        "16/17 of the first version", "before", "v1", "free_external_spt", INT, GFN, False, (15, 28),
        ("Christopherson", "Edgecombe"), date(2026, 3, 27), "the review of 8 April 2026, which quotes it",
        ("B", "S"), "f6e01202f14772ae9655f88234a36c87442fcdd706cd48635b89601aeabaa861",
    ),
    Known(
        "17/17 of the first version", "v1", "v1+17", "free_external_spt", GFN, GFN, True, (21, 6),
        ("Christopherson", "Edgecombe"), date(2026, 3, 27),
        "message 20260327201421.2824383-18-rick.p.edgecombe@intel.com: its log, totals and TDX hunk", ("F",),
    ),
    Known(
        "14/15 of the second version", "before", "v2", "free_external_spt", INT, SP, False, (18, 28),
        ("Christopherson", "Edgecombe", "Zhao"), date(2026, 5, 9),
        "[PATCH v2 14/15], 9 May 2026; the third version and commit b35bda696e44 carry it on", ("V",),
    ),
    Known(
        "15/15 of the second version", "v2", "landed", "free_external_spt", SP, SP, True, None,
        ("Christopherson", "Edgecombe", "Zhao"), date(2026, 5, 9),
        "[PATCH v2 00/15], 9 May 2026; the third version and commit 110d4d263450 carry it on", ("F",),
    ),
    Known(
        "the reverse of 16/17", "v1", "before", "free_external_spt", GFN, INT, False, (28, 15), (), None,
        "the same lines with their signs exchanged", (),
    ),
)  # fmt: skip
"""Oldest first; what undoes 16/17 comes last."""
