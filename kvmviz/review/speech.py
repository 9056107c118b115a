"""Sentences, and whether somebody says in them that something is so.

>>> [(s.text, s.said) for s in sentences("It leaks. Does it warn? I doubt that it is silent.")]
[('It leaks.', True), ('Does it warn?', False), ('I doubt that it is silent.', False)]
>>> [(s.text, s.said) for s in sentences("Since sp->gfn has it, should gfn be dropped?")]
[('Since sp->gfn has it', True), ('should gfn be dropped?', False)]

A question says nothing, nor do a doubt, a belief, a wish, irony, a report of what
others say, a condition, or an objection to a name.  Where this cannot be told, it is not said:
a reply that asks is better than one that puts words into a mouth.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_END: Final = re.compile(
    r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!\bvs\.)(?<!cf\.)\s+(?=[\"'(`A-Za-z_0-9*-])|\s*\n\s*\n\s*|\n\s*(?=[-*] |\d\) )"
)
_ASKS: Final = (
    "should|shall|can|could|would|will|is|are|was|were|do|does|did|isn't|aren't|doesn't|don't|didn't|shouldn't|"
    "wouldn't|couldn't|won't|can't|why|what|when|where|which|who|how|may|might|must|has|have|right|correct|no|yes|ok"
)
_QUESTION: Final = re.compile(rf"(?:,|;| -+|\bbut|\band|\bso)\s+(?=(?:and |but |so |or )?(?:{_ASKS})\b)", re.IGNORECASE)
_TAG: Final = re.compile(
    r"(?:right|correct|no|yes|ok|isn't it|doesn't it|aren't they|is it|does it|or not|am i right|agreed?)\s*\?+$",
    re.IGNORECASE,
)
_INTRODUCED: Final = re.compile(
    r"^(?:[-*] |nit: ?|nits: ?|fwiw,? |btw,? |ok,? |yes,? |also,? |so,? |hmm+,? |well,? |"
    r"right,? |indeed,? |and,? |but,? |"
    r"note(?: that|:) |please note that |"
    r"(?:[\w ]{0,40}?\b(?:worth|good|useful|nice)\b[\w ]{0,60}?\bis )?that (?=before|after|with|in|the|gfn|a )|"
    r"[\w ]{0,40}?\bworth (?:noting|mentioning|to mention|to note)\b[\w ]{0,50}?(?:is )?that )",
    re.IGNORECASE,
)
_UNSAID: Final = re.compile(
    "|".join(
        (
            # doubt
            r"\bdoubt|\bnot (?:so |quite |at all |really )?(?:sure|certain|convinced|clear)|\bunsure|\bwonder",
            r"\bmaybe\b",
            r"\bperhaps\b|\bmight\b|\bmay be\b|\bcould be\b|\bseem|\bappear(?:s|ed)?\b|\blooks? like|\bi guess|\bassum",
            r"\bsuppos|\biiuc\b|\biirc\b|\bafaict\b|\bif i (?:understand|read|get)|\bpossibl[ye]|\bprobably",
            r"\bpresumabl|\blikely\b|\bin theory|\bhypothe|\bas far as\b|\bafaik\b|\bwhether\b|\bdepend",
            # what one believes, or once did
            r"\b(?:i|we)(?:'d|'ve| would| had| have| used to)?(?: \w+)? "
            r"(?:thought|think|believed?|expect(?:ed)?|figured?|recall|remember|gather)\b",
            # irony
            r"^(?:oh|great|sure|yeah|right|wow|nice)\b,?|\bpigs\b|\bsurprise\b|\bof course\b|\bgood luck",
            # denial
            r"\bdo(?:n't| not) (?:think|believe|see|agree|get|understand|want|like)|\bcan(?:'t|not) see|\bdisagree",
            r"\b(?:not|isn't) (?:true|the case|what|how|why)\b|\bwrong|\bfalse\b|\bincorrect|\bno one\b|\bnobody",
            r"\bhardly|\bfar from|\bcontrary|\bunless|\bnever said|\bnot saying|\bdidn't say|\bnot mean\b",
            r"\bdoesn't mean",
            r"\bmakes? no sense|\buntil (?:you|we|someone)|\bfail(?:s|ed)? to see",
            r"\bno way\b|\bneither\b|\banything but|\bstretch\b|\bbogus|\bmyth\b|(?:n't|\bnot)\b(?: \w+)? not\b",
            r"\bcan(?:not|'t) (?:rely|assume)",
            r"(?:\bbut|;|\byet) (?:actually |in fact )?(?:it|that|this|they)"
            r"(?:'s| is| isn't| does| doesn't| was| wasn't| are| aren't| do| don't)(?: not)?\W*$",
            # a condition that the claims do not have
            r"\bonly (?:if|when|once|as long)\b|\bas long as\b|\bprovided\b",
            r"\bonce\b[^.;]*\b(?:applied|merged|landed)",
            r"^(?:if|when|whenever|once|had|were)\b(?![^,]*(?:reclaim|fail|error|refus|can't|cannot))",
            # a wish
            r"\bwish|\bhope|\bwould\b|\bshould\b|\bshouldn't|\bought\b|\bwant|\bprefer|\brather\b|\blet's\b|\blet us\b",
            r"\bplease\b|\bneeds? to be\b|\b(?:let|show|tell) me\b|\bmake sure\b|\bensure\b|\bverify\b|\bprove\b",
            # what others say
            r"\bsays?\b|\bsaid\b|\bclaims?\b|\bstat(?:es|ed)\b|\baccording|\bargue|\bpromise|\bsuggest|\bpretend",
            r"\bimpl(?:y|ies|ied)\b|\bwrote\b|\btold\b|\bhas it that\b|\bassert|\binsist|\bquot|\brumou?r",
            r"^(?:as|like) \w+ (?:\w+ )?(?:noted|pointed|explained|put|mentioned|showed|writes)\b|\"[^\"]{12,}\"",
            # names and wording
            r"\bname[sd]?\b|\bnaming\b|\brenam|\bmislead|\bconfus|\breads (?:like|as)|\bsounds?\b|\bwording",
        )
    ),
    re.IGNORECASE,
)
_TURNED: Final = re.compile(r"\bdoubt|\bnot\b|n't\b|\bnever\b|\bperhaps\b|\bmaybe\b|\bwhether\b|\bif\b", re.I)
_NO_REASON: Final = re.compile(
    rf"(?:even )?(?:if|unless|when(?:ever)?|suppose|assuming|in|before|after|with|without|for|on|{_ASKS})\b", re.I
)
_A_STATEMENT: Final = 4
"""Words that a reason has at least."""
_MOST: Final = 400
"""Sentences of one text that are looked at."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or a part of one: its text on one line, and whether somebody says that it is so."""

    text: str
    said: bool


def sentences(text: str) -> list[Sentence]:
    """Split a text into sentences, and a question that gives a reason into the reason and the question."""
    found: list[Sentence] = []
    for piece in _END.split(text[:40_000]):
        plain = " ".join((piece or "").split())
        if plain and len(found) < _MOST:
            found += _parts(plain)
    return found


def _parts(text: str) -> Iterator[Sentence]:
    if not text.endswith("?"):
        yield Sentence(text, _is_said(text))
        return
    cuts = list(_QUESTION.finditer(text))
    reason, question = (text[: cuts[-1].start()], text[cuts[-1].end() :]) if cuts else ("", text)
    if _TAG.search(text) or len(reason.split()) < _A_STATEMENT or _NO_REASON.match(bare(reason)):
        yield Sentence(text, False)
        return
    yield Sentence(reason, _is_said(reason))
    yield Sentence(question, False)


def bare(text: str) -> str:
    """Take off what leads into a statement, such as `Nit:` or `it is worth noting that`."""
    for _ in range(4):
        match = _INTRODUCED.match(text)
        if not match or not match.group():
            break
        text = text[match.end() :]
    return text


def _is_said(text: str) -> bool:
    rest = bare(text)
    return not _UNSAID.search(rest) and not _TURNED.search(text[: len(text) - len(rest)])
