"""The one table that binds the kernel's names to the model: functions, macros, members, constants.

>>> [row.meaning for row in FUNCTIONS if "is_mirror_sp(" in row.c]
['whether a table is one of the mirror']

A function's row: its C prototype, the Python that runs in its place, and what it is.
In the prototype `spte` stands for a u64 that is an entry of a page table, and `vaddr`
for an unsigned long that is an address.  In the Python the parameters stand by their
names, `vm` is the VM at hand, and everything else is a function of the model or of
`kvmviz.c.runtime`.  `pure` rows only look; the order of others is never left open.

A name that is not here cannot be run: CONTRIBUTING says how one is added.
"""

from dataclasses import dataclass
from typing import Final

from kvmviz.machine.errnos import E2BIG, EAGAIN, EBUSY, EEXIST, EFAULT, EINVAL, EIO, ENOENT, ENOMEM, ENOSPC, EPERM
from kvmviz.scenario.status import FLUSHVP_NOT_DONE, STATUS, SUCCESS, VCPU_NOT_ASSOCIATED


@dataclass(frozen=True, slots=True)
class Row:
    """A bound function: C prototype, the Python in its place, one sentence without a full stop."""

    c: str
    python: str
    meaning: str
    pure: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A bound member of a struct: its C type, the Python behind the object, and what it is.

    `settable` members may be set; `null_only` ones to NULL; setting a `dropped` one is
    passed over, since the model's books need what it holds.
    """

    struct: str
    name: str
    type: str
    python: str
    meaning: str
    settable: bool = False
    null_only: bool = False
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A bound constant: its value, or the Python that yields it, its C type, and what it is."""

    name: str
    value: int | str
    type: str
    meaning: str


def _look(c: str, python: str, meaning: str) -> Row:
    return Row(c, python, meaning, pure=True)


FUNCTIONS: Final = (
    # Pages and addresses: all of them are the page itself in the model.
    _look("struct page *virt_to_page(const void *address)", "page_of(address)", "the page behind an address; NULL has "
          "none"),
    _look("struct page *virt_to_page(vaddr address)", "page_of(address)", "the page behind an address; NULL has none"),
    _look("void *page_address(struct page *page)", "page", "the address of a page"),
    _look("hpa_t page_to_phys(struct page *page)", "page_of(page)", "the physical address of a page"),
    _look("kvm_pfn_t page_to_pfn(struct page *page)", "page_of(page)", "the frame number of a page"),
    _look("struct page *pfn_to_page(kvm_pfn_t pfn)", "page_of(pfn)", "the page of a frame number"),
    _look("hpa_t PFN_PHYS(kvm_pfn_t pfn)", "page_of(pfn)", "the physical address of a frame number"),
    _look("hpa_t pfn_to_hpa(kvm_pfn_t pfn)", "page_of(pfn)", "the physical address of a frame number"),
    _look("hpa_t __pa(const void *address)", "page_of(address)", "the physical address behind an address"),
    _look("gpa_t gfn_to_gpa(gfn_t gfn)", "gfn << 12", "the guest's address of a guest frame"),
    _look("unsigned long KVM_HPAGE_SIZE(int level)", "4096 << 9 * (level - 1)",
          "the bytes that an entry of a level covers"),
    _look("unsigned long KVM_HPAGE_MASK(int level)", "(1 << 64) - (4096 << 9 * (level - 1))",
          "the bits of an address that say which entry of a level covers it"),
    _look("unsigned long KVM_PAGES_PER_HPAGE(int level)", "1 << 9 * (level - 1)", "the guest frames that an entry of a "
          "level covers"),
    _look("gfn_t gpa_to_gfn(gpa_t gpa)", "gpa >> 12", "the guest frame of a guest's address"),
    # Entries and tables of the mirror.
    _look("bool is_mirror_sp(const struct kvm_mmu_page *sp)", "is_mirror_sp(sp)", "whether a table is one of the "
          "mirror"),
    _look("bool is_shadow_present_pte(spte pte)", "is_shadow_present_pte(pte)", "whether an entry points at anything"),
    _look("bool is_last_spte(spte pte, int level)", "is_last_spte(pte)", "whether an entry maps memory, rather than a "
          "table"),
    _look("bool is_frozen_spte(spte pte)", "pte is FROZEN_SPTE", "whether an entry is parked while its table goes"),
    _look("bool is_removed_spte(spte pte)", "pte is FROZEN_SPTE", "the former name of is_frozen_spte"),
    _look("kvm_pfn_t spte_to_pfn(spte pte)", "page_of(pte)", "the frame that an entry points at"),
    _look("struct kvm_mmu_page *spte_to_child_sp(spte pte)", "child_sp(pte)", "the table that an entry points at"),
    _look("tdp_ptep_t spte_to_child_pt(spte pte, int level)", "(child_sp(pte), 0)",
          "the first entry of the table that an entry points at"),
    _look("struct kvm_mmu_page *sptep_to_sp(tdp_ptep_t sptep)", "sptep[0]", "the table that holds an entry"),
    _look("bool is_mirror_sptep(tdp_ptep_t sptep)", "is_mirror_sp(sptep[0])", "whether an entry is one of the mirror"),
    _look("spte kvm_tdp_mmu_read_spte(tdp_ptep_t sptep)", "read_spte(sptep)", "an entry's value"),
    Row("spte kvm_tdp_mmu_write_spte(tdp_ptep_t sptep, spte old_spte, spte new_spte, int level)",
        "write_spte(sptep, new_spte)", "sets an entry and returns what it was"),
    Row("spte kvm_tdp_mmu_write_spte_atomic(tdp_ptep_t sptep, spte new_spte)", "write_spte(sptep, new_spte)",
        "sets an entry and returns what it was"),
    Row("void __kvm_tdp_mmu_write_spte(tdp_ptep_t sptep, spte new_spte)", "write_spte(sptep, new_spte)",
        "sets an entry"),
    _look("int kvm_mmu_page_as_id(struct kvm_mmu_page *sp)", "0", "the address space of a table; the model has one"),
    _look("bool is_tdp_mmu_page(struct kvm_mmu_page *sp)", "sp.header or True", "true of every table of the model"),
    Row("void tdp_mmu_unlink_sp(struct kvm *kvm, struct kvm_mmu_page *sp)", "tdp_mmu_unlink_sp(kvm, sp)",
        "takes a table off KVM's accounting"),
    Row("void handle_changed_spte(struct kvm *kvm, struct kvm_mmu_page *sp, gfn_t gfn, spte old_spte, spte new_spte, "
        "int level, bool shared)", "handle_changed_spte(kvm, sp, gfn, old_spte, new_spte, level, shared)",
        "lets everything follow from a changed entry"),
    Row("void handle_changed_spte(struct kvm *kvm, int as_id, gfn_t gfn, spte old_spte, spte new_spte, int level, "
        "bool shared)", "handle_changed_spte(kvm, None, gfn, old_spte, new_spte, level, shared)",
        "lets everything follow from a changed entry; in the model that includes taking the guest page back"),
    Row("void free_page(vaddr address)", "host.memory.free_page(address)", "frees the page at an address; NULL is "
        "fine"),
    Row("void free_pages(vaddr address, unsigned int order)", "free_pages(host, address, order)",
        "frees the page at an address; the model has pages of 4 KiB only"),
    Row("void __free_page(struct page *page)", "host.memory.free_page(page)", "frees a page"),
    Row("void kmem_cache_free(struct kmem_cache *cache, struct kvm_mmu_page *sp)", "free_header(sp)",
        "frees the struct kvm_mmu_page itself"),
    # Roots, and the walk through a tree.
    _look("bool refcount_dec_and_test(struct refcount *count)", "count is not None", "true: the TDP MMU's own "
          "reference to a root is the last in a teardown"),
    _look("unsigned int refcount_read(struct refcount *count)", "1 if count else 0", "1: the TDP MMU's own reference"),
    Row("void list_del_rcu(struct list_head *entry)", "vm.tdp_mmu_roots.remove(entry)", "takes a root off the list"),
    _look("bool list_empty(struct list_head *list)", "not list.tdp_mmu_roots", "whether there is no root any more"),
    Row("void rcu_barrier(void)", "host.rcu.rcu_barrier()", "waits until every callback has run"),
    Row("void write_lock(struct rwlock *lock)", "put(lock, 'mmu_lock', 'write')", "takes mmu_lock for write"),
    Row("void read_lock(struct rwlock *lock)", "put(lock, 'mmu_lock', 'read')", "takes mmu_lock for read"),
    Row("void write_unlock(struct rwlock *lock)", "put(lock, 'mmu_lock', '')", "gives mmu_lock back"),
    Row("void read_unlock(struct rwlock *lock)", "put(lock, 'mmu_lock', '')", "gives mmu_lock back"),
    _look("bool tdp_mmu_iter_cond_resched(struct kvm *kvm, struct tdp_iter *iter, bool flush, bool shared)",
          "kvm is None", "false: the model's walk never has to yield"),
    Row("int tdp_mmu_set_spte_atomic(struct kvm *kvm, struct tdp_iter *iter, spte new_spte)", "beyond_a_teardown()",
        "changes an entry beside other threads, which a teardown has not"),
    _look("gfn_t tdp_mmu_max_gfn_exclusive(void)", "1 << 40", "the guest frame behind the last one"),
    Row("void __tdp_mmu_zap_root(struct kvm *kvm, struct kvm_mmu_page *root, bool shared, int zap_level)",
        "__tdp_mmu_zap_root(kvm, root, shared, zap_level)", "clears every present entry of one level"),
    Row("void tdp_mmu_zap_root(struct kvm *kvm, struct kvm_mmu_page *root, bool shared)",
        "tdp_mmu_zap_root(kvm, root, shared)", "clears the whole tree, in passes that grow coarser"),
    Row("void kvm_tdp_mmu_put_root(struct kvm *kvm, struct kvm_mmu_page *root)", "kvm_tdp_mmu_put_root(kvm, root)",
        "drops the last reference to a root"),
    Row("void kvm_tdp_mmu_zap_invalidated_roots(struct kvm *kvm, bool shared)",
        "kvm_tdp_mmu_zap_invalidated_roots(kvm, shared)", "zaps each root that was marked for it"),
    Row("void kvm_tdp_mmu_invalidate_roots(struct kvm *kvm, u32 root_types)", "kvm_tdp_mmu_invalidate_roots(kvm)",
        "marks every root invalid; the model has the mirror's only"),
    Row("void tdp_mmu_iter_set_spte(struct kvm *kvm, struct tdp_iter *iter, spte new_spte)",
        "tdp_mmu_iter_set_spte(kvm, iter, new_spte)", "sets the entry that a walk stands on"),
    Row("spte tdp_mmu_set_spte(struct kvm *kvm, tdp_ptep_t sptep, spte old_spte, spte new_spte, gfn_t gfn, int level)",
        "tdp_mmu_set_spte(kvm, sptep[0], sptep[1], old_spte, new_spte, gfn, level)", "sets an entry under mmu_lock"),
    # vCPUs, and the release of the key.
    Row("void tdx_flush_vp_on_cpu(struct kvm_vcpu *vcpu)", "tdx_flush_vp_on_cpu(vm, vcpu)",
        "has a vCPU flushed on the processor that holds it"),
    Row("void tdx_flush_vp(void *arg)", "tdx_flush_vp(vm, arg)", "flushes a vCPU, on the processor that holds it"),
    Row("void smp_func_do_phymem_cache_wb(void *unused)", "smp_func_do_phymem_cache_wb(vm)",
        "writes back the caches of a package"),
    Row("void tdx_hkid_free(struct kvm_tdx *kvm_tdx)", "tdx_hkid_free(kvm_tdx)", "returns the key id to the pool"),
    Row("void tdx_mmu_release_hkid(struct kvm *kvm)", "tdx_mmu_release_hkid(kvm)", "gives the TD's key back"),
    Row("void tdx_reclaim_control_page(struct page *ctrl_page)", "tdx_reclaim_control_page(vm, page_of(ctrl_page))",
        "gives back one control page; if that fails it is leaked"),
    Row("void tdx_reclaim_td_control_pages(struct kvm *kvm)", "tdx_reclaim_td_control_pages(kvm)",
        "gives back the TD's own control pages"),
    _look("struct vcpu_tdx *to_tdx(struct kvm_vcpu *vcpu)", "vcpu", "the TDX part of a vCPU; one object in the model"),
    _look("int raw_smp_processor_id(void)", "0", "the processor; the model has one"),
    _look("int topology_physical_package_id(int cpu)", "cpu", "the package of a processor; the model has one"),
    Row("void list_del(struct cpu_list *entry)", "None", "takes a vCPU off its processor's list"),
    Row("void kfree(struct page **pages)", "None", "frees a list of pages, which is the model's own"),
    Row("bool zalloc_cpumask_var(cpumask_var_t *mask, gfp_t flags)", "True", "makes room for a set of processors"),
    Row("void free_cpumask_var(cpumask_var_t mask)", "None", "frees a set of processors"),
    Row("bool cpumask_test_and_set_cpu(int cpu, cpumask_var_t mask)", "False", "false: each package is met once"),
    Row("u64 tdh_vp_flush(struct tdx_vp *vp)", "host.tdx.tdh_vp_flush(vm.tdr_page, vp.index)",
        "TDH.VP.FLUSH: flushes a vCPU from the processor that holds it"),
    Row("u64 tdh_mng_vpflushdone(struct tdx_td *td)", "host.tdx.tdh_mng_vpflushdone(td.tdr_page)",
        "TDH.MNG.VPFLUSHDONE: confirms that no processor holds a vCPU"),
    Row("u64 tdh_mng_key_freeid(struct tdx_td *td)", "host.tdx.tdh_mng_key_freeid(td.tdr_page)",
        "TDH.MNG.KEY.FREEID: gives the key id back"),
    Row("u64 tdh_phymem_page_wbinvd_tdr(struct tdx_td *td)", "host.tdx.tdh_phymem_page_wbinvd(td.tdr_page)",
        "TDH.PHYMEM.PAGE.WBINVD of the TDR, which is under the module's own key"),
    # TDX.
    _look("struct kvm_tdx *to_kvm_tdx(struct kvm *kvm)", "kvm", "the TDX part of a VM; one object in the model"),
    _look("bool is_hkid_assigned(struct kvm_tdx *kvm_tdx)", "is_hkid_assigned(kvm_tdx)", "whether the TD still has its "
          "key id"),
    Row("int tdx_reclaim_page(struct page *page)", "-EIO if tdx_reclaim_page(host, page_of(page)) else 0",
        "asks the TDX module for a page back and makes it fit for use"),
    Row("int __tdx_reclaim_page(struct page *page)", "-EIO if __tdx_reclaim_page(host, page_of(page)) else 0",
        "asks the TDX module for a page back; any failure is reported there"),
    Row("void tdx_quirk_reset_paddr(hpa_t base, unsigned long size)",
        "tdx_quirk_reset_paddr(host, one_page(base, size))", "overwrites a page that carries old private data"),
    Row("void tdx_quirk_reset_page(struct page *page)", "tdx_quirk_reset_paddr(host, page_of(page))",
        "overwrites a page that carries old private data"),
    Row("void tdx_clear_page(struct page *page)", "tdx_quirk_reset_paddr(host, page_of(page))",
        "overwrites a page that carries old private data"),
    Row("void tdx_track(struct kvm *kvm)", "tdx_track(kvm, None)",
        "makes sure that no vCPU still uses a stale translation"),
    _look("bool tdx_operand_busy(u64 err)", "err & 0xFFFFFFFF00000000 == 0x8000020000000000",
          "whether a SEAMCALL met a lock"),
    _look("int pg_level_to_tdx_sept_level(int level)", "level - 1", "the TDX module's number of a level"),
    Row("u64 tdh_phymem_page_reclaim(struct page *page, u64 *tdx_pt, u64 *tdx_owner, u64 *tdx_size)",
        "page_reclaim(host, page_of(page), tdx_pt, tdx_owner, tdx_size)",
        "TDH.PHYMEM.PAGE.RECLAIM: asks the module to enter a page as the host's again"),
    Row("u64 tdh_mem_track(struct tdx_td *td)", "mem_track(td)", "TDH.MEM.TRACK: advances the TD's epoch"),
    Row("u64 tdh_phymem_cache_wb(bool resume)", "host.tdx.tdh_phymem_cache_wb(vm.tdr_page)",
        "TDH.PHYMEM.CACHE.WB: writes back the caches of a package"),
    Row("u64 tdh_mem_range_block(struct tdx_td *td, u64 gpa, int level, u64 *ext_err1, u64 *ext_err2)",
        "mem_call(td, 'tdh_mem_range_block', gpa, level, ext_err1, ext_err2)",
        "TDH.MEM.RANGE.BLOCK: blocks the entry that maps a guest page"),
    Row("u64 tdh_mem_page_remove(struct tdx_td *td, u64 gpa, int level, u64 *ext_err1, u64 *ext_err2)",
        "mem_call(td, 'tdh_mem_page_remove', gpa, level, ext_err1, ext_err2)",
        "TDH.MEM.PAGE.REMOVE: takes a blocked guest page out of the S-EPT"),
    Row("u64 tdh_phymem_page_wbinvd_hkid(u64 hkid, struct page *page)",
        "host.tdx.tdh_phymem_page_wbinvd(page_of(page))", "TDH.PHYMEM.PAGE.WBINVD: flushes one page from the caches"),
    Row("u64 tdh_phymem_page_wbinvd_hkid(u64 hkid, kvm_pfn_t pfn)", "host.tdx.tdh_phymem_page_wbinvd(page_of(pfn))",
        "TDH.PHYMEM.PAGE.WBINVD: flushes one page from the caches"),
)  # fmt: skip
"""Functions, and macros that look like functions, by prototype; several rows of one name are tried in turn."""

MEMBERS: Final = (
    Member("kvm", "vm_bugged", "bool", "vm_bugged", "whether KVM has caught itself in a fault with this VM"),
    Member("kvm", "vm_dead", "bool", "vm_dead", "whether the VM takes no more orders"),
    Member("kvm", "arch", "struct kvm_arch", "", "what is x86's of a VM"),
    Member("kvm", "mmu_lock", "struct rwlock", "", "the lock of the page tables"),
    Member("kvm", "users_count", "struct refcount", "", "who uses the VM"),
    Member("kvm", "created_vcpus", "int", "created_vcpus", "how many vCPUs there are"),
    Member("kvm_arch", "tdp_mmu_roots", "struct list_head", "", "the list of roots"),
    Member("tdp_iter", "sptep", "tdp_ptep_t", "sptep", "the entry that a walk stands on"),
    Member("tdp_iter", "old_spte", "spte", "old_spte", "its value", settable=True),
    Member("tdp_iter", "gfn", "gfn_t", "gfn", "the first guest frame that it covers"),
    Member("tdp_iter", "level", "int", "level", "the level of its table"),
    Member("tdp_iter", "yielded", "bool", "level is None", "whether the walk gave way; it never has to"),
    Member("kvm_mmu_page", "link", "struct list_head", "", "its place in the list of roots"),
    Member("kvm_mmu_page", "tdp_mmu_root_count", "struct refcount", "", "who refers to a root"),
    Member("kvm_mmu_page", "tdp_mmu_scheduled_root_to_zap", "bool", "tdp_mmu_scheduled_root_to_zap",
           "whether a root is to be zapped", settable=True),
    Member("kvm_tdx", "kvm", "struct kvm", "", "the VM that a TD is"),
    Member("kvm_tdx", "td", "struct tdx_td", "", "what the TDX module is told of the TD"),
    Member("kvm_tdx", "hkid", "int", "hkid", "the key id, -1 once it is freed"),
    Member("kvm_tdx", "state", "int", "state", "how far the TD is", settable=True),
    Member("kvm_tdx", "wait_for_sept_zap", "bool", "wait_for_sept_zap", "whether vCPUs wait, of which none runs here",
           settable=True),
    Member("tdx_td", "tdr_page", "struct page *", "tdr_page", "the TD's root control page", dropped=True),
    Member("tdx_td", "tdcs_pages", "struct page **", "tdcs_pages", "the TD's other control pages", dropped=True),
    Member("tdx_td", "tdcs_nr_pages", "int", "tdcs_nr_pages", "how many these are"),
    Member("tdx_td", "tdcx_nr_pages", "int", "tdcx_nr_pages", "how many control pages a vCPU has besides its root"),
    Member("kvm_vcpu", "kvm", "struct kvm *", "kvm", "the VM that a vCPU belongs to"),
    Member("kvm_vcpu", "cpu", "int", "cpu", "the processor that holds a vCPU, -1 for none", settable=True),
    Member("vcpu_tdx", "state", "int", "state", "how far a vCPU is", settable=True),
    Member("vcpu_tdx", "cpu_list", "struct cpu_list", "", "its place in a processor's list"),
    Member("vcpu_tdx", "vp", "struct tdx_vp", "", "what the TDX module is told of a vCPU"),
    Member("tdx_vp", "tdvpr_page", "struct page *", "tdvpr_page", "a vCPU's root control page", dropped=True),
    Member("tdx_vp", "tdcx_pages", "struct page **", "tdcx_pages", "its other control pages", dropped=True),
    Member("tdx_vp", "tdvpr_pa", "u64", "index and 0", "the address of its root control page", dropped=True),
    Member("kvm_mmu_page", "spt", "struct spt *", "spt", "the table page of the mirror; in C a u64 *"),
    Member("kvm_mmu_page", "external_spt", "void *", "external_spt", "the S-EPT page of a table; set to NULL it is "
           "forgotten, which is how a page is leaked", settable=True, null_only=True),
    Member("kvm_mmu_page", "gfn", "gfn_t", "gfn", "the first guest frame that a table covers"),
    Member("kvm_mmu_page", "role", "union kvm_mmu_page_role", "", "what kind of table it is"),
    Member("kvm_mmu_page", "rcu_head", "struct rcu_head", "", "what call_rcu queues"),
    Member("kvm_mmu_page", "tdp_mmu_page", "bool", "is_mirror or True", "true of every table of the model"),
    Member("kvm_mmu_page", "nx_huge_page_disallowed", "bool", "is_mirror and False", "never in a TD: no huge pages"),
    Member("kvm_mmu_page_role", "level", "int", "level", "1 for a table whose entries map 4 KiB"),
    Member("kvm_mmu_page_role", "is_mirror", "bool", "is_mirror", "whether it is a table of the mirror"),
    Member("kvm_mmu_page_role", "invalid", "bool", "invalid", "whether a root is marked for destruction",
           settable=True),
)  # fmt: skip
"""Members of the kernel's structs; an empty Python is the object itself."""

CONSTANTS: Final = (
    Constant("NULL", 0, "void *", "no pointer"),
    Constant("true", 1, "int", "1"),
    Constant("false", 0, "int", "0"),
    Constant("PG_LEVEL_NONE", 0, "int", "no level"),
    Constant("PG_LEVEL_4K", 1, "int", "the level of tables whose entries map 4 KiB"),
    Constant("PG_LEVEL_2M", 2, "int", "the level of tables whose entries cover 2 MiB"),
    Constant("PG_LEVEL_1G", 3, "int", "the level of tables whose entries cover 1 GiB"),
    Constant("PG_LEVEL_512G", 4, "int", "the level of tables whose entries cover 512 GiB"),
    Constant("PT64_ROOT_4LEVEL", 4, "int", "the level of the root of four levels"),
    Constant("PT64_ROOT_5LEVEL", 5, "int", "the level of the root of five levels"),
    Constant("PT64_ROOT_MAX_LEVEL", 5, "int", "the highest level of a root"),
    Constant("KVM_INVALID_ROOTS", 1, "int", "roots that are marked for destruction"),
    Constant("KVM_DIRECT_ROOTS", 2, "int", "roots of the shared half, of which the model has none"),
    Constant("KVM_MIRROR_ROOTS", 4, "int", "roots of the mirror"),
    Constant("KVM_VALID_ROOTS", 6, "int", "roots that are not marked for destruction"),
    Constant("KVM_ALL_ROOTS", 7, "int", "all roots"),
    Constant("TD_STATE_UNINITIALIZED", 0, "int", "a TD that is not set up, or not any more"),
    Constant("TD_STATE_INITIALIZED", 1, "int", "a TD that is set up"),
    Constant("TD_STATE_RUNNABLE", 2, "int", "a TD that may run"),
    Constant("VCPU_TD_STATE_UNINITIALIZED", 0, "int", "a vCPU that is not set up, or not any more"),
    Constant("VCPU_TD_STATE_INITIALIZED", 1, "int", "a vCPU that is set up"),
    Constant("GFP_KERNEL", 0, "int", "how memory is asked for"),
    Constant("TDX_INTERRUPTED_RESUMABLE", 0x8000_0003_0000_0000, "u64", "a SEAMCALL that wants to go on later; the "
             "model's never does"),
    Constant("TDX_NO_HKID_READY_TO_WBCACHE", 0x8000_0821_0000_0000, "u64", "the caches were written back before"),
    Constant("PAGE_SIZE", 4096, "unsigned long", "bytes of a page"),
    Constant("PAGE_SHIFT", 12, "int", "the logarithm of a page's bytes"),
    Constant("FROZEN_SPTE", "FROZEN_SPTE", "spte", "the value at which an entry is parked while its table goes"),
    Constant("REMOVED_SPTE", "FROZEN_SPTE", "spte", "the former name of FROZEN_SPTE"),
    Constant("SHADOW_NONPRESENT_VALUE", "SHADOW_NONPRESENT_VALUE", "spte", "the value of an entry that points at "
             "nothing"),
    Constant("EIO", EIO, "int", "an error of input or output"),
    Constant("EBUSY", EBUSY, "int", "something is in use"),
    Constant("EINVAL", EINVAL, "int", "a wrong argument"),
    Constant("ENOMEM", ENOMEM, "int", "no memory"),
    Constant("EAGAIN", EAGAIN, "int", "try again"),
    Constant("ENOENT", ENOENT, "int", "nothing of that name"),
    Constant("EPERM", EPERM, "int", "not allowed"),
    Constant("EFAULT", EFAULT, "int", "a wrong address"),
    Constant("EEXIST", EEXIST, "int", "it exists"),
    Constant("ENOSPC", ENOSPC, "int", "no room"),
    Constant("E2BIG", E2BIG, "int", "too large"),
    Constant("U64_MAX", (1 << 64) - 1, "u64", "the largest u64"),
    Constant("U32_MAX", (1 << 32) - 1, "u32", "the largest u32"),
    Constant("INT_MAX", (1 << 31) - 1, "int", "the largest int"),
    Constant("INT_MIN", -(1 << 31), "int", "the smallest int"),
    Constant("TDX_SUCCESS", SUCCESS, "u64", "the TDX module did as it was asked"),
    Constant("TDX_SEAMCALL_STATUS_MASK", 0xFFFFFFFF00000000, "u64", "the bits of a status that say what happened"),
    Constant("TDX_OPERAND_BUSY", STATUS["OPERAND_BUSY"] & ~0xFFFFFFFF, "u64", "a SEAMCALL met a lock"),
    Constant("TDX_FLUSHVP_NOT_DONE", FLUSHVP_NOT_DONE, "u64", "a vCPU is still with some processor"),
    Constant("TDX_VCPU_NOT_ASSOCIATED", VCPU_NOT_ASSOCIATED, "u64", "no processor holds this vCPU"),
)  # fmt: skip
"""Constants by name."""

GLOBALS: Final = {"mmu_page_header_cache": "struct kmem_cache *"}
"""Global variables of the kernel that may be handed on; nothing looks into them."""

PASSED_OVER: Final = {
    r"trace_\w+": "tracing", r"lockdep_\w+": "a check of locks", r"smp_(w|r|)mb\w*": "a barrier of memory",
    r"cond_resched\w*": "a chance for others to run", r"cpu_relax": "a pause",
    r"(raw_)?(spin|read|write)_(un)?lock\w*": "a lock", r"(mutex|down|up)_\w+": "a lock",
    r"rcu_read_(un)?lock\w*": "a reader's mark for RCU", r"(srcu|cpus)_read_(un)?lock\w*": "a lock",
    r"local_irq_(save|restore|disable|enable)": "interrupts", r"might_(sleep|lock\w*)": "a check",
    r"kvm_lockdep_assert_\w+": "a check of locks",
    r"guard": "a lock", r"(pr_debug|pr_devel)": "an error line that is off",
    r"kvm_make_all_cpus_request": "kicks vCPUs, of which none runs", r"tdx_no_vcpus_enter_(start|stop)":
    "keeps vCPUs out, of which none runs", r"kvm_flush_remote_tlbs\w*": "flushes vCPUs, of which none runs",
    r"kvm_account_pgtable_pages": "a counter", r"remove_external_spte":
    "the model's handle_changed_spte takes the guest page back itself",
    r"kvm_update_page_stats": "a counter", r"fallthrough": "a mark",
}  # fmt: skip
"""Calls that are passed over without further ado, and listed: a pattern and what they are."""
