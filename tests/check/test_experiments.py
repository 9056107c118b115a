"""The experiments against what can be said without them: arithmetic, the recordings' rules, the model's own runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.check.experiments import (
    burst,
    busy_page,
    call_absent_op,
    cascade,
    freeid_with_dirty_caches,
    late_reader,
    lock_contexts,
    never_linked,
    pending,
    reclaim_in,
    seamcalls_for_guest_pages,
    tear_down_without_mirror,
    vm_pointer,
    worst_wait,
)
from kvmviz.check.experiments.arguments import gfn_agrees
from kvmviz.check.experiments.bench import release_key, tables, td
from kvmviz.check.experiments.readers import FreedAtOnce
from kvmviz.check.experiments.rfc import Rfc
from kvmviz.check.space import small_trees
from kvmviz.kvm.mmu_page import kvm_mmu_page
from kvmviz.kvm.vm import VM, kvm_x86_call
from kvmviz.machine.module import LIFECYCLE
from kvmviz.record.runs import run
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario.status import SUCCESS, WBCACHE_NOT_COMPLETE

TREES = [f"tree={tree}" for tree in small_trees(5)]


def lines_allowed(times: list[int]) -> int:
    """How many of these moments are printed at ten for each window of more than five seconds; a second reading."""
    printed, begin, used = 0, times[0], 0
    for now in times:
        if now - begin > 5:
            begin, used = now, 0
        if used < 10:
            used += 1
            printed += 1
    return printed


@given(st.integers(1, 60), st.integers(0, 60))
def test_burst_follows_the_rate_limit(failures: int, seconds: int) -> None:
    expected = lines_allowed([number * seconds // failures for number in range(failures)])
    after, before = burst("v1", failures, seconds), burst("before", failures, seconds)
    assert (after.traces, after.lines, after.withheld) == (1, expected, failures - expected)
    assert after.mute == failures - expected
    assert (before.traces, before.lines, before.mute) == (1 + failures, expected, 0)


def test_burst_agrees_with_a_run_of_the_same_failures() -> None:
    seen = run("landed", "tree=1GiB fail=L1@0x0-0x2600").summary
    told = burst("landed", 20, 1)
    assert (seen.traces, seen.lines) == (told.traces, told.lines)


def test_pointer_decides_who_is_marked_and_how_often_is_told() -> None:
    for failures in (1, 2, 9):
        null, real = vm_pointer(null=True, failures=failures), vm_pointer(null=False, failures=failures)
        assert (null.vm_bugged, null.traces, null.lines) == (False, 1, failures)
        assert (real.vm_bugged, real.traces, real.lines) == (True, 1, 1)


@pytest.mark.parametrize("line", TREES)
def test_absent_op_frees_what_the_module_owns_and_is_told_of_only_by_the_tdr(line: str) -> None:
    seen = call_absent_op(line)
    assert seen.freed_while_owned == seen.tables == len(tables(td(line)[0]))
    assert (seen.reports_then, seen.reports_later) == (0, 2)


@pytest.mark.parametrize("revision", REVISIONS)
def test_tables_without_a_mirror_go_without_the_op(revision: str) -> None:
    assert all(tear_down_without_mirror(revision, line) for line in TREES)


def test_tables_without_a_mirror_notice_a_call_of_the_op() -> None:
    class Calls(Revision, base="v1"):
        @staticmethod
        def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
            kvm_x86_call(vm).free_external_spt(vm, sp.gfn, sp)
            REVISIONS["v1"].handle_removed_pt(vm, sp, shared)

        @staticmethod
        def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
            sp.external_spt = None

    assert not tear_down_without_mirror(Calls, "tree=1x1x1")


def test_child_count_is_the_number_of_failures() -> None:
    for fail, count in (("none", 0), ("L1@0x0", 1), ("L2@0x0,L1@0x0,L1@0x400", 3), ("all", 5), ("TDCS[1]", 1)):
        seen = cascade(f"tree=1x1x3 fail={fail}")
        assert seen.children == count
        assert bool(seen.tdr) == bool(count)


@pytest.mark.parametrize("revision", REVISIONS)
def test_pending_pages_end_as_many_as_the_callbacks_free(revision: str) -> None:
    for line in (*TREES, "tree=1x1x3 fail=L1@0x200", "tree=1x1x3 fail=all"):
        freed = run(revision, line).summary.freed
        late = sum(how == "rcu" and page.startswith("S-EPT") for page, how in freed)
        curve = pending(revision, line)
        assert (curve[-1], len(curve)) == (late, len(tables(td(line)[0])))
        assert list(curve) == sorted(curve)


def test_reader_is_safe_exactly_if_tables_wait() -> None:
    for line in TREES:
        assert [late_reader(name, line) for name in REVISIONS] == [0] * len(REVISIONS)
        assert late_reader(FreedAtOnce, line) == len(tables(td(line)[0]))


def test_reclaim_works_in_teardown_only() -> None:
    assert [state for state in LIFECYCLE.values() if reclaim_in(state) == SUCCESS] == ["TEARDOWN"]


def test_freeid_insists_on_written_back_caches() -> None:
    assert freeid_with_dirty_caches("tree=1x1x1", dirty=True) == WBCACHE_NOT_COMPLETE
    assert freeid_with_dirty_caches("tree=1x1x1", dirty=False) == SUCCESS


@pytest.mark.parametrize("line", TREES)
def test_four_calls_a_guest_page_with_the_key_and_one_without(line: str) -> None:
    pages = len(td(line)[0].guest_pages)
    assert seamcalls_for_guest_pages(line, key_first=False) == 4 * pages
    assert seamcalls_for_guest_pages(line, key_first=True) == pages


def test_never_linked_page_is_the_hosts() -> None:
    for tree in small_trees(5):
        seen = never_linked("landed", str(tree))
        assert (seen.seamcalls, seen.violations, seen.children, seen.refused) == (0, 0, 0, True)
        assert seen.check_fires == 1


def test_busy_page_is_asked_for_once_and_lost_with_the_tdr() -> None:
    assert busy_page("tree=1x1x3") == (1, 2)


def test_only_frees_by_callback_take_the_lock_in_softirq() -> None:
    by_callback = {name for name in REVISIONS if "softirq" in lock_contexts(name, "tree=1x1x3")}
    assert by_callback == {"before", "v1", "v2"}
    assert lock_contexts("v1", "tree=1x1x3 fail=all") == {"process"}


@given(st.integers(1, 6), st.integers(0, 100))
def test_last_contender_waits_for_all_the_others(contenders: int, hold: int) -> None:
    assert worst_wait(contenders, hold) == (contenders - 1) * hold


def test_gfn_is_compared_at_each_call_and_a_wrong_one_is_seen() -> None:
    class Shifted(Revision, base="v1"):
        @staticmethod
        def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
            vm.revision.tdx_sept_free_private_spt(vm, sp.gfn + 1, sp)

    assert gfn_agrees("v1", "tree=1x1x3") == [True] * 5
    assert False in gfn_agrees(Shifted, "tree=1x1x3")


def test_rebuilt_rfc_is_no_alias_of_v1() -> None:
    assert Rfc.tdx_sept_free_private_spt is not REVISIONS["v1"].tdx_sept_free_private_spt
    assert run(Rfc, "fail=all").summary == run("v1", "fail=all").summary


def test_bench_stops_right_before_the_tables() -> None:
    vm, _ = td("tree=1x1x3")
    release_key(vm)
    assert vm.hkid == -1 and not any(page.owned for page in vm.guest_pages)
    assert all(page.owned for page in vm.sept_pages)
    assert [sp.level for sp in tables(vm)] == [1, 1, 1, 2, 3]
