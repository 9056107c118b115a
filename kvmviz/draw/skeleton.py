"""The picture as SVG: Graphviz's layout, decorated once with everything that may appear.

>>> from kvmviz.scenario.tree import Tree
>>> drawn = skeleton(Tree.parse("1x1x3"), 1)
>>> drawn.count('data-page="S-EPT L1 gfn=0x200"')
1

A step then only changes `data-state` of elements: of pages (`data-page`), and of
pointers, links, warnings, labels and the key (`data-el`).  Style rules say what
each state shows.  The same text serves the explorer, the offline page and, with
the states of one frame filled in, `kvmviz draw`.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from typing import Final

from kvmviz.draw import parts
from kvmviz.draw.dot import TDCS_ROOT, guests, has_guests, pair_name
from kvmviz.draw.layout import Box, Layout, layout, shelf_layout
from kvmviz.draw.plan import Group, Plan, Shown, Table, alike, plan, times
from kvmviz.scenario.names import sept_name, spt_name

HERE: Final = '<rect class="here" data-el="here" data-state="none" rx="9"/>'
"""The outline that says "now"; above the pages, below the warnings."""


HEAD: Final = 130
"""Width from which a shelf has room for the longer words above it."""

LEAKED: Final = 29
"""Half the width of the words below a lost page, less the margin."""


class _Drawing:
    """Writes the parts of one skeleton, back to front."""

    def __init__(self, tree: Shown, place: Layout) -> None:
        self.tree, self.place = tree, place
        self.plan: Plan = plan(tree)
        self.boxes = place.boxes

    def links(self) -> Iterator[str]:
        for identity, ends in self.place.links.items():
            name = identity.removeprefix("link_").replace("_", " gfn=", 1)
            yield parts.svg_link(name, ends)

    def twins(self, tables: tuple[Table, ...]) -> Iterator[str]:
        for table in tables:
            left, right = self.boxes[spt_name(*table)], self.boxes[sept_name(*table)]
            grow = 7 if left.width >= parts.LARGE_WIDTH else 2
            both = Box(left.x, left.y, right.right - left.x, left.height)
            capsule = parts.svg_rect("capsule", both, grow, grow + 2)
            head = f'class="twin"{self.group_of(table)} data-el="twin {pair_name(table)}"'
            yield f'<g {head} data-state="present">{capsule}</g>'

    def group_of(self, table: Table) -> str:
        """Mark a twin that stands for several as the group that it is."""
        count = times(self.tree, sept_name(*table))
        if count == 1:
            return ""
        counts = f'data-count-in-use="{count}" data-count-tdx-owned="{count}"'
        return f' data-group="{pair_name(table)} x {count}" data-times="{count}" {counts}'

    def pairs(self, tables: tuple[Table, ...]) -> Iterator[str]:
        for table in tables:
            left, right = self.boxes[spt_name(*table)], self.boxes[sept_name(*table)]
            count = times(self.tree, sept_name(*table))
            yield parts.svg_page(spt_name(*table), left, times=count)
            yield parts.svg_page(sept_name(*table), right, self.tag_place(table, right), times=count)
            yield parts.svg_pointer(pair_name(table), left, right, words=self.null_place(table, left))
            if table[0] == 1 and has_guests(self.tree):
                yield from (parts.svg_page(page, self.boxes[page]) for page in guests(table))

    def tag_place(self, table: Table, box: Box) -> str:
        if parts.kind_of(box) != "large":
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
        if parts.kind_of(box) != "large":
            return None
        alone = self.tree.level_counts()[table[0]] == 1 and table[0] > 1
        return (box.x - 14, box.middle[1] + 4) if alone else (box.right, box.bottom + 24)

    def causes(self, pages: Iterable[str]) -> Iterator[str]:
        """A line from each page (or folded group) to the TDR, for the step at which the one costs the other."""
        to, n = self.boxes["TDR"], parts.number
        end, middle = to.right + 3, to.middle[1]
        tip = f"M{n(end + 7)},{n(middle - 4)}L{n(end)},{n(middle)}L{n(end + 7)},{n(middle + 4)}"
        for page in pages:
            path = f"{self.way_out(page)}H{n(self.place.width + 11)}V{n(middle)}H{n(end)}{tip}"
            yield f'<path class="cause" data-el="cause {escape(page)}" data-state="off" d="{path}"/>'

    def way_out(self, page: str) -> str:
        """Where a page's line to the TDR begins: over a table, under a page without one."""
        box, n = self.boxes[page], parts.number
        if page.startswith(("S-EPT", "group ")) and page != "group vCPUs":
            return f"M{n(box.right + 3)},{n(box.y - 3)}L{n(box.right + 9)},{n(box.y - 11)}"
        control = max(self.boxes["spt root"].bottom, box.bottom) + 31
        return f"M{n(box.middle[0])},{n(box.bottom + 2)}V{n(box.bottom + 9 if page.startswith('guest') else control)}"

    def warnings(self, pages: Iterator[str]) -> Iterator[str]:
        for page in pages:
            yield parts.svg_warnings_of(page, self.boxes[page])

    def others(self) -> Iterator[str]:
        """Yield the pages that are not tables: the root's, the TD's and the vCPUs'."""
        for page, box in self.boxes.items():
            if page == "spt root" or page.startswith(("TD", "TDCX")):
                at = "below left" if page == "TDR" else "below"  # the lines from what cost the TDR pass at its right
                yield parts.svg_page(page, box, at if parts.kind_of(box) == "large" and page != "spt root" else "")
        root, twin = self.boxes["spt root"], self.boxes[TDCS_ROOT]
        y = parts.number(root.middle[1])
        yield f'<path class="none" d="M{parts.number(root.right + 2)},{y}H{parts.number(twin.x - 2)}"/>'

    def key(self) -> str:
        box = self.boxes["HKID"]
        words = "".join(
            parts.svg_text(f"word w-{state}", box.x + 36, box.y + 21, f"HKID {state}")
            for state in ("assigned", "released", "leaked")
        )
        n = parts.number
        glyph = f'href="#{parts.ID}g-key" x="{n(box.x + 12)}" y="{n(box.y + 7)}" width="18" height="18"'
        return (
            '<g class="key" data-el="HKID" data-state="assigned"><title>HKID</title>'
            f"{parts.svg_rect('tape', box, 4, 19)}{parts.svg_rect('body', box, 0, 16)}"
            f'<use class="glyph" {glyph}/>{words}</g>{parts.svg_warnings("HKID", box.right - 56, box.y - 28, 1.0, 2)}'
        )

    def heads(self) -> Iterator[str]:
        root, control = self.boxes["spt root"], self.boxes["TDR"]
        above = root.y - 12
        vcpus = [box for page, box in self.boxes.items() if page.startswith(("TDVPR", "TDCX", "group vCPUs"))]
        if vcpus:
            left, right = min(box.x for box in vcpus), max(box.right for box in vcpus)
            yield parts.svg_text("head", (left + right) / 2, min(above, min(box.y for box in vcpus) - 6), "vCPU pages")
        yield parts.svg_text("head", root.middle[0], above, "mirror")
        yield parts.svg_text("head", (self.boxes["TDCS[0]"].x + control.right) / 2, above, "TD control pages")
        for page, words in (("TDCX[0][3]", "TDCX"), ("TDCS[4]", "TDCS")):
            if page in self.boxes and self.boxes[page].width < parts.LEAF_WIDTH and self.boxes[page].height > 20:
                box = self.boxes[page]
                yield parts.svg_text("head small", box.right, box.bottom + 12, words)

    def row_labels(self) -> Iterator[str]:
        """Name the two halves of a twin, where a row above the lowest has room for words."""
        for table in self.plan.large:
            left, right = self.boxes[spt_name(*table)], self.boxes[sept_name(*table)]
            alone = self.tree.level_counts()[table[0]] == 1
            if table[0] > 1 and alone and not self.in_key_row(left):
                y = left.middle[1] + 4
                words = parts.svg_text("head end", left.x - 14, y, "mirror table")
                words += parts.svg_text("head start", right.right + 14, y, "its S-EPT page")
                yield f'<g class="rowlabel" data-el="label" data-state="on">{words}</g>'
                return

    def shelf_heads(self) -> Iterator[str]:
        shelves = self.plan.shelves if self.plan.groups else ()
        apart = {pair_name(tables[0]) for shelf in shelves for _, tables in shelf.sections}
        for name, box in self.boxes.items():
            if name.startswith("head "):
                _, level, first = name.split(" ", 2)
                words = f"{level} tables, in gfn order" if box.width > HEAD else f"{level} tables"
                if first in apart:
                    words = f"first {level} tables that fail"
                yield parts.svg_text("head start", box.x + 4, box.bottom - 4, words)

    def bars(self) -> Iterator[str]:
        for group in self.plan.groups:
            yield parts.svg_bar(
                group.name,
                self.boxes[f"group {group.name}"],
                f"{group.name}: {alike(self.tree, group.tables):,} tables",
            )
        if "group vCPUs" in self.boxes:
            yield parts.svg_bar("vCPUs", self.boxes["group vCPUs"], "all vCPU pages")

    def inside(self) -> str:
        shelved = tuple(t for shelf in self.plan.shelves for _, tables in shelf.sections for t in tables)
        tables = self.plan.large + shelved
        warned = [*(sept_name(*table) for table in tables), *(p for p in self.boxes if p.startswith("TD"))]
        if has_guests(self.tree):
            warned += [page for table in tables if table[0] == 1 for page in guests(table)]
        caused = [page for page in warned if page != "TDR"]
        caused += [name for name in self.boxes if name.startswith("group ")]
        drawn = [
            *self.links(), *self.twins(tables), *self.others(), *self.pairs(tables), *self.bars(), self.key(),
            *self.heads(), *self.row_labels(), *self.shelf_heads(), *self.causes(caused),
            HERE,
            *self.warnings(iter(warned)),
        ]  # fmt: skip
        return "".join(drawn)


def _svg(body: str, box: Box) -> str:
    view = " ".join(map(parts.number, (box.x, box.y, box.width, box.height)))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="kvpic" data-el="words" data-state="few" viewBox="{view}">'
    return f"{head}{body}</svg>"


@lru_cache(maxsize=32)
def skeleton(tree: Shown, vcpus: int) -> str:
    """Return the SVG of a tree in its first state; the same text for the same tree."""
    place = layout(tree, vcpus)
    drawing = _Drawing(tree, place)
    width = max(place.width, place.boxes["TDR"].middle[0] + LEAKED)  # its words are wider than the page
    return _svg(drawing.inside(), Box(-15, -30, width + 30, place.height + 54))


@lru_cache(maxsize=256)
def shelf(tree: Shown, number: int) -> str:
    """Return the SVG of what the group `number` shows when it is open."""
    group: Group = plan(tree).groups[number]
    place = shelf_layout(tree, number)
    drawing = _Drawing(tree, place)
    inside = [
        *drawing.twins(group.tables), *drawing.pairs(group.tables), *drawing.shelf_heads(),
        HERE, *drawing.warnings(sept_name(*table) for table in group.tables),
    ]  # fmt: skip
    return _svg("".join(inside), Box(-8, -8, place.width + 16, place.height + 16))
