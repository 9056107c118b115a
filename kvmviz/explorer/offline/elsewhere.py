"""Which links a page may tell its reader to open elsewhere: those that `kvmviz lab` is sure to take.

A link may come from anybody, and what a page offers ends in a shell, so this says
what is allowed; the page looks at trees and at tables that fail by itself.

>>> sorted(sayable()) == sorted([*DEFAULTS, "revisions", "control"])
True
>>> bool(re.fullmatch(sayable()["hkid"], "vp-flush-error"))
False
"""

import re
from collections.abc import Iterable

from kvmviz.explorer.payload import choices
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import CAUSES
from kvmviz.scenario.names import control_names
from kvmviz.scenario.scenario import DEFAULTS, MAX_VCPUS


def sayable() -> dict[str, str]:
    """Return for each key a pattern of the words that are taken whatever the others are; `control` is of pages."""
    offered = {key: words for key, words in choices(()).items() if key in DEFAULTS}
    causes = (name for name, cause in CAUSES.items() if not cause.needs_vcpu)
    revision = _any(REVISIONS)
    return {
        **{key: _any(words) for key, words in offered.items()},
        "tree": "", "fail": "", "hkid": _any(["released", "assigned", *causes]),
        "status": f"{_any(offered['status'])}|0x[1-9a-f][0-9a-f]{{0,15}}",
        "boot": "first|second:(?:[0-9]|[1-9][0-9]{1,3})s",
        "leaves": "gone", "vcpus": _any(map(str, range(MAX_VCPUS + 1))),
        "revisions": f"(?:{revision})(?:,(?:{revision}))?", "control": _any(control_names(0)),
    }  # fmt: skip


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))
