"""The map of the guest's memory counts what a run of the whole tree loses, strip by strip."""

import re
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from matplotlib.text import Text

from kvmviz.draw import address_map
from kvmviz.draw.figures_host import host_of
from kvmviz.draw.figures_map import STRIPS, lanes, lost_tables
from kvmviz.record.runs import run, run_folded
from kvmviz.revisions import EVERY, REVISIONS
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import sept_name
from tests.record.test_folding import scenarios
from tests.trying import trying

LINES = ["tree=1TiB fail=rate:1/1000:7", "tree=1GiB fail=L1@0x200", "tree=16GiB hkid=assigned", "tree=1x1x3"]


@given(scenarios(("1x3x30", "2x2x40", "3x1x2x16", "1GiB")))
@trying(15, 40)
def test_lanes_hold_what_the_whole_tree_loses(scenario: Scenario) -> None:
    leaked = set(run("v1", scenario).frames[-1].leaked)
    for lane in lanes(run_folded(REVISIONS["v1"], scenario)):
        lost = [gfn for gfn, flag in zip(lane.gfns, lane.lost, strict=True) if flag]
        assert lost == [gfn for gfn in scenario.tree.gfns(lane.level) if sept_name(lane.level, gfn) in leaked]
        counted = Counter(gfn // lane.width for gfn in lost)
        assert {n: int(count) for n, count in enumerate(lane.strips) if count} == counted
        assert len(lane.strips) <= STRIPS + 1


@pytest.mark.parametrize("line", LINES)
def test_a_map_can_be_read(line: str) -> None:
    drawn = address_map(line)
    drawn.bytes("png")
    texts = [text for text in drawn.figure.findobj(Text) if isinstance(text, Text) and text.get_text()]
    assert min(float(text.get_fontsize()) for text in texts) >= 10
    assert re.search(r"\((GiB|MiB)\)", drawn.figure.axes[2].get_xlabel())
    assert all("(pages)" in axis.get_ylabel() for axis in drawn.figure.axes[:3])
    assert drawn.alt.startswith(f"v1, {Scenario.parse(line)}: lost over ")


def test_a_map_says_the_exact_count() -> None:
    end = run("v1", "tree=16GiB fail=rate:1/100:course").summary
    alt = address_map("tree=16GiB fail=rate:1/100:course").alt
    counts = [int(n.replace(",", "")) for n in re.findall(r"L\d: ([\d,]+) of|pages: ([\d,]+)\.", alt) for n in n if n]
    assert sum(counts) == end.leaked_count


def test_the_same_map_is_the_same_bytes() -> None:
    assert address_map("tree=1GiB fail=all").bytes("svg") == address_map("tree=1GiB fail=all").bytes("svg")


@pytest.mark.parametrize("line", ["tree=16GiB fail=rate:1/100:7", *LINES[1:3]])
def test_bars_ticks_and_titles_are_the_lanes(line: str) -> None:
    result, drawn = run_folded(REVISIONS["v1"], Scenario.parse(line)), address_map(line)
    found, whole = lanes(result), 262144 * int(line.split("=")[1].split("GiB")[0].split("TiB")[0])
    whole *= 1024 if "TiB" in line else 1
    axes = drawn.figure.axes[: len(found)]
    for axis, lane in zip(axes, found, strict=True):
        bars = [(bar.get_x(), bar.get_width(), bar.get_height()) for bar in axis.patches]  # type: ignore[attr-defined]
        assert bars == [(n * lane.width, lane.width, count) for n, count in enumerate(lane.strips) if count]
        lost, most = int(lane.lost.sum()), max(1, int(lane.strips.max()))
        title = axis.get_title(loc="left") or axis.get_title()
        assert title == f"L{lane.level}: {lost:,} of {len(lane.lost):,} table pages lost ({4 * lost:,} KiB)"
        assert axis.get_xlim() == (0, whole) and [*axis.get_yticks()] == [0, most]
        assert axis.get_ylim()[0] == 0 and axis.get_ylim()[1] > most
        assert [text.get_text() for text in axis.texts] == ([] if lost else ["none"])
        few = len(bars) <= STRIPS // 4
        assert all((bar.get_hatch() or "") == ("//" if few else "") for bar in axis.patches)
    last = axes[-1]
    unit, size = ("GiB", 1 << 30) if whole > 262144 else ("MiB", 1 << 20)
    assert last.get_xlabel() == f"guest-physical address ({unit})"
    ticks = [*last.get_xticks()]
    assert 2 < len(ticks) <= 9 and ticks[0] == 0 and len({b - a for a, b in pairwise(ticks)}) == 1
    labels = [label.get_text() for label in last.get_xticklabels()]
    assert [float(label.replace(",", "")) for label in labels] == [tick * 4096 / size for tick in ticks]
    assert all(not label.get_text() for axis in axes[:-1] for label in axis.get_xticklabels())
    (above,) = axes[0].child_axes
    assert [label.get_text() for label in above.get_xticklabels()] == [f"{int(tick):#x}" for tick in ticks]
    assert above.get_xlabel() == "guest frame number (gfn)"


def test_a_map_without_pairs_has_no_host() -> None:
    result = run_folded(REVISIONS["v1"], Scenario.parse("tree=1GiB"))
    assert host_of(result, lost_tables(result)) is None
    only_once = run_folded(EVERY["dpamt"], Scenario.parse("tree=3GiB region=dense remove=fails-once"))
    host = host_of(only_once, lost_tables(only_once))
    assert host is not None and int(host.phantom.sum()) == host.pinned.pairs_pinned == 1
