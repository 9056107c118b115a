"""Loop macros of the kernel, by name: what each walks over in the model.

>>> LOOPS["kvm_for_each_vcpu"].over
'[*vm.vcpus]'
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop macro: its form with its arguments by name, the one that is set each turn, and what it walks over."""

    form: str
    variable: str
    over: str

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of its arguments, in order."""
        return tuple(self.form.partition("(")[2].rstrip(")").split(", "))


_ROOTS: Final = "[*vm.tdp_mmu_roots]"

LOOPS: Final[dict[str, Loop]] = {
    loop.form.partition("(")[0]: loop
    for loop in (
        Loop("kvm_for_each_vcpu(index, vcpu, kvm)", "vcpu", "[*vm.vcpus]"),
        Loop("for_each_online_cpu(cpu)", "cpu", "(0,)"),
        Loop("list_for_each_entry(root, head, link)", "root", _ROOTS),
        Loop("for_each_tdp_mmu_root_yield_safe(kvm, root)", "root", _ROOTS),
        Loop("for_each_tdp_pte_min_level_all(iter, root, level)", "iter", "for_each_tdp_pte_min_level(root, level)"),
        Loop("for_each_tdp_pte_min_level(iter, kvm, root, level, first, last)", "iter",
             "for_each_tdp_pte_min_level(root, level)"),
    )
}  # fmt: skip
"""Each walks over the model's own list, or with its own walk; bounds of guest frames are the whole guest's."""
