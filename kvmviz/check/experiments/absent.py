"""A VM type whose table of ops lacks `free_external_spt`.

>>> call_absent_op("tree=1x1x1")
Absence(tables=3, freed_while_owned=3, reports_then=0, reports_later=2)
>>> tear_down_without_mirror("v1", "tree=1x1x1")
True

Before the patch the op was registered so that an absent one returns 0 (RET0), and
0 reads as success.
"""

from dataclasses import dataclass

from kvmviz.check.experiments.bench import release_key, tables, td
from kvmviz.kvm.kvm_main import kvm_mmu_uninit_vm
from kvmviz.kvm.tdx import tdx_vm_destroy
from kvmviz.kvm.vm import VM
from kvmviz.machine.journal import Journal
from kvmviz.machine.page import Page
from kvmviz.machine.recorder import Tally
from kvmviz.revisions import Revision
from kvmviz.scenario.names import PageName


@dataclass(frozen=True, slots=True)
class Absence:
    """What came of it: tables given up, S-EPT pages freed while the module owned them, traces and lines.

    `reports_then` were printed while tables were given up, `reports_later` as the
    control pages were.
    """

    tables: int
    freed_while_owned: int
    reports_then: int
    reports_later: int


class Absent(Revision, base="before"):
    """`before` for a VM type without the op: its static call does nothing and returns 0."""

    name = "absent-op"

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, level: int, private_spt: Page) -> int:
        """Do nothing, and so seem to succeed."""
        return 0


def call_absent_op(scenario: str) -> Absence:
    """Tear a TD down under `before`, with an op that is absent and so returns 0."""
    vm, tally = td(scenario, Absent)
    release_key(vm)
    start = _reports(tally)
    kvm_mmu_uninit_vm(vm)
    then = _reports(tally)
    freed = sum(PageName.parse(page).kind == "S-EPT" and what.startswith("freed") for page, what in tally.violations)
    tdx_vm_destroy(vm)
    return Absence(len(tables(vm)), freed, then - start, _reports(tally) - then)


def tear_down_without_mirror(which: str | type[Revision], scenario: str) -> bool:
    """Tear down tables that mirror nothing, as a VM type without the op has; say whether all went well.

    All is well if the op was not called, every table was freed, and nothing was
    printed.
    """
    vm, _ = td(scenario, which)
    release_key(vm)
    for sp in tables(vm):
        sp.is_mirror = False
        sp.external_spt = None
    journal = Journal()
    vm.host.watch(journal)
    kvm_mmu_uninit_vm(vm)
    called = any(event.kind == "op" for _, event in journal.entries)
    return not (called or any(sp.spt.allocated for sp in vm.sps) or _reports(journal) or journal.violations)


def _reports(tally: Tally) -> int:
    return tally.splats.total() + tally.lines.total()
