"""What a reply says under a comment: the verdict on what it claims, a question where that is unclear, else figures."""

from collections.abc import Iterable, Iterator
from typing import Final

from kvmviz.check.propositions import CLAIMS
from kvmviz.review.behaviour import figures_about, shifts
from kvmviz.review.case import Case
from kvmviz.review.findings import Claimed, Remark
from kvmviz.review.layout import bullet, command, wrapped
from kvmviz.review.matches import READ_INTO
from kvmviz.review.quote import each, place
from kvmviz.review.verdicts import Judged, known

MOST_COMMENTS: Final = 12
"""Comments of either kind that are quoted in one draft."""

MOST_ASKED: Final = 2
"""Questions that are asked back under one comment."""


def claiming(case: Case) -> list[Remark]:
    """Give the comments that make a claim or are near one that was judged."""
    return [r for r in case.found.remarks if any(name in case.verdicts for name in (*r.heard.said, *r.heard.near))]


def remarks(case: Case) -> Iterator[list[str]]:
    """Quote each comment that claims something, and put below it what came of that."""
    shown: set[str] = set()
    found = claiming(case)
    for remark in found[:MOST_COMMENTS]:
        yield [*_quoted(case, remark), *_below(case, remark, shown)]
    if len(found) > MOST_COMMENTS:
        yield wrapped(f"{len(found) - MOST_COMMENTS} more comments claim things; I stop here.")


def _quoted(case: Case, remark: Remark) -> Iterator[str]:
    return place(case.found.letter.lines, case.found.depths, remark.comment.first, remark.comment.last)


def _below(case: Case, remark: Remark, shown: set[str]) -> Iterator[str]:
    said = [name for name in remark.heard.said if name in case.verdicts]
    read = [READ_INTO[name] for name in said if name in READ_INTO and READ_INTO[name] in case.verdicts]
    near = [name for name in remark.heard.near if name in case.verdicts][:MOST_ASKED]
    for name in said:
        yield from _one(case, name, "", shown)
    for name in read:
        yield from _one(case, name, " (not said, but easily read into it)", shown)
    for name in near:
        yield from _one(case, name, "?", shown)


def _one(case: Case, name: str, how: str, shown: set[str]) -> Iterator[str]:
    yield ""
    if name in shown:
        yield f"{name}: as above."
        return
    shown.add(name)
    yield from verdict_lines(case, name, how)


def verdict_lines(case: Case, name: str, how: str) -> Iterator[str]:
    """Give a claim in our words, what became of it, and a command for a witness of either side.

    `how` is `?` where it is not clear that it is meant: then the reply asks.
    """
    judged = case.verdicts[name]
    proposition = CLAIMS[name].proposition
    if judged.verdict is None:
        asked = f'If you mean "{proposition}" ({name}), then I cannot tell.'
        yield from wrapped(asked if how == "?" else f"{name}{how}, not asked: {proposition}")
        yield from wrapped("This claim is about code or arguments that this patch does not have.", "  ")
        return
    verdict = judged.verdict
    if how == "?":
        yield from wrapped(f'If you mean "{proposition}" ({name}), then: {verdict.verdict}.')
    else:
        yield from wrapped(f"{name}{how}, {verdict.verdict}: {proposition}")
    tried = f"Held in {verdict.holds:,} of {verdict.scenarios:,} cases tried. " if verdict.scenarios > 1 else ""
    text = f"{tried}{'' if judged.own else verdict.why}" or "Asked of this patch itself."
    yield from wrapped(text, "  ")
    for side, line in (("holds", verdict.witness_for), ("does not hold", verdict.witness_against)):
        if line and not (side == "holds" and line == verdict.witness_against):
            yield from command(f"kvmviz compare {_sides(case, judged)}", line, f"# {side} here")


def _sides(case: Case, judged: Judged) -> str:
    """Give the two revisions that a witness is to be looked at with."""
    ran, posting = case.done, case.found.recognised.posting
    if judged.own and ran:
        return f"{case.path + ':old' if ran.old_shown else ran.old.name} {case.path}"
    if ran and ran.same_as:
        old = ran.old_same_as[0] if ran.old_same_as else ran.old.name
        return f"{old} {ran.same_as[0]}"
    return f"{posting.base} {posting.revision}" if posting else "before v1"


def own_claims(case: Case) -> Iterator[str]:
    """Go through what the patch's own log and comments claim, in its own words."""
    found = [claimed for claimed in case.found.claimed if claimed.claim in case.verdicts]
    if not found:
        return
    yield from wrapped("What the patch itself says:")
    for claimed in found:
        yield ""
        yield from _words(case, claimed)
        yield from verdict_lines(case, claimed.claim, "" if claimed.sure else "?")


def _words(case: Case, claimed: Claimed) -> Iterable[str]:
    if claimed.lines:
        return each(case.found.letter.lines, claimed.lines)
    return wrapped(f'In a comment in {claimed.function or "the code"}: "{claimed.words}"')


def silent_remarks(case: Case) -> Iterator[str]:
    """Quote the comments without a known claim, with the figures of this patch about what they speak of."""
    claims = claiming(case)
    others = [remark for remark in case.found.remarks if remark not in claims]
    for remark in others[:MOST_COMMENTS]:
        yield from _quoted(case, remark)
        yield from bullet("I found no claim here that I know")
        yield from (line for text in _figures(case, remark.comment.words) for line in bullet(text))
    if len(others) > MOST_COMMENTS:
        yield from bullet(f"{len(others) - MOST_COMMENTS} more comments, as little")


def _figures(case: Case, words: str) -> Iterator[str]:
    """Give what runs say of the things that a comment speaks of: of this patch, else of what its posting is here."""
    ran, posting = case.done, case.found.recognised.posting
    if ran:
        found = figures_about(words, ran.old, ran.new, ran.shifts, ran.functions)
        yield from (f"of this patch, {text}" for text in found)
    elif posting and case.ran is None:
        old, new = known(posting.base), known(posting.revision)
        yield from (f"of {posting.revision}, {text}" for text in figures_about(words, old, new, shifts(old, new), {}))
