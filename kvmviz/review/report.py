"""What was found in a message, as plain values for JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kvmviz.check.claims import Verdict
from kvmviz.mail.patch import Patch
from kvmviz.review.behaviour import Shift, shifts
from kvmviz.review.findings import Finding, Remark
from kvmviz.review.recognise import Recognised


def message_json(found: Finding, verdicts: Mapping[str, Verdict], draft: str) -> dict[str, Any]:
    """Give one message; `reply` is empty for one that has nothing that is modelled."""
    letter, known = found.letter, found.recognised.known if found.recognised else None
    claimed = {claim for remark in found.remarks for claim in remark.claims} | {c.claim for c in found.claimed}
    return {
        "author": letter.author,
        "date": letter.date.isoformat() if letter.date else None,
        "subject": letter.subject,
        "message_id": letter.message_id,
        "modelled": found.modelled,
        "patch": _patch(found.patch, found) if found.patch else None,
        "recognised": _recognised(found.recognised) if found.recognised and found.modelled else None,
        "comments": [_remark(found, remark) for remark in found.remarks],
        "claims": [verdict.to_json() for name, verdict in verdicts.items() if name in claimed],
        "behaviour": [_shift(shift) for shift in shifts(known.base, known.revision)] if known else [],
        "reply": draft,
    }


def _patch(patch: Patch, found: Finding) -> dict[str, Any]:
    return {
        "depth": patch.depth,
        "files": list(patch.files),
        "added": patch.added,
        "removed": patch.removed,
        "whole": patch.whole,
        "mended": asdict(patch.mended),
        "functions": list(found.features.functions) if found.features else [],
        "digest": found.features.digest if found.features else "",
    }


def _recognised(recognised: Recognised) -> dict[str, Any]:
    known = recognised.known
    return {
        "name": known.name if known else None,
        "base": known.base if known else recognised.base,
        "revision": known.revision if known else None,
        "confidence": recognised.confidence,
        "reasons": [asdict(reason) for reason in recognised.reasons],
    }


def _remark(found: Finding, remark: Remark) -> dict[str, Any]:
    above = remark.comment.above
    return {
        "author": remark.comment.author,
        "text": list(remark.comment.text),
        "below": found.letter.lines[above] if above is not None else None,
        "file": remark.file,
        "function": remark.function,
        "claims": list(remark.claims),
    }


def _shift(shift: Shift) -> dict[str, Any]:
    names = ("traces", "lines", "leaked", "at_once", "bugged", "same_pages")
    return {"scenario": str(shift.scenario), **{name: getattr(shift, name) for name in names}}
