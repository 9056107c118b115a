"""Which step of one run is which of the other: of steps written by hand, and of any two sequences of keys."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.compare.align import Aligned, Row, common, keys
from kvmviz.record.step import Step
from kvmviz.terms import events as e
from tests.record.steps import RECLAIM, SITE, A, B, side, step

SPT = "spt L1 gfn=0x0"


def rows(a: list[Step], b: list[Step]) -> list[tuple[int | None, int | None, bool]]:
    return [(row.a, row.b, row.same) for row in Aligned(side(*a), side(*b)).rows]


def test_steps_of_one_side_stand_before_the_next_that_both_take() -> None:
    begin, end, mine = step(e.Op(A)), step(e.RcuBarrier()), step(e.Warn(SITE, True))
    hers = step(e.Masked(SITE))
    assert rows([begin, mine, end], [begin, hers, hers, end, hers]) == [
        (0, 0, True), (1, None, False), (None, 1, False), (None, 2, False), (2, 3, True), (None, 4, False),
    ]  # fmt: skip
    assert rows([], []) == []
    assert rows([begin], []) == [(0, None, False)]
    assert rows([], [begin]) == [(None, 0, False)]


def test_a_step_that_comes_out_differently_is_one_row_that_differs() -> None:
    done, refused = (step(e.Seamcall(RECLAIM, A, None, status)) for status in (0, 5))
    assert rows([done], [refused]) == [(0, 0, False)]
    both = Aligned(side(done, step(e.RcuBarrier())), side(refused, step(e.RcuBarrier())))
    assert (both.differences, both.alike) == ((0,), False)
    assert Aligned(side(done), side(done)).alike


def test_the_step_of_a_row_is_the_first_sides_where_both_take_it() -> None:
    a, b = step(e.Seamcall(RECLAIM, A, None, 0)), step(e.Seamcall(RECLAIM, A, None, 5))
    both = Aligned(side(a), side(b, step(e.RcuBarrier())))
    assert [both.step(row) for row in both.rows] == [a, step(e.RcuBarrier())]
    assert both.step(Row(None, 0, False)) is b


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (step(e.RcuBarrier(), "mmu_uninit"), step(e.RcuBarrier(), "vm_destroy")),
        (step(e.Op(A)), step(e.Op(B))),
        (step(e.Warn(SITE, True)), step(e.Warn("tdx.c:f:WARN_ON_ONCE", True))),
        (step(e.PrErr(SITE, True, "m")), step(e.PrErr("tdx.c:f:pr_err", True, "m"))),
        (step(e.PrWarn(SITE, "m")), step(e.PrWarn("tdx.c:f:pr_err", "m"))),
        (step(e.Masked(SITE)), step(e.Masked("tdx.c:f:WARN_ON_ONCE"))),
        (step(e.Seamcall(RECLAIM, A, None, 0)), step(e.Seamcall("TDH.PHYMEM.PAGE.WBINVD", A, None, 0))),
        (step(e.Free(A, "rcu")), step(e.Leak(A))),
        (step(e.Free(SPT, "rcu")), step(e.Free(A, "rcu"))),  # one table, but two pages
    ],
)
def test_steps_that_differ_in_what_they_are_are_not_paired(a: Step, b: Step) -> None:
    assert rows([a], [b]) == [(0, None, False), (None, 0, False)]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (e.Warn(SITE, True), e.Warn(SITE, False)),
        (e.PrErr(SITE, True, "m"), e.PrErr(SITE, False, "n")),
        (e.PrWarn(SITE, "m"), e.PrWarn(SITE, "n")),
        (e.Seamcall(RECLAIM, A, None, 0), e.Seamcall(RECLAIM, A, None, 1)),
        (e.Free(A, "rcu"), e.Free(A, "immediate")),
        (e.SetNull(SPT, "tdx.c:f"), e.SetNull(SPT, "tdp_mmu.c:g")),
    ],
)
def test_steps_that_differ_in_how_they_end_are_paired(a: e.Event, b: e.Event) -> None:
    assert rows([step(a)], [step(b)]) == [(0, 0, False)]


def test_what_happens_for_the_second_time_is_paired_with_the_second_time() -> None:
    warn, barrier = step(e.Warn(SITE, True)), step(e.RcuBarrier())
    assert len({*keys([warn, warn, barrier, warn])}) == 4
    assert rows([warn, warn], [warn, barrier, warn]) == [(0, 0, True), (None, 1, False), (1, 2, True)]


def test_a_step_without_a_page_is_about_the_page_before_it_in_its_phase() -> None:
    """A mirror page and its S-EPT page are one table; a new phase begins without a page."""
    warn, op_a, op_b, spt = step(e.Warn(SITE, True)), step(e.Op(A)), step(e.Op(B)), step(e.CallRcu(SPT))
    assert keys([op_a, warn])[1] == keys([spt, warn])[1] != keys([op_b, warn])[1]
    early = step(e.RcuBarrier(), "vcpu_free")
    assert keys([early, warn])[1] == keys([warn])[0]
    later = step(e.Warn(SITE, True), "vm_destroy")
    assert keys([op_a, later])[1] == keys([op_b, later])[1]


@given(st.lists(st.integers(0, 7), unique=True, max_size=7), st.lists(st.integers(0, 7), unique=True, max_size=7))
def test_what_two_have_in_common_is_as_long_as_the_longest_of_all_choices(a: list[int], b: list[int]) -> None:
    found = common([(str(n),) for n in a], [(str(n),) for n in b])
    assert all(a[i] == b[j] for i, j in found)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(found))
    shared = [n for n in a if n in b]
    best = next(size for size in range(len(shared), -1, -1) for chosen in combinations(shared, size)
                if [*chosen] == sorted(chosen, key=b.index))  # fmt: skip
    assert len(found) == best
