"""Which of the known claims a piece of text makes: told by its words.

>>> made("Also, gfn is not used in this function.", "B")
('B6',)
>>> made("gfn is used everywhere", "B")
()

A claim is made where every group of its words occurs, in the same comment,
paragraph of the log or function of the patch; words are matched without case.
Some claims are about what a text leaves out; they have the words of what it says.
Whether a claim holds is not asked here; `kvmviz claims` computes that.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

_WARNED = r"\bwarn"
_FAILED = r"\bfail|\berrors?\b"
_UNUSED = r"\bunused\b|\bnot\b.{0,12}\bused\b|\bisn't\b.{0,12}\bused\b|\bnever\b.{0,12}\bused\b"
_RECLAIMS = r"reclaim"

CLAIMS: Final[Mapping[str, tuple[str, ...]]] = {
    "B1": (_RECLAIMS, _FAILED, _WARNED, r"\bbefore\b"),
    "B2": (_WARNED, r"\bafter\b|\bnow\b", r"tdx_bug_on|deeper|__tdx_reclaim_page"),
    "B3": (_WARNED, r"\bafter\b|\bnow\b", r"cover|replac|instead"),
    "B4": (r"\bsilent", r"\bnot\b|n't\b|\bnever\b", _RECLAIMS),
    "B5": (_RECLAIMS, _WARNED, r"\bbefore\b", r"\bafter\b"),
    "B6": (r"\bgfn\b", _UNUSED),
    "B7": (r"\bsp->gfn\b",),
    "S1": (r"\bleak", _RECLAIMS, r"\binside\b|\btdx"),
    "S2": (r"\bsp\b", r"external_spt", r"\bnull\b", r"\bpass"),
    "S3": (r"\bfree\b", r"success|succeed|cannot fail|can't fail"),
    "S4": (r"\blevel\b", _UNUSED),
    "S5": (_FAILED, r"handled internally|error handling"),
    "S6": (r"\bzap\b", r"page table pages", r"\btd\b"),
    "S7": (r"\bonly\b", r"\bafter\b", r"\bhkid\b"),
    "S8": (r"\bleak", r"encrypted page"),
    "S9": (r"kvm_x86_op_optional\(",),
    "S10": (r"s-ept (?:pte|entry)", r"can't be removed|cannot be removed|removal"),
    "F1": (r"\brcu\b", r"lockless|grace period", r"\bmirror\b"),
    "F2": (r"lockless", r"\bmirror\b", r"\bno\b|\bnever\b|\bnot\b|n't\b"),
    "F3": (_RECLAIMS, r"immediate|at once|right away", r"\bfree"),
    "F7": (r"\bunused\b|never linked|never used", r"\bfree"),
    "V1": (_WARNED, r"\bany error|on error", r"kvm_bug_on|tdx_bug_on"),
    "V2": (r"\bstop", r"\bvm\b|\btd\b"),
    "V3": (r"\bvoid\b|return nothing|no longer return", r"handled"),
    "V5": (r"mmu_lock", r"\bwrite\b"),
    "V6": (r"non-leaf", r"can't fail|cannot fail|not fail|must not fail"),
    "N1": (r"\bleak", r"\btdp mmu\b", r"\bno business\b|\bdetail\b|\bneed not\b"),
}
"""Claim -> groups of words, as regular expressions of which each must be found."""

UNSAID: Final[Mapping[str, str]] = {
    "B3": "not said, but easily read into it",
    "B5": "what it leaves out",
    "S5": "not said, but easily read into it",
}
"""Claims that a text does not make in so many words, and what they are to it."""


def made(text: str, *prefixes: str) -> tuple[str, ...]:
    """Give the ids of the claims that `text` makes, of those whose letter is among `prefixes`."""
    wanted = [name for name in CLAIMS if name.rstrip("0123456789") in prefixes]
    return tuple(name for name in wanted if groups_in(text, CLAIMS[name]) == len(CLAIMS[name]))


def groups_in(text: str, groups: tuple[str, ...]) -> int:
    """Count the groups of words that occur in a text."""
    words = " ".join(text[:20_000].lower().split())
    return sum(_compiled(group).search(words) is not None for group in groups)


@cache
def _compiled(group: str) -> re.Pattern[str]:
    return re.compile(group)
