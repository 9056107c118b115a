"""Hunks of two runs written by hand: where one begins and ends, what its header names, what is counted."""

from kvmviz.compare.align import Aligned
from kvmviz.compare.unified import CONTEXT, Hunk, hunks
from kvmviz.record.step import Step
from kvmviz.terms import events as e
from tests.record.steps import SITE, A, B, C, side, step

SPT = "spt L1 gfn=0x0"
ALONE, OTHER = (step(e.VmBugged(f"a.c:{name}:BUG")) for name in "fg")
"""Steps without a page, of one line each."""


def quiet(count: int, of: str = "x") -> list[Step]:
    return [step(e.Seamcall(f"CALL.{of}.{n}", None, "o", 0)) for n in range(count)]


def found(a: list[Step], b: list[Step]) -> list[Hunk]:
    return hunks(Aligned(side(*a), side(*b)))


def signs(hunk: Hunk) -> str:
    return "".join(line[0] for line in hunk.lines)


def test_a_difference_stands_with_three_steps_before_and_after_it() -> None:
    ten = quiet(10)
    [hunk] = found([*ten[:5], ALONE, *ten[5:]], ten)
    assert (hunk.step, hunk.kind, signs(hunk)) == (6, "vm_bugged", "   -   ")
    assert [line.split()[0] for line in hunk.lines] == ["3", "4", "5", "-", "7", "8", "9"]
    [other] = found(ten, [*ten[:5], ALONE, *ten[5:]])
    assert signs(other) == "   +   "
    assert other.lines[3].split()[:2] == ["+", "6"]


def test_context_ends_where_the_run_ends() -> None:
    two = quiet(2)
    assert [signs(hunk) for hunk in found([ALONE, *two], two)] == ["-  "]
    assert [signs(hunk) for hunk in found([*two, ALONE], two)] == ["  -"]
    assert found(two, two) == []


def test_a_step_that_ends_otherwise_is_shown_once_for_each_side() -> None:
    a, b = (step(e.Seamcall("CALL", None, "o", status)) for status in (0, 1))
    [hunk] = found([a], [b])
    assert [line[:8] for line in hunk.lines] == ["-    1  ", "+    1  "]


def test_differences_share_a_hunk_as_long_as_their_contexts_touch() -> None:
    for between, count in ((2 * CONTEXT - 1, 1), (2 * CONTEXT, 2)):
        middle = quiet(between)
        both = found([ALONE, *middle, OTHER], middle)
        assert [hunk.step for hunk in both] == [1, between + 2][:count], between
    assert signs(found([ALONE, *quiet(2), ALONE], quiet(2))[0]) == "-  -"


def test_another_op_between_two_differences_makes_them_two_matters() -> None:
    for new in (step(e.Op(B)), step(e.RcuCallback(SPT))):
        middle = [*quiet(1), new, *quiet(1, "y")]
        both = found([ALONE, *middle, OTHER], middle)
        assert [hunk.step for hunk in both] == [1, 5]
        assert new.event.kind in both[1].lines[0], "the second begins with what begins it"
        assert signs(both[1]) == "  -"


def test_an_op_just_before_a_difference_begins_its_hunk() -> None:
    for new in (step(e.Op(B)), step(e.RcuCallback(SPT))):
        before = [*quiet(4), new]
        [hunk] = found([*before, ALONE], before)
        assert (hunk.lines[0].split()[:2], signs(hunk)) == (["5", new.event.kind], " -")


def test_an_op_that_only_one_side_has_begins_its_hunk_itself() -> None:
    before = quiet(5)
    [hunk] = found([*before, step(e.Op(B))], before)
    assert signs(hunk) == "-"


def test_a_header_names_the_page_of_the_difference_or_the_one_before_it() -> None:
    assert found([step(e.Op(A)), ALONE], [step(e.Op(A))])[0].header == f"@@ {A}: vm_bugged @@"
    assert found([step(e.Op(A)), step(e.Leak(B))], [step(e.Op(A))])[0].header == f"@@ {B}: leak @@"
    assert found([ALONE], [])[0].header == "@@ the TD: vm_bugged @@"
    asked = step(e.Seamcall("CALL", None, "o", 0))
    assert found([step(e.Op(A)), asked, ALONE], [step(e.Op(A)), asked])[0].header == f"@@ {A}: vm_bugged @@"


def test_hunks_that_differ_in_the_page_alone_are_counted_in_the_first() -> None:
    def failing(*pages: str, times: int = 1) -> list[Step]:
        return [
            one for page in pages for one in (step(e.Op(page)), *quiet(3, page[-5:]), step(e.Leak(page), times=times))
        ]

    def fine(*pages: str) -> list[Step]:
        return [one for one in failing(*pages) if not isinstance(one.event, e.Leak)]

    [hunk] = found(failing(A, B, C), fine(A, B, C))
    assert (hunk.page, hunk.repeats) == (A, 2)
    assert hunk.more == "... 2 more hunks alike, for other pages"
    [hunk] = found([*failing(A), *failing(B, times=1500)], fine(A, B))
    assert hunk.more == "... 1,500 more hunks alike, for other pages"
    [hunk] = found(failing(A, B), fine(A, B))
    assert hunk.more == "... 1 more hunk alike, for other pages"
    assert found(failing(A), fine(A))[0].more == ""


def test_hunks_that_differ_in_kind_phase_or_side_are_each_printed() -> None:
    a = [step(e.Op(A)), *quiet(3), step(e.Op(B)), *quiet(3, "y")]
    for other in (step(e.Free(B, "rcu")), step(e.Leak(SPT)), step(e.Leak(B), "vm_destroy")):
        first = [*a[:1], step(e.Leak(A)), *a[1:5], other, *a[5:]]
        assert [hunk.repeats for hunk in found(first, a)] == [0, 0], other
    one, two = [*a[:1], step(e.Leak(A)), *a[1:]], [*a[:5], step(e.Leak(B)), *a[5:]]
    assert [signs(hunk).strip() for hunk in found(one, two)] == ["-", "+"]


def test_a_trace_of_one_side_brings_its_callers_and_one_of_both_does_not() -> None:
    trace = step(e.Warn(SITE, True), chain=("a", "b"))
    [hunk] = found([trace, ALONE], [trace])
    assert [line for line in hunk.lines if "<-" in line or "at b" in line] == []
    [hunk] = found([trace], [])
    assert [line.split() for line in hunk.lines[1:]] == [["-", "at", "b"], ["-", "<-", "a"]]


def test_lines_are_as_wide_as_they_may_be() -> None:
    long = step(e.PrErr(SITE, True, "so many words that no line of forty columns could hold them all at once"))
    [hunk] = hunks(Aligned(side(long), side()), 40)
    assert 30 < max(map(len, hunk.lines)) <= 40
