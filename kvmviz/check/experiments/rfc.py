"""RFC v5 09/45 of January 2026, its op rebuilt from a description.

>>> Rfc.base_name, sorted(Rfc.own)
('v1', ['tdx_sept_free_private_spt'])

The op is called reclaim_external_sp there (the model keeps the later name), is passed
gfn and sp, returns nothing, and forgets a page that cannot be reclaimed; generic code frees
by RCU.  The RFC's own text was not compared.
"""

from kvmviz.kvm.mmu_page import kvm_mmu_page, private_spt
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_reclaim_page
from kvmviz.kvm.vm import VM
from kvmviz.machine.bug import KVM_BUG_ON
from kvmviz.revisions import Revision


class Rfc(Revision, base="v1"):
    """RFC v5 09/45 as described."""

    name = "rfc"

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        """Keep the S-EPT page only if it was reclaimed; a KVM bug or a refusal leaks it."""
        had_back = not KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") and tdx_reclaim_page(vm.host, private_spt(sp)) == 0
        if not had_back:
            sp.external_spt = None
