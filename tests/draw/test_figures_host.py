"""The host's side of a map: which regions keep their pair, against the machine's own books, and how they are drawn."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from kvmviz.draw import address_map
from kvmviz.draw.figures import COLOUR
from kvmviz.draw.figures_host import draw_host, host_of, said
from kvmviz.draw.figures_map import lost_tables
from kvmviz.record.runs import run, run_folded
from kvmviz.revisions import EVERY
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import control_names


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


@pytest.mark.parametrize(
    "line",
    [
        "fail=rate:1/100:7",
        "fail=L1@0x200",
        "fail=L1@0x200,L1@0x100000,L1@0x200000,L1@0x300000 remove=fails",
        "fail=none",
    ],
)
def test_of_many_regions_a_bar_is_a_strip_as_wide_as_it_is_many(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    most_bars = 8
    monkeypatch.setattr("kvmviz.draw.figures_host.STRIPS", most_bars)
    result = run_folded(EVERY["dpamt"], Scenario.parse(f"tree=16GiB region=dense {line}"))
    host = host_of(result, lost_tables(result))
    axis = Figure().subplots()
    assert host is not None
    draw_host(axis, host)
    count = len(host.leaked)
    width = -(-count // most_bars)
    assert axis.get_title(loc="left") == said(host) or axis.get_title() == said(host)
    if not host.pinned.pairs_pinned:
        assert not axis.patches
        return
    starts = range(0, count, width)
    below = [int(host.leaked[at : at + width].sum()) for at in starts]
    above = [int(host.phantom[at : at + width].sum()) for at in starts]
    bars = [(bar.get_x(), bar.get_y(), bar.get_width(), bar.get_height()) for bar in axis.patches]  # type: ignore[attr-defined]
    assert bars == [*((x, 0, width, n) for x, n in zip(starts, below, strict=True)),
                    *((x, y, width, n) for x, y, n in zip(starts, below, above, strict=True))]  # fmt: skip
    most = max(a + b for a, b in zip(below, above, strict=True))
    assert [*axis.get_yticks()] == [0, most] and axis.get_ylim()[0] == 0 and most < axis.get_ylim()[1] < 1.5 * most
    assert [label.get_text() for label in axis.get_yticklabels()] == ["0", f"{most:,}"]
    assert width > 1 and axis.get_ylabel() == f"pairs kept\nin {width} regions" and axis.get_xlim() == (0, count)
    few = sum(n > 0 for n in below) <= most_bars // 4
    hatches = [bar.get_hatch() or "" for bar in axis.patches]
    assert hatches == ["//" if few else ""] * len(below) + [".."] * len(above)
    fills = [to_hex(bar.get_facecolor()) for bar in axis.patches]
    assert fills == [COLOUR["leaked-fill"]] * len(below) + [COLOUR["reclaimed-fill"]] * len(above)


def test_a_control_page_that_is_lost_marks_the_region_in_which_it_lies() -> None:
    line = "tree=1GiB vcpus=64 region=dense fail=TDVPR[40]"
    result = run_folded(EVERY["dpamt"], Scenario.parse(line))
    host, names = host_of(result, lost_tables(result)), list(control_names(64))
    lost = {names.index(page) // 512 for page in result.frames[-1].leaked}
    assert host is not None and set(np.flatnonzero(host.leaked).tolist()) == lost == {0}
