"""Figures about what a leak costs: bytes over the size of the guest.

>>> lost_with_key(1) == run("v1", "tree=1GiB hkid=assigned").summary.leaked_bytes
True
"""

from collections.abc import Sequence
from functools import cache

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
        axis.set(
            xscale="log", yscale="log", xlabel="private memory of the guest (GiB)", ylabel="lost until reboot (MiB)"
        )
        axis.set_xticks(sizes, [f"{s:,}" for s in sizes])
        axis.set_ylim(one[-1] / MIB / 3, counted[-1] / MIB * 3)
        axis.minorticks_off()
        axis.yaxis.set_major_formatter("{x:,g}")
    pairs = ", ".join(f"{gib} GiB {b / MIB:,.1f} MiB" for gib, b in zip(sizes, counted, strict=True))
    alt = f"Lost until reboot. Key not given back: {pairs}. One page fails: {one[-1] // 1024} KiB whatever the size. "
    return Drawn(figure, alt + f"Marks are runs, up to {measured[-1]} GiB; the lines count tables.")
