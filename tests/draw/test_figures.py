"""Figures show what the kernel's rules predict, name their axes with units, read in grey, and are stable."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from kvmviz.draw import cost, cost_with_pairs, lives, noise, scenario_map, second_td, waiting
from kvmviz.draw.figures import Drawn
from kvmviz.draw.figures_log import KINDS, failing

ALL: dict[str, Callable[[], Drawn]] = {
    "noise": lambda: noise(most=12),
    "second_td": second_td,
    "scenario_map": lambda: scenario_map(tree="1x1x1"),
    "lives": lives,
    "waiting": waiting,
    "cost": lambda: cost((1, 4, 16)),
    "cost_with_pairs": lambda: cost_with_pairs((1, 4, 16)),
}


@pytest.fixture(scope="module", params=ALL)
def drawn(request: pytest.FixtureRequest) -> Drawn:
    figure: Drawn = ALL[request.param]()
    figure.bytes("png")
    return figure


def test_axes_are_named_with_units(drawn: Drawn) -> None:
    for axis in drawn.figure.axes:
        assert re.search(r"\((pages|s|GiB|events|events so far|count)\)", axis.get_xlabel())
    label = drawn.figure.axes[0].get_ylabel()
    names = [tick.get_text() for tick in drawn.figure.axes[0].get_yticklabels()]
    assert re.search(r"\((pages|count|MiB)\)", label) or any("TD" in name for name in names)


def test_nothing_is_smaller_than_ten_points(drawn: Drawn) -> None:
    sizes = [
        float(text.get_fontsize()) for text in drawn.figure.findobj(Text) if isinstance(text, Text) and text.get_text()
    ]
    assert min(sizes) >= 10


def test_description_is_said_where_pictures_are_not(drawn: Drawn) -> None:
    bundle = drawn._repr_mimebundle_()
    assert bundle["text/plain"] == drawn.alt == repr(drawn)
    assert 'alt="' in bundle["text/html"]
    assert len(drawn.alt) > 40


def test_same_figure_same_bytes() -> None:
    for form in ("png", "svg", "pdf"):
        assert noise(most=2).bytes(form) == noise(most=2).bytes(form)


def y_of(drawn: Drawn, axis: int) -> list[list[float]]:
    return [[float(y) for y in np.asarray(line.get_ydata())] for line in drawn.figure.axes[axis].get_lines()]


def test_noise_follows_the_rules_of_the_macros() -> None:
    found = noise(most=16)
    before, v1 = y_of(found, 0)
    # K failures: WARN_ON each and once TDX_BUG_ON; the TDR's failure adds an error line, ten are the limit
    assert before == [0] + [k + 1 for k in range(1, 17)]
    assert v1 == [0] + [1] * 16
    assert y_of(found, 1) == [[0] + [min(k + 1, 10) for k in range(1, 17)]] * 2


def test_second_td_is_silent_within_the_window_only() -> None:
    lines, traces = y_of(second_td(), 0)
    assert lines == [0] * 6 + [10] * 7
    assert traces == [0] * 13
    assert "silent at 0, 1, 2, 3, 4, 5 s" in second_td().alt


def test_second_td_of_before_is_never_silent() -> None:
    assert "silent at no s" in second_td("before").alt


def test_scenario_map_finds_the_silent_row() -> None:
    # one L1, one L2, one L3: 8 subsets, 6 states of the key, 2 TDs; silent: second TD, flushvp-not-done, v1
    assert scenario_map(tree="1x1x1").alt == (
        "before: 0 of 96 scenarios leak pages and print nothing. v1: 8 of 96 scenarios leak pages and print nothing."
    )


def test_kinds_differ_in_grey_or_in_hatch() -> None:
    looks = [(np.dot(to_rgb(fill), (0.299, 0.587, 0.114)), hatch) for fill, _, hatch in KINDS.values()]
    for n, (grey, hatch) in enumerate(looks):
        assert all(abs(grey - other) > 0.15 or hatch != mark for other, mark in looks[n + 1 :])


def test_waiting_peaks_follow_from_who_frees() -> None:
    # 18 tables and the root: with RCU each table waits with its S-EPT page, at once only the mirror's page does
    assert waiting().alt.endswith("v1 37, landed 19.")


def test_lives_counts_every_page() -> None:
    assert re.search(r"30 pages over \d+ steps.*22 are freed and 2 leaked: TDR, S-EPT L1 gfn=0x200", lives().alt)


def test_failing_names_that_many_pages() -> None:
    assert (failing(0), failing(1), failing(2)) == (
        "tree=1x1x16 fail=none", "tree=1x1x16 fail=L1@0x0-0x0", "tree=1x1x16 fail=L1@0x0-0x200",
    )  # fmt: skip


@pytest.mark.parametrize("form", ["png", "svg"])
def test_a_figure_is_saved_as_its_file_s_ending_says(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.b.{form}"
    noise(most=1).save(path)
    assert path.read_bytes() == noise(most=1).bytes(form)  # type: ignore[arg-type]
    assert path.read_bytes().startswith({"png": b"\x89PNG", "svg": b"<?xml"}[form])
    if form == "png":
        with Image.open(path) as image:
            assert image.mode == "P"
