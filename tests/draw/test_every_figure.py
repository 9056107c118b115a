"""What every figure holds to: words and units of all its axes, whole numbers where something is counted, one look."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from PIL import Image

from kvmviz.draw import address_map, cost, cost_with_pairs, lives, noise, scenario_map, second_td, waiting
from kvmviz.draw.figures import DPI, INK, QUIET, Drawn, _few_colours, at_end, drawing
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario

FAULT = "S-EPT pages whose reclaim fails (pages)"
SIZE = (
    "private memory of the guest (GiB); marks are runs, lines are reckoned from the number of tables",
    "lost until reboot (MiB)",
)
DENSE = "tree=1GiB region=dense fail=L1@0x200"
ALL: dict[str, tuple[Callable[[], Drawn], list[tuple[str, str, str]]]] = {
    "noise": (lambda: noise(most=1), [
        ("Traces", FAULT, "printed during one teardown (count)"), ("Error lines", FAULT, "")]),
    "second_td": (lambda: second_td("v1", "tree=1x1x1 fail=L1@0x0", most=1), [
        ("v1: tree=1x1x1 fail=L1@0x0", "time between the two TDs (s)", "printed for the second TD (count)")]),
    "scenario_map": (lambda: scenario_map(("v1", "landed"), "1x1x1"), [
        ("v1: traces printed (count)", FAULT, "state of the HKID; which TD of the boot"),
        ("landed: traces printed (count)", FAULT, "")]),
    "lives": (lambda: lives("v1", "tree=1x1x1"), [("", "step of the teardown (events so far)", "")]),
    "waiting": (lambda: waiting(("v1", "landed"), "tree=1x1x1"), [
        ("tree=1x1x1", "step since the first table is taken down (events)", "waiting for RCU (pages)")]),
    "cost": (lambda: cost((1,)), [("", *SIZE)]),
    "cost_with_pairs": (lambda: cost_with_pairs((1,)), [("", *SIZE)]),
    "address_map": (lambda: address_map(DENSE, "dpamt"), [
        ("L3: 0 of 1 table pages lost (0 KiB)", "", "lost (pages)\nin 1 GiB"),
        ("L2: 0 of 1 table pages lost (0 KiB)", "", "lost (pages)\nin 1 GiB"),
        ("L1: 1 of 512 table pages lost (4 KiB)", "guest-physical address (MiB)", "lost (pages)\nin 8 MiB"),
        ("Host: 1 of 2 regions' PAMT pairs stay (8 KiB), for 2 leaked pages and 0 phantoms",
         "region of host memory, in the order that the TD fills them", "pairs kept\nin 1 region")]),
}  # fmt: skip
"""A small one of each, and its axes' titles, and what is counted across and upwards."""


@cache
def figure(name: str) -> Figure:
    drawn = ALL[name][0]()
    drawn.figure.draw_without_rendering()
    return drawn.figure


def title(axis: Axes) -> str:
    return axis.get_title(loc="left") or axis.get_title()


@pytest.mark.parametrize("name", ALL)
def test_axes_say_what_they_show(name: str) -> None:
    said = [(title(axis), axis.get_xlabel(), axis.get_ylabel()) for axis in figure(name).axes]
    assert said == ALL[name][1]


@pytest.mark.parametrize("name", ["noise", "second_td", "waiting", "address_map", "scenario_map"])
def test_what_is_counted_has_whole_numbers_at_its_axis(name: str) -> None:
    for axis in figure(name).axes:
        assert all(tick == int(tick) for tick in axis.get_yticks()), title(axis)
    if name != "waiting":  # whose steps are many
        assert all(tick == int(tick) for axis in figure(name).axes for tick in axis.get_xticks())


@pytest.mark.parametrize("name", ALL)
def test_all_have_the_look_of_the_house_and_room_for_their_words(name: str) -> None:
    own = figure(name)
    assert type(own.get_layout_engine()).__name__ == "ConstrainedLayoutEngine"
    width, height = own.get_size_inches()
    assert 8 < width < 13 and 3 < height < 9 and width > height
    for axis in own.axes:
        shown = {side for side, spine in axis.spines.items() if spine.get_visible()}
        assert shown == {"left", "bottom"} and to_hex(axis.spines["left"].get_edgecolor()) == QUIET
        assert axis.get_axisbelow() and axis.title.get_fontfamily() == ["DejaVu Sans"]
        lines = [line.get_visible() for line in axis.get_ygridlines()]
        assert any(lines) == (name not in ("lives", "scenario_map")), "a grid where heights are read"
        assert not any(line.get_visible() for line in axis.get_xgridlines())


def test_a_row_of_lives_has_room_for_its_name_and_the_picture_grows_with_them() -> None:
    few, many = (lives("v1", f"tree=1x1x{n}").figure for n in (1, 8))
    rows = [len(one.axes[0].get_yticks()) for one in (few, many)]
    per_row = (many.get_figheight() - few.get_figheight()) / (rows[1] - rows[0])
    assert 0.15 < per_row < 0.4 and 1 < few.get_figheight() - rows[0] * per_row < 3


def test_a_map_grows_with_its_lanes() -> None:
    lanes = {len(one.axes): one.get_figheight() for one in
             (address_map(line).figure for line in ("tree=1x1x3", "tree=1x1x1x3"))}  # fmt: skip
    (few, low), (many, high) = sorted(lanes.items())
    assert many == few + 1 and 1 < high - low < 1.6 < figure("address_map").get_figheight() - low < 2.4


@pytest.mark.parametrize("name", ["noise", "waiting", "cost", "cost_with_pairs"])
def test_a_line_is_named_at_its_end_in_its_own_colour_and_in_bold(name: str) -> None:
    for axis in figure(name).axes:
        names = [text for text in axis.texts if isinstance(text, Annotation)]
        points = {tuple(point) for line in axis.get_lines() for point in np.asarray(line.get_xydata()).tolist()}
        colours = {to_hex(str(line.get_color())) for line in axis.get_lines()} | {INK}
        assert names
        for text in names:
            x, y = text.xyann
            assert text.anncoords == "offset points" and x == 9 and abs(y) < 20
            assert text.xy in points and to_hex(text.get_color()) in colours and text.get_fontweight() == "bold"


def test_what_is_named_at_a_line_s_end_stands_as_high_as_it_unless_it_is_raised() -> None:
    with drawing(4, 3) as (_, (axis,)):
        at_end(axis, 1, 2, "a")
        at_end(axis, 1, 2, "b", "red", 8)
    low, high = axis.texts
    assert isinstance(low, Annotation) and isinstance(high, Annotation)
    assert (low.xyann, high.xyann) == ((9, 0), (9, 8))
    assert (low.get_color(), high.get_color()) == (INK, "red")


def test_words_of_phases_are_bold_and_a_host_s_or_lane_s_word_stands_in_the_middle() -> None:
    assert all(text.get_fontweight() == "bold" for text in figure("lives").axes[0].texts)
    for axis in (figure("address_map").axes[0], address_map("tree=1GiB region=dense", "dpamt").figure.axes[-1]):
        (none,) = axis.texts
        assert (none.get_text(), none.get_position(), none.get_transform()) == ("none", (0.5, 0.5), axis.transAxes)


def test_the_map_s_rows_share_their_names_and_both_counts_of_a_log_one_height() -> None:
    a, b = figure("noise").axes
    assert a.get_shared_y_axes().joined(a, b) and a.get_shared_x_axes().joined(a, b)
    a, b = figure("scenario_map").axes
    assert a.get_shared_y_axes().joined(a, b) and a.get_ylim() == b.get_ylim()


def file_of(form: Any, *, tight: bool = True) -> bytes:
    with drawing(4, 3) as (one, _):
        one.text(0.5, 1.2, "above the figure")
    return Drawn(one, "a", tight=tight).bytes(form)


def test_a_file_has_the_resolution_of_the_house_no_date_and_words_as_words() -> None:
    assert Image.open(BytesIO(file_of("png", tight=False))).size == (4 * DPI, 3 * DPI)
    assert Image.open(BytesIO(file_of("png"))).size[1] > 3 * DPI, "what stands out of the figure is not cut off"
    svg, pdf = file_of("svg").decode(), file_of("pdf")
    assert ">above the figure</text>" in svg and "<dc:date>" not in svg and b"CreationDate" not in pdf
    assert "Software" not in Image.open(BytesIO(file_of("png"))).info


def test_few_colours_keep_one_that_few_pixels_have() -> None:
    grey = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(64, axis=0)
    grey[10:12, 10:12] = (200, 30, 0)
    out = BytesIO()
    Image.fromarray(grey).save(out, "png")
    few = Image.open(BytesIO(_few_colours(out.getvalue())))
    assert few.mode == "P" and 64 < len(few.getcolors() or ()) <= 128
    red, green, blue = few.convert("RGB").getpixel((10, 10))  # type: ignore[misc]
    assert red > 150 and green < 80 and blue < 60


@pytest.mark.parametrize("name", ["cost", "cost_with_pairs"])
def test_names_of_lines_that_end_near_each_other_lie_apart_and_heights_are_read_as_numbers(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kvmviz.draw.figures_cost.RUN_TO", 1)
    drawn = {"cost": cost, "cost_with_pairs": cost_with_pairs}[name]((1, 1024)).figure
    drawn.draw_without_rendering()
    (axis,) = drawn.axes
    boxes = [text.get_window_extent().shrunk(0.99, 0.9) for text in axis.texts]
    assert not [(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if a.overlaps(b)]
    heights = [np.asarray(line.get_ydata()) for line in axis.get_lines() if len(np.asarray(line.get_ydata()))]
    low, high = axis.get_ylim()
    assert low < min(one.min() for one in heights) < max(one.max() for one in heights) < high
    labels = [label.get_text() for label in axis.get_yticklabels()]
    assert labels and all(float(label.replace(",", "")) > 0 for label in labels)
    marked = [(line.get_linestyle() == "None", line.get_marker() not in ("", "None")) for line in axis.get_lines()]
    assert all(no_line == mark for no_line, mark in marked), "what ran is a mark, what is counted a line"
    assert not axis.xaxis.get_minorticklocs().size and not axis.yaxis.get_minorticklocs().size


def test_a_number_on_a_hatched_cell_has_a_ground_of_its_own() -> None:
    (axis, _) = figure("scenario_map").axes
    hatched = {(box.get_x() + 0.5, box.get_y() + 0.5): box.get_facecolor()  # type: ignore[attr-defined]
               for box in axis.patches if box.get_hatch()}  # fmt: skip
    grounds = {text.get_position(): text.get_bbox_patch() for text in axis.texts}
    assert hatched and {place for place, ground in grounds.items() if ground} == hatched.keys()
    assert all(ground.get_facecolor() == hatched[place] for place, ground in grounds.items() if ground)


def test_a_map_takes_a_scenario_and_a_revision_or_their_names() -> None:
    line = "tree=1x1x3 fail=L1@0x200"
    assert address_map(Scenario.parse(line), REVISIONS["landed"]).alt == address_map(line, "landed").alt
    for axis in address_map(line).figure.axes:
        assert [label.get_text() for label in axis.get_yticklabels()] == ["0", "1"]
