"""The log of steps, line by line, of steps that were written by hand."""

import pytest

from kvmviz.record.lines import _blocks, step_lines, steps_text
from kvmviz.terms import events as e
from tests.record.steps import RECLAIM, SITE, A, B, C, step

SPT = "spt L1 gfn=0x0"


def test_a_step_is_number_kind_and_what_happened() -> None:
    assert step_lines(7, step(e.Free("TDR", "immediate"))) == ["    7  free         TDR, immediate"]
    assert step_lines(12345, step(e.RcuBarrier())) == ["12345  rcu_barrier"]
    assert step_lines(7, step(e.Free("TDR", "rcu"), times=1000), "+") == ["+    7  free         TDR, rcu (x 1,000)"]


def test_what_is_long_goes_on_below_its_own_beginning_with_its_sign() -> None:
    message = "SEAMCALL TDH_PHYMEM_PAGE_RECLAIM failed: 0x8000020000000001, rcx 0x0, rdx 0x0, r8 0x0"
    lines = step_lines(7, step(e.PrErr(SITE, True, message)), "-", 50)
    assert len(lines) > 2
    assert all(len(line) <= 50 for line in lines)
    assert lines[0].startswith("-    7  pr_err       SEAMCALL")
    assert all(line[:21] == "-" + 20 * " " and line[21] != " " for line in lines[1:])
    assert " ".join(line[21:] for line in lines) == message


def test_a_printed_trace_brings_its_callers_nearest_first() -> None:
    printed = step(e.Warn(SITE, True), chain=("a", "b", "c"))
    head = "    1  warn         WARN_ON_ONCE in __tdx_reclaim_page: trace printed"
    assert step_lines(1, printed) == [head, "       at c", "       <- b", "       <- a"]
    assert step_lines(1, printed, "-")[1:] == ["-       at c", "-       <- b", "-       <- a"]
    assert step_lines(1, printed, stack=False) == [head]
    assert len(step_lines(1, step(e.Warn(SITE, False)))) == 1
    assert "at c" not in "".join(step_lines(1, step(e.Masked(SITE), chain=("a", "b", "c"))))


def test_blocks_that_differ_in_the_page_alone_are_counted() -> None:
    pages = [(A, 0), (B, 0), (C, 0), (A, 5)]
    steps = [one for page, status in pages for one in (step(e.Op(page)), step(e.Seamcall(RECLAIM, page, None, status)))]
    assert steps_text([*steps, step(e.HkidLeak(), "vm_destroy")]).split("\n") == [
        "mmu_uninit: page tables are given back",
        f"    1  op           {A}",
        f"    2  seamcall     {RECLAIM} {A}",
        "       ... 2 more pages alike, steps 3 to 6",
        f"    7  op           {A}",
        f"    8  seamcall     {RECLAIM} {A} = 0x5",
        "",
        "vm_destroy: control pages are given back",
        "    9  hkid_leak",
    ]


def test_what_is_left_out_says_how_many_pages_and_which_steps() -> None:
    text = steps_text([step(e.RcuCallback(SPT)), step(e.RcuCallback("spt L1 gfn=0x200"))])
    assert text.endswith("\n       ... 1 more page alike, step 2")
    folded = steps_text([step(e.RcuCallback(SPT)), step(e.RcuCallback("spt L1 gfn=0x200"), times=2500)])
    assert folded.endswith("\n       ... 2,500 more pages alike, step 2")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (e.RcuCallback(SPT), e.RcuCallback(A)),  # pages of different kinds
        (e.Free(SPT, "rcu"), e.Free(SPT, "immediate")),
        (e.Seamcall(RECLAIM, A, None, 0), e.Seamcall(RECLAIM, A, None, 1)),
        (e.Seamcall("TDH.PHYMEM.PAGE.WBINVD", None, "a", 0), e.Seamcall("TDH.PHYMEM.PAGE.WBINVD", None, "b", 0)),
        (e.SetNull(SPT, "tdx.c:f"), e.SetNull(SPT, "tdx.c:g")),
    ],
)
def test_what_differs_in_more_than_the_page_is_printed(a: e.Event, b: e.Event) -> None:
    found = steps_text([step(e.Op(A)), step(a), step(e.Op(B)), step(b)])
    assert "alike" not in found
    assert len(found.split("\n")) == 5


def test_traces_with_other_callers_are_not_alike_and_messages_with_other_registers_are() -> None:
    def twice(a: e.Event, b: e.Event, chain: tuple[str, ...]) -> str:
        return steps_text([step(e.Op(A)), step(a), step(e.Op(B)), step(b, chain=chain)])

    assert "alike" not in twice(e.Warn(SITE, True), e.Warn(SITE, True), ("other",))
    assert "alike" in twice(e.PrErr(SITE, True, "rcx 0x1"), e.PrErr(SITE, True, "rcx 0x2"), ("other",))
    assert "alike" in twice(e.PamtPut(A, "region 1", 5), e.PamtPut(B, "region 2", 4), ("other",))


def test_removing_pairs_of_regions_is_alike_whichever_region() -> None:
    def twice(name: str) -> str:
        return steps_text([step(e.Op(page)) if not n else step(e.Seamcall(name, None, page, 0))
                           for page in (A, B) for n in (0, 1)])  # fmt: skip

    assert "alike" in twice("TDH.PHYMEM.PAMT.REMOVE")
    assert "alike" not in twice("TDH.PHYMEM.PAGE.WBINVD")


def test_a_block_begins_with_whatever_begins_something_new() -> None:
    """Each row: the events so far, the next one, and whether it begins a block; a table by hand."""
    op, ask, callback = e.Op(A), e.Seamcall(RECLAIM, A, None, 0), e.RcuCallback(SPT)
    other, queued, leak = e.Seamcall("TDH.PHYMEM.PAGE.WBINVD", A, None, 0), e.CallRcu(SPT), e.Leak(A)
    pin = e.PamtPin(A, "region 1", 1, 0)
    for before, event, begins in (
        ([ask], op, True), ([op], ask, False), ([op, ask], ask, True), ([ask], other, False), ([op], other, False),
        ([other], e.Seamcall("TDH.MEM.RANGE.BLOCK", "guest gfn=0x0", None, 0), True),
        ([other], e.Seamcall("TDH.MEM.PAGE.REMOVE", "guest gfn=0x0", None, 0), False),
        ([op, ask], queued, False), ([op, ask, queued], queued, True), ([ask], queued, True),
        ([ask], callback, True), ([queued], e.RcuBarrier(), True), ([callback], e.Free(SPT, "rcu"), False),
        ([ask], leak, False), ([leak], leak, True), ([pin], leak, True), ([leak], pin, False),
    ):  # fmt: skip
        blocks = list(_blocks([step(one) for one in (*before, event)]))
        assert (len(blocks[-1]) == 1) == begins, (before, event)
        assert [number for block in blocks for number, _ in block] == list(range(1, len(before) + 2))
    assert [len(block) for block in _blocks([step(ask, "vcpu_free"), step(other, "mmu_uninit")])] == [1, 1]
    assert list(_blocks([])) == []
