"""The map of the guest's memory counts what a run of the whole tree loses, strip by strip."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from matplotlib.text import Text

from kvmviz.draw import address_map
from kvmviz.draw.figures_host import host_of
from kvmviz.draw.figures_map import STRIPS, lanes, lost_tables
from kvmviz.record.runs import run, run_folded
from kvmviz.revisions import EVERY, REVISIONS
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import sept_name
from tests.record.test_folding import scenarios

LINES = ["tree=1TiB fail=rate:1/1000:7", "tree=1GiB fail=L1@0x200", "tree=16GiB hkid=assigned", "tree=1x1x3"]


@given(scenarios(("1x3x30", "2x2x40", "3x1x2x16", "1GiB")))
@settings(max_examples=40, deadline=None)
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


@pytest.mark.parametrize("region", ["dense", "shared"])
@pytest.mark.parametrize(
    "fault", ["fail=none", "fail=L1@0x200", "hkid=assigned", "remove=fails", "fail=L1@0x200 remove=fails-once"]
)
def test_regions_on_the_map_are_as_many_as_the_books_have(region: str, fault: str) -> None:
    """Where the pages lie says which regions keep a pair; how many, the machine's own counters said."""
    result = run_folded(EVERY["dpamt"], Scenario.parse(f"tree=3GiB region={region} {fault}"))
    host = host_of(result, lost_tables(result))
    assert host
    assert not (host.leaked & host.phantom).any()
    assert int((host.leaked | host.phantom).sum()) == host.pinned.pairs_pinned


@pytest.mark.parametrize("region", ["dense", "scattered"])
def test_a_map_has_the_host_below_the_guest_where_there_are_pairs(region: str) -> None:
    drawn = address_map(f"tree=1GiB fail=L1@0x200 region={region}", "dpamt")
    drawn.bytes("png")
    assert len(drawn.figure.axes) == len(address_map("tree=1GiB fail=L1@0x200").figure.axes) + 1
    pairs = "1 of 2 regions' PAMT pairs stay (8 KiB)" if region == "dense" else "2 PAMT pairs stay (16 KiB)"
    assert drawn.alt.endswith(f" Host: {pairs}, for 2 leaked pages and 0 phantoms.")
