"""`dpamt`, the sibling of `landed`: what differs, in which order references go, and what is lost."""

import ast
import inspect
import textwrap

import pytest

import kvmviz
from kvmviz.compare.comparison import compare
from kvmviz.kvm.tdx import tdx_quirk_reset_paddr
from kvmviz.machine.bug import WARN_ON_ONCE
from kvmviz.machine.host import Host
from kvmviz.machine.page import Page
from kvmviz.record.runs import run
from kvmviz.revisions import CHANGEABLE, EVERY, REVISIONS, Revision, RevisionError
from kvmviz.scenario import Scenario, ScenarioError
from kvmviz.terms.events import Free, PamtPut, Seamcall

DPAMT, LANDED = EVERY["dpamt"], EVERY["landed"]
ADDED = [
    "tdx_vcpu_free", "tdx_reclaim_control_page", "tdx_reclaim_td_control_pages", "tdx_pamt_get", "tdx_pamt_put",
    "tdx_free_control_page",
]  # fmt: skip


def body(function: object) -> str:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]  # type: ignore[arg-type]
    assert isinstance(tree, ast.FunctionDef)
    return ast.dump(ast.Module(tree.body[1:], []))


def test_it_is_no_revision_with_recorded_runs() -> None:
    assert [name for name in EVERY if name not in REVISIONS] == ["dpamt"] and list(EVERY)[:5] == list(REVISIONS)
    assert not DPAMT.identity.recorded and all(one.identity.recorded for one in REVISIONS.values())
    assert "revision dpamt (no recorded runs of it)" in run("dpamt").text()


def test_it_is_landed_but_for_what_gives_a_page_up() -> None:
    assert [name for name in DPAMT.functions if name in CHANGEABLE] == list(LANDED.functions)
    changed = [name for name in LANDED.functions if body(DPAMT.functions[name]) != body(LANDED.functions[name])]
    assert changed == ["tdx_sept_free_private_spt", "tdx_sept_remove_leaf_spte"]
    assert list(DPAMT.added) == ADDED


@pytest.mark.parametrize("line", ["", "fail=L1@0x200", "hkid=assigned boot=second:60s", "leaves=present", "panic=on"])
def test_without_dynamic_pamt_it_does_what_landed_does(line: str) -> None:
    assert compare("landed", "dpamt", line).alike
    assert run("dpamt", line).summary.to_json() == run("landed", line).summary.to_json()


@pytest.mark.parametrize("name", REVISIONS)
@pytest.mark.parametrize("region", ["dense", "scattered", "shared"])
def test_the_older_ones_do_the_same_on_that_machine(name: str, region: str) -> None:
    for line in ("fail=L1@0x200", "hkid=assigned"):
        assert run(name, f"{line} region={region}").events == run(name, line).events


def events(line: str) -> list[object]:
    return [step.event for step in run("dpamt", line).steps]


def test_a_page_that_came_back_is_put_before_it_is_freed_and_a_leaked_one_never() -> None:
    found = events("fail=L1@0x200 region=dense")
    put = {event.page: place for place, event in enumerate(found) if isinstance(event, PamtPut)}
    freed = {event.page: place for place, event in enumerate(found) if isinstance(event, Free)}
    back = {str(e.page): place for place, e in enumerate(found)
            if isinstance(e, Seamcall) and e.seamcall == "TDH.PHYMEM.PAGE.RECLAIM" and e.status == 0}  # fmt: skip
    assert back.keys() - {"TDR"} == put.keys() - {page for page in put if page.startswith("guest")} - {"TDR"}
    assert all(back[page] < put[page] < freed[page] for page in back)
    assert not {"S-EPT L1 gfn=0x200", "TDR"} & put.keys()


def test_a_guest_page_is_put_last() -> None:
    calls = [step for step in run("dpamt", "tree=1x1x1 region=dense").steps if step.phase == "gmem_release"]
    names = [step.event.kind for step in calls]
    assert names == ["seamcall"] * 4 + ["reset", "pamt_put"] + ["seamcall"] * 4 + ["reset", "pamt_put"]


def test_pages_kept_for_the_next_pair_go_first_whatever_the_key() -> None:
    for line in ("region=dense", "region=dense hkid=assigned"):
        first = next(step for step in run("dpamt", line).steps if step.phase == "vcpu_free")
        assert first.event == Free("cache[0][1]", "immediate")


LOST = [
    ("fail=L1@0x200 region=scattered", 24), ("fail=L1@0x200 region=dense", 16), ("fail=all region=scattered", 72),
    ("tree=1GiB vcpus=0 hkid=assigned region=dense", 2084 + 16),
    ("tree=1GiB vcpus=0 hkid=assigned region=scattered", 6252), ("region=dense remove=fails", 8),
    ("region=scattered remove=fails-once", 8), ("region=shared remove=fails", 0), ("region=scattered", 0),
]  # fmt: skip
"""Scenarios, and how many KiB a reading of the kernel's source says that they lose."""


@pytest.mark.parametrize(("line", "kib"), LOST)
def test_what_is_lost_is_what_a_reading_of_the_source_says(line: str, kib: int) -> None:
    end = run("dpamt", line).summary
    assert end.pamt is not None
    assert end.leaked_bytes + end.pamt.pinned_bytes == kib * 1024
    assert not end.violations and not end.unfreed and not end.double_frees


def test_a_refused_remove_prints_once_a_boot_and_marks_nobody() -> None:
    end = run("dpamt", "region=scattered remove=fails").summary
    assert end.splats == {"tdx.c:tdx_pamt_put:WARN_ON_ONCE": 1} and end.lines == 0 and not end.vm_bugged
    assert end.suppressed == {"tdx.c:tdx_pamt_put:WARN_ON_ONCE": 23}
    assert run("dpamt", "region=dense remove=fails boot=second:60s").summary.silent


def test_where_a_page_leaks_the_warning_of_put_cannot_fire() -> None:
    end = run("dpamt", "fail=L1@0x200 region=dense remove=fails").summary
    assert "tdx.c:tdx_pamt_put:WARN_ON_ONCE" not in end.splats


def test_a_scenario_line_says_regions_last_and_only_if_asked() -> None:
    assert str(Scenario.parse("remove=fails region=dense panic=on")) == "tree=1x1x3 panic=on region=dense remove=fails"
    assert str(Scenario.parse("fail=L1@0x200")) == "tree=1x1x3 fail=L1@0x200"
    with pytest.raises(ScenarioError, match="only with Dynamic PAMT"):
        Scenario.parse("remove=fails")
    with pytest.raises(ScenarioError, match="off, dense, scattered or shared"):
        Scenario.parse("region=near")


def test_a_readers_own_put_is_the_one_that_runs() -> None:
    class Own(Revision, base="dpamt"):
        @staticmethod
        def tdx_pamt_put(host: Host, page: Page) -> None:
            if host.dpamt is None:
                return
            refcount = host.dpamt.counter(page)
            with host.dpamt.lock:
                if refcount.value > 1:
                    refcount.value -= 1
                    return
                err, pair = host.tdx.tdh_phymem_pamt_remove(page)
                if WARN_ON_ONCE(host, err) or pair is None:
                    return
                refcount.value = 0
            for one in pair:
                tdx_quirk_reset_paddr(host, one)
                host.memory.free_page(one)

    assert Own.own == {"tdx_pamt_put"} and Own.dynamic_pamt
    mine, theirs = run(Own, "region=dense"), run("dpamt", "region=dense")
    assert mine.summary == theirs.summary
    lines = ["tree=1x1x1 region=scattered remove=fails", "tree=1x1x1 region=dense", "tree=1x1x1"]
    report = kvmviz.check(Own, lines, progress=False)
    assert report.own["tdx_pamt_put"] > 0 and report.like.same_as == ("dpamt",)


def test_older_revisions_have_no_such_function() -> None:
    with pytest.raises(RevisionError, match="nothing a revision may change"):

        class Early(Revision, base="landed"):
            @staticmethod
            def tdx_pamt_put(host: Host, page: Page) -> None:
                pass
