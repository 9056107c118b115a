"""What a leak costs: counted bytes against those that runs lose, and lines and marks against both."""

import numpy as np
import pytest

from kvmviz.draw import cost, cost_with_pairs
from kvmviz.draw.figures import Drawn
from kvmviz.draw.figures_cost import lost, lost_to_dpamt, lost_with_key, lost_with_pairs


@pytest.mark.parametrize("gib", [1, 4])
def test_cost_counts_what_runs_lose(gib: int) -> None:
    assert lost_with_key(gib) == lost(gib, "hkid=assigned")
    assert lost(gib, "fail=L1@0x200") == 2 * 4096


@pytest.mark.parametrize("region", ["dense", "scattered"])
def test_cost_counts_the_pairs_that_runs_lose(region: str) -> None:
    for gib in (1, 4):
        assert lost_with_pairs(gib, region) == lost_to_dpamt(gib, f"hkid=assigned region={region}")
    assert lost_to_dpamt(1, f"fail=L1@0x200 region={region}") == {"dense": 16, "scattered": 24}[region] * 1024


def lines_of(drawn: Drawn) -> list[tuple[list[float], list[float], str]]:
    (axis,) = drawn.figure.axes
    data = [tuple(np.asarray(one).tolist() for one in line.get_data()) for line in axis.get_lines()]
    return [(x, y, str(line.get_linestyle())) for (x, y), line in zip(data, axis.get_lines(), strict=True)]


def test_cost_is_drawn_as_lines_that_count_and_marks_that_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kvmviz.draw.figures_cost.RUN_TO", 4)
    sizes = (1, 4, 64)
    drawn = cost(sizes)
    counted, ran, one, one_ran = lines_of(drawn)
    assert (counted[0], ran[0], one[0], one_ran[0]) == ([*sizes], [1, 4], [*sizes], [1, 4])
    assert counted[1] == [lost_with_key(gib) / 2**20 for gib in sizes]
    assert ran[1] == [lost(gib, "hkid=assigned") / 2**20 for gib in (1, 4)]
    assert one[1] == [8192 / 2**20] * 3
    assert one_ran[1] == [8192 / 2**20] * 2
    assert [style == "None" for _, _, style in lines_of(drawn)] == [False, True, False, True]
    (axis,) = drawn.figure.axes
    assert (axis.get_xscale(), axis.get_yscale()) == ("log", "log")
    low, high = axis.get_ylim()
    assert low < one[1][0] and high > counted[1][-1]
    assert [text.get_text() for text in axis.get_xticklabels()] == ["1", "4", "64"]
    assert [text.xy for text in axis.texts] == [(64, counted[1][-1]), (64, one[1][0])]  # type: ignore[attr-defined]
    said = ", ".join(f"{gib} GiB {lost_with_key(gib) / 2**20:,.1f} MiB" for gib in sizes)
    assert drawn.alt == (
        f"Lost until reboot. Key not given back: {said}. One page fails: 8 KiB whatever the size. "
        "Marks are runs of the model, up to 4 GiB; lines are reckoned from the number of tables."
    )


def test_cost_with_pairs_has_a_line_for_each_place_of_pages_and_marks_that_ran(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kvmviz.draw.figures_cost.RUN_TO", 4)
    sizes = (1, 4, 64)
    drawn = cost_with_pairs(sizes)
    found = lines_of(drawn)
    for n, name in enumerate(("without pairs", "scattered", "dense")):
        key, ran, one = found[3 * n : 3 * n + 3]
        pairs = name != "without pairs"
        expected = [(lost_with_pairs(gib, name) if pairs else lost_with_key(gib)) / 2**20 for gib in sizes]
        assert key[:2] == ([*sizes], expected)
        runs = [1, 4] if pairs else []
        assert ran[:2] == (runs, [lost_to_dpamt(gib, f"hkid=assigned region={name}") / 2**20 for gib in runs])
        page = lost_to_dpamt(1, f"fail=L1@0x200 region={name}") if pairs else lost(1, "fail=L1@0x200")
        assert one[1] == [page / 2**20] * 3
        assert f"{name}: key kept 1 GiB {expected[0]:,.1f} MiB, " in drawn.alt
        assert f"one page fails {page // 1024} KiB whatever the size." in drawn.alt
    (axis,) = drawn.figure.axes
    assert [text.get_text() for text in axis.texts] == [
        f"{what}, {name}" for name in ("without pairs", "scattered", "dense") for what in ("key kept", "one page")
    ]
    assert drawn.alt.endswith("Marks are runs of the model, up to 4 GiB; lines are reckoned from the number of tables.")
