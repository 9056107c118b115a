"""Figures about what a leak costs: bytes over the size of the guest.

>>> lost_with_key(1) == run("v1", "tree=1GiB hkid=assigned").summary.leaked_bytes
True
"""

from collections.abc import Sequence
from functools import cache

from matplotlib.axes import Axes

from kvmviz.draw.figures import LINES, Drawn, at_end, drawing
from kvmviz.machine.dpamt import PAGES
from kvmviz.record.runs import run
from kvmviz.record.summary import PAIR_BYTES
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PAGE_SIZE, TDCS_PAGES, TDCX_PAGES
from kvmviz.scenario.tree import Tree

MIB = 1 << 20
SIZES = (1, 4, 16, 64, 256, 1024)
"""Sizes of a guest in GiB."""

RUN_TO = 16
"""Largest guest, in GiB, that the figure tears down.

Above that the tables are counted, and the tests hold the count against runs.
"""

MARKS = "Marks are runs of the model, up to {} GiB; lines are reckoned from the number of tables."


def lost_with_key(gib: int, vcpus: int = 1) -> int:
    """Return the bytes that stay with the module when the key of a guest of so many GiB stays assigned."""
    return PAGE_SIZE * (Tree.parse(f"{gib}GiB").count + TDCS_PAGES + 1 + vcpus * (TDCX_PAGES + 1))


def lost_with_pairs(gib: int, region: str, vcpus: int = 1) -> int:
    """Return the same with Dynamic PAMT, where each region that is touched keeps its pair as well.

    >>> lost_with_pairs(1, "dense", 0) // 1024, lost_with_pairs(1, "scattered", 0) // 1024
    (2100, 6252)
    """
    pages = lost_with_key(gib, vcpus) // PAGE_SIZE
    regions = pages if region == "scattered" else -(-pages // PAGES)
    return pages * PAGE_SIZE + regions * PAIR_BYTES


@cache
def lost(gib: int, fault: str) -> int:
    """Return the bytes that stay with the module after a fault, by tearing such a guest down."""
    return run("v1", Scenario.parse(f"tree={gib}GiB {fault}")).summary.leaked_bytes


@cache
def lost_to_dpamt(gib: int, fault: str) -> int:
    """Return the bytes that stay with the module with Dynamic PAMT, pages and pairs, by tearing such a guest down."""
    summary = run("dpamt", Scenario.parse(f"tree={gib}GiB {fault}")).summary
    assert summary.pamt
    return summary.leaked_bytes + summary.pamt.pinned_bytes


def cost_with_pairs(sizes: Sequence[int] = SIZES) -> Drawn:
    """Bytes lost with Dynamic PAMT, pairs included: pages side by side, or each alone in its 2 MiB region."""
    measured = [gib for gib in sizes if gib <= RUN_TO]
    where = ("scattered", "dense")
    with drawing(10, 5.2) as (figure, (axis,)):
        said = []
        key = {"without pairs": [lost_with_key(gib) for gib in sizes]}
        key |= {region: [lost_with_pairs(gib, region) for gib in sizes] for region in where}
        one = {"without pairs": lost(measured[0], "fail=L1@0x200")}
        one |= {region: lost_to_dpamt(measured[0], f"fail=L1@0x200 region={region}") for region in where}
        for (name, found), look in zip(key.items(), LINES, strict=True):
            axis.plot(sizes, [b / MIB for b in found], **{**look, "marker": ""})
            runs = [gib for gib in measured if name != "without pairs"]
            at = [lost_to_dpamt(gib, f"hkid=assigned region={name}") / MIB for gib in runs]
            axis.plot(runs, at, **{**look, "linestyle": ""})
            axis.plot(sizes, [one[name] / MIB] * len(sizes), **{**look, "marker": ""})
            rise = {"without pairs": -13, "scattered": 0, "dense": 3}[name]
            at_end(axis, sizes[-1], found[-1] / MIB, f"key kept, {name}", str(look["color"]), rise=rise)
            lift = {"without pairs": -5, "scattered": 8, "dense": 0}[name]
            at_end(axis, sizes[-1], one[name] / MIB, f"one page, {name}", str(look["color"]), rise=lift)
            said.append(
                f"{name}: key kept {_mib(sizes, found)}; one page fails {one[name] // 1024} KiB whatever the size."
            )
        _axes(axis, sizes)
        axis.set_ylim(one["without pairs"] / MIB / 2, key["scattered"][-1] / MIB * 3)
    alt = f"Lost until reboot with Dynamic PAMT, pages and pairs. {' '.join(said)} "
    return Drawn(figure, alt + MARKS.format(measured[-1]))


def _mib(sizes: Sequence[int], found: Sequence[int]) -> str:
    return ", ".join(f"{gib} GiB {b / MIB:,.1f} MiB" for gib, b in zip(sizes, found, strict=True))


def _axes(axis: Axes, sizes: Sequence[int]) -> None:
    of = "private memory of the guest (GiB); marks are runs, lines are reckoned from the number of tables"
    axis.set(xscale="log", yscale="log", xlabel=of, ylabel="lost until reboot (MiB)")
    axis.set_xticks(sizes, [f"{s:,}" for s in sizes])
    axis.minorticks_off()
    axis.yaxis.set_major_formatter("{x:,g}")


def cost(sizes: Sequence[int] = SIZES) -> Drawn:
    """Bytes lost over the size of the guest: one bad page, and the key not given back."""
    measured = [gib for gib in sizes if gib <= RUN_TO]
    one = [lost(gib, "fail=L1@0x200") for gib in measured]
    every = [lost(gib, "hkid=assigned") for gib in measured]
    with drawing(10, 4.6) as (figure, (axis,)):
        counted = [lost_with_key(gib) for gib in sizes]
        look = {**LINES[1], "marker": ""}
        axis.plot(sizes, [b / MIB for b in counted], **look)
        axis.plot(measured, [b / MIB for b in every], **{**LINES[1], "linestyle": ""})
        axis.plot(sizes, [one[-1] / MIB] * len(sizes), **{**LINES[0], "marker": ""})
        axis.plot(measured, [b / MIB for b in one], **{**LINES[0], "linestyle": ""})
        at_end(axis, sizes[-1], counted[-1] / MIB, "the key\nis not\ngiven back", str(LINES[1]["color"]))
        at_end(axis, sizes[-1], one[-1] / MIB, "one page\nfails")
        _axes(axis, sizes)
        axis.set_ylim(one[-1] / MIB / 3, counted[-1] / MIB * 3)
    alt = f"Lost until reboot. Key not given back: {_mib(sizes, counted)}. One page fails: {one[-1] // 1024} KiB "
    return Drawn(figure, f"{alt}whatever the size. {MARKS.format(measured[-1])}")
