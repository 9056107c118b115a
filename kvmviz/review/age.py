"""Code that is older than the model, or for pages that it does not have: named, dated, and not taken for newer code.

Each mark is a name, or how a function was called, and the posting or commit that it
is from.  The model's oldest code is that of Linux 6.16.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from kvmviz.mail.letter import day_text
from kvmviz.mail.patch import Row
from kvmviz.review.modelled import touched

OLDEST: Final = date(2025, 6, 1)
"""Mails before this day cannot have the code of 6.16; a day in the merge window, chosen by us."""


@dataclass(frozen=True, slots=True)
class Older:
    """A thing in a patch that the model does not have: what it is, and when it was so; `line` is the mail's."""

    what: str
    when: str
    line: int | None


_UNTIL_2023: Final = "TDX postings up to 2023, such as [RFC PATCH v3 05/16] of 12 Jan 2023"
_FLAGGED: Final = "a reclaim with a flag for the write-back and an HKID"

_MARKS: Final = tuple(
    (re.compile(pattern), what, when)
    for pattern, what, when in (
        (r"\btdx_reclaim_page\((?:hpa_t )?[\w>-]+, (?:[^,()]+, )*(?:bool |true\b|false\b)", _FLAGGED, _UNTIL_2023),
        (r"\btdx_reclaim_page\(__pa\(\w+\), (?:\w+, )?(?:true|false)", _FLAGGED, _UNTIL_2023),
        (r"\b(?:__)?tdx_reclaim_page\((?:hpa_t|unsigned long) |\btdx_reclaim_page\(__pa\(",
         "a reclaim that is passed a physical address",
         "TDX postings up to 2024, such as [PATCH v8 04/14] of 26 Feb 2024"),
        (r"\bKVM_HPAGE_SIZE\(level\)|\btdx_sept_(?:split|merge)_private_sp|\b(?:split|merge)_(?:private|external)_sp|"
         r"\btdh_mem_page_(?:demote|promote)",
         "huge pages in the S-EPT", "postings since 12 Jan 2023, in no release; the model has pages of 4 KiB"),
        (r"\b(?:free|link|remove|set)_private_spte?\b",
         "the ops for private tables under their first names", "TDX postings up to 2024"),
        (r"\btdx_sept_drop_private_spte\b", "tdx_sept_drop_private_spte", "until [PATCH v3 09/25] of 16 Oct 2025"),
        (r"\btdx_sept_zap_private_spte\b", "tdx_sept_zap_private_spte", "until the overhaul of TDX code for 6.19"),
        (r"\bremove_external_spte\b", "the op remove_external_spte", "until commit 6eae9ce9461c of 2026"),
        (r"\blink_external_spt\b", "the op link_external_spt", "Linux 6.16; later part of set_external_spte"),
        (r"\btdx_clear_page\b", "tdx_clear_page", "before tdx_quirk_reset_paddr took its place"),
        (r"\btdx_unpin\b", "pinned guest pages (tdx_unpin)", "TDX postings up to 2025"),
        (r"\bTDX_SEAMCALL_RETRIES\b", "a SEAMCALL that is tried several times", "up to [PATCH 20/30] of 20 Feb 2025"),
        (r"\bpr_tdx_error(?:_\d)?\b", "pr_tdx_error beside a WARN", "before the TDX_BUG_ON macros"),
        (r"\btdh_mem_sept_remove\b", "TDH.MEM.SEPT.REMOVE", "TDX postings up to 2024"),
    )
)  # fmt: skip


def older(rows: Iterable[Row], day: date | None) -> tuple[Older, ...]:
    """Give what in a patch to modelled functions is older than the model, or beyond it; `day` is when it was posted."""
    shown = tuple(rows)
    inside = touched(shown)
    looked_at = [row for row in shown if "kvm" in row.file and (row.kind != " " or row.function in inside)]
    found: dict[str, Older] = {}
    for pattern, what, when in _MARKS:
        row = next((row for row in looked_at if pattern.search(row.text[:400])), None)
        if row is not None:
            found.setdefault(what, Older(what, when, row.line))
    if day is not None and day < OLDEST and (found or inside):
        found[""] = Older("", day_text(day), None)
    return tuple(found.values())
