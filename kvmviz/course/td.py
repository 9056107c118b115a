"""A TD in the hand, before anything is destroyed: ask the module about it, and see its ledger.

>>> td = LiveTd("tree=1x1x3")
>>> td.children, td.reclaim("S-EPT L1 gfn=0x0")
(23, 'LIFECYCLE_STATE_INCORRECT')
>>> td.give_key_back()
'TEARDOWN'
>>> td.reclaim("S-EPT L1 gfn=0x0"), td.children
('SUCCESS', 22)
"""

from collections import Counter
from collections.abc import Iterator

from kvmviz.course.prose import Prose, table
from kvmviz.kvm.tdx import tdx_mmu_release_hkid
from kvmviz.kvm.vm import build
from kvmviz.machine.module import LIFECYCLE
from kvmviz.machine.page import Page
from kvmviz.machine.pamt import TYPE_NAMES
from kvmviz.machine.printk import Boot
from kvmviz.revisions import revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.status import SUCCESS, status_word


class LiveTd:
    """A TD that has just been built, and calls into the TDX module that change its books and nothing else."""

    def __init__(self, scenario: str = "") -> None:
        self._vm = build(Scenario.parse(scenario), revision("v1"), Boot())
        self._pages = {page.name: page for page in self._all()}

    def _all(self) -> Iterator[Page]:
        vm = self._vm
        yield from (vm.tdr_page, *vm.tdcs_pages)
        for vcpu in vm.vcpus:
            yield from (vcpu.tdvpr_page, *vcpu.tdcx_pages)
        yield from (*vm.sept_pages, *vm.guest_pages)

    @property
    def children(self) -> int:
        """How many pages the module counts as this TD's, the TDR aside (CHLDCNT)."""
        return self._vm.host.tdx.tds[self._vm.tdr_page].chldcnt

    @property
    def life(self) -> str:
        """State of the TD's life cycle."""
        return LIFECYCLE[self._vm.host.tdx.tds[self._vm.tdr_page].lifecycle]

    def reclaim(self, name: str) -> str:
        """Ask the module for a page with TDH.PHYMEM.PAGE.RECLAIM; return the name of its answer."""
        return _word(self._vm.host.tdx.tdh_phymem_page_reclaim(self._pages[name])[0])

    def remove_guest_page(self, name: str) -> str:
        """Block, track and remove a guest page, as KVM does while the TD has its key; return the last answer."""
        tdx, tdr, page = self._vm.host.tdx, self._vm.tdr_page, self._pages[name]
        tdx.tdh_mem_range_block(tdr, page)
        tdx.tdh_mem_track(tdr, page)
        return _word(tdx.tdh_mem_page_remove(tdr, page))

    def give_key_back(self) -> str:
        """Do what KVM does to release the HKID; return the TD's state after it."""
        tdx_mmu_release_hkid(self._vm)
        return self.life

    @property
    def pointers(self) -> dict[str, str | None]:
        """Each mirror table with the S-EPT page that its external_spt points to."""
        return {
            sp.spt.name: sp.external_spt.name if sp.external_spt else None
            for sp in [self._vm.sps[-1], *self._vm.sps[:-1]]
        }

    def ledger(self) -> Prose:
        """Return the module's ledger of this TD: how many pages of each type, and what they are for."""
        types = Counter(TYPE_NAMES[page.pamt.type] for page in self._pages.values() if page.pamt)
        examples = {TYPE_NAMES[page.pamt.type]: page.name for page in reversed(self._pages.values()) if page.pamt}
        return table(["type in the PAMT", "pages", "such as"], [[k, n, f"`{examples[k]}`"] for k, n in types.items()])


def _word(status: int) -> str:
    return "SUCCESS" if status == SUCCESS else status_word(status)
