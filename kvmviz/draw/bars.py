"""Counted bars of a folded group: one segment for each state, the leaked one first and never too thin.

>>> [round(w) for _, _, w in spans({"leaked": 1, "freed": 511}, 0, 460)]
[30, 430]
"""

from collections.abc import Mapping, Sequence
from typing import Final

from kvmviz.draw.signs import ID

ORDER: Final = ("leaked", "in-use", "rcu-pending", "reclaimed", "freed", "tdx-owned")
"""From left to right: what is lost, what is on its way, what is still to come."""

LEAST: Final = 30.0
"""Width that a leaked segment keeps, in points."""

THIN: Final = 14.0
"""Below this width a segment carries no number."""


def spans(counts: Mapping[str, int], x: float, width: float) -> list[tuple[str, float, float]]:
    """Return (state, x, width) of each segment that has pages."""
    total = sum(counts.values())
    leaked = counts.get("leaked", 0)
    first = max(LEAST, width * leaked / total) if leaked else 0.0
    found, left, rest = [], x, total - leaked
    for state in ORDER:
        count = counts.get(state, 0)
        if count:
            wide = min(width, first) if state == "leaked" else (width - first) * count / rest
            found.append((state, left, wide))
            left += wide
    return found


def segments(counts: Mapping[str, int], place: Sequence[float]) -> str:
    """Return the SVG of a bar at (x, y, width, height)."""
    x, y, width, height = place
    return "".join(_segment(state, counts[state], at, y, wide, height) for state, at, wide in spans(counts, x, width))


def _segment(state: str, count: int, x: float, y: float, width: float, height: float) -> str:
    core = _rect(x + 4, y + 4, max(0, width - 8), height - 8, ' class="core"')
    fill = f' fill="url(#{ID}tape)"' if state == "leaked" else ""
    number = f'<text x="{x + width / 2:.1f}" y="{y + height / 2 + 4:.1f}">{count:,}</text>' if width > THIN else ""
    return (
        f'<g class="seg seg-{state}">{_rect(x, y, width, height, fill)}{core if state == "leaked" else ""}{number}</g>'
    )


def _rect(x: float, y: float, width: float, height: float, extra: str) -> str:
    return f'<rect{extra} x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2"/>'
