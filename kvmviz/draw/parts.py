"""The parts of the picture as SVG text: a page with everything it may show, a pointer, a link, a warning, a bar.

>>> 'data-state="in-use"' in svg_page(Pen(), "spt root", Box(0, 0, 58, 46))
True

Each element carries `data-page` or `data-el` with its name, and `data-state`.
"""

from collections.abc import Mapping
from html import escape
from typing import Final

from kvmviz.draw.dot import TDCS_ROOT
from kvmviz.draw.geometry import Box
from kvmviz.draw.pen import Pen
from kvmviz.draw.signs import GLYPHS, ID, TRIANGLE
from kvmviz.scenario.names import PageName
from kvmviz.terms.states import PAGE_STATES

KIB: Final = 4
"""KiB in a page."""

LARGE_WIDTH: Final = 50
"""From this width a page carries name, number and glyph."""

MEDIUM_WIDTH: Final = 30
"""From this width a page carries a number and a glyph."""

TINY_HEIGHT: Final = 16
"""From this height a page carries its index and a glyph."""

LEAF_WIDTH: Final = 20
"""From this width a lower page carries a glyph."""


def number(value: float) -> str:
    """Return a coordinate as short text."""
    return f"{value:.1f}".removesuffix(".0")


def svg_rect(kind: str, box: Box, grow: float = 0, radius: float = 4) -> str:
    """Return a rectangle; the tape's fill is a pattern."""
    fill = f' fill="url(#{ID}tape)"' if kind == "tape" else ""
    return (
        f'<rect class="{kind}"{fill} x="{number(box.x - grow)}" y="{number(box.y - grow)}" '
        f'width="{number(box.width + 2 * grow)}" height="{number(box.height + 2 * grow)}" rx="{number(radius)}"/>'
    )


def svg_text(kind: str, x: float, y: float, words: str) -> str:
    """Return a text, escaped."""
    return f'<text class="{kind}" x="{number(x)}" y="{number(y)}">{escape(words)}</text>'


def _glyphs(x: float, y: float, size: float) -> str:
    return "".join(
        f'<use class="glyph g-{state.name}" href="#{ID}g-{state.glyph}" x="{number(x)}" y="{number(y)}" '
        f'width="{number(size)}" height="{number(size)}"/>'
        for state in PAGE_STATES.values()
        if state.glyph in GLYPHS
    )


def kind_of(box: Box) -> str:
    """Return the size class of a page: large, medium, tiny, leaf or small."""
    if box.width >= LARGE_WIDTH:
        return "large"
    if box.width >= MEDIUM_WIDTH:
        return "medium"
    if box.height >= TINY_HEIGHT:
        return "tiny"
    return "leaf" if box.width >= LEAF_WIDTH else "small"


def _labels(page: str) -> tuple[str, str]:
    """Return what stands in a page: above, and in the middle."""
    if page == "spt root":
        return "spt", "root"
    if page == TDCS_ROOT:
        return "TDCS 3", "S-EPT root"
    name = PageName.parse(page)
    if name.is_control:
        return page, ""
    return f"L{name.level}" if name.table else name.kind, f"{name.gfn:#x}"


def svg_squeezed(kind: str, x: float, y: float, words: str, most: int, width: float) -> str:
    """Return a text that is made as narrow as it must be if it has more than `most` characters."""
    plain = svg_text(kind, x, y, words)
    if len(words) <= most:
        return plain
    return plain.replace("<text ", f'<text textLength="{number(width)}" lengthAdjust="spacingAndGlyphs" ', 1)


def _fitting(kind: str, words: str, most: int) -> str:
    """Return the class of a text, narrower if it has more than `most` characters."""
    return kind if len(words) <= most else f"{kind} tight" if len(words) <= most + 2 else f"{kind} tighter"


def _inside(page: str, box: Box, kind: str, times: int) -> str:
    above, middle = _labels(page)
    if times > 1 and PageName.parse(page).kind == "spt":  # the other half says which table it is that stands for all
        middle = f"\u00d7{times:,}"
    centre, half = box.middle
    if kind == "large":
        name = svg_text("name long" if len(above) > 4 else "name", box.x + 5, box.y + 16, above)
        sub = (
            svg_text("sub words" if " " in middle else _fitting("sub", middle, 7), centre, box.y + 36, middle)
            if middle
            else ""
        )
        return _glyphs(box.right - 14, box.y + 5 if len(above) < 8 else box.bottom - 16, 12) + name + sub
    if kind == "medium":
        tall = box.height > 20
        words = middle or PageName.parse(page).kind
        text = svg_squeezed(_fitting("sub", middle, 6), centre, box.bottom - 5, words, 6, box.width - 4)
        return (
            _glyphs(box.right - 11, box.y + 2, 9) + svg_text("name", box.x + 4, box.y + 10, above) if tall else ""
        ) + text
    if kind == "tiny":
        index = str(PageName.parse(page).index[-1])
        if box.height < 20:
            return svg_text("sub", box.x + 5, box.y + 12.5, index) + _glyphs(box.right - 8, half - 3.5, 7)
        return svg_text("sub", centre, box.y + 9.5, index) + _glyphs(centre - 4, box.bottom - 10.5, 8)
    return _glyphs(centre - 4.5, half - 4.5, 9) if kind == "leaf" else ""


def _tag(box: Box, at: str, times: int) -> str:
    words = f"LEAKED {KIB * times} KiB"
    if at == "beside":
        return svg_text("tag start", box.right + 14, box.middle[1] + 4, words)
    if at == "corner":
        return svg_text("tag start", box.right + 12, box.bottom + 15, words)
    x = box.middle[0] - (12 if at == "below left" else 0)
    return svg_text("tag", x, box.bottom + (48 if at == "below leaves" else 25), words)


def svg_page(pen: Pen, page: str, box: Box, tag: str = "", times: int = 1) -> str:
    """Return a page with its tape, body, glyphs, name and, if `tag` says where, the words of its loss.

    `times` says how many pages it stands for.
    """
    kind = kind_of(box)
    outside = {"large": 6, "medium": 3}.get(kind)
    tape = svg_rect("tape", box, outside) if outside else ""
    core = "" if outside else svg_rect("tape", box, 0, 2) + svg_rect("core", box, -min(3.5, box.width / 4), 1)
    radius = 4 if kind in ("large", "medium") else 2
    name = escape(page)
    title = name if times == 1 else f"{name}, one of {times:,} alike"
    return (
        f"<g {pen.head(f'page {kind}', 'page', page)}><title>{title}</title>"
        f"{tape}{svg_rect('body', box, 0, radius)}{core}{_inside(page, box, kind, times)}"
        f"{_tag(box, tag, times) if tag else ''}</g>"
    )


def svg_pointer(pen: Pen, name: str, left: Box, right: Box, *, words: tuple[float, float] | None = None) -> str:
    """Return a pointer from a mirror page to its S-EPT page, whole and cut."""
    x, y, to = left.right, left.middle[1], right.x
    small = left.width < LARGE_WIDTH
    dot, head, bar = (1.5, 2.5, 3) if small else (4, 5.5, 8)
    stub = (to - x) * 0.4
    text = f'<text class="null" x="{number(words[0])}" y="{number(words[1])}">\u2192 NULL</text>' if words else ""
    n = number
    tip = f"M{n(to - 1.6 * head)},{n(y - head)} {n(to)},{n(y)} {n(to - 1.6 * head)},{n(y + head)}z"
    start = f'<circle cx="{n(x)}" cy="{n(y)}" r="{dot}"/>'
    broken = f"M{n(x)},{n(y)}H{n(x + stub)}M{n(x + stub)},{n(y - bar)}V{n(y + bar)}"
    return (
        f"<g {pen.head('ptr thin' if small else 'ptr', 'el', f'ptr {name}')}>"
        f'<g class="whole">{start}<path d="M{n(x)},{n(y)}H{n(to - head)}"/><path class="hd" d="{tip}"/></g>'
        f'<g class="cut">{start}<path d="{broken}"/>{text}</g></g>'
    )


def svg_link(pen: Pen, name: str, ends: tuple[float, float, float, float]) -> str:
    """Return the double line from a table to its parent."""
    x1, y1, x2, y2 = ends
    path = f"M{number(x1)},{number(y1)}L{number(x2)},{number(y2)}"
    return (
        f"<g {pen.head('link', 'el', f'link {name}')}>"
        f'<path class="o" d="{path}" transform="translate(2.5)"/><path d="{path}" transform="translate(-2)"/></g>'
    )


def svg_warnings(pen: Pen, name: str, x: float, y: float, scale: float, slots: int) -> str:
    """Return warning triangles side by side, one a slot."""
    return "".join(
        f"<g {pen.head('warn', 'el', f'warn {name} {slot}')} "
        f'transform="translate({number(x + slot * 25 * scale)},{number(y)}) scale({scale})">{TRIANGLE}</g>'
        for slot in range(slots)
    )


def svg_warnings_of(pen: Pen, page: str, box: Box) -> str:
    """Return the slots of a page's warnings, where the page has room for them."""
    kind = kind_of(box)
    if kind == "large":
        return svg_warnings(pen, page, box.x + 4, box.y - 29, 1.08, 2)
    if kind == "medium":
        return svg_warnings(pen, page, box.x + 6, box.y - 12, 0.62, 2)
    return svg_warnings(pen, page, box.x + box.width / 2 - 5.5, box.y - 5.5, 0.46, 1)


def svg_bar(pen: Pen, name: str, box: Box, words: str, pages: Mapping[str, int]) -> str:
    """Return a folded group: its name, and the counted bar of its pages, each with how many it stands for."""
    place = box.x + 6, box.y + 19, box.width - 12, 21.0
    shown = " ".join(map(number, place))
    head = pen.head("group", "el", f"group {name}", f' data-group="{escape(name)}"')
    return (
        f"<g {head}>"
        f"<title>{escape(name)}</title>{svg_rect('capsule', box, 3, 8)}"
        f"{svg_text('group-name', box.x + 8, box.y + 14, chr(0x25B8) + ' ' + words)}"
        f'<g class="bar" data-bar="{shown}">{pen.bar(pages, place)}</g></g>'
        f"{svg_warnings(pen, f'group {name}', box.right - 24, box.y - 4, 0.8, 1)}"
    )
