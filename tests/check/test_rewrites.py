"""Correct patches, written in other ways than the project's: none of them is called a bug."""

from errno import EINVAL, EIO
from typing import Any

import pytest

from kvmviz.check.engine import check
from kvmviz.kvm.mmu_page import FROZEN_SPTE, entry_gfn, is_mirror_sp, is_shadow_present_pte, private_spt, read_entries
from kvmviz.kvm.tdp_mmu import handle_changed_spte, tdp_mmu_unlink_sp
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_quirk_reset_paddr, tdx_reclaim_page, tdx_track
from kvmviz.kvm.vm import kvm_x86_call
from kvmviz.machine.bug import KVM_BUG_ON, TDX_BUG_ON, WARN_ON
from kvmviz.revisions import REVISIONS, Revision
from tests.trying import sampled


class TakenOut(Revision, base="landed"):
    """As C's xchg: the pointer is taken out, the page asked for and freed."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, sp: Any) -> None:
        page, sp.external_spt = private_spt(sp), None
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, page):
            return
        vm.host.memory.free_page(page)


class TakenOutAndPutBack(Revision, base="v1"):
    """As C's xchg, and the callback frees what was reclaimed."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
        page, sp.external_spt = private_spt(sp), None
        if not KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") and not tdx_reclaim_page(vm.host, page):
            sp.external_spt = page


class EarlyReturns(Revision, base="landed"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, sp: Any) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            sp.external_spt = None
            return
        if tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None
            return
        vm.host.memory.free_page(sp.external_spt)
        sp.external_spt = None


def give_back(vm: Any, sp: Any) -> bool:
    return not KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") and not tdx_reclaim_page(vm.host, private_spt(sp))


class Helper(Revision, base="v1"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
        if not give_back(vm, sp):
            sp.external_spt = None


class ForgottenBeforeFree(Revision, base="landed"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, sp: Any) -> None:
        page = private_spt(sp)
        had = give_back(vm, sp)
        sp.external_spt = None
        if had:
            vm.host.memory.free_page(page)


class OtherErrno(Revision, base="before"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: int, level: int, page: Any) -> int:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            return -EINVAL
        err = tdx_reclaim_page(vm.host, page)
        return -EIO if err else 0


class ErrorInALocal(Revision, base="before"):
    @staticmethod
    def handle_removed_pt(vm: Any, sp: Any, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        for index, old_spte in enumerate(read_entries(sp)):
            if not is_shadow_present_pte(old_spte):
                continue
            sp.spt.entries[index] = FROZEN_SPTE
            handle_changed_spte(vm, sp, entry_gfn(sp, index), old_spte, FROZEN_SPTE, sp.level, shared)
        err = 0
        if is_mirror_sp(sp):
            err = kvm_x86_call(vm).free_external_spt(vm, sp.gfn, sp.level, sp.external_spt)
        if WARN_ON(vm.host, err):
            sp.external_spt = None
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)


class OtherOrderOfFrees(Revision, base="v1"):
    @staticmethod
    def tdp_mmu_free_sp(vm: Any, sp: Any) -> None:
        vm.host.memory.free_page(sp.spt)
        vm.host.memory.free_page(sp.external_spt)
        sp.header = False


class HeaderLast(Revision, base="before"):
    @staticmethod
    def tdp_mmu_free_sp(vm: Any, sp: Any) -> None:
        for page in (sp.spt, sp.external_spt):
            vm.host.memory.free_page(page)
        sp.header = False


class CallbackFreesItself(Revision, base="landed"):
    @staticmethod
    def tdp_mmu_free_sp_rcu_callback(vm: Any, sp: Any) -> None:
        vm.host.memory.free_page(sp.spt)
        sp.header = False


class FrozenInTwoRounds(Revision, base="v1"):
    """First every entry is frozen, then each change is handled."""

    @staticmethod
    def handle_removed_pt(vm: Any, sp: Any, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        old = list(read_entries(sp))
        for index in range(len(old)):
            sp.spt.entries[index] = FROZEN_SPTE
        for index, old_spte in enumerate(old):
            if is_shadow_present_pte(old_spte):
                handle_changed_spte(vm, sp, entry_gfn(sp, index), old_spte, FROZEN_SPTE, sp.level, shared)
        kvm_x86_call(vm).free_external_spt(vm, sp.gfn, sp)
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)


class LeafInOneExpression(Revision, base="landed"):
    @staticmethod
    def tdx_sept_remove_leaf_spte(vm: Any, gfn: int, level: int, page: Any) -> int:
        tdx, host, tdr = vm.host.tdx, vm.host, vm.tdr_page
        if KVM_BUG_ON(not is_hkid_assigned(vm), vm, "hkid") or KVM_BUG_ON(level != 1, vm):
            return -EIO
        err = tdx.tdh_mem_range_block(tdr, page)
        if TDX_BUG_ON(host, err, "TDH_MEM_RANGE_BLOCK", vm):
            return -EIO
        tdx_track(vm, page)
        tdx_track(vm, page)
        if TDX_BUG_ON(host, tdx.tdh_mem_page_remove(tdr, page), "TDH_MEM_PAGE_REMOVE", vm):
            return -EIO
        if TDX_BUG_ON(host, tdx.tdh_phymem_page_wbinvd(page), "TDH_PHYMEM_PAGE_WBINVD", vm):
            return -EIO
        tdx_quirk_reset_paddr(host, page)
        return 0


class Derived(EarlyReturns):
    """Derived twice, and says nothing new."""


class DerivedAndMore(Derived, base=Derived):
    @staticmethod
    def tdp_mmu_free_sp(vm: Any, sp: Any) -> None:
        vm.host.memory.free_page(sp.spt)
        sp.header = False


class OnlyTheLastIsReported(Revision, base="v2"):
    """The condition is nested rather than joined."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, sp: Any) -> None:
        failed = KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid")
        if not failed:
            failed = bool(tdx_reclaim_page(vm.host, private_spt(sp)))
        if failed:
            sp.external_spt = None


REWRITES = (
    TakenOut, TakenOutAndPutBack, EarlyReturns, Helper, ForgottenBeforeFree, OtherErrno,
    ErrorInALocal, OtherOrderOfFrees, HeaderLast, CallbackFreesItself, FrozenInTwoRounds, LeafInOneExpression, Derived,
    DerivedAndMore, OnlyTheLastIsReported,
)  # fmt: skip
OTHERWISE = (TakenOut, TakenOutAndPutBack, ForgottenBeforeFree, OtherOrderOfFrees, HeaderLast,
             CallbackFreesItself, LeafInOneExpression)  # fmt: skip
"""Those that do the same things in another order, or with other steps: right, and no equals."""


@pytest.mark.parametrize("which", sampled(REWRITES, 3), ids=lambda which: which.name)
def test_a_correct_rewrite_passes(which: type[Revision]) -> None:
    report = check(which, "1x1x1", progress=False)
    assert report.ok, str(report)
    assert bool(report.like.same_as) == (which not in OTHERWISE), str(report.like)


@pytest.mark.parametrize("base", sampled(REVISIONS, 2))
def test_a_revision_that_changes_nothing_passes_and_equals_its_base(base: str) -> None:
    class Unchanged(Revision, base=base):
        tdp_mmu_free_sp = staticmethod(REVISIONS[base].functions["tdp_mmu_free_sp"])

    report = check(Unchanged, "1x1x2", progress=False)
    assert report.ok and report.like.same_as == (base,) and report.own == {}
    assert [r.verdict for r in report.results] == [r.verdict for r in check(base, "1x1x2", progress=False).results]


def test_a_leak_is_noted_where_it_is_sealed() -> None:
    """A page that was taken out first leaks when the op returns, after its refusal has been reported."""
    from kvmviz.record.runs import run

    steps = run(TakenOut, "tree=1x1x1 fail=L1@0x0").steps
    kinds = [s.event.kind for s in steps if getattr(s.event, "page", "") in ("S-EPT L1 gfn=0x0", "spt L1 gfn=0x0")]
    assert kinds == ["op", "set_null", "seamcall", "leak", "call_rcu", "rcu_callback", "free"]
    leak = next(s for s in steps if s.event.kind == "leak")
    assert leak.chain[-1] == "handle_removed_pt"
    assert not any(s.event.kind == "leak" for s in run(TakenOut, "tree=1x1x1").steps)
