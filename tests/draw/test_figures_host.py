"""The host's side of a map: which regions keep their pair, against the machine's own books, and how they are drawn."""

import pytest

from kvmviz.draw import address_map
from kvmviz.draw.figures_host import host_of
from kvmviz.draw.figures_map import lost_tables
from kvmviz.record.runs import run, run_folded
from kvmviz.revisions import EVERY
from kvmviz.scenario import Scenario


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


def test_the_host_s_bars_are_pairs_of_leaked_pages_below_and_phantoms_on_top() -> None:
    line = "tree=3GiB region=dense fail=L1@0x200-0x9000 remove=fails"
    result = run_folded(EVERY["dpamt"], Scenario.parse(line))
    host = host_of(result, lost_tables(result))
    assert host is not None
    axis = address_map(line, "dpamt").figure.axes[-1]
    bars = [(bar.get_x(), bar.get_y(), bar.get_height(), bar.get_hatch()) for bar in axis.patches]  # type: ignore[attr-defined]
    below, above = bars[: len(host.leaked)], bars[len(host.leaked) :]
    assert [(x, y, height) for x, y, height, _ in below] == [(n, 0, int(flag)) for n, flag in enumerate(host.leaked)]
    assert [(x, y, height) for x, y, height, _ in above] == [
        (n, int(host.leaked[n]), int(flag)) for n, flag in enumerate(host.phantom)
    ]
    assert {hatch for *_, hatch in below} == {"//"} and {hatch for *_, hatch in above} == {".."}
    assert axis.get_xlim() == (0, len(host.leaked)) and [*axis.get_yticks()] == [0, 1]
    assert axis.get_ylabel() == "pairs kept\nin 1 region"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("tree=1GiB region=dense", "none"),
        ("tree=1GiB region=scattered hkid=assigned", "each page lies alone in a region: one pair for each"),
    ],
)
def test_a_host_without_bars_says_why(line: str, words: str) -> None:
    axis = address_map(line, "dpamt").figure.axes[-1]
    assert [text.get_text() for text in axis.texts] == [words]
    assert not axis.patches and [*axis.get_xticks()] == [*axis.get_yticks()] == []
    pinned = run("dpamt", line).summary.pamt
    assert pinned is not None
    title = axis.get_title(loc="left") or axis.get_title()
    assert title.startswith(f"Host: {pinned.pairs_pinned:,}") and f"({pinned.pinned_bytes // 1024:,} KiB)" in title
