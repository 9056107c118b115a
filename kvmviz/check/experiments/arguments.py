"""What the op is passed: does gfn say anything that the sp does not?

>>> gfn_agrees("v1", "tree=1x1x1")
[True, True, True]
"""

from kvmviz.check.experiments.bench import td
from kvmviz.kvm.kvm_main import teardown
from kvmviz.kvm.mmu_page import kvm_mmu_page
from kvmviz.kvm.vm import VM
from kvmviz.revisions import Revision, revision


def gfn_agrees(which: str | type[Revision], scenario: str) -> list[bool]:
    """Return, for each call of an op of v1's signature, whether the gfn passed is the sp's."""
    op = revision(which).tdx_sept_free_private_spt
    seen: list[bool] = []

    class Listening(revision(which), base=which):  # type: ignore[misc] -- a base class found at run time
        name = "listening"

        @staticmethod
        def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
            seen.append(gfn == sp.gfn)
            op(vm, gfn, sp)

    teardown(td(scenario, Listening)[0])
    return seen
