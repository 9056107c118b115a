"""The handout: one page of what the course is about, made from the model, as SVG or PDF.

`python -m kvmviz.draw.paper handout.pdf` writes it; the ending says which.

>>> [row[0] for row in rows()][:2]
['fail=none', 'fail=L1@0x200']
"""

import sys
from pathlib import Path
from textwrap import fill
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from kvmviz.compare.comparison import compare
from kvmviz.compare.figures import LABELS, Figures
from kvmviz.draw.figures import COLOUR, INK, QUIET, TAPE, Drawn, drawing
from kvmviz.record.runs import run
from kvmviz.terms.phases import PHASES
from kvmviz.terms.states import PAGE_STATES
from kvmviz.terms.words import many

A4: Final = (8.27, 11.69)
"""Width and height in inches."""

SCENARIOS: Final = (
    "fail=none", "fail=L1@0x200", "fail=all", "fail=L1@0x200 boot=second:60s", "hkid=flushvp-not-done",
    "hkid=key-freeid-error", "hkid=flushvp-not-done boot=second:60s",
)  # fmt: skip
"""The rows of the table: nothing, the two faults, and the second TD of a boot."""

SUBTITLE: Final = "How KVM gives back the page tables of a TDX guest, before and after a patch"
COMMANDS: Final = "kvmviz compare before v1 'fail=L1@0x200'   kvmviz explain HKID   kvmviz check"

FAULT: Final = "fail=L1@0x200"
"""The fault of which the handout says what it costs next."""

COLUMNS: Final = ("traces", "lines", "leaked", "silent")
HEADS: Final = LABELS | {"traces": "traces"}
"""Heads of the columns, some shorter than in a comparison."""

NOTE: Final = (
    "fail: pages that cannot be reclaimed. hkid: how the key stayed with the TD. boot=second: an identical TD, later "
    "in the same boot. silent: pages leak, and the log has nothing."
)

TEXT: Final = {
    "The question": "A TD is destroyed. Each page of its S-EPT belongs to the TDX module and has to be asked back. "
    "One cannot be reclaimed. Who finds out, what does the log say, and what becomes of the page?",
    "A leak is containment": "Memory that the module still owns must not be touched. Setting external_spt to NULL "
    "makes every later free do nothing: the page is lost on purpose, and the host goes on.",
    "What the patch changed": "Who decides, and so who warns: before, generic code in handle_removed_pt, each time; "
    "after, TDX code in tdx_sept_free_private_spt, where the reclaim helper's older warning remains, once a boot.",
    "What it did not change": "Which pages leak. And the TDR is lost with any other page, because the module counts "
    "the TD's pages.",
}
"""What is said beside the table; nothing that is counted."""


def rows() -> list[tuple[str, ...]]:
    """Return the table: a scenario, and each figure before and after the patch."""
    found = []
    for line in SCENARIOS:
        both = compare("before", "v1", line)
        a, b = Figures.of(both.a), Figures.of(both.b)
        found.append((line, *(f"{a.cell(field)} \u2192 {b.cell(field)}" for field in COLUMNS)))
    return found


def next_words() -> str:
    """Return what the same fault costs with the patch that comes next, pairs included, in a sentence."""
    found = {}
    for region in ("dense", "scattered"):
        summary = run("dpamt", f"{FAULT} region={region}").summary
        assert summary.pamt
        found[region] = (summary.pamt.pairs_pinned, (summary.leaked_bytes + summary.pamt.pinned_bytes) // 1024)
    (pair, least), (pairs, most) = found["dense"], found["scattered"]
    return (
        f"Next, with Dynamic PAMT (dpamt), {FAULT} loses {least:,} KiB, {many(pair, 'PAMT pair')} included, or "
        f"{most:,} KiB with {pairs:,}, where pages lie apart. The log does not say so."
    )


def handout() -> Drawn:
    """Return the page."""
    with drawing(*A4) as (figure, (axis,)):
        figure.set_layout_engine("none")
        axis.set(xlim=(0, 100), ylim=(140, 0), position=(0.07, 0.04, 0.86, 0.92))
        axis.axis("off")
        axis.text(0, 0, "Who finds out?", fontsize=24, fontweight="bold", va="top")
        axis.text(0, 6.5, SUBTITLE, fontsize=12, va="top")
        y = _paragraphs(axis, 12)
        y = _table(axis, y + 1)
        y = _order(axis, y + 2)
        _legend(axis, y + 2)
        axis.text(0, 139, COMMANDS, family="DejaVu Sans Mono", fontsize=10, color=QUIET)
    said = "; ".join(map(_said, rows()))
    return Drawn(figure, f"Handout, before to v1. {said}. {next_words()}", tight=False)


def _said(row: tuple[str, ...]) -> str:
    return f"{row[0]}: {', '.join(f'{LABELS[c]} {v}' for c, v in zip(COLUMNS, row[1:], strict=True))}"


def _paragraphs(axis: Axes, y: float) -> float:
    for title, text in TEXT.items():
        lines = fill(text, 92)
        axis.text(0, y, title, fontsize=12, fontweight="bold", va="top")
        axis.text(0, y + 2.6, lines, fontsize=10.5, va="top", linespacing=1.35)
        y += 4.5 + 2.35 * (lines.count("\n") + 1)
    return y


def _table(axis: Axes, y: float) -> float:
    at = (0, 46, 57, 71, 89)
    axis.text(0, y, "What happens, before \u2192 after (v1)", fontsize=12, fontweight="bold", va="top")
    y += 5.5
    for x, head in zip(at, ("scenario", *(HEADS[field] for field in COLUMNS)), strict=True):
        axis.text(x, y, head, fontsize=10, fontweight="bold", va="center")
    for row in rows():
        y += 3.3
        axis.plot([0, 100], [y - 1.65, y - 1.65], color=COLOUR["line"], linewidth=0.8)
        for n, (x, cell) in enumerate(zip(at, row, strict=True)):
            family = "DejaVu Sans" if n else "DejaVu Sans Mono"
            axis.text(x, y, cell, fontsize=10, va="center", family=family, fontweight="bold" if "yes" in cell else None)
    axis.text(0, y + 2.6, fill(NOTE, 96), fontsize=10, va="top", linespacing=1.3, color=QUIET)
    axis.text(0, y + 7.4, fill(next_words(), 96), fontsize=10, va="top", linespacing=1.3)
    return y + 11


def _order(axis: Axes, y: float) -> float:
    axis.text(0, y, "The order of a teardown", fontsize=12, fontweight="bold", va="top")
    width = 100 / len(PHASES)
    for n, (name, phase) in enumerate(PHASES.items()):
        key = name == "pre_destroy"
        box: dict[str, Any] = {
            "facecolor": COLOUR["reclaimed-fill"] if key else "white",
            "edgecolor": INK,
            "linewidth": 1,
        }
        axis.add_patch(Rectangle((n * width + 0.4, y + 3.6), width - 0.8, 6.6, **box))
        axis.text(n * width + width / 2, y + 6.9, fill(phase.happens, 16), fontsize=10, ha="center", va="center")
    note = "RECLAIM works only when the key is back; guest pages can be removed only before."
    axis.text(0, y + 11.6, note, fontsize=10.5, va="top")
    return y + 13.8


def _legend(axis: Axes, y: float) -> None:
    axis.text(0, y, "States of a page", fontsize=12, fontweight="bold", va="top")
    for n, state in enumerate(PAGE_STATES.values()):
        top = y + 4.2 + 3.4 * n
        leaked = state.name == "leaked"
        fill_ = "white" if state.light.fill == "none" else state.light.fill
        style = {"dashed": "--", "dotted": ":"}.get(state.line, "-")
        edge = TAPE if leaked else state.light.edge
        axis.add_patch(
            Rectangle((0, top), 5, 2.2, facecolor=fill_, edgecolor=edge, linestyle=style, hatch="//" if leaked else "")
        )
        axis.text(6.5, top + 1.1, state.word, fontsize=10.5, fontweight="bold", va="center")
        axis.text(25, top + 1.1, state.meaning, fontsize=10.5, va="center")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        if Path(name).suffix not in (".svg", ".pdf", ".png"):
            sys.exit(f"{name}: the handout can be a .svg, .pdf or .png file; give it one of these endings.")
        handout().save(name)
