"""Where Graphviz put things: the boxes of cells and the lines of edges, read from its SVG.

>>> from kvmviz.scenario.tree import Tree
>>> place = layout(Tree.parse("1x1x3"), 1)
>>> place.boxes["S-EPT L1 gfn=0x200"].width > place.boxes["S-EPT L1 gfn=0x200"].height  # how much: the engine's
True
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from kvmviz.draw import dot, rendering
from kvmviz.draw.shelves import Shown, plan

_SVG = "{http://www.w3.org/2000/svg}"
_TITLE = "{http://www.w3.org/1999/xlink}title"
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """The centre."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes by element name, ends of the edges by their id, and the size of the whole."""

    boxes: dict[str, Box]
    links: dict[str, tuple[float, float, float, float]]
    width: float
    height: float


def layout(tree: Shown, vcpus: int) -> Layout:
    """Lay the superset of a tree out, once; raise DrawError if there is no engine."""
    return read(rendering.render(dot.picture(tree, vcpus), "svg"))


def shelf_layout(tree: Shown, number: int) -> Layout:
    """Lay out what the group `number` of the tree's plan shows when it is open."""
    return read(rendering.render(dot.shelf_picture(tree, plan(tree).groups[number]), "svg"))


def read(svg: bytes) -> Layout:
    """Return the layout that an engine's SVG holds."""
    root = ElementTree.fromstring(svg)
    width, height = (float(part) for part in root.get("viewBox", "0 0 0 0").split()[2:])
    boxes = {name: _box(points, height) for name, points in _cells(root)}
    links = {identity: ends for identity, path in _edges(root) if (ends := _ends(path, height))}
    return Layout(boxes, links, width, height)


def _cells(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for anchor in root.iter(f"{_SVG}a"):
        polygon = anchor.find(f"{_SVG}polygon")
        name = anchor.get(_TITLE)
        if polygon is not None and name:
            yield name, polygon.get("points", "")


def _edges(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for group in root.iter(f"{_SVG}g"):
        path = group.find(f"{_SVG}path")
        if group.get("class") == "edge" and path is not None:
            yield group.get("id", ""), path.get("d", "")


def _box(points: str, height: float) -> Box:
    numbers = [float(n) for n in _NUMBER.findall(points)]
    xs, ys = numbers[0::2], numbers[1::2]
    return Box(min(xs), min(ys) + height, max(xs) - min(xs), max(ys) - min(ys))


def _ends(path: str, height: float) -> tuple[float, float, float, float] | None:
    numbers = [float(n) for n in _NUMBER.findall(path)]
    if len(numbers) < 4:
        return None
    return numbers[0], numbers[1] + height, numbers[-2], numbers[-1] + height
