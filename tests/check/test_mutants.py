"""Every small change to a sibling is found by an invariant, stops with a sentence, or is explained here."""

import pytest

from kvmviz.check.nearest import whole_digest
from kvmviz.check.outcome import examine
from kvmviz.check.space import scenarios
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario
from tests.check.mutants import mutants

HKIDS = ("released", "flushvp-not-done", "key-freeid-error")

NO_LARGE_LEAF = "the model has leaves of 4 KiB only, so the level is never another"
NOT_REFUSED = "the TDX module refuses none of these calls in the order that is kept here, so the branch never runs"
EQUIVALENT = {
    "tdp_mmu_unlink_sp(vm, sp) <-> the next": "the count of tables is read at the end alone",
    "sp.external_spt)) -> WARN_ON(": "every table of the model mirrors something",
    "tdx = vm.host.tdx <-> the next": "a name for what does not change meanwhile",
    "if KVM_BUG_ON(not is_hkid_assigned(vm), vm, 'hkid'): <-> the next": NO_LARGE_LEAF,
    "level != PG_LEVEL_4K": NO_LARGE_LEAF,
    "return 0 -> nothing": "Python's None reads as 0 where it is asked",
    ":8: return -EIO -> nothing": NO_LARGE_LEAF,
    ":10: return -EIO -> nothing": NOT_REFUSED,
    ":13: return -EIO -> nothing": NOT_REFUSED,
    ":15: return -EIO -> nothing": NOT_REFUSED,
    "callback:4: WARN_ON_ONCE(vm.host, sp.external_spt) -> ": "the op has forgotten every page by then",
}
"""Changes after which the same happens, event for event, and why."""

HARMLESS = {
    "tdp_mmu_free_sp:4: vm.host.memory.free_page(sp.external_spt) <-> the next":
        "either page may be freed first: nobody can see them any more",
}  # fmt: skip
"""Changes that show and break nothing, and why."""


def sample() -> list[Scenario]:
    some = [s for s in scenarios("1x1x2") if not s.panic and s.boot != 1 and s.hkid in HKIDS][::5]
    return [*some, *[s for s in scenarios("2x1x1") if not s.panic and s.boot is None and not s.fail][:8]]


def look(base: str) -> None:
    every = sample()
    same = b"".join(whole_digest(REVISIONS[base], scenario) for scenario in every)
    found = 0
    for mutant in mutants(base):
        try:
            outcome = examine(mutant.revision, every)
        except Exception:  # a change that Python or the model itself stumbles over, and so is seen
            found += 1
            continue
        if any(cell.beyond for cell in outcome.cells.values()):
            found += 1
        else:
            reasons = EQUIVALENT if bytes(outcome.digests) == same else HARMLESS
            assert any(words in mutant.what for words in reasons), mutant.what
    assert found >= 40


@pytest.mark.slow
def test_mutants_of_what_landed() -> None:
    look("landed")


@pytest.mark.slow
@pytest.mark.parametrize("base", [name for name in REVISIONS if name != "landed"])
def test_mutants_of_the_other_siblings(base: str) -> None:
    look(base)
