"""What is known to be broken is broken exactly where the list says, both ways; nothing else is."""

from collections import Counter

import pytest

from kvmviz.check.catalogue import invariants_of
from kvmviz.check.known import KNOWN, NATURES
from kvmviz.check.outcome import violations
from kvmviz.check.space import scenarios
from kvmviz.revisions import EVERY, REVISIONS
from tests.trying import sampled


def hold_exactly(revision: str, space: str, stride: int = 1) -> Counter[str]:
    """Each violation stands on the list, and each scenario on the list shows it; returns how often."""
    seen: Counter[str] = Counter()
    for scenario in list(scenarios(space))[::stride]:
        listed = {name for name, known in KNOWN[revision].items() if known.where(scenario)}
        assert violations(REVISIONS[revision], scenario).keys() == listed, scenario
        seen.update(listed)
    return seen


@pytest.mark.parametrize("revision", sampled(REVISIONS, 2))
def test_known_violations_are_exact(revision: str) -> None:
    seen = hold_exactly(revision, "quick", 7)
    assert len(seen) == 3


@pytest.mark.parametrize(
    "line",
    ["tree=1x1x1 fail=L1@0x0 status=0x1", "tree=1x1x40 fail=all", "tree=1x1x1 vcpus=3 fail=TDVPR[2],TDCX[1][0]",
     "tree=2x2x2 vcpus=4 hkid=assigned boot=second:5s", "tree=1x1x8 fail=all boot=second:5s",
     "tree=1x1x8 fail=all boot=second:6s", "tree=1x1x1 vcpus=0 hkid=flushvp-not-done boot=second:86400s",
     "tree=1x1x1 vcpus=2 boot=second:0s fail=TDVPR[0],TDCX[0][0],TDCX[0][1],TDCX[0][2],TDCX[0][3],TDCX[0][4],"
     "TDVPR[1],TDCX[1][0],TDCX[1][1],TDCX[1][2]"],
)  # fmt: skip
@pytest.mark.parametrize("revision", REVISIONS)
def test_known_violations_are_exact_beyond_the_spaces(revision: str, line: str) -> None:
    for scenario in scenarios([line]):
        listed = {name for name, known in KNOWN[revision].items() if known.where(scenario)}
        assert violations(REVISIONS[revision], scenario).keys() == listed


@pytest.mark.slow
@pytest.mark.parametrize("revision", REVISIONS)
def test_known_violations_are_exact_in_the_default_space(revision: str) -> None:
    hold_exactly(revision, "default")


def test_the_list_is_well_formed() -> None:
    for revision, known in KNOWN.items():
        assert revision in EVERY and known.keys() <= invariants_of(EVERY[revision]).keys()
        assert {entry.nature for entry in known.values()} <= NATURES.keys() - {"bug"}
