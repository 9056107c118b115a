"""The picture as SVG: Graphviz's layout, decorated once with everything that may appear.

>>> from kvmviz.tree import Tree
>>> drawn = skeleton(Tree.parse("1x1x3"), 1)
>>> drawn.count('data-page="S-EPT L1 gfn=0x200"')
1

A step then only changes `data-state` of elements: of pages (`data-page`), and of
pointers, links, warnings, labels and the key (`data-el`).  Style rules say what
each state shows.  The same text serves the explorer, the offline page and, with
the states of one frame filled in, `kvmviz draw`.
"""

from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import Final

from kvmviz.draw.dot import TDCS_ROOT, guests, has_guests, pair_name
from kvmviz.draw.layout import Box, Layout, layout, shelf_layout
from kvmviz.draw.plan import Group, Plan, Table, plan
from kvmviz.draw.signs import GLYPHS, TRIANGLE
from kvmviz.names import sept_name, spt_name
from kvmviz.states import PAGE_STATES
from kvmviz.tree import Tree

ID: Final = "@ID@"
"""Stands for the prefix of ids; whoever shows the skeleton replaces it."""

LARGE_WIDTH: Final = 50
"""From this width a page carries name, number and glyph."""

MEDIUM_WIDTH: Final = 30
"""From this width a page carries a number and a glyph."""

TINY_HEIGHT: Final = 16
"""From this height a page carries its index and a glyph."""

LEAF_WIDTH: Final = 20
"""From this width a lower page carries a glyph."""

START: Final = {"spt": "in-use"}
"""What a page is before the first event: KVM's mirror pages in use, all others with the module."""


def first_state(page: str) -> str:
    """Return the state in which the skeleton is written."""
    return START.get(page.split(" ")[0], "tdx-owned")


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _rect(kind: str, box: Box, grow: float = 0, radius: float = 4) -> str:
    fill = f' fill="url(#{ID}tape)"' if kind == "tape" else ""
    return (
        f'<rect class="{kind}"{fill} x="{_number(box.x - grow)}" y="{_number(box.y - grow)}" '
        f'width="{_number(box.width + 2 * grow)}" height="{_number(box.height + 2 * grow)}" rx="{_number(radius)}"/>'
    )


def _text(kind: str, x: float, y: float, words: str) -> str:
    return f'<text class="{kind}" x="{_number(x)}" y="{_number(y)}">{escape(words)}</text>'


def _glyphs(x: float, y: float, size: float) -> str:
    return "".join(
        f'<use class="glyph g-{state.name}" href="#{ID}g-{state.glyph}" x="{_number(x)}" y="{_number(y)}" '
        f'width="{_number(size)}" height="{_number(size)}"/>'
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
    if " gfn=" in page:
        head, gfn = page.split(" gfn=")
        return head.split(" ")[-1], gfn
    return page, ""


def _fitting(kind: str, words: str, most: int) -> str:
    """Return the class of a text, narrower if it has more than `most` characters."""
    return kind if len(words) <= most else f"{kind} tight" if len(words) <= most + 2 else f"{kind} tighter"


def _inside(page: str, box: Box, kind: str) -> str:
    above, middle = _labels(page)
    centre, half = box.middle
    if kind == "large":
        name = _text("name long" if len(above) > 4 else "name", box.x + 5, box.y + 16, above)
        sub = (
            _text("sub words" if " " in middle else _fitting("sub", middle, 7), centre, box.y + 36, middle)
            if middle
            else ""
        )
        return _glyphs(box.right - 14, box.y + 5 if len(above) < 8 else box.bottom - 16, 12) + name + sub
    if kind == "medium":
        tall = box.height > 20
        text = _text(_fitting("sub", middle, 6), centre, box.bottom - 5, middle or above.split("[")[0])
        return (
            _glyphs(box.right - 11, box.y + 2, 9) + _text("name", box.x + 4, box.y + 10, above) if tall else ""
        ) + text
    if kind == "tiny":
        index = page.rpartition("[")[2].rstrip("]")
        if box.height < 20:
            return _text("sub", box.x + 5, box.y + 12.5, index) + _glyphs(box.right - 8, half - 3.5, 7)
        return _text("sub", centre, box.y + 9.5, index) + _glyphs(centre - 4, box.bottom - 10.5, 8)
    return _glyphs(centre - 4.5, half - 4.5, 9) if kind == "leaf" else ""


def _tag(box: Box, at: str) -> str:
    if at == "beside":
        return _text("tag start", box.right + 14, box.middle[1] + 4, "LEAKED 4 KiB")
    if at == "corner":
        return _text("tag start", box.right + 12, box.bottom + 15, "LEAKED 4 KiB")
    return _text("tag", box.middle[0], box.bottom + (48 if at == "below leaves" else 25), "LEAKED 4 KiB")


def _page(page: str, box: Box, tag: str = "") -> str:
    kind = kind_of(box)
    outside = {"large": 6, "medium": 3}.get(kind)
    tape = _rect("tape", box, outside) if outside else ""
    core = "" if outside else _rect("tape", box, 0, 2) + _rect("core", box, -min(3.5, box.width / 4), 1)
    radius = 4 if kind in ("large", "medium") else 2
    name = escape(page)
    return (
        f'<g class="page {kind}" data-page="{name}" data-state="{first_state(page)}"><title>{name}</title>'
        f"{tape}{_rect('body', box, 0, radius)}{core}{_inside(page, box, kind)}{_tag(box, tag) if tag else ''}</g>"
    )


def _pointer(name: str, left: Box, right: Box, *, words: tuple[float, float] | None = None) -> str:
    x, y, to = left.right, left.middle[1], right.x
    small = left.width < LARGE_WIDTH
    dot, head, bar = (1.5, 2.5, 3) if small else (4, 5.5, 8)
    stub = (to - x) * 0.4
    text = f'<text class="null" x="{_number(words[0])}" y="{_number(words[1])}">\u2192 NULL</text>' if words else ""
    n = _number
    tip = f"M{n(to - 1.6 * head)},{n(y - head)} {n(to)},{n(y)} {n(to - 1.6 * head)},{n(y + head)}z"
    return (
        f'<g class="ptr{" thin" if small else ""}" data-el="ptr {name}" data-state="set">'
        f'<g class="whole"><circle cx="{n(x)}" cy="{n(y)}" r="{dot}"/><path d="M{n(x)},{n(y)}H{n(to - head)}"/>'
        f'<path class="hd" d="{tip}"/></g>'
        f'<g class="cut"><circle cx="{n(x)}" cy="{n(y)}" r="{dot}"/>'
        f'<path d="M{n(x)},{n(y)}H{n(x + stub)}M{n(x + stub)},{n(y - bar)}V{n(y + bar)}"/>{text}</g></g>'
    )


def _link(name: str, ends: tuple[float, float, float, float]) -> str:
    x1, y1, x2, y2 = ends
    path = f"M{_number(x1)},{_number(y1)}L{_number(x2)},{_number(y2)}"
    return (
        f'<g class="link" data-el="link {name}" data-state="present">'
        f'<path class="o" d="{path}" transform="translate(2.5)"/><path d="{path}" transform="translate(-2)"/></g>'
    )


def _warnings(name: str, x: float, y: float, scale: float, slots: int) -> str:
    return "".join(
        f'<g class="warn" data-el="warn {escape(name)} {slot}" data-state="none" '
        f'transform="translate({_number(x + slot * 25 * scale)},{_number(y)}) scale({scale})">{TRIANGLE}</g>'
        for slot in range(slots)
    )


def _warnings_of(page: str, box: Box) -> str:
    kind = kind_of(box)
    if kind == "large":
        return _warnings(page, box.x + 4, box.y - 29, 1.08, 2)
    if kind == "medium":
        return _warnings(page, box.x + 6, box.y - 12, 0.62, 2)
    return _warnings(page, box.x + box.width / 2 - 5.5, box.y - 5.5, 0.46, 1)


class _Drawing:
    """Writes the parts of one skeleton, back to front."""

    def __init__(self, tree: Tree, place: Layout) -> None:
        self.tree, self.place = tree, place
        self.plan: Plan = plan(tree)
        self.boxes = place.boxes

    def links(self) -> Iterator[str]:
        for identity, ends in self.place.links.items():
            name = identity.removeprefix("link_").replace("_", " gfn=", 1)
            yield _link(name, ends)

    def twins(self, tables: tuple[Table, ...]) -> Iterator[str]:
        for table in tables:
            left, right = self.boxes[spt_name(*table)], self.boxes[sept_name(*table)]
            grow = 7 if left.width >= LARGE_WIDTH else 2
            both = Box(left.x, left.y, right.right - left.x, left.height)
            capsule = _rect("capsule", both, grow, grow + 2)
            yield f'<g class="twin" data-el="twin {pair_name(table)}" data-state="present">{capsule}</g>'

    def pairs(self, tables: tuple[Table, ...]) -> Iterator[str]:
        for table in tables:
            left, right = self.boxes[spt_name(*table)], self.boxes[sept_name(*table)]
            yield _page(spt_name(*table), left)
            yield _page(sept_name(*table), right, self.tag_place(table, right))
            yield _pointer(pair_name(table), left, right, words=self.null_place(table, left))
            if table[0] == 1 and has_guests(self.tree):
                yield from (_page(page, self.boxes[page]) for page in guests(table))

    def tag_place(self, table: Table, box: Box) -> str:
        if kind_of(box) != "large":
            return ""
        if table[0] == 1:
            return "below leaves" if has_guests(self.tree) else "below"
        if self.tree.level_counts()[table[0]] > 1:
            return "below"
        return "corner" if self.in_key_row(box) else "beside"

    def in_key_row(self, box: Box) -> bool:
        key = self.boxes["HKID"]
        return key.x > box.x and abs(key.middle[1] - box.middle[1]) < box.height

    def null_place(self, table: Table, box: Box) -> tuple[float, float] | None:
        if kind_of(box) != "large":
            return None
        alone = self.tree.level_counts()[table[0]] == 1 and table[0] > 1
        return (box.x - 14, box.middle[1] + 4) if alone else (box.right, box.bottom + 24)

    def causes(self, tables: tuple[Table, ...]) -> Iterator[str]:
        """A line from each S-EPT page to the TDR, for the step at which the one costs the other."""
        to, edge = self.boxes["TDR"], self.place.width + 11
        for table in tables:
            box = self.boxes[sept_name(*table)]
            x, up, over = _number(box.right + 3), _number(box.y - 3), _number(box.y - 11)
            end, middle = to.right + 3, to.middle[1]
            y, back = _number(middle), _number(end + 7)
            head = f"M{back},{_number(middle - 4)}L{_number(end)},{y}L{back},{_number(middle + 4)}"
            path = f"M{x},{up}L{_number(box.right + 9)},{over}H{_number(edge)}V{y}H{_number(end)}{head}"
            yield f'<path class="cause" data-el="cause {sept_name(*table)}" data-state="off" d="{path}"/>'

    def warnings(self, pages: Iterator[str]) -> Iterator[str]:
        for page in pages:
            yield _warnings_of(page, self.boxes[page])

    def others(self) -> Iterator[str]:
        """Yield the pages that are not tables: the root's, the TD's and the vCPUs'."""
        for page, box in self.boxes.items():
            if page == "spt root" or page.startswith(("TD", "TDCX")):
                yield _page(page, box, "below" if kind_of(box) == "large" and page != "spt root" else "")
        root, twin = self.boxes["spt root"], self.boxes[TDCS_ROOT]
        y = _number(root.middle[1])
        yield f'<path class="none" d="M{_number(root.right + 2)},{y}H{_number(twin.x - 2)}"/>'

    def key(self) -> str:
        box = self.boxes["HKID"]
        words = "".join(
            _text(f"word w-{state}", box.x + 36, box.y + 21, f"HKID {state}")
            for state in ("assigned", "released", "leaked")
        )
        return (
            f'<g class="key" data-el="HKID" data-state="assigned"><title>HKID</title>{_rect("tape", box, 4, 19)}'
            f'{_rect("body", box, 0, 16)}<use class="glyph" href="#{ID}g-key" x="{_number(box.x + 12)}" '
            f'y="{_number(box.y + 7)}" width="18" height="18"/>{words}</g>'
            f"{_warnings('HKID', box.right - 56, box.y - 28, 1.0, 2)}"
        )

    def heads(self) -> Iterator[str]:
        root, control = self.boxes["spt root"], self.boxes["TDR"]
        above = root.y - 12
        vcpus = [box for page, box in self.boxes.items() if page.startswith(("TDVPR", "TDCX", "group vCPUs"))]
        if vcpus:
            left, right = min(box.x for box in vcpus), max(box.right for box in vcpus)
            yield _text("head", (left + right) / 2, min(above, min(box.y for box in vcpus) - 6), "vCPU pages")
        yield _text("head", root.middle[0], above, "mirror")
        yield _text("head", (self.boxes["TDCS[0]"].x + control.right) / 2, above, "TD control pages")
        for page, words in (("TDCX[0][3]", "TDCX"), ("TDCS[4]", "TDCS")):
            if page in self.boxes and self.boxes[page].width < LEAF_WIDTH and self.boxes[page].height > 20:
                yield _text("head small", self.boxes[page].right, self.boxes[page].bottom + 12, words)

    def row_labels(self) -> Iterator[str]:
        """Name the two halves of a twin, where a row above the lowest has room for words."""
        for table in self.plan.large:
            left, right = self.boxes[spt_name(*table)], self.boxes[sept_name(*table)]
            alone = self.tree.level_counts()[table[0]] == 1
            if table[0] > 1 and alone and not self.in_key_row(left):
                y = left.middle[1] + 4
                words = _text("head end", left.x - 14, y, "mirror table")
                words += _text("head start", right.right + 14, y, "its S-EPT page")
                yield f'<g class="rowlabel" data-el="label" data-state="on">{words}</g>'
                return

    def shelf_heads(self) -> Iterator[str]:
        for name, box in self.boxes.items():
            if name.startswith("head "):
                level = name.split(" ")[1]
                yield _text("head start", box.x + 4, box.bottom - 4, f"{level} tables, in gfn order")

    def bars(self) -> Iterator[str]:
        for group in self.plan.groups:
            yield _bar(group.name, self.boxes[f"group {group.name}"], f"{group.name}: {len(group.tables)} tables")
        if "group vCPUs" in self.boxes:
            yield _bar("vCPUs", self.boxes["group vCPUs"], "all vCPU pages")

    def inside(self) -> str:
        shelved = tuple(t for shelf in self.plan.shelves for _, tables in shelf.sections for t in tables)
        tables = self.plan.large + shelved
        warned = [*(sept_name(*table) for table in tables), *(p for p in self.boxes if p.startswith("TD"))]
        if has_guests(self.tree):
            warned += [page for table in tables if table[0] == 1 for page in guests(table)]
        parts = [
            *self.links(), *self.twins(tables), *self.others(), *self.pairs(tables), *self.bars(), self.key(),
            *self.heads(), *self.row_labels(), *self.shelf_heads(), *self.causes(self.plan.large),
            *self.warnings(iter(warned)),
        ]  # fmt: skip
        return "".join(parts)


def _bar(name: str, box: Box, words: str) -> str:
    place = " ".join(map(_number, (box.x + 6, box.y + 19, box.width - 12, 21)))
    return (
        f'<g class="group" data-group="{escape(name)}" data-el="group {escape(name)}" data-state="closed">'
        f"<title>{escape(name)}</title>{_rect('capsule', box, 3, 8)}"
        f"{_text('group-name', box.x + 8, box.y + 14, chr(0x25B8) + ' ' + words)}"
        f'<g class="bar" data-bar="{place}"></g></g>'
        f"{_warnings(f'group {name}', box.right - 24, box.y - 4, 0.8, 1)}"
    )


def _svg(body: str, box: Box) -> str:
    view = " ".join(map(_number, (box.x, box.y, box.width, box.height)))
    here = '<rect class="here" data-el="here" data-state="none" rx="9"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="kvpic" data-el="words" data-state="few" viewBox="{view}">'
    return f"{head}{body}{here}</svg>"


@lru_cache(maxsize=32)
def skeleton(tree: Tree, vcpus: int) -> str:
    """Return the SVG of a tree in its first state; the same text for the same tree."""
    place = layout(tree, vcpus)
    drawing = _Drawing(tree, place)
    return _svg(drawing.inside(), Box(-15, -30, place.width + 30, place.height + 54))


@lru_cache(maxsize=256)
def shelf(tree: Tree, number: int) -> str:
    """Return the SVG of what the group `number` shows when it is open."""
    group: Group = plan(tree).groups[number]
    place = shelf_layout(tree, number)
    drawing = _Drawing(tree, place)
    parts = [
        *drawing.twins(group.tables), *drawing.pairs(group.tables), *drawing.shelf_heads(),
        *drawing.warnings(sept_name(*table) for table in group.tables),
    ]  # fmt: skip
    return _svg("".join(parts), Box(-8, -8, place.width + 16, place.height + 16))
