"""The picture of a tree as a value: where everything stands, and the SVG of any frame of it.

>>> from kvmviz.scenario.tree import Tree
>>> scene = scene_of(Tree.parse("1x1x3"), 1)
>>> scene.skeleton.count('data-page="S-EPT L1 gfn=0x200"')
1
>>> 'data-page="TDR" data-state="leaked"' in scene.svg({"TDR": "leaked"})
True

Everything is laid out once; a frame differs in the states of elements alone.  The
skeleton serves explorer and offline page, which move its states; `svg` is a frame
that stands still.
"""

from functools import cached_property, lru_cache

from kvmviz.draw.dot import VCPUS
from kvmviz.draw.elements import Element
from kvmviz.draw.geometry import Box, layout, shelf_layout
from kvmviz.draw.parts import LARGE_WIDTH
from kvmviz.draw.pen import Pen, States
from kvmviz.draw.shelves import Shown, plan
from kvmviz.draw.skeleton import LEAKED, Drawing
from kvmviz.scenario.names import ENTRIES, PageName, sept_name, vcpu_names


class Scene:
    """What a tree, whole or folded, and so many vCPUs look like."""

    def __init__(self, tree: Shown, vcpus: int) -> None:
        self.tree, self.vcpus = tree, vcpus
        self.plan = plan(tree)
        self.place = layout(tree, vcpus)

    @cached_property
    def members(self) -> dict[str, tuple[str, ...]]:
        """The pages that each folded group counts: S-EPT pages of its tables, or the vCPUs' pages."""
        found = {group.name: tuple(sept_name(*table) for table in group.tables) for group in self.plan.groups}
        if VCPUS in self.place.boxes:
            found["vCPUs"] = tuple(page for vcpu in range(self.vcpus) for page in vcpu_names(vcpu))
        return found

    @cached_property
    def skeleton(self) -> str:
        """The SVG with every element in its first state."""
        return self._drawn(Pen(), None)

    @cached_property
    def shelves(self) -> dict[str, str]:
        """The SVG of what each group of tables shows when it is open."""
        return {group.name: self._shelf(number) for number, group in enumerate(self.plan.groups)}

    def svg(self, states: States, here: str | None = None) -> str:
        """Return the SVG of a frame; `here` is the page that its step is about."""
        return self._drawn(Pen({**states, **self._causes(states)}), self.outline(here))

    def outline(self, page: str | None) -> Box | None:
        """Return the outline that says "now": round a twin, or round a page on its own; None if it is not drawn."""
        boxes = self.place.boxes
        if page is None or page not in boxes:
            return None
        box, grow = boxes[page], 9.0 if boxes[page].width >= LARGE_WIDTH else 3.0
        name = None if page == "HKID" else PageName.parse(page)
        if name and name.table:
            left, right = boxes[f"spt {name.table}"], boxes[f"S-EPT {name.table}"]
            box = Box(left.x, left.y, right.right - left.x, left.height)
        return Box(box.x - grow, box.y - grow, box.width + 2 * grow, box.height + 2 * grow)

    def _drawn(self, pen: Pen, here: Box | None) -> str:
        drawing = Drawing(self.tree, self.place, pen, self.members)
        width = max(self.place.width, self.place.boxes["TDR"].middle[0] + LEAKED)  # its words are wider than the page
        return drawing.svg(drawing.whole(here), Box(-15, -30, width + 30, self.place.height + 54))

    def _shelf(self, number: int) -> str:
        place = shelf_layout(self.tree, number)
        drawing = Drawing(self.tree, place, Pen(), {})
        body = drawing.shelf(self.plan.groups[number].tables)
        return drawing.svg(body, Box(-8, -8, place.width + 16, place.height + 16))

    def _causes(self, states: States) -> dict[str, str]:
        """Return the states of the lines from groups to the TDR: on if a page in the group caused its loss."""
        groups = {page: name for name, pages in self.members.items() for page in pages}
        elements = ((Element.parse(name), at) for name, at in states.items())
        on = (one.of for one, at in elements if one.kind == "cause" and at == "on")
        tables = [_table_of_guest(page) for page in on]
        return {f"cause group {groups[page]}": "on" for page in tables if page in groups}


def _table_of_guest(page: str) -> str:
    """Return the S-EPT page of the table that maps a guest page; any other page as it is."""
    name = PageName.parse(page)
    return sept_name(1, name.gfn - name.gfn % ENTRIES) if name.kind == "guest" else page


@lru_cache(maxsize=64)
def scene_of(tree: Shown, vcpus: int) -> Scene:
    """Return the scene of a tree; raise DrawError if there is no engine that lays it out."""
    return Scene(tree, vcpus)
