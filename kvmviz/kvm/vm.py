"""What is torn down: a VM that is a TD, with its pages, built from a scenario.

`VM` stands for C's `struct kvm` together with `struct kvm_tdx`, which contains it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from kvmviz.kvm.mmu_page import Entry, kvm_mmu_page
from kvmviz.machine import pamt
from kvmviz.machine.host import Host
from kvmviz.machine.module import Faults
from kvmviz.machine.page import Page
from kvmviz.machine.printk import Boot
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import TDCS_PAGES, TDCX_PAGES, cache_names, gfn_step
from kvmviz.scenario.tree import NEXT_PLACE

if TYPE_CHECKING:
    from kvmviz.scenario.tree import Lie, Shape

LEAVES_PER_TABLE = 2
"""Private guest pages mapped by each level-1 table (as in the recorded runs)."""


class Revision(Protocol):
    """What a patch may change; the functions of `kvmviz.revisions`."""

    name: str
    handle_removed_pt: Callable[..., Any]
    tdx_sept_free_private_spt: Callable[..., Any]
    tdp_mmu_free_sp: Callable[..., Any]
    tdp_mmu_free_sp_rcu_callback: Callable[..., Any]
    remove_leaf: Callable[..., Any]
    dynamic_pamt: bool


@dataclass(slots=True)
class Vcpu:
    """A vCPU's control pages: its root, TDVPR, and the others, TDCX.

    `cpu` is the processor that holds it, -1 once it is flushed; `state` is 1, set up.
    `pamt_cache` holds pages for the pair of the next region (Dynamic PAMT), never given to the module.
    """

    index: int
    tdvpr_page: Page
    tdcx_pages: list[Page]
    host: Host
    cpu: int = 0
    state: int = 1
    pamt_cache: list[Page] = field(default_factory=list)

    @property
    def kvm(self) -> "VM":
        """C: `kvm`: the VM that the vCPU belongs to."""
        vm: VM = self.host.vm
        return vm


@dataclass(slots=True, weakref_slot=True)
class VM:
    """A TD under KVM (C: `struct kvm`, `struct kvm_tdx`).

    `hkid` is its private key id, -1 once freed; `mmu_lock` who holds the lock
    (`write` or ``); `zap` the scenario's zap order.  `tdp_mmu_pages` counts the
    mirror's tables, as KVM's accounting does: `spt` only, never an S-EPT page.
    `state` is 2, a TD that may run.  `wait_for_sept_zap` keeps vCPUs out, of which none
    runs here; a kernel's own C may set it.  `forgotten` and `hkid_forgotten` are the model's
    own books of what was leaked by a plain return.
    """

    host: Host
    revision: Revision
    hkid: int
    tdr_page: Page
    tdcs_pages: list[Page]
    vcpus: list[Vcpu] = field(default_factory=list)
    tdp_mmu_roots: list[kvm_mmu_page] = field(default_factory=list)
    tdp_mmu_pages: int = 0
    prove_mmu: bool = False
    guest_memfd: bool = True
    vm_bugged: bool = False
    vm_dead: bool = False
    state: int = 2
    wait_for_sept_zap: bool = False
    forgotten: set[Page] = field(default_factory=set)
    hkid_forgotten: bool = False
    guest_pages: list[Page] = field(default_factory=list)
    sps: list[kvm_mmu_page] = field(default_factory=list)
    sept_pages: list[Page] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mmu_lock = ""

    @property
    def mmu_lock(self) -> str:
        """Who holds the lock of the page tables: `write`, `read`, or nobody."""
        return self.host.memory.lives.mmu_lock or ""

    @mmu_lock.setter
    def mmu_lock(self, holder: str) -> None:
        self.host.memory.lives.mmu_lock = holder

    def pages(self) -> Iterator[Page]:
        """Yield KVM's own pages of the TD in the order of allocation: control pages, then S-EPT pages."""
        yield self.tdr_page
        yield from self.tdcs_pages
        for vcpu in self.vcpus:
            yield vcpu.tdvpr_page
            yield from vcpu.tdcx_pages
        yield from self.sept_pages
        for vcpu in self.vcpus:
            yield from vcpu.pamt_cache

    @property
    def ops(self) -> "VM.Ops":
        """What TDX code does for generic code; made anew each time, so that a TD of any size goes when its run does."""
        return VM.Ops(self)

    @property
    def tdcs_nr_pages(self) -> int:
        """C: `tdcs_nr_pages`."""
        return len(self.tdcs_pages)

    @property
    def tdcx_nr_pages(self) -> int:
        """C: `tdcx_nr_pages`."""
        return TDCX_PAGES

    @property
    def created_vcpus(self) -> int:
        """C: `created_vcpus`."""
        return len(self.vcpus)

    def forget(self, page: Page) -> None:
        """Note that the last reference to this page is dropped here; it leaks if the module owns it.

        In the kernel this is a plain return; the call gives pictures a step to show.
        """
        self.forgotten.add(page)
        self.host.memory.lives.last_reference(page)

    def forget_the_rest(self) -> None:
        """Note that nothing is left that could give a page back: whatever the module still owns leaks here."""
        lives = self.host.memory.lives
        lives.settle()
        for page in self.pages():
            lives.last_reference(page)
        if self.host.dpamt is not None:
            self.host.dpamt.settle()

    def forget_hkid(self) -> None:
        """Note that releasing the key id is given up here; in the kernel a plain return, as in `forget`."""
        self.hkid_forgotten = True
        self.host.recorder.hkid_leak()

    class Ops:
        """The ops that TDX registers with KVM (C: `kvm_x86_ops`), those that a teardown calls."""

        __slots__ = ("vm",)

        def __init__(self, vm: "VM") -> None:
            self.vm = vm

        def free_external_spt(self, *arguments: Any) -> Any:
            """Call the revision's op with whatever its signature takes, and record for which page."""
            self.vm.host.recorder.op(_op_page(arguments), self.vm.mmu_lock)
            result = self.vm.revision.tdx_sept_free_private_spt(*arguments)
            self.vm.host.memory.lives.settle()
            return result


def _op_page(arguments: tuple[Any, ...]) -> Page:
    """Return the S-EPT page that the op is called for: passed itself, or the sp's (its table if it has none)."""
    last = arguments[-1]
    if isinstance(last, kvm_mmu_page):
        return last.external_spt or last.spt
    if isinstance(last, Page):
        return last
    raise TypeError(f"free_external_spt takes an S-EPT page or an sp last, not {last!r}")


def kvm_x86_call(vm: VM) -> VM.Ops:
    """C: `kvm_x86_call` (arch/x86/include/asm/kvm_host.h): the table of what TDX code does for generic code."""
    return vm.ops


def build(scenario: Scenario, revision: Revision, boot: Boot, shape: "Shape | None" = None) -> VM:
    """Return a TD at the moment its last file descriptor is closed.

    Its mirror is the scenario's tree, or `shape`, some of that tree's tables.
    """
    faults = Faults(scenario.hkid, scenario.status, scenario.remove)
    region = scenario.region if revision.dynamic_pamt else "off"
    host = Host(boot, faults=faults, panic_on_warn=scenario.panic, region=region)
    vm = _control_pages(host, revision, scenario)
    vm.prove_mmu = scenario.zap == "prove-mmu"
    vm.guest_memfd = scenario.leaves == "gone"
    _mirror(vm, scenario, shape or scenario.tree)
    return vm


def _control_pages(host: Host, revision: Revision, scenario: Scenario) -> VM:
    """Give the TD its TDR, its TDCS pages and those of its vCPUs."""
    controls = set(scenario.fail.controls)

    def take(name: str, type: int) -> Page:
        page = host.memory.alloc(name)
        page.fails = name in controls
        _hand_over(host, page)
        host.tdx.add(page, type, tdr)
        return page

    tdr = host.memory.alloc("TDR")
    tdr.fails = "TDR" in controls
    _hand_over(host, tdr)
    td = host.tdx.create(tdr)
    tdcs = [take(f"TDCS[{i}]", pamt.TDCX) for i in range(TDCS_PAGES)]
    vm = VM(host, revision, 1, tdr, tdcs)
    host.put_up(vm)
    for j in range(scenario.vcpus):
        tdvpr = take(f"TDVPR[{j}]", pamt.TDVPR)
        vm.vcpus.append(Vcpu(j, tdvpr, [take(f"TDCX[{j}][{i}]", pamt.TDCX) for i in range(TDCX_PAGES)], host))
        td.associated.add(j)
        if host.dpamt is not None:
            vm.vcpus[j].pamt_cache = [host.memory.alloc(name) for name in cache_names(j)]
    return vm


def _hand_over(host: Host, page: Page, lie: "Lie" = NEXT_PLACE) -> None:
    """With Dynamic PAMT: let the page lie in a region, and count it there as KVM does before the module gets it."""
    if host.dpamt is not None:
        host.dpamt.place(page, lie)
        host.dpamt.hand_over(page)


def _mirror(vm: VM, scenario: Scenario, shape: "Shape") -> None:
    """Hang the mirror's tables under a root: an S-EPT page for each (TDH.MEM.SEPT.ADD), and the guest's pages."""
    memory, top = vm.host.memory, shape.root_level
    root = kvm_mmu_page(memory, memory.alloc("spt", level=top, root=True), None, top, 0)
    vm.tdp_mmu_roots.append(root)
    above = [root]
    for level in range(top - 1, 0, -1):
        above = _mirror_level(vm, scenario, shape, level, above)
    vm.tdp_mmu_pages = len(vm.sps)
    vm.sps.append(root)
    if scenario.tree.gib is None:
        for sp in above:
            _map_leaves(vm, sp, shape)


def _mirror_level(
    vm: VM, scenario: Scenario, shape: "Shape", level: int, above: list[kvm_mmu_page]
) -> list[kvm_mmu_page]:
    memory, tdx, fail = vm.host.memory, vm.host.tdx, scenario.fail
    tables = []
    for gfn, number, index in shape.places(level):
        sept = memory.alloc("S-EPT", level=level, gfn=gfn)
        sept.fails = fail.selects(level, gfn)
        if vm.host.dpamt is not None:
            _hand_over(vm.host, sept, shape.lies(level, gfn))
        tdx.add(sept, pamt.EPT, vm.tdr_page)
        sp = kvm_mmu_page(memory, memory.alloc("spt", level=level, gfn=gfn), sept, level, gfn, above[number], index)
        above[number].spt.entries.append(sp)
        vm.sept_pages.append(sept)
        tables.append(sp)
    vm.sps += tables
    return tables


def _map_leaves(vm: VM, sp: kvm_mmu_page, shape: "Shape") -> None:
    entries: list[Entry] = sp.spt.entries
    for i in range(LEAVES_PER_TABLE):
        page = vm.host.memory.alloc("guest", gfn=sp.gfn + i * gfn_step(0))
        if vm.host.dpamt is not None:
            _hand_over(vm.host, page, shape.lies(0, page.gfn))
        vm.host.tdx.add(page, pamt.REG, vm.tdr_page)
        vm.guest_pages.append(page)
        entries.append(page)
