"""What the op is passed: does gfn say anything that the sp does not?

>>> gfn_agrees("v1", "tree=1x1x1")
[True, True, True]
"""

from types import new_class
from typing import Any

from kvmviz.check.experiments.bench import td
from kvmviz.kvm.kvm_main import close_files
from kvmviz.kvm.mmu_page import kvm_mmu_page
from kvmviz.kvm.vm import VM
from kvmviz.revisions import Revision, revision


def gfn_agrees(which: str | type[Revision], scenario: str) -> list[bool]:
    """Return, for each call of an op of v1's signature, whether the gfn passed is the sp's."""
    base = revision(which)
    seen: list[bool] = []

    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        seen.append(gfn == sp.gfn)
        base.tdx_sept_free_private_spt(vm, gfn, sp)

    body = {"tdx_sept_free_private_spt": tdx_sept_free_private_spt}
    listening: Any = new_class("listening", (base,), {"base": base}, lambda namespace: namespace.update(body))
    close_files(td(scenario, listening)[0])
    return seen
