"""The host's side of a map: which of the 2 MiB regions that a TD's pages lie in keep their pair (Dynamic PAMT).

>>> from kvmviz.record.runs import run_folded
>>> from kvmviz.revisions import revision
>>> folded = run_folded(revision("dpamt"), Scenario.parse("tree=16GiB fail=L1@0x200 region=dense"))
>>> found = host_of(folded, {1: np.arange(8192) == 1})
>>> int(found.leaked.sum()), int(found.phantom.sum()), len(found.leaked)
(1, 0, 17)
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from kvmviz.draw.figures import COLOUR, QUIET, TAPE
from kvmviz.machine.dpamt import PAGES
from kvmviz.record.regions import layout_of
from kvmviz.record.runs import Run
from kvmviz.record.summary import Pinned
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PageName, control_names, region_number
from kvmviz.terms.events import PamtPin
from kvmviz.terms.words import many

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

STRIPS: Final = 128
"""Most bars of the lane."""


@dataclass(frozen=True)
class Host:
    """Regions in the order in which the TD's pages fill them: whose pair a leaked page keeps, whose a phantom.

    `alone` says that each page has a region of its own; then there are no flags, since
    a place in host memory says nothing.
    """

    pinned: Pinned
    leaked: Flags
    phantom: Flags
    alone: bool


def host_of(result: Run, lost: dict[int, Flags]) -> Host | None:
    """Return the regions of a folded run, of which `lost` are the lost tables, by level; None without Dynamic PAMT."""
    scenario, pinned, layout = result.scenario, result.summary.pamt, layout_of(result.scenario)
    if pinned is None or layout is None:
        return None
    none: Flags = np.zeros(0, dtype=np.bool_)
    if layout.where == "scattered":
        return Host(pinned, none, none, alone=True)
    leaked: Flags = np.zeros(-(-(layout.before + scenario.tree.count) // PAGES), dtype=np.bool_)
    for level, flags in lost.items():
        leaked[(layout.start(scenario.tree, level) + np.flatnonzero(flags)) // PAGES] = True
    controls = {name: n for n, name in enumerate(control_names(scenario.vcpus))}
    for name in result.frames[-1].leaked:
        if PageName.parse(name).is_control:
            leaked[controls[name] // PAGES] = True
    return Host(pinned, leaked, _phantoms(result, leaked), alone=False)


def _phantoms(result: Run, leaked: Flags) -> Flags:
    """Return whose pair REMOVE left: wherever it is always refused, all that no leaked page keeps."""
    found: Flags = np.zeros(len(leaked), dtype=np.bool_)
    pins = [step.event for step in result.steps if isinstance(step.event, PamtPin) and step.event.phantoms]
    if result.scenario.remove == "fails" and pins:
        return ~leaked
    for pin in pins:
        found[region_number(pin.region)] = True
    return found


def draw_host(axis: Axes, host: Host) -> None:
    """Draw the lane: a bar for each strip of regions, as high as pairs stay in it, phantoms on top and hatched."""
    axis.set_title(said(host))
    if host.alone or not host.pinned.pairs_pinned:
        axis.set(xticks=[], yticks=[])
        axis.set_ylabel("pairs", fontsize=11)
        words = "none" if not host.pinned.pairs_pinned else "each page lies alone in a region: one pair for each"
        axis.text(0.5, 0.5, words, transform=axis.transAxes, ha="center", va="center", color=QUIET)
        return
    count = len(host.leaked)
    width = -(-count // STRIPS)
    edges = np.arange(0, count, width)
    below = np.add.reduceat(host.leaked.astype(int), edges)
    above = np.add.reduceat(host.phantom.astype(int), edges)
    look: dict[str, Any] = {"width": width, "align": "edge", "edgecolor": TAPE, "linewidth": 0.4}
    axis.bar(edges, below, color=COLOUR["leaked-fill"], hatch="//" if (below > 0).sum() <= STRIPS // 4 else "", **look)
    axis.bar(edges, above, bottom=below, color=COLOUR["reclaimed-fill"], hatch="..", **look)
    most = max(1, int((below + above).max()))
    axis.set(
        xlim=(0, count), ylim=(0, most * 1.15), xlabel="region of host memory, in the order that the TD fills them"
    )
    axis.set_yticks([0, most], ["0", f"{most:,}"])
    axis.set_ylabel(f"pairs kept\nin {many(width, 'region')}", fontsize=11)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))


def said(host: Host) -> str:
    """Return the lane in words, which are its title and stand in the picture's description."""
    pinned = host.pinned
    of = "" if host.alone else f" of {len(host.leaked):,} regions'"
    return (
        f"Host: {pinned.pairs_pinned:,}{of} PAMT pairs stay ({pinned.pinned_bytes // 1024:,} KiB), "
        f"for {many(pinned.leaked_references, 'leaked page')} and {many(pinned.phantom_references, 'phantom')}"
    )


__all__ = ["Flags", "Host", "Scenario", "draw_host", "host_of", "said"]
