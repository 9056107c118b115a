"""The DOT text of a picture, built purely: what stands where, and how it looks in one frame.

>>> from kvmviz.scenario.tree import Tree
>>> text = picture(Tree.parse("1x1x3"), vcpus=1)
>>> 'ID="S-EPT_L1_0x200"' in text
True

The text without looks is laid out once for a tree; cells have fixed sizes, so
the geometry depends on no font and hardly on the engine.  With looks it is the
whole picture of one frame, which any Graphviz draws.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

import graphviz

from kvmviz.draw.elements import slug
from kvmviz.draw.shelves import BAR, Group, Plan, Shelf, Shown, Size, Table, parent, plan
from kvmviz.record.folding import FoldedTree
from kvmviz.scenario.names import guest_name, sept_name, spt_name

TDCS_ROOT: Final = "TDCS[3]"
"""The TDCS page that is the S-EPT root (td_control_structures.h of the TDX module)."""

VCPUS: Final = "group vCPUs"
"""What stands for the pages of all vCPUs, where they are many."""

BIG_VCPUS: Final = 1
"""Up to here a vCPU's pages are drawn with names."""

STRIP_VCPUS: Final = 4
"""Up to here each vCPU is a strip; above, all vCPU pages are one group."""

CELL: Final[dict[Size, tuple[int, int, int]]] = {"medium": (34, 26, 10), "small": (12, 12, 6)}
"""Width and height of a page on a shelf, and the room for its pointer."""


SHELF_GAP: Final = 8
"""Space between twins on a shelf."""

CLEAR: Final = "#ffffff00"
"""The fill of a cell without an edge, so that the engine says where it is."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one cell is drawn in a frame: CSS colours, the edge's style and width, a text."""

    fill: str = ""
    edge: str = "#8b8f94"
    style: str = ""
    width: int = 1
    text: str = ""
    ink: str = "#16191d"


Looks = Mapping[str, Look]
"""From an element's name (a page, `ptr L1 gfn=0x0`, `link L1 gfn=0x0`, `HKID`) to its look."""


def pair_name(table: Table) -> str:
    """Return the name of a twin, `L1 gfn=0x200`."""
    return f"L{table[0]} gfn={table[1]:#x}"


def link_id(name: str) -> str:
    """Return the id of the line from a table, by its twin's name, to its parent."""
    return f"link_{slug(name)}"


def shelf_head(level: int, tables: tuple[Table, ...]) -> str:
    """Return the name of the words above a shelf's tables of one level."""
    return f"head L{level} {pair_name(tables[0])}"


def has_guests(tree: Shown) -> bool:
    """Say whether the picture has guest pages: not with a size, where their phase is empty."""
    return tree.gib is None


def guests(table: Table) -> tuple[str, ...]:
    """Return the names of the two private guest pages below a level-1 table."""
    return tuple(guest_name(table[1] + i) for i in range(2))


class _Cells:
    """Writes HTML-like table cells with the looks of one frame."""

    def __init__(self, looks: Looks) -> None:
        self.looks = looks

    def cell(self, name: str, width: int, height: int, port: str = "", *, bare: bool = False) -> str:
        """One page: fixed size, with an id so that it can be found in the SVG."""
        look = self.looks.get(name, Look())
        border = 0 if bare else look.width
        fill = f' BGCOLOR="{look.fill or CLEAR}"' if look.fill or bare else ""
        style = f' STYLE="{look.style}"' if look.style else ""
        text = (
            f'<FONT POINT-SIZE="{_points(look.text, width, height)}" COLOR="{look.ink}">{_lines(look.text)}</FONT>'
            if look.text
            else ""
        )
        where = f' PORT="{port}"' if port else ""
        return (
            f'<TD FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{height}" BORDER="{border}" COLOR="{look.edge}"{fill}{style}'
            f' ID="{slug(name)}" HREF="#" TITLE="{escape(name)}"{where}>{text}</TD>'
        )


def _points(text: str, width: int, height: int) -> int:
    lines = text.split("\n")
    return max(3, min(12, int(width / (0.66 * max(map(len, lines)))), int(height / (1.35 * len(lines)))))


def _lines(text: str) -> str:
    return "<BR/>".join(escape(line) for line in text.split("\n"))


def _space(width: int, height: int) -> str:
    return f'<TD FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{height}" BORDER="0"></TD>'


def _table(rows: Iterable[Iterable[str]], spacing: int = 0) -> str:
    body = "".join(f"<TR>{''.join(row)}</TR>" for row in rows)
    return f'<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="{spacing}" CELLPADDING="0">{body}</TABLE>'


def _held(table: str) -> str:
    return f'<TD BORDER="0" ALIGN="LEFT" VALIGN="BOTTOM">{table}</TD>'


class _Picture:
    """Collects the nodes and edges of one picture."""

    def __init__(self, tree: Shown, vcpus: int, looks: Looks) -> None:
        self.tree, self.vcpus, self.looks = tree, vcpus, looks
        self.cells = _Cells(looks)
        self.plan: Plan = plan(tree)
        self.graph = graphviz.Digraph(
            "td",
            graph_attr={
                "bgcolor": "transparent", "nodesep": "0.32", "ranksep": "0.54", "splines": "line",
                "ordering": "out", "margin": "0", "pad": "0", "fontname": "Helvetica",
            },
            node_attr={"shape": "plain", "fontname": "Helvetica"},
            edge_attr={"headport": "n", "tailport": "s", "arrowhead": "none"},
        )  # fmt: skip

    def source(self) -> str:
        self.top_row()
        for table in self.plan.large:
            self.node(pair_name(table), self.twin(table))
            self.link(table, pair_name(table))
        self.key()
        for number, shelf in enumerate(() if self.plan.groups else self.plan.shelves):
            self.node(f"shelf {number}", f"<{self.shelf(shelf)}>")
            self.link_to(shelf.anchor, f"shelf {number}", pair_name(shelf.sections[0][1][0]))
        for anchor, groups in self.stacks():
            name = f"groups {'root' if anchor is None else pair_name(anchor)}"
            shelves = [shelf for shelf in self.plan.shelves if shelf.anchor == anchor]
            apart = [[_held(self.shelf(shelf, self.bar_width()))] for shelf in shelves]
            self.node(name, f"<{_table([*([self.bar(group)] for group in groups), *apart], 8)}>")
            self.link_to(anchor, name, pair_name(groups[0].tables[0]))
        return str(self.graph.source)

    def node(self, name: str, label: str) -> None:
        self.graph.node(slug(name), label=label, id=f"node_{slug(name)}")

    def top_row(self) -> None:
        with self.graph.subgraph() as row:
            row.attr(rank="same")
            row.node("vcpus", label=f"<{self.vcpu_wing()}>")
            row.node("root", label=f"<{self.pair('spt root', TDCS_ROOT, 'root')}>")
            row.node("control", label=f"<{self.control_wing()}>")
            row.edge("vcpus", "root", style="invis")
            row.edge("root", "control", style="invis")

    def pair(self, mirror: str, twin: str, name: str) -> str:
        cell = self.cells.cell
        return _table(
            [[cell(mirror, 58, 46, "m"), cell(f"ptr {name}", 22, 46, "p", bare=True), cell(twin, 58, 46, "s")]]
        )

    def twin(self, table: Table) -> str:
        name, cell = pair_name(table), self.cells.cell
        mirror, twin = spt_name(*table), sept_name(*table)
        rows = [[cell(mirror, 58, 46, "m"), cell(f"ptr {name}", 22, 46, "p", bare=True), cell(twin, 58, 46, "s")]]
        if table[0] == 1 and has_guests(self.tree):
            leaves = _table([[cell(page, 27, 14) for page in guests(table)]], 2)
            rows.append([_space(58, 32), _space(22, 32), _held(leaves)])
        return f"<{_table(rows)}>"

    def link(self, table: Table, head: str) -> None:
        self.link_to(parent(self.tree, table), head, pair_name(table))

    def link_to(self, anchor: Table | None, head: str, name: str) -> None:
        look = self.looks.get(f"link {name}", Look())
        tail = "root" if anchor is None else slug(pair_name(anchor))
        port = ":p:n" if head == name else ":n"
        self.graph.edge(
            f"{tail}:p:s", f"{slug(head)}{port}", id=link_id(name), color=look.edge, style=look.style or "solid"
        )

    def vcpu_wing(self) -> str:
        if self.vcpus == 0:
            return _table([[_space(128, 46)]])
        if self.vcpus > STRIP_VCPUS:
            return _table([[self.cells.cell(VCPUS, 128, 46)]])
        if self.vcpus <= BIG_VCPUS:
            extra = [f"TDCX[0][{i}]" for i in range(5)]
            return _table(
                [
                    [
                        self.cells.cell("TDVPR[0]", 58, 46),
                        _space(12, 46),
                        _held(self.block([*extra[:3], None, *extra[3:]])),
                    ]
                ]
            )
        return _table([[_held(self.strip(vcpu))] for vcpu in range(self.vcpus)])

    def strip(self, vcpu: int) -> str:
        extra = [self.cells.cell(f"TDCX[{vcpu}][{i}]", 16, 18) for i in range(5)]
        return _table([[self.cells.cell(f"TDVPR[{vcpu}]", 36, 18), *extra]], 2)

    def control_wing(self) -> str:
        pages = [f"TDCS[{i}]" for i in range(6)]
        block = self.block([*pages[:3], None, *pages[4:]])
        return _table([[_held(block), _space(12, 46), self.cells.cell("TDR", 58, 46)]])

    def block(self, names: list[str | None]) -> str:
        row = [self.cells.cell(name, 18, 22) if name else _space(18, 22) for name in names]
        return _table([row[:3], row[3:]], 2)

    def key(self) -> None:
        first = pair_name(self.plan.large[0]) if self.plan.large else None
        self.node("HKID", f"<{_table([[self.cells.cell('HKID', 130, 32)]])}>")
        self.graph.edge("control", "HKID", style="invis")
        if first:
            with self.graph.subgraph() as row:
                row.attr(rank="same")
                row.node(slug(first))
                row.node("HKID")

    def shelf(self, shelf: Shelf, least: int = 0) -> str:
        """Twins in rows below a head; filled up to the width `least`, since a table would be stretched to it."""
        width, height, room = CELL[shelf.size]
        line = shelf.columns * (2 * width + room) + (shelf.columns + 1) * SHELF_GAP
        fill = [_space(least - line - SHELF_GAP, height)] if least > line + SHELF_GAP else []
        line = max(line, least)
        rows: list[list[str]] = []
        for level, tables in shelf.sections:
            rows.append([self.cells.cell(shelf_head(level, tables), line, 16, bare=True)])
            twins = [_held(self.small(table, shelf.size)) for table in tables]
            twins += [_space(2 * width + room, height)] * (-len(twins) % shelf.columns)
            lines = [twins[at : at + shelf.columns] + fill for at in range(0, len(twins), shelf.columns)]
            rows.append([_held(_table(lines, SHELF_GAP))])
        return _table(rows)

    def small(self, table: Table, size: Size) -> str:
        width, height, room = CELL[size]
        cell = self.cells.cell
        rows = [
            [
                cell(spt_name(*table), width, height),
                cell(f"ptr {pair_name(table)}", room, height, bare=True),
                cell(sept_name(*table), width, height),
            ]
        ]
        if table[0] == 1 and has_guests(self.tree):
            leaf = (width - 2) // 2
            leaves = _table([[cell(page, leaf, max(4, leaf // 2)) for page in guests(table)]], 1)
            rows.append([_space(width, 2), _space(room, 2), _space(width, 2)])
            rows.append([_space(width, 3), _space(room, 3), _held(leaves)])
        return _table(rows)

    def stacks(self) -> list[tuple[Table | None, list[Group]]]:
        found: dict[Table | None, list[Group]] = {}
        for group in self.plan.groups:
            found.setdefault(group.anchor, []).append(group)
        return list(found.items())

    def bar_width(self) -> int:
        width = (self.plan.groups[0].shelf.width + 23) // len(self.stacks()) - 23
        if isinstance(self.tree, FoldedTree):
            width = max(width, BAR)
        return width

    def bar(self, group: Group) -> str:
        return self.cells.cell(f"group {group.name}", self.bar_width(), 46)


def picture(tree: Shown, vcpus: int, looks: Looks | None = None) -> str:
    """Return the DOT text of a TD with `tree` and `vcpus`, in the looks of one frame or bare."""
    return _Picture(tree, vcpus, looks or {}).source()


def shelf_picture(tree: Shown, group: Group) -> str:
    """Return the DOT text of what an opened group shows: its twins on a shelf."""
    drawing = _Picture(tree, 0, {})
    drawing.node("shelf", f"<{drawing.shelf(group.shelf)}>")
    return str(drawing.graph.source)
