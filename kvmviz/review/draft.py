"""The reply draft: what people said, and under it what came of running the patch.

Plain ASCII of at most 72 columns, but for quoted lines, which keep their
characters and their length.  Every figure in it is computed when it is written.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from kvmviz.mail.letter import day_text, plain_name
from kvmviz.review.case import Case
from kvmviz.review.findings import Finding
from kvmviz.review.layout import bullet, wrapped
from kvmviz.review.postings import place_of
from kvmviz.review.quote import quoted
from kvmviz.review.ran import NotRun
from kvmviz.review.reply_claims import own_claims, remarks, silent_remarks
from kvmviz.review.reply_ran import behaviour, breaks, first_difference, likeness, not_modelled, what_ran
from kvmviz.review.template import skeleton
from kvmviz.version import __version__


def reply(case: Case) -> str:
    """Write the draft for a message."""
    found = case.found
    if not found.modelled:
        return "\n".join([*_attribution(found), "", *_nothing(found)])
    parts: list[Iterable[str]] = [_attribution(found), _which(case), *_body(case), _not_judged(case), _signature()]
    text = "\n\n".join("\n".join(lines) for part in parts if (lines := list(part)))
    return _renamed(text, case)


def _body(case: Case) -> Iterator[Iterable[str]]:
    ran = case.done
    if ran:
        yield what_ran(ran, case)
        yield likeness(ran, case.path)
        yield breaks(ran, case.path)
        yield first_difference(ran)
    elif case.found.recognised.posting and case.verdicts:
        yield _instead(case)
    yield from remarks(case)
    if ran:
        yield behaviour(ran, case.path)
    yield own_claims(case)


def _instead(case: Case) -> list[str]:
    """Say whose verdicts follow where nothing of the mail ran."""
    posting = case.found.recognised.posting
    name, revision = (posting.name, posting.revision) if posting else ("", "")
    why = "No patch is in this mail" if case.ran is None else "Nothing of this mail's patch ran"
    return wrapped(f"{why}. What is said below of claims is said of {revision}, which is how kvmviz has {name}.")


def _renamed(text: str, case: Case) -> str:
    """Call the op and its function as the patch does, in our own lines; what is removed keeps the name it had."""
    names = _names(case)
    if all(ours == theirs for ours, theirs in names.items()):
        return text
    return "\n".join(line if line.startswith((">", "-   ")) else _named(line, names) for line in text.split("\n"))


def _names(case: Case) -> dict[str, str]:
    """Give the model's names of the op and its function, and the patch's: as its code has them, else as its posting."""
    rows = case.found.patch.rows if case.found.patch else ()
    new = "\n".join(row.text for row in rows if row.kind != "-")
    if re.search(r"\btdx_sept_reclaim_private_sp\b|\breclaim_external_sp\b", new):
        return {"free_external_spt": "reclaim_external_sp", "tdx_sept_free_private_spt": "tdx_sept_reclaim_private_sp"}
    posting = case.found.recognised.posting
    return dict(posting.names) if posting and not rows else {}


def _named(line: str, names: dict[str, str]) -> str:
    for ours, theirs in names.items():
        line = re.sub(rf"\b{ours}\b", theirs, line)
    return line


def _attribution(found: Finding) -> Iterator[str]:
    """Say who wrote what is quoted below: `On 8 Apr 2026, A B wrote:`."""
    name = plain_name(found.letter.author)
    day = day_text(found.letter.date)
    if name or day:
        yield from wrapped(f"{f'On {day}, ' if day else ''}{name or 'somebody'} wrote:")


def _nothing(found: Finding) -> Iterator[str]:
    if found.patch is None:
        yield from wrapped("Nothing here that I model: there is no patch in this message.")
        return
    files = ", ".join(found.patch.files[:4]) + (", ..." if len(found.patch.files) > 4 else "")
    yield from wrapped(
        f"Nothing here that I model. The patch (+{found.patch.added} -{found.patch.removed}, {files}) touches none of "
        "the functions that give a TD's page tables back, nor the op free_external_spt."
    )


def _which(case: Case) -> Iterator[str]:
    """Say which posting this is or answers, by what it was told, and what of it is not there."""
    found = case.found
    recognised, posting = found.recognised, found.recognised.posting
    shown = recognised.shown
    if posting is None:
        yield from wrapped(_unknown(found))
    else:
        here = "This is" if found.patch and not found.patch.depth else "This is about"
        but = ", but for the lines below" if found.patch and shown and shown.other else ""
        yield from wrapped(f"{here} {posting.name} ({recognised.confidence}){but}.{_people(found)}")
    for reason in recognised.reasons:
        yield from bullet(reason.text if reason.agrees else f"but {reason.text}")
    if posting:
        yield from bullet(f"what is known of it is from {posting.rests_on}")
    yield from (line for text in _mended(found) for line in bullet(text))
    if posting and found.patch and shown and shown.other:
        yield ""
        yield from _two_patches(case)


def _people(found: Finding) -> str:
    author, poster = plain_name(found.author), plain_name(found.poster)
    if not author:
        return f" It was posted by {poster}." if poster else ""
    return f" It was written by {author}" + (f", posted by {poster}." if poster and poster != author else ".")


def _unknown(found: Finding) -> str:
    if found.patch is None:
        return "I know no posting that this answers, and no patch is in it."
    touched = " and ".join([*found.functions, *(f"the op {op}" for op in found.ops)]) or "nothing that I model"
    return f"The patch (+{found.patch.added} -{found.patch.removed}) is no posting that I know; it changes {touched}."


_MOST_LINES: Final = 24
_MOST_DIGESTS: Final = 3


def _two_patches(case: Case) -> Iterator[str]:
    """Give the diff of the two patches: lines of the posting, of which only digests are kept, and those of the mail."""
    shown = case.found.recognised.shown
    posting = case.found.recognised.posting
    if shown is None or posting is None:
        return
    yield from wrapped(f"From {posting.name} to this mail:")
    places = dict.fromkeys([*(line.place for line in shown.missing), *(place_of(row) for row in shown.other)])
    for place in places:
        gone = [line for line in shown.missing if line.place == place]
        rows = [row for row in shown.other if place_of(row) == place]
        yield f"  in {place or 'a place that the mail does not name'}:"
        if len(gone) > _MOST_DIGESTS:
            yield f"    {len(gone)} of its lines are not here"
        else:
            yield from (f'- a "{line.sign}" line of it; its SHA-256 begins with {line.digest}' for line in gone)
        yield from (quoted(case.found.letter.lines[row.line]) for row in rows[:_MOST_LINES] if row.line is not None)


def _mended(found: Finding) -> Iterator[str]:
    """Say what of the patch could not be read."""
    if found.patch is None:
        return
    cut = found.patch.mended.cut
    if cut:
        yield f"{cut} of its hunks {'is' if cut == 1 else 'are'} not all there; only what is there was read"
    if found.patch.stat and found.patch.stat != (found.patch.added, found.patch.removed):
        yield f"its own diffstat says +{found.patch.stat[0]} -{found.patch.stat[1]}"
    if found.letter.cut:
        yield "the message is long; only its beginning was read"


def _not_judged(case: Case) -> Iterator[str]:
    """Name what did not run and what the model has no word on."""
    found = case.found
    if isinstance(case.ran, NotRun):
        start = "This patch does not run to its end" if case.ran.stopped else "Nothing of this patch ran"
        yield from wrapped(f"{start}: {case.ran.why}")
        yield from wrapped("I say nothing else of what it does.")
        yield ""
        yield from skeleton(case)
    yield from _old(found)
    yield from not_modelled(case)
    yield from wrapped("What I cannot judge:")
    yield from silent_remarks(case)
    if found.others:
        yield from bullet(f"{found.others} more patch{'es' if found.others > 1 else ''} at other depths of quoting")
    yield from bullet("wording, style, and whether it builds")
    yield from bullet("time, and who waits for which lock: the model has neither")
    yield from bullet("real hardware: nothing here was run on any")


def _old(found: Finding) -> Iterator[str]:
    if not found.older:
        return
    yield from wrapped("Older than the model, or beyond it; its code is that of Linux 6.16 and later:")
    for item in found.older:
        yield from bullet(f"{item.what}: {item.when}" if item.what else f"the mail itself, of {item.when}")
    yield ""


def _signature() -> Iterator[str]:
    yield "-- "
    yield f"kvmviz {__version__}"
