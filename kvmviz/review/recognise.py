"""Which known patch this is: told by what it does, confirmed by what it is called.

A patch is one of `lineage.KNOWN` when everything that it shows of the modelled
functions is what that patch does.  Totals, author, date and, where it is known,
the digest of the lines then say how sure that is.  The subject says nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kvmviz.mail.letter import day_text
from kvmviz.mail.patch import Patch
from kvmviz.review.features import OP_FUNCTIONS, Features, Side
from kvmviz.review.lineage import GFN, INT, KNOWN, SP, Known


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was compared: whether it agrees, and the sentence that says so."""

    agrees: bool
    text: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a patch is.

    `known` is the patch it is, None for one of somebody's own; `confidence` is
    `certain`, `high`, `likely` or `none`; `base` the revision whose op has the
    same signature, from which a revision of one's own would be derived.
    """

    known: Known | None
    confidence: str
    base: str
    reasons: tuple[Reason, ...]


def recognise(patch: Patch, found: Features, author: str, day: date | None) -> Recognised:
    """Compare a patch with every known one and give the best, or none.

    `author` is who wrote the patch, `day` when it was posted, as far as the mail says.
    """
    whole = [known for known in KNOWN if _does(known, found)]
    fitting = whole or [known for known in KNOWN if _shows_part(known, patch, found)]
    base = base_of(found)
    if not fitting:
        return Recognised(None, "none", base, (Reason(True, "it does something that no known patch does"),))
    signed = [(known, tuple(_signs(known, patch, found, author, day))) for known in fitting]
    known, reasons = max(signed, key=lambda pair: sum(reason.agrees for reason in pair[1]))
    confidence = _confidence(known, patch, found, reasons) if whole else _part_confidence(reasons)
    return Recognised(known if confidence != "none" else None, confidence, base, (_deed(known, bool(whole)), *reasons))


def _deed(known: Known, whole: bool) -> Reason:
    if not whole:
        return Reason(True, f"the part that is quoted does what that part of {known.name} does")
    if known.was == known.signature:
        return Reason(True, f"the op {known.op} stays {known.signature}, and now frees the page that it got back")
    return Reason(True, f"the op {known.op} becomes {known.signature}, handled as in {known.name}")


def _does(known: Known, found: Features) -> bool:
    """Tell whether all that the patch shows of the modelled functions is what the known one does."""
    old, new = found.old, found.new
    if known.op not in found.ops and not known.frees:
        return False
    if new.signature not in ("", known.signature) or old.signature not in ("", known.was):
        return False
    if known.was != known.signature:
        return bool(new.signature) and bool(old.signature) and _moves(known, found)
    return new.signature == known.signature and new.frees and not old.frees and new.checks_hkid and new.reclaims


def _moves(known: Known, found: Features) -> bool:
    """Tell whether the decision to leak moves to TDX code, or back, with nothing else gained or lost."""
    new, old = (found.new, found.old) if known.signature != INT else (found.old, found.new)
    in_tdx = any(name.startswith("tdx_") for name in new.clears) and not new.warns and not new.frees
    in_mmu = "handle_removed_pt" in old.clears and old.warns and not any(n.startswith("tdx_") for n in old.clears)
    return in_tdx and in_mmu and "handle_removed_pt" not in new.clears and _kept(new) and _kept(old)


def _shows_part(known: Known, patch: Patch, found: Features) -> bool:
    """Tell whether a patch that is quoted, and so may be cut, shows a part of what the known one does."""
    new, old = found.new, found.old
    if not patch.depth or known.op not in found.ops or known.was == known.signature or known.signature == INT:
        return False
    if known.totals and (patch.added > known.totals[0] or patch.removed > known.totals[1]):
        return False
    if new.signature != known.signature or old.signature not in ("", known.was) or new.frees or new.warns:
        return False
    mmu = old.warns and "handle_removed_pt" in old.clears - new.clears
    op = _kept(new) and any(name.startswith("tdx_") for name in new.clears)
    return (mmu or "handle_removed_pt" not in found.functions) and (op or not set(OP_FUNCTIONS) & set(found.functions))


def _part_confidence(reasons: tuple[Reason, ...]) -> str:
    return "likely" if any(reason.agrees for reason in reasons if _names(reason)) else "none"


def _names(reason: Reason) -> bool:
    return "author" in reason.text or "posted" in reason.text


def _kept(side: Side) -> bool:
    return side.checks_hkid and side.reclaims


def _signs(known: Known, patch: Patch, found: Features, author: str, day: date | None) -> Iterator[Reason]:
    """Compare what a patch is called and how large it is."""
    counted = f"+{patch.added} -{patch.removed}"
    if known.totals:
        wanted = f"+{known.totals[0]} -{known.totals[1]}"
        same = (patch.added, patch.removed) == known.totals
        yield Reason(same, f"its totals are {counted}" + ("" if same else f", not {wanted}"))
    if known.digest:
        same = found.digest == known.digest
        yield Reason(same, f"its changed lines {'are' if same else 'are not'} those of {known.name}, by their SHA-256")
    if author and known.authors:
        same = any(name in author for name in known.authors)
        yield Reason(same, f"its author is {author}" + ("" if same else f", not {' or '.join(known.authors)}"))
    if day and known.day:
        yield _posted(day, known.day)


def _posted(day: date, wanted: date) -> Reason:
    """Compare two days; a mail that quotes another gives its date by a clock of its own."""
    said, own = f"it was posted on {day_text(day)}", day_text(wanted)
    if abs(day - wanted) > timedelta(days=1):
        return Reason(False, f"{said}, not on {own}")
    return Reason(True, said if day == wanted else f"{said} by this mail's clock, on {own} by its own")


def _confidence(known: Known, patch: Patch, found: Features, reasons: tuple[Reason, ...]) -> str:
    if known.digest and found.digest == known.digest:
        return "certain"
    named = sum(reason.agrees for reason in reasons if _names(reason))
    if known.totals is None:
        return "likely" if named == 2 else "none"
    if (patch.added, patch.removed) == known.totals:
        return "high" if named and not known.digest else "likely"
    return "likely" if not patch.whole and named else "none"


def base_of(found: Features) -> str:
    """Give the revision whose op has the signature that the patch leaves, and frees as it does."""
    side = found.new if found.new.signature else found.old
    if side.signature == INT:
        return "before"
    if side.signature == SP or "tdx_sept_remove_leaf_spte" in found.functions:
        return "landed" if side.frees else "v2"
    if side.signature == GFN:
        return "v1+17" if side.frees else "v1"
    return "v1"
