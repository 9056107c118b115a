"""A counted bar: its segments fill it, stand in one order, and a leak in it can be seen."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.draw.bars import LEAST, ORDER, THIN, segments, spans
from kvmviz.terms.states import PAGE_STATES

COUNTS = st.dictionaries(st.sampled_from(ORDER), st.integers(0, 10**6)).filter(lambda counts: any(counts.values()))


def test_every_state_has_its_place() -> None:
    assert sorted(ORDER) == sorted(PAGE_STATES)


@given(COUNTS)
def test_segments_fill_the_bar_from_left_to_right(counts: dict[str, int]) -> None:
    found = spans(counts, 6, 460)
    assert [state for state, _, _ in found] == [state for state in ORDER if counts.get(state)]
    assert found[0][1] == 6
    assert all(a[1] + a[2] == pytest.approx(b[1]) for a, b in pairwise(found))
    assert found[-1][1] + found[-1][2] == pytest.approx(466)


@given(COUNTS)
def test_what_is_not_leaked_is_as_wide_as_it_is_many(counts: dict[str, int]) -> None:
    widths = {state: wide for state, _, wide in spans(counts, 0, 460)}
    leaked = widths.pop("leaked", 0.0)
    rest = sum(counts[state] for state in widths)
    assert all(wide == pytest.approx((460 - leaked) * counts[state] / rest) for state, wide in widths.items())
    assert not leaked or leaked == pytest.approx(max(LEAST, 460 * counts["leaked"] / sum(counts.values())))


def test_numbers_stand_in_the_middle_of_segments_that_have_room() -> None:
    drawn = segments({"in-use": 1000, "freed": 10}, (10, 20, 202, 21))
    assert re.findall(r'<text x="([\d.]+)" y="([\d.]+)">([\d,]+)<', drawn) == [("110.0", "34.5", "1,000")]
    assert THIN > 202 * 10 / 1010
    assert drawn.count("<rect") == 2
    rect = '<rect x="10.0" y="20.0" width="200.0" height="21.0" rx="2"/>'
    assert drawn.startswith(f'<g class="seg seg-in-use">{rect}<text ')


def test_a_leak_has_its_tape_and_a_core_within() -> None:
    drawn = segments({"leaked": 3}, (0, 0, 100, 20))
    assert 'fill="url(#@ID@tape)" x="0.0" y="0.0" width="100.0" height="20.0"' in drawn
    assert 'class="core" x="4.0" y="4.0" width="92.0" height="12.0"' in drawn
    assert "core" not in segments({"freed": 3}, (0, 0, 100, 20))


@pytest.mark.parametrize(("width", "core"), [(6, 0), (8, 0), (9, 1), (30, 22)])
def test_the_core_of_a_narrow_leak_is_as_wide_as_is_left_of_it(width: int, core: int) -> None:
    drawn = segments({"leaked": 1}, (0, 0, width, 20))
    assert f'class="core" x="4.0" y="4.0" width="{core:.1f}"' in drawn
    assert ("<text" in drawn) == (width > THIN)
