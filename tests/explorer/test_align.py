"""The alignment of a page's segments is that of the comparison, whole and phase by phase."""

from itertools import pairwise

import pytest

from kvmviz.compare.comparison import Comparison
from kvmviz.explorer.align import Aligner
from kvmviz.explorer.collected import Collected
from kvmviz.record.runs import run


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


def test_a_pair_is_aligned_once() -> None:
    found = Collected()
    segments = found.runs[found.add(run("v1", "fail=none"))].segments
    aligner = Aligner(found.atoms, segments)
    at = next(number for number, one in enumerate(segments) if one)
    assert aligner.word(at, at) is aligner.word(at, at)
    assert aligner.word(at, at) == f"M{len(segments[at])}"
