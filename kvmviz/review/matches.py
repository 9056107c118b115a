r"""Which of the known claims a text makes: sentence by sentence, and only what somebody says is so.

>>> heard("Also, gfn is not used in this function.").said
('B6',)
>>> heard("Is gfn not used here?").near, heard("gfn is used everywhere").said
(('B6',), ())

A claim is made by a sentence that says so (`speech`), has every group of its words,
and none of what turns it round.  A sentence that has the words but asks, doubts or
denies, or leaves the direction open, is near the claim: the reply then asks what is meant.
Whether a claim holds is not asked here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from kvmviz.review.speech import Sentence, bare, sentences

_WARNED: Final = r"\bwarn|\btraces?\b|\bsplats?\b"
_FAILED: Final = r"\bfail|\berrors?\b|\brefus"
_RECLAIM: Final = r"reclaim"
_MUTE: Final = r"\b(?:no|not|n't|never|without|nor|doesn't|don't|won't|isn't)\b[^.;,]{0,24}\b(?:warn|traces?|splat)"
_NOT: Final = r"(?:not|n't|never|no longer|nowhere)"
_UNUSED: Final = rf"\bunused\b|{_NOT}\b[^.;,]{{0,16}}\bused\b|\bunneeded\b|\bredundant\b|\bnever reads?\b"
_USED_AFTER_ALL: Final = r"\bnot (?:only|just)\b|\b(?:not|n't) (?:un|redundant)|\bno longer unused"


@dataclass(frozen=True, slots=True)
class Words:
    """How a claim is put: a sentence makes it with one of each of `groups` and nothing of `turned`.

    One with each of `topic` is near it; without `topic`, one with each of `groups`.
    """

    groups: tuple[str, ...]
    turned: str = ""
    topic: tuple[str, ...] = ()


CLAIMS: Final[Mapping[str, Words]] = {
    "B1": Words(
        (
            _RECLAIM,
            _FAILED,
            _WARNED,
            r"\bbefore (?:the|this|that|your)\b|\bpreviously\b|\btoday\b|\bused to\b|\bso far\b",
        ),
        _MUTE,
    ),
    "B2": Words(
        (
            _WARNED,
            r"\bafter\b|\bnow\b",
            r"tdx_bug_on|\bdeeper|__tdx_reclaim_page",
            r"cover|replac|instead|catch|report|print|trigger|come",
        ),
        _MUTE,
    ),
    "B3": Words(
        (_WARNED, r"tdx_bug_on|deeper|helper|__tdx_reclaim_page", r"\bnew\b|\badded\b|\badds\b|introduc"),
        rf"{_NOT}\b[^.;,]{{0,16}}(?:new|add|introduc)|{_MUTE}",
    ),
    "B4": Words(
        (
            r"\b(?:not|n't|never|cannot be)\b(?: \w+){0,3} silent|\b\w+n't (?:\w+ ){0,3}silent|\bno longer silent",
            rf"{_FAILED}|{_RECLAIM}",
        ),
        r"\bsilent\w* (?:ignor|drop|swallow)",
        (r"\bsilent|\bmute\b|\bquiet", rf"{_FAILED}|{_RECLAIM}|\bleak|\bon\b"),
    ),
    "B6": Words(
        (r"\bgfn\b(?!->)", _UNUSED),
        _USED_AFTER_ALL,
        (r"(?<!->)\bgfn\b", r"\bus(?:e|es|ed)\b|\bunused\b|\bredundant\b|\bread"),
    ),
    "B7": Words(
        (
            r"\bsp->gfn\b",
            r"\bgot\b|\bget\b|\bhas\b|\bholds?\b|\bsame\b|\bequal|\bcarr|\bcontain|\balready|\btaken from\b|\bis it\b",
        ),
        rf"sp->gfn[^.;,]{{0,20}}(?:{_NOT}|differ|other)|{_NOT}\b[^.;,]{{0,24}}(?:same|equal|sp->gfn)",
        (r"\bsp->gfn\b",),
    ),
    "S1": Words(
        (r"\bleak", _RECLAIM, r"\binside\b|\bin tdx|\btdx'?s?\b.{0,12}(?:specific|code)"),
        rf"{_NOT}\b[^.;,]{{0,16}}leak",
    ),
    "S2": Words(
        (r"\bsp\b", r"external_spt", r"\bnull\b|\bclear", r"\bpass|\btdx\b"), rf"{_NOT}\b[^.;,]{{0,16}}(?:null|clear)"
    ),
    "S3": Words(
        (
            r"\bfree[sd]?\b|\bop\b",
            r"always succeed|success is guaranteed|guaranteed? (?:to )?succe|cannot fail|can't fail|never fails",
        )
    ),
    "S4": Words((r"\blevel\b", _UNUSED), _USED_AFTER_ALL, (r"\blevel\b", r"\bus(?:e|es|ed)\b|\bunused\b")),
    "S5": Words(
        (r"\bno functional changes?\b|\bno change in behaviou?r|\bbehaves? (?:exactly )?(?:the same|as before)",)
    ),
    "S6": Words(
        (
            r"\bzap|\bfree",
            r"page table pages?|mirror (?:page )?tables?",
            r"\btd\b|\bguest\b",
            r"doesn't|does not|\bnever\b|not \(yet\)|\bonly\b|\bno\b",
        ),
        "",
        (r"\bzap", r"page tables?", r"\btd\b"),
    ),
    "S7": Words((r"\bonly\b", r"\bafter\b|\bonce\b", r"\bhkid\b"), rf"{_NOT}\b[^.;,]{{0,16}}\bonly"),
    "S8": Words((r"\bleak", r"encrypted page|prevent.{0,30}(?:access|touch)"), rf"{_NOT}\b[^.;,]{{0,16}}leak"),
    "S9": Words(
        (r"\boptional\b", r"\bunaffected\b|\bno-op\b|\bdo(?:es)? nothing\b|\bother vms?\b|\bnon-tdx\b|\bvm types?\b")
    ),
    "S10": Words(
        (r"s-ept (?:pte|entry|entries|spte)", r"can't be removed|cannot be removed|fails? to be removed|removal fails"),
    ),
    "F1": Words(
        (
            r"\brcu\b",
            r"lockless|grace period|without (?:a |any |holding )?locks?",
            r"\bmirror\b|\btables?\b",
            r"\bmust\b|\bneeds?\b|\bonly\b|\bhas to\b|\bhave to\b",
        ),
        rf"{_NOT}\b[^.;,]{{0,16}}(?:need|have to)",
    ),
    "F2": Words(
        (
            r"lockless|without (?:a |any |holding )?locks?",
            r"\bmirror\b",
            r"\bnone\b|\bno\b|\bnever\b|\bnot\b|n't\b|\bnobody\b",
        )
    ),
    "F3": Words(
        (
            _RECLAIM,
            r"immediate|at once|right away|unnecessary|definitely can't be walked|no need (?:for|to wait)",
            r"\bfree|\bwalk|\brcu",
        ),
        rf"{_NOT}\b[^.;,]{{0,10}}(?:safe|immediate)",
    ),
    "F5": Words((r"\bend state\b|\bsame end\b|\bsame result\b|\bno difference\b", r"\brcu\b|immediate|at once")),
    "F7": Words(
        (r"\bunused\b|never linked|never used|never left", r"\bfree", r"direct|special|\bonly\b|at once"),
        rf"{_NOT}\b[^.;,]{{0,12}}free",
    ),
    "F8": Words(
        (r"\brcu\b|callback", r"external_spt", r"\bnull\b", r"\balways\b|\bmust\b|\bis\b"),
        rf"{_NOT}\b[^.;,]{{0,12}}(?:always|null)",
    ),
    "V1": Words(
        (_WARNED, r"\bany error|\bon errors?\b|\ball errors?\b|\bevery error", r"kvm_bug_on|tdx_bug_on"), _MUTE
    ),
    "V2": Words(
        (r"\bstops?\b|\bstopped\b|\bstopping\b|\bkills?\b", r"\bvm\b|\btd\b|\bguest\b", rf"{_FAILED}|bug_on"),
        rf"{_NOT}\b[^.;,]{{0,16}}(?:stop|kill)",
    ),
    "V3": Words(
        (r"\bvoid\b|returns? nothing|no longer returns?|drop the return", r"handled|nothing (?:is )?los"),
        rf"{_NOT}\b[^.;,]{{0,12}}handled",
    ),
    "V5": Words((r"mmu_lock", r"\bwrite\b"), rf"{_NOT}\b[^.;,]{{0,20}}(?:held|hold|write)"),
    "V6": Words((r"non-leaf", r"can't fail|cannot fail|must not fail|never fails")),
    "N1": Words(
        (
            r"\bleak",
            r"\btdp mmu\b|\bgeneric\b",
            r"\bno business\b|\bdetail\b|\bneed not\b|\bdoesn't need\b|\bnot need\b",
        )
    ),
    "K1": Words(
        (r"\bbusy\b", r"cannot|can't|never|impossible|no retry|not (?:occur|happen)"),
        "",
        (r"\bbusy\b", r"\bretry|\boccur|\bhappen|\bcan\b"),
    ),
    "K9": Words(
        (r"\btdr\b", rf"{_FAILED}|\bleak", r"\balso\b|\btoo\b|\bas well\b|\bthen\b"),
        rf"{_NOT}\b[^.;,]{{0,12}}(?:leak|fail)",
        (r"\btdr\b", rf"{_FAILED}|\bleak"),
    ),
}
"""Claim -> how it is put, as regular expressions over a sentence in lower case."""

OF_NAMES: Final = frozenset({"S3", "V6", "N1"})
"""Claims that an objection to a name has the words of."""

_NAMING: Final = re.compile(r"\bnam(?:e[sd]?|ing)\b|\brenam|\bcalled\b|\bread(?:s|er)\b")

READ_INTO: Final[Mapping[str, str]] = {"B2": "B3", "B4": "B5"}
"""What is easily read into a claim that is made, though it is not said."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The claims that a text makes, those whose words it has without making them, and the sentences, by claim."""

    said: tuple[str, ...]
    near: tuple[str, ...]
    where: Mapping[str, str]


def heard(text: str) -> Heard:
    """Give the claims of a text; typographic signs should be plain."""
    found = sentences(text)
    named = any(_NAMING.search(sentence.text.lower()) for sentence in found)
    said, near, where = dict[str, None](), dict[str, None](), dict[str, str]()
    for sentence in found:
        words = bare(sentence.text).lower()
        for name, put in CLAIMS.items():
            if _makes(sentence, words, put) and not (named and name in OF_NAMES):
                said[name], where[name] = None, sentence.text
            elif _has(words, put.topic or put.groups):
                near[name] = None
                where.setdefault(name, sentence.text)
    return Heard(tuple(said), tuple(name for name in near if name not in said), where)


def _makes(sentence: Sentence, words: str, put: Words) -> bool:
    return sentence.said and _has(words, put.groups) and not (put.turned and _compiled(put.turned).search(words))


def _has(words: str, groups: Iterable[str]) -> bool:
    return all(_compiled(group).search(words) for group in groups)


@cache
def _compiled(group: str) -> re.Pattern[str]:
    return re.compile(group)
