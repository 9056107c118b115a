"""What was found in a message and what ran, as plain values for JSON."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from kvmviz.mail.patch import Patch
from kvmviz.review.behaviour import Shift
from kvmviz.review.case import Case
from kvmviz.review.findings import Finding, Remark
from kvmviz.review.ran import NotRun
from kvmviz.review.recognition import Recognised, Shown

if TYPE_CHECKING:
    from kvmviz.schema import reviews


def message_json(case: Case, draft: str) -> "reviews.Message":
    """Give one message; `reply` is empty for one that has nothing that is modelled."""
    found, ran = case.found, case.done
    letter = found.letter
    return {
        "author": letter.author,
        "date": letter.date.isoformat() if letter.date else None,
        "subject": letter.subject,
        "message_id": letter.message_id,
        "modelled": found.modelled,
        "patch": _patch(found.patch, found) if found.patch else None,
        "recognised": _recognised(found.recognised) if found.modelled else None,
        "ran": ran.to_json() if ran else None,
        "not_run": case.ran.why if isinstance(case.ran, NotRun) else None,
        "older": [{"what": item.what, "when": item.when} for item in found.older],
        "comments": [_remark(found, remark) for remark in found.remarks],
        "claims": [judged.verdict.to_json() for judged in case.verdicts.values() if judged.verdict],
        "behaviour": [_shift(shift) for shift in ran.shifts] if ran else [],
        "reply": draft,
    }


def _patch(patch: Patch, found: Finding) -> "reviews.Patch":
    return {
        "depth": patch.depth,
        "author": found.author,
        "posted_by": found.poster,
        "files": list(patch.files),
        "added": patch.added,
        "removed": patch.removed,
        "whole": patch.whole,
        "mended": asdict(patch.mended),
        "functions": list(found.functions),
    }


def _recognised(recognised: Recognised) -> "reviews.Recognised":
    posting = recognised.posting
    return {
        "name": posting.name if posting else None,
        "base": posting.base if posting else None,
        "revision": posting.revision if posting else None,
        "confidence": recognised.confidence,
        "reasons": [{"agrees": reason.agrees, "text": reason.text} for reason in recognised.reasons],
        "lines": _lines(recognised.shown) if recognised.shown and posting else None,
    }


def _lines(shown: Shown) -> dict[str, int]:
    return {"same": shown.same, "missing": len(shown.missing), "other": len(shown.other)}


def _remark(found: Finding, remark: Remark) -> "reviews.Comment":
    above = remark.comment.above
    return {
        "author": remark.comment.author,
        "text": list(remark.comment.text),
        "below": found.letter.lines[above] if above is not None else None,
        "file": remark.file,
        "function": remark.function,
        "claims": list(remark.heard.said),
        "near": list(remark.heard.near),
    }


def _shift(shift: Shift) -> "reviews.Shift":
    return {
        "scenario": str(shift.scenario), "traces": shift.traces, "lines": shift.lines, "leaked": shift.leaked,
        "at_once": shift.at_once, "bugged": shift.bugged, "same_pages": shift.same_pages,
    }  # fmt: skip
