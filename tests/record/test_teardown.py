"""What watches a teardown from outside: the boot that is remembered, the collector, the guards of who is from where."""

import gc
from typing import Any

import pytest

import kvmviz
from kvmviz.machine.page import Page
from kvmviz.machine.recorder import Tally
from kvmviz.record import teardown
from kvmviz.record.folding import fold
from kvmviz.record.runs import run, run_folded
from kvmviz.record.tapes import Weighed
from kvmviz.record.teardown import boot_after, tear_down, where_it_belongs
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.revisions.guard import PatchError
from kvmviz.scenario import Scenario
from kvmviz.terms.events import How

V1 = REVISIONS["v1"]

ENDLESS = """static void tdx_sept_free_private_spt(struct kvm *kvm, struct kvm_mmu_page *sp)
{
        for (;;)
                ;
}
"""


class Watching(Tally):
    """Notes whether the garbage collector is on while pages are freed."""

    def __init__(self) -> None:
        super().__init__()
        self.collecting: set[bool] = set()

    def free(self, page: Page, how: How) -> None:
        super().free(page, how)
        self.collecting.add(gc.isenabled())


@pytest.mark.parametrize(("tree", "collecting"), [("1x1x3", True), ("1x1x98", True), ("1x1x99", False)])
def test_the_collector_is_off_while_a_large_td_is_torn_down_and_on_again_after(tree: str, collecting: bool) -> None:
    watching = Watching()
    tear_down(V1, Scenario.parse(f"tree={tree}"), watching)
    assert watching.collecting == {collecting} and gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        tear_down(V1, Scenario.parse("tree=1x1x99"), Tally())
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_c_below_a_reader_s_class_is_bounded_by_its_own_guard() -> None:
    c = kvmviz.from_c(ENDLESS, base="landed", name="C")

    class Mine(Revision, base=c):
        @staticmethod
        def handle_removed_pt(vm: Any, sp: Any, shared: Any) -> None:
            c.functions["handle_removed_pt"](vm, sp, shared)

    class Upon(Revision, base=Mine):
        pass

    for which in (Mine, Upon):
        with pytest.raises(PatchError, match=r"tdx_sept_free_private_spt, line 3, .* does not end"):
            tear_down(which, Scenario.parse("tree=1x1x1"), Tally())


def test_only_a_reader_s_python_goes_to_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mine(Revision, base="v1"):
        @staticmethod
        def tdp_mmu_free_sp(vm: Any, sp: Any) -> None:
            V1.functions["tdp_mmu_free_sp"](vm, sp)

    sent: list[tuple[Any, ...]] = []

    def call(*given: Any) -> str:
        sent.append(given)
        return "there"

    monkeypatch.setattr("kvmviz.apart.call", call)
    assert where_it_belongs(V1, lambda a, b: a + b, 1, 2) == 3
    assert where_it_belongs(kvmviz.from_c(ENDLESS, base="landed"), max, 1, 2) == 2
    assert where_it_belongs(Mine, max, 1, 2) == "there"
    assert sent == [(max, 1, 2)]


def test_the_second_td_is_recorded_after_the_first_and_later_by_so_many_seconds() -> None:
    for line, which in (("", "first"), ("boot=second:3s", "second"), ("boot=second:3s panic=on fail=all", "first")):
        assert tear_down(V1, Scenario.parse(f"tree=1x1x1 {line}"), Tally())[1] == which
    alone = Scenario.parse("tree=1x1x1 fail=all")
    boot, panicked = boot_after(V1, alone)
    vm, _ = tear_down(V1, Scenario.parse("tree=1x1x1 fail=all boot=second:3s"), Tally())
    assert not panicked and vm.host.boot.now == boot.now + 3 and vm.host.boot is not boot
    assert boot_after(V1, Scenario.parse("tree=1x1x1 panic=on fail=all"))[1]


def test_a_boot_is_remembered_and_many_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teardown, "_BOOTS", {})  # other tests may have asked for the same
    asked = Scenario.parse("tree=1x1x2 fail=L1@0x0")
    first, _ = boot_after(V1, asked)
    assert boot_after(V1, asked)[0] is first
    monkeypatch.setattr(teardown, "REMEMBERED_BOOTS", 1)
    boot_after(V1, Scenario.parse("tree=1x1x2 fail=L1@0x200"))
    assert boot_after(V1, asked)[0] is not first


def test_what_a_second_td_says_is_the_same_folded_and_whole() -> None:
    """Lines that the first TD withheld are told of by their number, where a table stands for others too."""
    scenario = Scenario.parse("tree=1x1x40 fail=all boot=second:60s")
    tree = fold(scenario.tree, scenario.fail)
    assert tree.count < scenario.tree.count
    folded = Weighed(tree)
    tear_down(V1, scenario, folded, tree)
    whole = run(V1, scenario).summary
    assert (folded.lines, folded.splats, folded.notes) == (whole.pr_err, whole.splats, whole.notes)
    first = Scenario.parse("tree=1x1x40 fail=all")
    assert boot_after(V1, first, tree)[0] is not boot_after(V1, first)[0]


def test_a_folded_second_td_is_told_of_as_many_withheld_lines_as_the_whole_one() -> None:
    line = "tree=1x1x40 fail=all boot=second:60s"
    whole, folded = (found.kernel_log(None, whole_boot=False) for found in
                     (run(V1, line), run_folded(V1, Scenario.parse(line))))  # fmt: skip
    said = [one for one in whole.split("\n") if "callbacks suppressed" in one]
    assert said and said == [one for one in folded.split("\n") if "callbacks suppressed" in one]
