"""The reply draft: what people said, and under it what the model says.

Plain ASCII of at most 72 columns, but for quoted lines, which keep their
characters and their length.  Every figure in it is computed when it is written.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kvmviz.check.claims import Verdict
from kvmviz.compare.comparison import compare
from kvmviz.mail.letter import day_text, plain_name
from kvmviz.review.behaviour import Shift, shifts
from kvmviz.review.findings import Finding, Remark
from kvmviz.review.lineage import Known
from kvmviz.review.matches import UNSAID
from kvmviz.review.quote import each, place
from kvmviz.review.skeleton import changeable, skeleton
from kvmviz.terms.columns import WIDTH, paragraph
from kvmviz.version import __version__

MOST_COMMENTS: Final = 12
"""Comments of either kind that are quoted in one draft."""

Verdicts = Mapping[str, Verdict]


def reply(found: Finding, verdicts: Verdicts) -> str:
    """Write the draft for a message; `verdicts` are those of the claims that it makes, by id."""
    if not found.modelled:
        return "\n".join([*_attribution(found), "", *_nothing(found)])
    known = found.recognised.known if found.recognised else None
    parts = [
        _attribution(found),
        _which(found),
        *(_known_parts(found, known, verdicts) if known else [_skeleton(found)]),
        _not_judged(found),
        _signature(),
    ]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part)))


def _known_parts(found: Finding, known: Known, verdicts: Verdicts) -> Iterator[Iterable[str]]:
    yield from _remarks(found, known, verdicts)
    yield _behaviour(known)
    yield _own_claims(found, known, verdicts)


def _attribution(found: Finding) -> Iterator[str]:
    """Say who wrote what is quoted below: `On 8 Apr 2026, A B wrote:`."""
    name = plain_name(found.letter.author)
    day = day_text(found.letter.date)
    if name or day:
        yield from _wrapped(f"{f'On {day}, ' if day else ''}{name or 'somebody'} wrote:")


def _wrapped(text: str, indent: str = "") -> list[str]:
    return paragraph(plain_name(text), indent).split("\n")


def _nothing(found: Finding) -> Iterator[str]:
    if found.patch is None:
        yield from _wrapped("Nothing here that I model: there is no patch in this message.")
        return
    files = ", ".join(found.patch.files[:4]) + (", ..." if len(found.patch.files) > 4 else "")
    yield from _wrapped(
        f"Nothing here that I model. The patch (+{found.patch.added} -{found.patch.removed}, {files}) touches none of "
        "the functions that give a TD's page tables back, nor the op free_external_spt."
    )


def _which(found: Finding) -> Iterator[str]:
    """Say which patch this is, how sure that is, and by what it was told."""
    recognised, patch = found.recognised, found.patch
    if recognised is None or patch is None:
        return
    if recognised.known:
        known = recognised.known
        yield from _wrapped(
            f"I ran this through kvmviz, a model of the teardown of a TD. The patch is {known.name} "
            f"({recognised.confidence}); in the model it leads from {known.base} to {known.revision}."
        )
    else:
        yield from _wrapped(
            "I read this with kvmviz, a model of the teardown of a TD. The patch "
            f"(+{patch.added} -{patch.removed}) is none that I know; it changes {_names(found)}."
        )
    for reason in recognised.reasons:
        yield from _bullet(reason.text if reason.agrees else f"but {reason.text}")
    if recognised.known:
        yield from _bullet(f"what is known of it is from {recognised.known.rests_on}")
    yield from (line for text in _mended(found) for line in _bullet(text))


def _names(found: Finding) -> str:
    functions = found.features.functions if found.features else ()
    ops = found.features.ops if found.features else ()
    return " and ".join([*functions, *(f"the op {op}" for op in ops)]) or "nothing"


def _bullet(text: str) -> list[str]:
    first, *more = _wrapped(text, "  ")
    return [f"- {first[2:]}", *more]


def _mended(found: Finding) -> Iterator[str]:
    """Say what of the patch had to be mended before it could be read, and what could not."""
    if found.patch is None:
        return
    mended = found.patch.mended
    if mended.cut:
        are = "is" if mended.cut == 1 else "are"
        yield f"{mended.cut} of its hunks {are} not all there; only what is there was read"
    if found.patch.stat and found.patch.stat != (found.patch.added, found.patch.removed):
        yield f"its own diffstat says +{found.patch.stat[0]} -{found.patch.stat[1]}"
    if found.letter.cut:
        yield "the message is long; only its beginning was read"


def _remarks(found: Finding, known: Known, verdicts: Verdicts) -> Iterator[list[str]]:
    """Quote each comment that claims something, and put the verdicts on what it says below."""
    shown: set[str] = set()
    claiming = [remark for remark in found.remarks if remark.claims]
    for remark in claiming[:MOST_COMMENTS]:
        new = [verdicts[claim] for claim in remark.claims if claim not in shown]
        old = [claim for claim in remark.claims if claim in shown]
        shown |= {*remark.claims}
        yield [*_quoted(found, remark), *_below(new, old, known)]
    if len(claiming) > MOST_COMMENTS:
        yield _wrapped(f"{len(claiming) - MOST_COMMENTS} more comments claim things; I stop here.")


def _quoted(found: Finding, remark: Remark) -> Iterator[str]:
    return place(found.letter.lines, found.depths, remark.comment.first, remark.comment.last)


def _below(new: Iterable[Verdict], old: Iterable[str], known: Known) -> Iterator[str]:
    for verdict in new:
        yield ""
        yield from _verdict(verdict, known)
    for claim in old:
        yield ""
        yield f"{claim}: as above."


def _verdict(verdict: Verdict, known: Known) -> Iterator[str]:
    """Give a claim in our words, what became of it, and a command for a witness of either side."""
    unsaid = f" ({UNSAID[verdict.id]})" if verdict.id in UNSAID else ""
    yield from _wrapped(f"{verdict.id}{unsaid}, {verdict.verdict}: {verdict.proposition}")
    tried = f"Held in {verdict.holds:,} of {verdict.scenarios:,} cases tried. " if verdict.scenarios > 1 else ""
    yield from _wrapped(f"{tried}{verdict.why}", "  ")
    for side, line in (("holds", verdict.witness_for), ("does not hold", verdict.witness_against)):
        if line:
            yield from _command(f"kvmviz compare {known.base} {known.revision} '{line}'", f"# {side} here")


def _command(command: str, remark: str) -> list[str]:
    """Give a command to paste; a shell takes the remark for a comment."""
    line = f"  {command}  {remark}"
    return [line] if len(line) <= WIDTH else [f"  {remark}:", f"  {command}"]


def _behaviour(known: Known) -> Iterator[str]:
    """Show what the patch changes: the figures of the cases, and the first case that differs as a diff."""
    moved = shifts(known.base, known.revision)
    yield from _wrapped(f"What it changes in behaviour, {known.base} -> {known.revision}, computed:")
    yield ""
    yield from _table([_HEAD, *(_row(shift) for shift in moved)])
    yield ""
    yield from _wrapped(_sum(moved))
    differing = next((shift for shift in moved if not compare(known.base, known.revision, shift.scenario).alike), None)
    if differing:
        yield ""
        yield f"kvmviz compare {known.base} {known.revision} '{differing.scenario}'"
        yield from str(compare(known.base, known.revision, differing.scenario)).split("\n")


_HEAD: Final = ("traces", "lines", "leaked", "at once", "bugged", "scenario")


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    for *cells, last in rows:
        yield "  " + "  ".join([*(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)), last])


def _row(shift: Shift) -> tuple[str, ...]:
    pairs = (shift.traces, shift.lines, shift.leaked, shift.at_once, shift.bugged)
    return (*(str(a) if a == b else f"{a} -> {b}" for a, b in pairs), _short(shift))


def _short(shift: Shift) -> str:
    return str(shift.scenario).removeprefix(f"tree={shift.scenario.tree}").strip() or "nothing fails"


def _sum(moved: Iterable[Shift]) -> str:
    shown = tuple(moved)
    tree = shown[0].scenario.tree
    leaks = "the same pages leak" if all(shift.same_pages for shift in shown) else "other pages leak"
    return (
        "A figure is that of both where there is one. Lines are error lines printed; at once are S-EPT pages freed "
        f"inside the op; bugged is the VM. In every case above {leaks}. "
        f"The tree is {tree}, with {len(tree.sept_pages())} S-EPT pages below the root."
    )


def _own_claims(found: Finding, known: Known, verdicts: Verdicts) -> Iterator[str]:
    """Go through what the patch's own log, comments and declarations claim."""
    if not found.claimed:
        return
    yield from _wrapped("What the patch itself says:")
    for claimed in found.claimed:
        yield ""
        yield from each(found.letter.lines, [claimed.line])
        yield from _verdict(verdicts[claimed.claim], known)


def _skeleton(found: Finding) -> Iterator[str]:
    """Offer a revision of one's own for a patch that is not known."""
    if found.recognised is None or found.features is None:
        return
    base = found.recognised.base
    behind = ["tdx_sept_free_private_spt"] if found.features.ops else []
    touched = changeable(base, [*found.features.functions, *behind])
    if not touched:
        yield from _wrapped(
            "A revision of the model cannot replace these functions; they are the same in every version of the patch "
            "and stand in kvmviz/kvm. So I cannot say what this patch does."
        )
        return
    yield from _wrapped(
        f"What it does in the model I cannot say from C. Below is a revision that still does what {base} does; put "
        "into it what the patch changes, save it as mine.py, and ask:"
    )
    yield f"  kvmviz compare {base} mine.py:MyPatch 'fail=L1@0x200'"
    yield "  kvmviz check --file mine.py:MyPatch"
    yield ""
    yield from skeleton(base, touched).rstrip().split("\n")


def _not_judged(found: Finding) -> Iterator[str]:
    """Name what the model has no word on."""
    yield from _wrapped("What I cannot judge:")
    others = [remark for remark in found.remarks if not remark.claims]
    for remark in others[:MOST_COMMENTS]:
        yield from _quoted(found, remark)
        yield from _bullet("this comment says nothing that the model can test")
    if len(others) > MOST_COMMENTS:
        yield from _bullet(f"{len(others) - MOST_COMMENTS} more comments, as little")
    if found.others:
        yield from _bullet(f"{found.others} more patch{'es' if found.others > 1 else ''} at other depths of quoting")
    yield from _bullet("wording, style, and whether it builds")
    yield from _bullet("time, and who waits for which lock: the model has neither")
    yield from _bullet("real hardware: nothing here was run on any")


def _signature() -> Iterator[str]:
    yield "-- "
    yield f"kvmviz {__version__}"
