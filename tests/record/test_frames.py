"""The fold from events to pictures, where no real revision leads."""

from kvmviz.record.frames import FrameBuilder, pages_of
from kvmviz.scenario import Scenario
from kvmviz.terms.events import CallRcu, Seamcall, SetNull

RECLAIM = "TDH.PHYMEM.PAGE.RECLAIM"
SEPT, SPT = "S-EPT L1 gfn=0x0", "spt L1 gfn=0x0"


def fold() -> FrameBuilder:
    return FrameBuilder(pages_of(Scenario()))


def test_a_page_that_the_module_still_owns_does_not_wait_for_rcu_with_its_table() -> None:
    assert fold().apply(CallRcu(SPT)) == ((SPT, "rcu-pending"),)


def test_a_page_that_came_back_waits_with_its_table() -> None:
    picture = fold()
    picture.apply(Seamcall(RECLAIM, SEPT, None, 0))
    assert picture.apply(CallRcu(SPT)) == ((SPT, "rcu-pending"), (SEPT, "rcu-pending"))


def test_a_forgotten_page_does_not_wait_with_its_table() -> None:
    picture = fold()
    picture.apply(Seamcall(RECLAIM, SEPT, None, 0))
    picture.apply(SetNull(SPT, "tdx.c:f"))
    assert picture.apply(CallRcu(SPT)) == ((SPT, "rcu-pending"),)
    assert picture.frame().pointers[SPT] is None


def test_a_refused_reclaim_changes_nothing() -> None:
    assert fold().apply(Seamcall(RECLAIM, SEPT, None, 5)) == ()


def test_pages_stand_in_the_order_of_allocation_and_know_their_twins() -> None:
    pages = pages_of(Scenario.parse("tree=1x1x1 vcpus=0"))
    assert [p.name for p in pages[:8]] == ["TDR", *(f"TDCS[{i}]" for i in range(6)), "spt root"]
    by_name = {p.name: p for p in pages}
    assert by_name[by_name[SPT].twin or ""].twin == SPT
    assert by_name[SPT].parent == "spt L2 gfn=0x0"
    assert by_name["spt root"].twin is None
    assert [p.name for p in pages if p.kind == "guest"] == ["guest gfn=0x0", "guest gfn=0x1"]
