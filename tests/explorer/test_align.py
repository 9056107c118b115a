"""The alignment of a page's segments is that of the comparison, whole and phase by phase."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.compare.align import Aligned
from kvmviz.compare.comparison import Comparison
from kvmviz.explorer.align import Aligner
from kvmviz.explorer.atoms import Atom, Told
from kvmviz.explorer.collected import Collected
from kvmviz.record.runs import run
from kvmviz.terms import events as e
from tests.record.steps import RECLAIM, SITE, A, B, side, step

HAPPENS: list[e.Event] = [
    e.Op(A), e.Op(B), e.Seamcall(RECLAIM, A, None, 0), e.Seamcall(RECLAIM, A, None, 5), e.Warn(SITE, True),
    e.Warn(SITE, False), e.RcuBarrier(),
]  # fmt: skip


def letters(word: str) -> str:
    return "".join(part[0] * int(part[1:]) for part in word.split())


@pytest.mark.parametrize("line", ["fail=none", "fail=L1@0x200", "fail=all", "hkid=assigned", "panic=on fail=all"])
@pytest.mark.parametrize("names", [("before", "v1"), ("v1", "landed"), ("v1", "v1")])
def test_the_words_of_all_phases_are_the_rows_of_the_comparison(line: str, names: tuple[str, str]) -> None:
    runs = [run(name, line) for name in names]
    found = Collected()
    a, b = (found.runs[found.add(one)] for one in runs)
    pieces = list(dict.fromkeys([*a.segments, *b.segments]))
    aligner = Aligner(found.atoms, pieces)
    words = [
        aligner.word(pieces.index(one), pieces.index(other)) for one, other in zip(a.segments, b.segments, strict=True)
    ]
    rows = Comparison(*runs).rows
    expected = ["A" if r.b is None else "B" if r.a is None else "M" if r.same else "D" for r in rows]
    whole = "".join(map(letters, words))
    assert sorted(whole) == sorted(expected)
    assert whole.replace("A", "").replace("B", "") == "".join(expected).replace("A", "").replace("B", "")
    for word in filter(None, words):
        assert all(one[0] != other[0] for one, other in pairwise(word.split()))


def row_letters(a: list[e.Event], b: list[e.Event]) -> list[str]:
    rows = Aligned(side(*map(step, a)), side(*map(step, b))).rows
    return ["A" if r.b is None else "B" if r.a is None else "M" if r.same else "D" for r in rows]


@given(*[st.lists(st.sampled_from(HAPPENS), max_size=n) for n in (5, 4, 4, 5)])
def test_what_both_begin_and_end_with_is_left_out_of_the_search_and_changes_nothing(
    before: list[e.Event], a: list[e.Event], b: list[e.Event], after: list[e.Event]
) -> None:
    one, other = [*before, *a, *after], [*before, *b, *after]
    told: Told = {}  # type: ignore[typeddict-item]  # what happens is all that is aligned
    aligner = Aligner([Atom("mmu_uninit", event, told) for event in HAPPENS], [
        tuple(map(HAPPENS.index, one)), tuple(map(HAPPENS.index, other)),
    ])  # fmt: skip
    assert [*letters(aligner.word(0, 1))] == row_letters(one, other)


def test_a_pair_is_aligned_once() -> None:
    found = Collected()
    segments = found.runs[found.add(run("v1", "fail=none"))].segments
    aligner = Aligner(found.atoms, segments)
    at = next(number for number, one in enumerate(segments) if one)
    assert aligner.word(at, at) is aligner.word(at, at)
    assert aligner.word(at, at) == f"M{len(segments[at])}"
