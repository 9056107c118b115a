"""What experiments start from: a TD on the bench, brought to the moment of interest.

>>> vm, tally = td("tree=1x1x1")
>>> release_key(vm); vm.hkid
-1
"""

from kvmviz.kvm.kvm_main import kvm_gmem_release
from kvmviz.kvm.mmu_page import kvm_mmu_page
from kvmviz.kvm.tdx import tdx_mmu_release_hkid, tdx_vcpu_free
from kvmviz.kvm.vm import VM, build
from kvmviz.machine.printk import Boot
from kvmviz.machine.recorder import Tally
from kvmviz.revisions import Revision, revision
from kvmviz.scenario import Scenario


def td(scenario: str, which: str | type[Revision] = "v1", boot: Boot | None = None) -> tuple[VM, Tally]:
    """Build a TD that a tally watches; nothing is torn down yet."""
    vm = build(Scenario.parse(scenario), revision(which), boot or Boot())
    tally = Tally()
    vm.host.watch(tally)
    return vm, tally


def release_key(vm: VM) -> None:
    """Take guest pages back, release the key, and give back the vCPUs: the next thing would be the tables."""
    if vm.guest_memfd:
        kvm_gmem_release(vm)
    tdx_mmu_release_hkid(vm)
    for vcpu in vm.vcpus:
        tdx_vcpu_free(vm, vcpu)


def tables(vm: VM) -> list[kvm_mmu_page]:
    """Return every table below the root, children before parents, as they are given up."""
    return sorted((sp for sp in vm.sps if sp.parent is not None), key=lambda sp: (sp.level, sp.gfn))
