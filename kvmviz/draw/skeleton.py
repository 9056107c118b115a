"""Graphviz's layout decorated with everything that may appear, as SVG, back to front.

A step only changes `data-state` of elements: of pages (`data-page`), and of
pointers, links, warnings, labels and the key (`data-el`).  Style rules say what
each state shows.  `kvmviz.draw.scene` puts the parts together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from kvmviz.draw import parts
from kvmviz.draw.dot import TDCS_ROOT, VCPUS, guests, has_guests, link_id, pair_name, shelf_head
from kvmviz.draw.elements import Element
from kvmviz.draw.geometry import Box, Layout
from kvmviz.draw.pen import Pen
from kvmviz.draw.shelves import Plan, Shown, Table, how_many, plan, times
from kvmviz.draw.signs import ID
from kvmviz.scenario.names import CONTROL_KINDS, sept_name, spt_name

HEAD: Final = 130
"""Width from which a shelf has room for the longer words above it."""

LEAKED: Final = 29
"""Half the width of the words below a lost page, less the margin."""


class Drawing:
    """Writes the parts of one picture with the states that `pen` has; `members` are the pages that a group counts."""

    def __init__(self, tree: Shown, place: Layout, pen: Pen, members: Mapping[str, Sequence[str]]) -> None:
        self.tree, self.place, self.pen, self.members = tree, place, pen, members
        self.plan: Plan = plan(tree)
        self.boxes = place.boxes

    def of_kind(self, *kinds: str) -> Iterator[str]:
        """Yield what has a box and is of one of these kinds, in the order of the boxes."""
        return (name for name in self.boxes if Element.parse(name).kind in kinds)

    def links(self) -> Iterator[str]:
        """The lines from tables to their parents."""
        names = {link_id(name): name for name in map(pair_name, self.tree.tables())}
        yield from (parts.svg_link(self.pen, names[identity], ends) for identity, ends in self.place.links.items())

    def twins(self, tables: tuple[Table, ...]) -> Iterator[str]:
        """The capsules round a mirror table and its S-EPT page."""
        for table in tables:
            left, right = self.boxes[spt_name(*table)], self.boxes[sept_name(*table)]
            grow = 7 if left.width >= parts.LARGE_WIDTH else 2
            both = Box(left.x, left.y, right.right - left.x, left.height)
            capsule = parts.svg_rect("capsule", both, grow, grow + 2)
            head = self.pen.head("twin", "el", f"twin {pair_name(table)}", self.group_of(table))
            yield f"<g {head}>{capsule}</g>"

    def group_of(self, table: Table) -> str:
        """Mark a twin that stands for several as the group that it is."""
        count = times(self.tree, sept_name(*table))
        if count == 1:
            return ""
        counts = self.pen.counts((spt_name(*table), sept_name(*table)), count)
        return f' data-group="{pair_name(table)} x {count}" data-times="{count}"{counts}'

    def pairs(self, tables: tuple[Table, ...]) -> Iterator[str]:
        """The tables: mirror page, S-EPT page, the pointer between them, guest pages below."""
        for table in tables:
            left, right = self.boxes[spt_name(*table)], self.boxes[sept_name(*table)]
            count = times(self.tree, sept_name(*table))
            yield parts.svg_page(self.pen, spt_name(*table), left, times=count)
            yield parts.svg_page(self.pen, sept_name(*table), right, self.tag_place(table, right), times=count)
            yield parts.svg_pointer(self.pen, pair_name(table), left, right, words=self.null_place(table, left))
            if table[0] == 1 and has_guests(self.tree):
                yield from (parts.svg_page(self.pen, page, self.boxes[page]) for page in guests(table))

    def tag_place(self, table: Table, box: Box) -> str:
        """Where the words of a loss stand, empty if there is no room."""
        if parts.kind_of(box) != "large":
            return ""
        if table[0] == 1:
            return "below leaves" if has_guests(self.tree) else "below"
        if self.tree.level_counts()[table[0]] > 1:
            return "below"
        return "corner" if self.in_key_row(box) else "beside"

    def in_key_row(self, box: Box) -> bool:
        """Say whether a page stands in one row with the key."""
        key = self.boxes["HKID"]
        return key.x > box.x and abs(key.middle[1] - box.middle[1]) < box.height

    def null_place(self, table: Table, box: Box) -> tuple[float, float] | None:
        """Where the words of a cut pointer stand."""
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
            yield f'<path {self.pen.head("cause", "el", f"cause {page}")} d="{path}"/>'

    def way_out(self, page: str) -> str:
        """Where a page's line to the TDR begins: over a table, under a page without one."""
        box, n = self.boxes[page], parts.number
        kind = Element.parse(page).kind
        if kind in ("S-EPT", "group") and page != VCPUS:
            return f"M{n(box.right + 3)},{n(box.y - 3)}L{n(box.right + 9)},{n(box.y - 11)}"
        control = max(self.boxes["spt root"].bottom, box.bottom) + 31
        return f"M{n(box.middle[0])},{n(box.bottom + 2)}V{n(box.bottom + 9 if kind == 'guest' else control)}"

    def warnings(self, pages: Iterable[str]) -> Iterator[str]:
        """The warning triangles of these pages."""
        for page in pages:
            yield parts.svg_warnings_of(self.pen, page, self.boxes[page])

    def others(self) -> Iterator[str]:
        """Yield the pages that are not tables: the root's, the TD's and the vCPUs'."""
        for page, box in self.boxes.items():
            if page == "spt root" or Element.parse(page).kind in CONTROL_KINDS:
                at = "below left" if page == "TDR" else "below"  # the lines from what cost the TDR pass at its right
                tag = at if parts.kind_of(box) == "large" and page != "spt root" else ""
                yield parts.svg_page(self.pen, page, box, tag)
        root, twin = self.boxes["spt root"], self.boxes[TDCS_ROOT]
        y = parts.number(root.middle[1])
        yield f'<path class="none" d="M{parts.number(root.right + 2)},{y}H{parts.number(twin.x - 2)}"/>'

    def key(self) -> str:
        """The key, in all its states."""
        box = self.boxes["HKID"]
        words = "".join(
            parts.svg_text(f"word w-{state}", box.x + 31, box.y + 21, f"HKID {state}")
            for state in ("assigned", "released", "leaked")
        )
        n = parts.number
        glyph = f'href="#{ID}g-key" x="{n(box.x + 9)}" y="{n(box.y + 7)}" width="18" height="18"'
        return (
            f"<g {self.pen.head('key', 'el', 'HKID')}><title>HKID</title>"
            f"{parts.svg_rect('tape', box, 4, 19)}{parts.svg_rect('body', box, 0, 16)}"
            f'<use class="glyph" {glyph}/>{words}</g>'
            f"{parts.svg_warnings(self.pen, 'HKID', box.right - 56, box.y - 28, 1.0, 2)}"
        )

    def heads(self) -> Iterator[str]:
        """The words above the parts of the picture."""
        root, control = self.boxes["spt root"], self.boxes["TDR"]
        above = root.y - 12
        vcpus = [self.boxes[page] for page in (VCPUS, *self.of_kind("TDVPR", "TDCX")) if page in self.boxes]
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
                yield f"<g {self.pen.head('rowlabel', 'el', 'label')}>{words}</g>"
                return

    def shelf_heads(self) -> Iterator[str]:
        """The words above the rows of a shelf."""
        apart = self.plan.shelves if self.plan.groups else ()
        shelves = (*self.plan.shelves, *(group.shelf for group in self.plan.groups))
        heads = {shelf_head(*section): (section[0], shelf in apart) for shelf in shelves for section in shelf.sections}
        for name, box in self.boxes.items():
            if name in heads:
                level, alone = heads[name]
                words = f"L{level} tables, in gfn order" if box.width > HEAD else f"L{level} tables"
                if alone:
                    words = f"first L{level} tables that fail"
                yield parts.svg_text("head start", box.x + 4, box.bottom - 4, words)

    def bars(self) -> Iterator[str]:
        """The folded groups."""
        words = {one.name: f"{one.name}: {how_many(self.tree, one.tables):,} tables" for one in self.plan.groups}
        for name, pages in self.members.items():
            box, said = self.boxes[f"group {name}"], words.get(name, "all vCPU pages")
            yield parts.svg_bar(self.pen, name, box, said, {page: times(self.tree, page) for page in pages})

    def here(self, box: Box | None) -> str:
        """The outline that says "now", if it is anywhere; above the pages, below the warnings."""
        if box is None:
            return f'<rect {self.pen.head("here", "el", "here")} rx="9"/>'
        place = f'x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
        return f'<rect {replace(self.pen, states={"here": "now"}).head("here", "el", "here")} {place} rx="9"/>'

    def whole(self, here: Box | None) -> str:
        """Everything of the picture, with the outline round what a step is about."""
        shelved = tuple(t for shelf in self.plan.shelves for _, tables in shelf.sections for t in tables)
        tables = self.plan.large + shelved
        warned = [*(sept_name(*table) for table in tables), *self.of_kind(*CONTROL_KINDS)]
        if has_guests(self.tree):
            warned += [page for table in tables if table[0] == 1 for page in guests(table)]
        caused = [page for page in warned if page != "TDR"]
        caused += self.of_kind("group")
        drawn = [
            *self.links(), *self.twins(tables), *self.others(), *self.pairs(tables), *self.bars(), self.key(),
            *self.heads(), *self.row_labels(), *self.shelf_heads(), *self.causes(caused),
            self.here(here), *self.warnings(warned),
        ]  # fmt: skip
        return "".join(drawn)

    def shelf(self, tables: tuple[Table, ...]) -> str:
        """What a group shows when it is open."""
        inside = [*self.twins(tables), *self.pairs(tables), *self.shelf_heads(), self.here(None)]
        return "".join([*inside, *self.warnings(sept_name(*table) for table in tables)])

    def svg(self, body: str, box: Box) -> str:
        """The picture with its frame round it."""
        view = " ".join(map(parts.number, (box.x, box.y, box.width, box.height)))
        head = self.pen.head("kvpic", "el", "words")
        return f'<svg xmlns="http://www.w3.org/2000/svg" {head} viewBox="{view}">{body}</svg>'
