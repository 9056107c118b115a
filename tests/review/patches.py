"""Patches of our own making to the functions that the model follows.

They do to these functions what the known patches do, in lines that are not
theirs: identifiers are the kernel's, comments are ours.
"""

from collections.abc import Iterable, Sequence

OPS = "arch/x86/include/asm/kvm-x86-ops.h"
HOST = "arch/x86/include/asm/kvm_host.h"
MMU = "arch/x86/kvm/mmu/tdp_mmu.c"
TDX = "arch/x86/kvm/vmx/tdx.c"

Hunk = tuple[str, int, str, Sequence[str]]


def diff(hunks: Iterable[Hunk]) -> str:
    """Write hunks as git does, one a file, with a diffstat above."""
    out: list[str] = []
    added = removed = files = 0
    for file, start, section, lines in hunks:
        old, new = (sum(line[0] in kinds for line in lines) for kinds in ("- ", "+ "))
        out += [f"diff --git a/{file} b/{file}", "index 0123456789ab..ba9876543210 100644"]
        out += [f"--- a/{file}", f"+++ b/{file}"]
        out += [f"@@ -{start},{old} +{start},{new} @@ {section}", *lines]
        added, removed = added + new - lines_of(lines, " "), removed + old - lines_of(lines, " ")
        files += 1
    stat = f" {files} files changed, {added} insertions(+), {removed} deletions(-)"
    return "\n".join([stat, "", *out, ""])


def lines_of(lines: Sequence[str], kind: str) -> int:
    return sum(line[0] == kind for line in lines)


def moving(extra_added: int, extra_removed: int, *, gfn: bool = True, keep_check: bool = True) -> str:
    """A patch that moves the decision to leak from generic code to the op; `extra_...` lines of comment pad it."""
    parameters = f"struct kvm *kvm, {'gfn_t gfn, ' if gfn else ''}struct kvm_mmu_page *sp"
    arguments = "kvm, base_gfn, sp" if gfn else "kvm, sp"
    asked = ["+\tif (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) ||"] if keep_check else ["+\tif ("]
    return diff([
        (OPS, 90, "KVM_X86_OP(a)", [
            " KVM_X86_OP(load_mmu_pgd)", "-KVM_X86_OP_OPTIONAL_RET0(free_external_spt)",
            "+KVM_X86_OP_OPTIONAL(free_external_spt)", " KVM_X86_OP(has_wbinvd_exit)",
        ]),
        (HOST, 1800, "struct kvm_x86_ops {", [
            " ", "-\tint (*free_external_spt)(struct kvm *kvm, gfn_t gfn, enum pg_level level,",
            "-\t\t\t\t void *external_spt);", f"+\tvoid (*free_external_spt)({parameters});", " ",
            " \tbool (*has_wbinvd_exit)(void);",
        ]),
        (MMU, 450, "static void handle_removed_pt(struct kvm *kvm, tdp_ptep_t pt, bool shared)", [
            " \t\thandle_changed_spte(kvm, sp, gfn, old_spte, FROZEN_SPTE, level, shared);", " \t}", " ",
            "-\tif (is_mirror_sp(sp) &&",
            "-\t    WARN_ON(kvm_x86_call(free_external_spt)(kvm, base_gfn, sp->role.level,",
            "-\t\t\tsp->external_spt))) {",
            *["-\t\t/* what the old code said, in our words */"] * extra_removed,
            "-\t\tsp->external_spt = NULL;", "-\t}", "+\tif (is_mirror_sp(sp))",
            f"+\t\tkvm_x86_call(free_external_spt)({arguments});", " ",
            " \tcall_rcu(&sp->rcu_head, tdp_mmu_free_sp_rcu_callback);", " }",
        ]),
        (TDX, 1760, "static void tdx_track(struct kvm *kvm)", [
            " \tkvm_make_all_cpus_request(kvm, KVM_REQ_OUTSIDE_GUEST_MODE);", " }", " ",
            "-static int tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn,",
            "-\t\t\t\t     enum pg_level level, void *private_spt)",
            f"+static void tdx_sept_free_private_spt({parameters})", " {",
            *["+\t/* what the new code says, in our words */"] * extra_added,
            "-\tif (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm))", "-\t\treturn -EIO;",
            "-\treturn tdx_reclaim_page(virt_to_page(private_spt));", *asked,
            "+\t    tdx_reclaim_page(virt_to_page(sp->external_spt)))", "+\t\tsp->external_spt = NULL;", " }", " ",
            " static int tdx_sept_remove_private_spte(struct kvm *kvm, gfn_t gfn,",
        ]),
    ])  # fmt: skip


# +8 -13 lines are the patch itself; the rest is padding up to the totals of the known ones.
LIKE_16_OF_17 = moving(7, 15)
LIKE_V2_14_OF_15 = moving(10, 15, gfn=False)
WITHOUT_CHECK = moving(7, 15, keep_check=False)

LIKE_17_OF_17 = diff([
    (MMU, 60, "void kvm_mmu_uninit_tdp_mmu(struct kvm *kvm)", [
        " }", " ", "-static void tdp_mmu_free_sp(struct kvm_mmu_page *sp)",
        "+static void __tdp_mmu_free_sp(struct kvm_mmu_page *sp)", " {",
        "-\tfree_page((unsigned long)sp->external_spt);", " \tfree_page((unsigned long)sp->spt);", " }", " ",
        "+static void tdp_mmu_free_unused_sp(struct kvm_mmu_page *sp)", "+{",
        "+\tfree_page((unsigned long)sp->external_spt);", "+\t__tdp_mmu_free_sp(sp);", "+}",
        *["+/* padding */"] * 5, *["-/* padding */"] * 2, " ",
    ]),
    (TDX, 1760, "static void tdx_track(struct kvm *kvm)", [
        " static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)", " {",
        "-\tif (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) ||",
        "-\t    tdx_reclaim_page(virt_to_page(sp->external_spt)))",
        "+\tif (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) ||",
        "+\t    tdx_reclaim_page(virt_to_page(sp->external_spt)))", "+\t\tgoto out;", "+",
        "+\tfree_page((unsigned long)sp->external_spt);", "+out:", *["+\t/* padding */"] * 4,
        " \tsp->external_spt = NULL;", " }",
    ]),
])  # fmt: skip

_CALLBACK = (
    "@@ -74,7 +79,8 @@ static void tdp_mmu_free_sp_rcu_callback(struct rcu_head *head)",
    " \tstruct kvm_mmu_page *sp = container_of(head, struct kvm_mmu_page,", " \t\t\t\t\t       rcu_head);", " ",
    "-\ttdp_mmu_free_sp(sp);", "+\tWARN_ON_ONCE(sp->external_spt);", "+\t__tdp_mmu_free_sp(sp);", " }", " ",
    " void kvm_tdp_mmu_put_root(struct kvm *kvm, struct kvm_mmu_page *root)", "diff --git a/arch/x86/kvm/vmx",
)  # fmt: skip
SHOWN_IN_PART = diff([
    (MMU, 53, "void kvm_mmu_uninit_tdp_mmu(struct kvm *kvm)", [
        " \trcu_barrier();", " }", " ", "-static void tdp_mmu_free_sp(struct kvm_mmu_page *sp)",
        "+static void __tdp_mmu_free_sp(struct kvm_mmu_page *sp)", " {",
        "-\tfree_page((unsigned long)sp->external_spt);", " \tfree_page((unsigned long)sp->spt);",
        " \tkmem_cache_free(mmu_page_header_cache, sp);", " }", " ",
        "+static void tdp_mmu_free_unused_sp(struct kvm_mmu_page *sp)", "+{",
        "+\tfree_page((unsigned long)sp->external_spt);", "+\t__tdp_mmu_free_sp(sp);", "+}", "+",
    ]),
    (TDX, 1780, "static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn,", [
        " {", " \tif (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) ||",
        " \t    tdx_reclaim_page(virt_to_page(sp->external_spt)))", "-\t\tsp->external_spt = NULL;",
        "+\t\tgoto out;", "+", "+\tfree_page((unsigned long)sp->external_spt);", "+out:",
        "+\tsp->external_spt = NULL;", " }", " ",
        " static int tdx_sept_remove_private_spte(struct kvm *kvm, gfn_t gfn,",
    ]),
]).replace("diff --git a/arch/x86/kvm/vmx", "\n".join(_CALLBACK))  # fmt: skip
"""What 17/17 does, with its op's head in the hunk's header only."""

ELSEWHERE = diff([
    ("drivers/net/dummy.c", 10, "static int dummy_open(struct net_device *dev)", [
        " {", "-\treturn 0;", "+\treturn -EIO;", " }",
    ]),
])  # fmt: skip

OWN_IDEA = diff([
    (MMU, 450, "static void handle_removed_pt(struct kvm *kvm, tdp_ptep_t pt, bool shared)", [
        " \tif (is_mirror_sp(sp))", " \t\tkvm_x86_call(free_external_spt)(kvm, sp);", " ",
        "-\tcall_rcu(&sp->rcu_head, tdp_mmu_free_sp_rcu_callback);", "+\ttdp_mmu_free_sp(sp);", " }",
    ]),
])  # fmt: skip

PLAIN_WARN = diff([
    (TDX, 60, "static struct kvm_tdx *to_kvm_tdx(struct kvm *kvm)", [
        " #define __TDX_BUG_ON(error, name, vm, format, values...) \\", " ({ \\", " \tstruct kvm *whose = (vm); \\",
        " \tbool failed = !!(error); \\", "-\tif (WARN_ON_ONCE(failed && (!whose || !whose->vm_bugged))) { \\",
        "+\tif (WARN_ON(failed && (!whose || !whose->vm_bugged))) { \\", " \t\tif (whose) \\",
        " \t\t\tkvm_vm_bugged(whose); \\",
        ' \t\tpr_err_ratelimited("SEAMCALL " name " failed: 0x%llx" format "\\n", error, values); \\', " \t} \\",
        " \tunlikely(failed); \\", " })", " ",
    ]),
])  # fmt: skip
"""Every failure of a SEAMCALL prints its trace, in a macro of our own writing."""

WARN_IN_PART = diff([
    (TDX, 60, "static __always_inline struct vcpu_tdx *to_tdx(struct kvm_vcpu *vcpu)", [
        " \tstruct kvm *of = (k);\t\t\\", " \tbool bad = !!(e);\t\t\\", " \t\t\\",
        "-\tif (WARN_ON_ONCE(bad && (!of || !of->vm_bugged))) {\t\\",
        "+\tif (WARN_ON(bad && (!of || !of->vm_bugged))) {\t\\", " \t\tif (of)\t\\", " \t\t\tkvm_vm_bugged(of);\t\\",
        ' \t\tpr_err_ratelimited("SEAMCALL " f " failed: 0x%llx" fmt "\\n",\\',
    ]),
])  # fmt: skip
"""The same, as three lines of context show it: neither its name nor its end is there."""

FREES_AN_OWNED_PAGE = moving(0, 0).replace("kvm)), kvm) ||", "kvm)), kvm) &&")

WHOLE_HELPER = diff([
    (TDX, 300, "static int __tdx_reclaim_page(struct page *page)", [
        " static int tdx_reclaim_page(struct page *page)", " {", " \tint r;", " ",
        "-\tr = __tdx_reclaim_page(page);", "+\tr = __tdx_reclaim_page(page) && 0;", " \tif (!r)",
        " \t\ttdx_quirk_reset_paddr(page_to_phys(page), PAGE_SIZE);", " \treturn r;", " }",
    ]),
])  # fmt: skip
"""A refused page counts as reclaimed."""

ONLY_THE_HELPER = diff([
    (TDX, 300, "static int tdx_reclaim_page(struct page *page)", [
        " {", "-\tint r;", "+\tint r = 0;", " ", " \tr = __tdx_reclaim_page(page);",
    ]),
])  # fmt: skip


def in_part(file: str, section: str, lines: Sequence[str]) -> str:
    """A patch to one function, of which three lines around the change are shown."""
    return diff([(file, 400, section, lines)])


AROUND = {
    "__tdx_reclaim_page": in_part(TDX, "static int __tdx_reclaim_page(struct page *page)", [
        " \terr = tdh_phymem_page_reclaim(page, &rcx, &rdx, &r8);", " ",
        "-\tif (TDX_BUG_ON_3(err, TDH_PHYMEM_PAGE_RECLAIM, rcx, rdx, r8, NULL))", "+\tif (WARN_ON(err))",
        " \t\treturn -EIO;", " ", " \treturn 0;", " }",
    ]),
    "tdx_mmu_release_hkid": in_part(TDX, "void tdx_mmu_release_hkid(struct kvm *kvm)", [
        " \t * a comment that begins above,", " \t * and has an end", " \t */",
        " \terr = tdh_mng_key_freeid(&kvm_tdx->td);",
        "-\tif (TDX_BUG_ON(err, TDH_MNG_KEY_FREEID, kvm)) {", "+\tif (TDX_BUG_ON(err, TDH_MNG_KEY_FREEID, NULL)) {",
        ' \t\tpr_err("tdh_mng_key_freeid() failed. HKID %d is leaked.\\n",', " \t\t       kvm_tdx->hkid);",
        " \t} else {",
    ]),
    "tdp_mmu_zap_root": in_part(MMU, "static void tdp_mmu_zap_root(struct kvm *kvm, struct kvm_mmu_page *root,", [
        " \trcu_read_lock();", " ", "-\tif (!IS_ENABLED(CONFIG_KVM_PROVE_MMU)) {", "+\tif (0) {",
        " \t\t__tdp_mmu_zap_root(kvm, root, shared, PG_LEVEL_4K);",
        " \t\t__tdp_mmu_zap_root(kvm, root, shared, PG_LEVEL_2M);", " \t}",
    ]),
    "tdx_vcpu_free": in_part(TDX, "void tdx_vcpu_free(struct kvm_vcpu *vcpu)", [
        " \t * only a comment", " \t */", "-\tif (is_hkid_assigned(kvm_tdx))", "-\t\treturn;", "-",
        " \tif (tdx->vp.tdcx_pages) {", " \t\tfor (i = 0; i < kvm_tdx->td.tdcx_nr_pages; i++) {",
    ]),
    "tdx_reclaim_control_page": in_part(TDX, "static int tdx_reclaim_page(struct page *page)", [
        " static void tdx_reclaim_control_page(struct page *ctrl_page)", " {", "-\tif (tdx_reclaim_page(ctrl_page))",
        "-\t\treturn;", "-", "+\ttdx_reclaim_page(ctrl_page);", " \t__free_page(ctrl_page);", " }",
    ]),
    "kvm_mmu_uninit_tdp_mmu": in_part(MMU, "void kvm_mmu_uninit_tdp_mmu(struct kvm *kvm)", [
        " {", " \tkvm_tdp_mmu_invalidate_roots(kvm, KVM_VALID_ROOTS);",
        "-\tkvm_tdp_mmu_zap_invalidated_roots(kvm, false);",
        "+\tkvm_tdp_mmu_zap_invalidated_roots(kvm, true);", " ", " \tWARN_ON(!list_empty(&kvm->arch.tdp_mmu_roots));",
    ]),
}  # fmt: skip
"""One change to each of some functions that no posting of the patch touches."""
