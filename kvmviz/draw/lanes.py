"""A bad schedule as SVG that needs nothing else: laid out by Graphviz once, restyled for each step.

>>> from kvmviz.race.result import race
>>> drawn = lanes_svg(race("naive", 2, 1), at=2)
>>> drawn.count('class="row later"'), drawn.count('class="row now"')
(1, 1)

A row is a group with `data-step`, `data-thread` and `data-kind` (`step`, `module` for
a call into the TDX module, `bad` for the one that breaks something).
"""

from collections.abc import Iterator, Sequence
from html import escape
from textwrap import wrap
from typing import Final

from kvmviz.draw import lane_graph as dot
from kvmviz.draw.geometry import Box, read
from kvmviz.draw.lane_graph import lanes_dot as lanes_dot
from kvmviz.draw.palette import Theme, tokens
from kvmviz.draw.rendering import render
from kvmviz.race.result import HEADS, Finding, Race, shared
from kvmviz.race.schedules import Step
from kvmviz.terms.words import many

TOP: Final = 12
LINE: Final = 19
CHARACTER: Final = 7.0
"""Width of a character of the lines above and below the lanes."""

_STYLE: Final = (
    "{scope}text{{font:11.5px {ui-font};fill:{ink}}}{scope}.said{{font-size:13px}}{scope}.title{{font-size:15px;"
    "font-weight:700}}{scope}.quiet{{fill:{ink2}}}{scope}.head{{font-size:12.5px;font-weight:700}}"
    "{scope}.mid{{text-anchor:middle}}{scope}.end{{text-anchor:end;font-size:9px}}{scope}.lane{{fill:{canvas}}}{scope}.lock{{fill:{ink}}}"
    "{scope}.step .body{{fill:{in-use-fill};stroke:{in-use-edge}}}{scope}.step .words{{fill:{in-use-text}}}"
    "{scope}.module .body{{fill:{tdx-owned-fill};stroke:{tdx-owned-edge}}}"
    "{scope}.module .words{{fill:{tdx-owned-text}}}"
    "{scope}.bad .body{{fill:{leaked-fill};stroke:{leaked-text};stroke-width:2.5}}"
    "{scope}.bad .words{{fill:{leaked-text};font-weight:700}}"
    "{scope}.changed{{font-weight:700}}{scope}.paper{{fill:{paper}}}"
    "{scope}.later{{opacity:.25}}{scope}.now .body{{stroke:{now};stroke-width:3.5}}"
)


def style(theme: Theme, scope: str = "") -> str:
    """Return the picture's style rules, each below the selector `scope`."""
    return _STYLE.format(scope=f"{scope} " if scope else "", **tokens(theme))


def lanes_svg(
    found: Race, name: str | None = None, theme: Theme = "light", at: int | None = None, rules: str | None = None
) -> str:
    """Return the schedule of an invariant, by default of the first that is broken, after `at` steps or whole.

    `rules` takes the place of the theme's style, for a page that has its own.
    Raises DrawError if there is no Graphviz.
    """
    one = dot.shown(found, name)
    steps = one.steps
    boxes = read(render(lanes_dot(found, one.name), "svg")).boxes
    left = min(box.x for box in boxes.values())
    width = max(box.right for box in boxes.values()) + left
    above = list(_lines(_head(found, one), width))
    shift = TOP + LINE * len(above) - min(box.y for box in boxes.values())
    below = list(_lines([f"What should hold: {one.statement}", LEGEND], width))
    bottom = max(box.bottom for box in boxes.values()) + shift
    height = bottom + LINE * len(below) + 14
    rows = "".join(_row(step, steps, boxes, at) for step in steps)
    title = f"{found.design.name}: a shortest schedule that breaks {one.name}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="kvrace" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" style="max-width:100%;height:auto" role="img" '
        f'data-testid="race-schedule"><title>{escape(title)}</title><style>{style(theme) if rules is None else rules}'
        f'</style><rect class="paper" width="100%" height="100%"/>{_caption(above, 22)}'
        f'<g transform="translate(0 {shift:.1f})">{_ground(steps, boxes)}{rows}</g>'
        f"{_caption(below, bottom + 20, 'said quiet')}</svg>\n"
    )


LEGEND: Final = (
    "Steps marked TDX call into the module; a bar beside a thread's column says that it has the lock; pages are those "
    "of the region that the module has."
)


def _head(found: Race, one: Finding) -> list[str]:
    count, idle = len(one.steps), found.threads - len(dot.threads_of(one.steps))
    without = f"; not drawn, as it has no step: {many(idle, 'thread')}" if idle else ""
    return [
        f"{found.design.name}: {one.name} is broken",
        f"{found.bounds}: {found.states:,} states; no schedule shorter than these {count} steps does it{without}",
    ]


def _lines(texts: Sequence[str], width: float) -> Iterator[str]:
    for text in texts:
        yield from wrap(text, int((width - 28) / CHARACTER))


def _caption(lines: Sequence[str], y: float, kind: str = "") -> str:
    return "".join(
        f'<text class="{kind or ("said" if n else "title")}" x="14" y="{y + LINE * n:.0f}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )


def _ground(steps: Sequence[Step], boxes: dict[str, Box]) -> str:
    """Return the lanes themselves, and what they and the columns are called."""
    parts = []
    last = boxes[f"number {steps[-1].number}"].bottom
    for thread in dot.threads_of(steps):
        head = boxes[f"head {thread}"]
        lane = Box(head.x, head.bottom, head.width, last - head.bottom)
        parts.append(_rect(lane, "lane") + _text(head, f"thread {thread}", "head"))
    parts += [_text(boxes[f"head {word}"], word, "quiet mid") for word in HEADS]
    return "".join(parts)


def _row(step: Step, steps: Sequence[Step], boxes: dict[str, Box], at: int | None) -> str:
    when = "" if at is None or step.number < at else " now" if step.number == at else " later"
    kind = dot.kind(step, steps)
    body = boxes[f"step {step.number}"]
    parts = [_text(boxes[f"number {step.number}"], str(step.number), "quiet mid")]
    parts += [
        _rect(boxes[f"lock {one} {step.number}"], "lock")
        for one in sorted(dot.holders(step) & set(dot.threads_of(steps)))
    ]
    size = dot.points(step, bold=kind == "bad")
    parts.append(f'<g class="{kind}">{_rect(body, "body", 3)}{_words(step, body, size)}{_mark(step, body)}</g>')
    parts += _columns(step, steps, boxes)
    return (
        f'<g id="kv-race-{step.number}" class="row{when}" data-step="{step.number}" data-thread="{step.thread}" '
        f'data-kind="{kind}">{"".join(parts)}</g>'
    )


def _words(step: Step, body: Box, size: float) -> str:
    """Return a step's text, an answer that is long below it."""
    found = dot.lines(step)
    first = body.middle[1] + 4 - 7.5 * (len(found) - 1)
    return "".join(
        f'<text class="words" x="{body.x + 8:.1f}" y="{first + 15 * n:.1f}" '
        f'style="font-size:{size:.1f}px">{escape(line)}</text>'
        for n, line in enumerate(found)
    )


def _mark(step: Step, body: Box) -> str:
    """Return the word that marks a call into the module without a colour."""
    if step.step not in dot.MODULE:
        return ""
    return f'<text class="words end" x="{body.right - 7:.1f}" y="{body.middle[1] + 3.5:.1f}">TDX</text>'


def _columns(step: Step, steps: Sequence[Step], boxes: dict[str, Box]) -> Iterator[str]:
    """Yield counter, pair and pages; what the step has changed is bold."""
    before = shared(steps[step.number - 2].memory) if step.number > 1 else ()
    for n, (word, value) in enumerate(zip(HEADS, shared(step.memory), strict=True)):
        changed = " changed" if before and before[n] != value else " quiet"
        yield _text(boxes[f"{word} {step.number}"], value, f"mid{changed}")


def race_svg(found: Race, theme: Theme = "light") -> str:
    """Return a race as a picture: the schedule that breaks it first, or what holds where nothing does."""
    if found.first and found.first.steps:
        return lanes_svg(found, theme=theme)
    head = [
        f"{found.design.name}: {'no schedule breaks anything' if found.clean else 'broken before the first step'}",
        f"{found.bounds}: every interleaving, {found.states:,} states, {found.transitions:,} steps between them",
    ]
    said = [f"{SIGNS[one.verdict]} {one.statement}" for one in found.findings]
    ends = f"It may end with: {'; '.join(map(str, found.ends))}."
    lines = [*head, *said, ends]
    width, height = 760, 22 + LINE * len(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="kvrace" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" style="max-width:100%;height:auto" role="img" data-testid="race-clean">'
        f"<title>{escape(head[0])}</title><style>{style(theme)}</style>"
        f'<rect class="paper" width="100%" height="100%"/>{_caption(lines, 22)}</svg>\n'
    )


SIGNS: Final = {"holds": "\u2713", "expected": "\u2248", "broken": "\u2717"}


def _rect(box: Box, kind: str, radius: int = 0) -> str:
    return (
        f'<rect class="{kind}" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
        f'rx="{radius}"/>'
    )


def _text(box: Box, text: str, kind: str) -> str:
    x = box.middle[0] if "mid" in kind else box.x + 8
    return f'<text class="{kind}" x="{x:.1f}" y="{box.middle[1] + 4:.1f}">{escape(text)}</text>'
