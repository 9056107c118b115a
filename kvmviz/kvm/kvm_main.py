"""The order of a VM's destruction, from the last closed file to the last page.

Kernel files: virt/kvm/guest_memfd.c, virt/kvm/kvm_main.c, arch/x86/kvm/x86.c,
arch/x86/kvm/mmu/mmu.c.  Simplification: what does not concern a TD's pages is
left out, and so is the flush of direct roots, of which the model has none.
"""

from kvmviz.kvm.tdp_mmu import kvm_mmu_uninit_tdp_mmu, kvm_tdp_mmu_unmap_gfn_range
from kvmviz.kvm.tdx import tdx_mmu_release_hkid, tdx_vcpu_free, tdx_vm_destroy
from kvmviz.kvm.vm import VM
from kvmviz.machine.callchain import bottom, kernel


@bottom
def close_files(vm: VM) -> None:
    """Close the TD's memory file, then the VM; each open memory file pins the VM, so never the other way round."""
    if vm.guest_memfd:
        vm.host.recorder.enter("gmem_release")
        kvm_gmem_release(vm)
    kvm_destroy_vm(vm)


@kernel("virt/kvm/guest_memfd.c")
def kvm_gmem_release(vm: VM) -> None:
    """The last reference to the guest's memory file goes: take every private page back, with the key assigned."""
    vm.mmu_lock = "write"
    __kvm_gmem_invalidate_begin(vm)
    vm.mmu_lock = ""


@kernel("virt/kvm/guest_memfd.c")
def __kvm_gmem_invalidate_begin(vm: VM) -> None:
    """Unmap the file's range from the guest."""
    kvm_mmu_unmap_gfn_range(vm)


@kernel("virt/kvm/guest_memfd.c")
def kvm_mmu_unmap_gfn_range(vm: VM) -> None:
    """Hand the range to the architecture."""
    kvm_unmap_gfn_range(vm)


@kernel("arch/x86/kvm/mmu/mmu.c")
def kvm_unmap_gfn_range(vm: VM) -> None:
    """Hand the range to the TDP MMU."""
    kvm_tdp_mmu_unmap_gfn_range(vm)


@kernel("virt/kvm/kvm_main.c")
def kvm_destroy_vm(vm: VM) -> None:
    """Destroy a VM that nobody refers to any more."""
    kvm_arch_pre_destroy_vm(vm)
    kvm_arch_destroy_vm(vm)
    vm.forget_the_rest()


@kernel("arch/x86/kvm/x86.c")
def kvm_arch_pre_destroy_vm(vm: VM) -> None:
    """The op `vm_pre_destroy`: for a TD, give the key back first, since no page can be reclaimed before."""
    vm.host.recorder.enter("pre_destroy")
    tdx_mmu_release_hkid(vm)


@kernel("arch/x86/kvm/x86.c")
def kvm_arch_destroy_vm(vm: VM) -> None:
    """vCPUs, then page tables, then the TD itself."""
    vm.host.recorder.enter("vcpu_free")
    kvm_destroy_vcpus(vm)
    vm.host.recorder.enter("mmu_uninit")
    kvm_mmu_uninit_vm(vm)
    vm.host.recorder.enter("vm_destroy")
    tdx_vm_destroy(vm)


@kernel("virt/kvm/kvm_main.c")
def kvm_destroy_vcpus(vm: VM) -> None:
    """Free every vCPU."""
    for vcpu in vm.vcpus:
        tdx_vcpu_free(vm, vcpu)


@kernel("arch/x86/kvm/mmu/mmu.c")
def kvm_mmu_uninit_vm(vm: VM) -> None:
    """Give up the VM's page tables."""
    kvm_mmu_uninit_tdp_mmu(vm)
