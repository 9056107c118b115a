"""The views that a toggle is likely to ask for next, computed while the reader rests.

>>> from kvmviz.scenario import Scenario
>>> sorted(family(["before", "v1"], Scenario.parse("fail=L1@0x200")))[:2]
['tree=1x1x3', 'tree=1x1x3 fail=L1@0x0,L1@0x200']
"""

from collections.abc import Iterator, Sequence
from typing import Any

from kvmviz.explorer.payload import view
from kvmviz.revisions import Revision
from kvmviz.scenario import CAUSES, Scenario
from kvmviz.scenario.faults import Fail

LARGEST = 8
"""Trees above so many tables have no family: each view would cost more than it saves."""


def likely(scenario: Scenario) -> Iterator[Scenario]:
    """Yield the scenarios one toggle away: another cause, another page, none, all, another TD of the boot."""
    for hkid in ("released", *CAUSES):
        if scenario.vcpus or hkid not in CAUSES or not CAUSES[hkid].needs_vcpu:
            yield scenario.with_(hkid=hkid)
    yield scenario.with_(fail="none")
    yield scenario.with_(fail="all")
    fails = _names(scenario.fail)
    for level, gfn in scenario.tree.tables():
        page = f"L{level}@{gfn:#x}"
        kept = [name for name in fails if name != page]
        yield scenario.with_(fail=",".join(kept if page in fails else [*kept, page]) or "none")
    yield scenario.with_(boot="first" if scenario.boot is not None else "second:60s")


def _names(fail: Fail) -> list[str]:
    words = str(fail)
    return [] if words in ("none", "all") else words.split(",")


def family(revisions: Sequence[str | type[Revision]], scenario: Scenario) -> dict[str, Any]:
    """Return views by scenario line; none for a large tree."""
    if scenario.tree.count > LARGEST:
        return {}
    lines = {str(one): one for one in likely(scenario) if one != scenario}
    return {line: view(revisions, one) for line, one in lines.items()}
