"""A report of a check as a picture: a bar for each invariant, as long as it was asked, filled as far as it is broken.

>>> from kvmviz.check.engine import check
>>> drawn = report_svg(check("v1", "1x1x1", progress=False))
>>> drawn.count('class="asked"'), drawn.count('class="broken"')
(31, 3)
"""

from html import escape
from typing import Final

from kvmviz.check.report import Report
from kvmviz.check.results import Result
from kvmviz.draw.palette import Theme, tokens

WIDTH: Final = 860
ROW: Final = 24
TOP: Final = 62
BAR: Final = (330, 300)
"""Where the bars begin, and how long one is that was asked in every scenario."""

_STYLE = (
    "text{{font:13px {ui-font};fill:{ink}}}.name{{font:12px {mono-font}}}.head{{font-weight:700;font-size:15px}}"
    ".said{{fill:{ink2}}}.asked{{fill:{capsule};stroke:{line2}}}.broken{{fill:{leaked-fill};stroke:{ink}}}"
    ".holds{{font-weight:400}}.design,.accepted,.bug{{font-weight:700}}"
)


def report_svg(report: Report, theme: Theme = "light") -> str:
    """Return the report as SVG that needs nothing else."""
    height = TOP + ROW * len(report.results) + 8
    rows = "".join(_row(result, TOP + ROW * n, report.scenarios) for n, result in enumerate(report.results))
    title = f"{report.revision}: {report.scenarios:,} scenarios, {report.behaviours:,} distinct behaviours"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'style="max-width:100%;height:auto" role="img"><title>{escape(title)}</title>'
        f"<style>{_STYLE.format(**tokens(theme))}</style>"
        f'<rect width="100%" height="100%" fill="{tokens(theme)["paper"]}"/>'
        f'<text class="head" x="14" y="24">{escape(title)}</text>'
        f'<text class="said" x="14" y="46">A bar is as long as the invariant was asked; it is dark as far as it is '
        f"broken.</text>{rows}</svg>\n"
    )


def _row(result: Result, y: int, scenarios: int) -> str:
    """Return one invariant: its name, its bar, and in words what the bar shows."""
    x, most = BAR
    asked = most * result.met / max(scenarios, 1)
    broken = result.broken.count if result.broken else 0
    dark = max(2.0, most * broken / scenarios) if broken else 0
    said = f"{result.verdict}, {broken:,} of {result.met:,}" if broken else f"{result.verdict}, {result.met:,}"
    bars = f'<rect class="asked" x="{x}" y="{y + 5}" width="{asked:.1f}" height="14" rx="2"/>'
    if broken:
        bars += f'<rect class="broken" x="{x}" y="{y + 5}" width="{dark:.1f}" height="14" rx="2"/>'
    return (
        f'<g data-invariant="{result.name}" data-verdict="{result.verdict}">'
        f'<text class="name" x="14" y="{y + 16}">{result.name}</text>{bars}'
        f'<text class="{escape(result.verdict)}" x="{x + most + 14}" y="{y + 16}">{said}</text></g>'
    )
