"""Where the model goes beyond the recorded runs; each test rests on the domain notes' facts."""

from collections import Counter
from typing import Any

import pytest

from kvmviz.kvm.mmu_page import kvm_mmu_page, private_spt
from kvmviz.kvm.tdx import tdx_reclaim_page
from kvmviz.kvm.vm import VM
from kvmviz.record.runs import Run, run
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario import CAUSES
from kvmviz.schema.answers import Event

R = "tdx.c:__tdx_reclaim_page:TDX_BUG_ON_3/TDH_PHYMEM_PAGE_RECLAIM"
R_LINE = "tdx.c:__tdx_reclaim_page:pr_err_ratelimited"
H = "tdx.c:tdx_sept_free_private_spt:KVM_BUG_ON/hkid"
M = "tdp_mmu.c:handle_removed_pt:WARN_ON"
ALL = list(REVISIONS)
WARNS_IN_MMU = {"before"}


def of(result: Run, **wanted: Any) -> list[Event]:
    return [e for e in result.events or [] if all(e.get(k) == v for k, v in wanted.items())]


def pages(result: Run, **wanted: Any) -> list[str]:
    return [e["page"] for e in of(result, **wanted)]


@pytest.mark.parametrize("revision", ALL)
def test_phases_come_in_order(revision: str) -> None:
    phases = list(dict.fromkeys(e["phase"] for e in run(revision).events or []))
    assert phases == ["gmem_release", "pre_destroy", "vcpu_free", "mmu_uninit", "vm_destroy"]


def test_guest_pages_go_while_the_key_is_assigned() -> None:
    result = run("before", "tree=1x1x2")
    asked = [e["seamcall"] for e in of(result, phase="gmem_release", kind="seamcall")]
    assert asked == ["TDH.MEM.RANGE.BLOCK", "TDH.MEM.TRACK", "TDH.MEM.PAGE.REMOVE", "TDH.PHYMEM.PAGE.WBINVD"] * 4
    assert pages(result, phase="gmem_release", kind="reset") == [f"guest gfn={g:#x}" for g in (0, 1, 0x200, 0x201)]
    chain = of(result, phase="gmem_release", kind="reset")[0]["chain"]
    assert chain[:6] == [
        "kvm_gmem_release", "__kvm_gmem_invalidate_begin", "kvm_mmu_unmap_gfn_range",
        "kvm_unmap_gfn_range", "kvm_tdp_mmu_unmap_gfn_range", "tdp_mmu_zap_leafs",
    ]  # fmt: skip


@pytest.mark.parametrize("vcpus", [0, 1, 3])
def test_vcpu_pages_come_back_tdcx_first(vcpus: int) -> None:
    result = run("v1", f"vcpus={vcpus}")
    wanted = [p for j in range(vcpus) for p in [*(f"TDCX[{j}][{i}]" for i in range(5)), f"TDVPR[{j}]"]]
    assert pages(result, phase="vcpu_free", kind="free") == wanted
    assert len(of(result, seamcall="TDH.VP.FLUSH")) == vcpus


def test_the_chain_of_a_vcpu_page() -> None:
    event = of(run("v1"), phase="vcpu_free", kind="seamcall")[0]
    assert event["chain"] == [
        "kvm_destroy_vm", "kvm_arch_destroy_vm", "kvm_destroy_vcpus", "tdx_vcpu_free", "tdx_reclaim_control_page",
        "tdx_reclaim_page", "__tdx_reclaim_page",
    ]  # fmt: skip


def test_default_zap_goes_level_by_level_and_prove_mmu_child_first() -> None:
    tree = "tree=1x2x2"
    assert [p.removeprefix("S-EPT ") for p in pages(run("v1", tree), kind="op")] == [
        "L1 gfn=0x0", "L1 gfn=0x200", "L1 gfn=0x40000", "L1 gfn=0x40200", "L2 gfn=0x0", "L2 gfn=0x40000", "L3 gfn=0x0",
    ]  # fmt: skip
    assert [p.removeprefix("S-EPT ") for p in pages(run("v1", f"{tree} zap=prove-mmu"), kind="op")] == [
        "L1 gfn=0x0", "L1 gfn=0x200", "L2 gfn=0x0", "L1 gfn=0x40000", "L1 gfn=0x40200", "L2 gfn=0x40000", "L3 gfn=0x0",
    ]  # fmt: skip


def test_in_a_five_level_tree_the_last_pass_takes_both_upper_levels() -> None:
    levels = [p.split()[1] for p in pages(run("v1", "tree=1x2x1x1"), kind="op")]
    assert levels == ["L1", "L1", "L2", "L2", "L3", "L3", "L4"]


@pytest.mark.parametrize("revision", ALL)
@pytest.mark.parametrize("page", ["L1@0x200", "L3@0x0", "TDCS[2]", "TDVPR[0]", "TDCX[0][3]"])
def test_one_page_that_cannot_be_had_costs_the_tdr_too(revision: str, page: str) -> None:
    result = run(revision, f"fail={page}")
    assert len(result.summary.leaked) == 2
    assert result.summary.leaked[0] == "TDR"
    refused = of(result, kind="seamcall", page="TDR")[0]
    assert refused["status"] == "0xc000040000000000"
    assert refused["registers"][0] == "0x4"


@pytest.mark.parametrize("revision", ALL)
def test_a_failing_tdr_costs_itself_alone(revision: str) -> None:
    assert run(revision, "fail=TDR").summary.leaked == ("TDR",)


@pytest.mark.parametrize("revision", ALL)
@pytest.mark.parametrize("cause", CAUSES)
def test_with_the_key_assigned_every_page_leaks_and_no_reclaim_is_tried(revision: str, cause: str) -> None:
    result = run(revision, f"hkid={cause} tree=1x2x2 vcpus=2")
    tables, controls = 7, 1 + 6 + 2 * 6
    assert result.summary.leaked_count == tables + controls
    assert result.summary.leaked_bytes == 4096 * (tables + controls)
    assert not of(result, seamcall="TDH.PHYMEM.PAGE.RECLAIM")
    assert result.summary.hkid == "leaked"


@pytest.mark.parametrize(
    ("cause", "sites", "bugged"),
    [
        ("flushvp-not-done", [], False),
        ("vp-flush-error", ["tdx_flush_vp_on_cpu:TDX_BUG_ON/TDH_VP_FLUSH"], True),
        ("vpflushdone-error", ["tdx_mmu_release_hkid:TDX_BUG_ON/TDH_MNG_VPFLUSHDONE"], True),
        ("cache-wb-error", ["smp_func_do_phymem_cache_wb:TDX_BUG_ON/TDH_PHYMEM_CACHE_WB",
                            "tdx_mmu_release_hkid:TDX_BUG_ON/TDH_MNG_KEY_FREEID"], True),
        ("key-freeid-error", ["tdx_mmu_release_hkid:TDX_BUG_ON/TDH_MNG_KEY_FREEID"], True),
    ],
)  # fmt: skip
def test_what_each_cause_says_before_the_tables_are_touched(cause: str, sites: list[str], bugged: bool) -> None:
    result = run("v1", f"hkid={cause}")
    assert [e["site"] for e in of(result, phase="pre_destroy", kind="warn")] == [f"tdx.c:{site}" for site in sites]
    assert bool(of(result, phase="pre_destroy", kind="vm_bugged")) == bugged


# The truth table of the domain notes, section 8: N tables, K failing reclaims, first TD of the boot.


@pytest.mark.parametrize("revision", ALL)
@pytest.mark.parametrize(("tree", "n"), [("1x1x1", 3), ("1x2x2", 7), ("1x1x8", 10)])
def test_table_a1_key_assigned_and_vm_bugged(revision: str, tree: str, n: int) -> None:
    result = run(revision, f"tree={tree} hkid=key-freeid-error")
    in_uninit = Counter(e["site"] for e in of(result, phase="mmu_uninit", kind="warn", printed=True))
    assert result.summary.masked[H] == n
    assert in_uninit == ({M: n} if revision in WARNS_IN_MMU else {})


@pytest.mark.parametrize("revision", ALL)
@pytest.mark.parametrize(("tree", "n"), [("1x1x1", 3), ("1x2x2", 7), ("1x1x8", 10)])
def test_table_a2_key_assigned_and_vm_not_bugged(revision: str, tree: str, n: int) -> None:
    result = run(revision, f"tree={tree} hkid=flushvp-not-done")
    assert result.summary.splats == {H: 1, **({M: n} if revision in WARNS_IN_MMU else {})}
    assert result.summary.masked == {H: n - 1}
    assert result.summary.vm_bugged


@pytest.mark.parametrize("revision", ALL)
@pytest.mark.parametrize(("tree", "fail", "k"), [("1x1x3", "L1@0x200", 1), ("1x1x3", "all", 5), ("1x1x8", "all", 10)])
def test_table_b_key_released_and_k_reclaims_fail(revision: str, tree: str, fail: str, k: int) -> None:
    result = run(revision, f"tree={tree} fail={fail}")
    s = result.summary
    assert s.splats == {R: 1, **({M: k} if revision in WARNS_IN_MMU else {})}
    assert s.suppressed == {R: k}  # the other tables, and the TDR
    assert s.pr_err[R_LINE] + s.pr_err_ratelimited.get(R_LINE, 0) == k + 1
    assert s.pr_err[R_LINE] == min(10, k + 1)
    assert not s.vm_bugged
    freed = {e["how"] for e in of(result, kind="free") if e["page"].startswith("S-EPT")}
    assert freed <= ({"immediate"} if REVISIONS[revision].frees_at_once else {"rcu"})


@pytest.mark.parametrize("revision", ALL)
def test_table_c_everything_succeeds_without_a_word(revision: str) -> None:
    s = run(revision).summary
    assert not (s.splats or s.suppressed or s.masked or s.pr_err or s.leaked or s.unfreed or s.violations)
    assert not s.silent


def test_callbacks_run_in_the_order_in_which_they_were_queued() -> None:
    result = run("v1", "tree=1x2x2")
    assert pages(result, kind="rcu_callback") == pages(result, kind="call_rcu")


def test_forgetting_a_page_that_came_back_is_no_leak_to_the_module_but_is_never_freed() -> None:
    class Forgetful(Revision, base="v1"):
        @staticmethod
        def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
            tdx_reclaim_page(vm.host, private_spt(sp))
            sp.external_spt = None

    result = run(Forgetful, "tree=1x1x1")
    assert not result.summary.leaked
    assert not of(result, kind="leak")
    assert len(result.summary.unfreed) == 3


def test_an_earlier_vcpu_page_uses_up_the_trace() -> None:
    result = run("v1", "fail=TDCX[0][0],L1@0x0")
    printed = [e["page"] for e in of(result, kind="seamcall", status="0x8000020000000001")]
    assert printed == ["TDCX[0][0]", "S-EPT L1 gfn=0x0"]
    assert [e["printed"] for e in of(result, kind="warn", site=R)][:2] == [True, False]


def test_a_second_td_gets_no_trace_but_error_lines() -> None:
    s = run("v1", "fail=L1@0x0 boot=second:60s").summary
    assert not s.splats
    assert s.pr_err == {R_LINE: 2}
    assert not s.silent


def test_a_second_td_within_the_window_can_be_mute_and_one_later_tells_the_count() -> None:
    soon, later = (run("v1", f"tree=1x1x8 fail=all boot=second:{s}s") for s in (5, 6))
    assert soon.summary.silent
    assert soon.summary.pr_err_ratelimited == {R_LINE: 11}
    assert not later.summary.silent
    assert of(later, kind="pr_warn")[0]["message"] == "__tdx_reclaim_page: 1 callbacks suppressed"


def test_the_silent_leak_is_the_second_td_whose_vcpu_was_still_held() -> None:
    """FLUSHVP_NOT_DONE says nothing, the op's one trace is used up, and after the patch nothing else speaks."""
    line = "hkid=flushvp-not-done boot=second:60s"
    assert run("v1", line).summary.silent
    assert not run("before", line).summary.silent


def test_panic_ends_the_run_and_nothing_has_leaked() -> None:
    result = run("before", "fail=all panic=on")
    assert [e["kind"] for e in (result.events or [])[-2:]] == ["warn", "panic"]
    assert result.summary.panicked
    assert (result.summary.leaked, result.summary.silent) == ((), False)


def test_if_the_first_td_panics_it_is_the_one_recorded() -> None:
    first, second = run("v1", "fail=all panic=on"), run("v1", "fail=all panic=on boot=second:60s")
    assert second.events == first.events
    assert second.summary.td == "first"


def test_leaves_still_mapped_when_the_key_is_gone_stay_with_the_module() -> None:
    result = run("v1", "leaves=present tree=1x1x1")
    assert result.summary.guest_owned == ("guest gfn=0x0", "guest gfn=0x1")
    assert result.summary.leaked == ("TDR",)
    assert "tdp_mmu.c:handle_changed_spte:KVM_BUG_ON" in result.summary.masked


@pytest.mark.parametrize("revision", ALL)
def test_immediate_free_lowers_what_waits_for_rcu(revision: str) -> None:
    frames = run(revision, "tree=1x2x2").frames
    waiting = max(sum(s == "rcu-pending" for p, s in f.states.items() if p.startswith("S-EPT")) for f in frames)
    assert waiting == (0 if REVISIONS[revision].frees_at_once else 7)
