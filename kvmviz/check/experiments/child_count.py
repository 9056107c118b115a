"""One bad page costs the TDR too: the module's child count before the TDR is asked for.

>>> cascade("tree=1x1x3 fail=L1@0x200")
Cascade(children=1, tdr='TD_ASSOCIATED_PAGES_EXIST')
>>> cascade("tree=1x1x3")
Cascade(children=0, tdr='')
"""

from dataclasses import dataclass

from kvmviz.check.experiments.bench import release_key, td
from kvmviz.kvm.kvm_main import kvm_mmu_uninit_vm
from kvmviz.kvm.tdx import __tdx_reclaim_page as reclaim
from kvmviz.kvm.tdx import tdx_reclaim_control_page
from kvmviz.revisions import Revision
from kvmviz.scenario.status import status_word


@dataclass(frozen=True, slots=True)
class Cascade:
    """The TD's child count when the TDR is asked for, and the name of the refusal ("" if there was none)."""

    children: int
    tdr: str


def cascade(scenario: str, which: str | type[Revision] = "v1") -> Cascade:
    """Tear a TD down to its TDR, read the child count, and ask for the TDR."""
    vm, _ = td(scenario, which)
    release_key(vm)
    kvm_mmu_uninit_vm(vm)
    for page in vm.tdcs_pages:
        tdx_reclaim_control_page(vm, page)
    status = reclaim(vm.host, vm.tdr_page)
    return Cascade(vm.host.tdx.tds[vm.tdr_page].chldcnt, status_word(status) if status else "")
