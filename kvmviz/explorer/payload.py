"""What goes to the browser besides the runs: the picture of a tree, the choices, the named cases, the states.

>>> skeleton_of(Scenario.parse("tree=1x1x3"))["key"]
'1x1x3 1'
>>> choices(["before", "v1"])["hkid"][0]
'released'
"""

from collections.abc import Sequence
from functools import lru_cache

from kvmviz.check.cases import CASES
from kvmviz.draw import elements
from kvmviz.draw.narration import start_words
from kvmviz.draw.scene import Scene, scene_of
from kvmviz.draw.shelves import Shown
from kvmviz.draw.signs import ID, definitions
from kvmviz.explorer.atoms import THIS
from kvmviz.explorer.wire import CauseTable, Element, ShownState, Skeleton
from kvmviz.record.folding import FoldedTree
from kvmviz.record.frames import pages_of
from kvmviz.revisions import EVERY
from kvmviz.scenario import CAUSES, Scenario
from kvmviz.scenario.causes import ASSIGNED
from kvmviz.scenario.faults import Range
from kvmviz.scenario.names import PageName, guest_name, sept_name, spt_name
from kvmviz.scenario.scenario import REGIONS, REMOVES
from kvmviz.scenario.status import STATUS
from kvmviz.scenario.tree import Tree
from kvmviz.terms.states import PAGE_STATES

TREES = ("1x1x1", "1x1x3", "1x2x3", "2x2x2", "1x1x12", "1x1x2x3", "1x2x58", "1GiB", "1TiB")
"""Trees that the explorer offers; any other can be typed."""


def skeleton_key(scenario: Scenario, tree: Shown | None = None) -> str:
    """Return what decides the layout: the tree, in full or folded, and the number of vCPUs."""
    return f"{tree or scenario.tree} {scenario.vcpus}"


def skeleton_of(scenario: Scenario, tree: Shown | None = None) -> Skeleton:
    """Return the picture before any event, with the shelves of folded groups and the pages that each counts.

    `tree` is what is drawn, if not all of the scenario's.
    """
    tree = tree or scenario.tree
    scene, pages = scene_of(tree, scenario.vcpus), [page.name for page in pages_of(scenario, tree)]
    found: Skeleton = {
        "key": skeleton_key(scenario, tree),
        "defs": f'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0">{definitions(ID)}</svg>',
        "svg": scene.skeleton,
        "shelves": scene.shelves,
        "members": {name: list(pages) for name, pages in scene.members.items()},
        "whole": _whole(scene),
        "pages": [element_of(page) for page in pages],
        "faults": {page: name for page in pages if (name := _fault(page))},
        "starts": _starts(scenario.tree.count),
    }
    if isinstance(tree, FoldedTree):
        found["times"] = {page: count for page in pages if (count := tree.times_of(page)) > 1}
        found["allbut"] = {f"L{level}@{gfn:#x}": all_but(scenario.tree, level, gfn) for level, gfn in tree.tables()}
    return found


def element_of(name: str) -> Element:
    """Return name, kind and what an element is of.

    >>> element_of("spt L1 gfn=0x200"), element_of("HKID")
    (('spt L1 gfn=0x200', 'spt', 'L1 gfn=0x200'), ('HKID', 'HKID', ''))
    """
    one = elements.Element.parse(name)
    return name, one.kind, one.of


def _fault(page: str) -> str | None:
    """Return how a scenario names a page whose reclaim may fail; None for pages that are not reclaimed."""
    name = PageName.parse(page)
    if name.kind == "S-EPT":
        return f"L{name.level}@{name.gfn:#x}"
    return page if name.is_control else None


def _starts(pages: int) -> list[str]:
    """Return what is said before the first step: of a key that stays, of pages that fail, of no fault."""
    return [start_words(pages, hkid, fail) for hkid, fail in ((THIS, ""), ("released", THIS), ("released", ""))]


def _whole(scene: Scene) -> dict[str, list[str]]:
    """Return every page that a folded group stands for: mirror, S-EPT and guest pages."""
    found = {}
    for group in scene.plan.groups:
        names = [name for table in group.tables for name in (spt_name(*table), sept_name(*table))]
        if scene.tree.gib is None:
            names += [guest_name(gfn + i) for level, gfn in group.tables if level == 1 for i in range(2)]
        found[group.name] = names
    if "vCPUs" in scene.members:
        found["vCPUs"] = list(scene.members["vCPUs"])
    return found


@lru_cache(maxsize=1)
def named_cases() -> list[tuple[str, str, tuple[str, str]]]:
    """Return question, scenario line and revisions of the named cases that the explorer can show."""
    return [(case.question, str(Scenario.parse(case.scenario)), case.revisions) for case in CASES.values()]


def failing(scenario: Scenario, tree: Shown | None = None) -> list[str]:
    """Return the pages of the picture whose reclaim fails, as the scenario names them: `L1@0x200`, `TDR`."""
    words = str(scenario.fail)
    if words == "none":
        return []
    if words == "all":
        return [f"L{level}@{gfn:#x}" for level, gfn in (tree or scenario.tree).tables()]
    return words.split(",")


def all_but(tree: Tree, level: int, gfn: int) -> str:
    """Return the value of `fail` in which every S-EPT page fails but this one.

    >>> all_but(Tree.parse("1GiB"), 1, 0x200)
    'L3@0x0,L2@0x0,L1@0x0,L1@0x400-0x3fe00'
    """
    found, out = [], tree.number(level, gfn)
    for at, count in tree.level_counts().items():
        for first, last in ((0, out - 1), (out + 1, count - 1)) if at == level else ((0, count - 1),):
            if first <= last:
                found.append(Range(-at, tree.gfn(at, first), tree.gfn(at, last)))
    return ",".join(map(str, found)) or "none"


@lru_cache(maxsize=1)
def state_table() -> dict[str, ShownState]:
    """Return word, glyph, meaning, owner and future of each state of a page, for ledger and legend."""
    future = {
        "in-use": ("host", "KVM"), "tdx-owned": ("TDX module", "KVM, after a reclaim"), "reclaimed": ("host", "KVM"),
        "rcu-pending": ("host", "KVM, after RCU"), "freed": ("host", "done"), "leaked": ("TDX module", "nobody"),
    }  # fmt: skip
    return {
        name: {"word": s.word, "glyph": s.glyph, "meaning": s.meaning, "owner": future[name][0], "who": future[name][1]}
        for name, s in PAGE_STATES.items()
    }


def cause_table() -> CauseTable:
    """Return what the front end has to know of the causes of a kept HKID to change one word of a scenario."""
    return {"assigned": ASSIGNED, "needing": [name for name, cause in CAUSES.items() if cause.needs_vcpu]}


def choices(revisions: Sequence[str], trees: Sequence[str] = ()) -> dict[str, list[str]]:
    """Return the words that each control offers, `trees` among them; the one that is shown is offered besides."""
    return {
        "tree": list(dict.fromkeys([*trees, *TREES])), "hkid": ["released", *CAUSES], "status": list(STATUS),
        "boot": ["first", "second:1s", "second:60s"],
        "leaves": ["gone", "present"], "zap": ["default", "prove-mmu"], "panic": ["off", "on"],
        "vcpus": ["0", "1", "2", "4", "16"], "region": list(REGIONS), "remove": list(REMOVES),
        "revision": list(dict.fromkeys([*EVERY, *revisions])),
    }  # fmt: skip


def single_of(scenario: Scenario, tree: Shown) -> tuple[str, dict[str, str], list[str], str]:
    """Return a scenario as a page lists it: its line, its words, the pages that fail, the key of its picture."""
    return str(scenario), scenario.words(), failing(scenario, tree), skeleton_key(scenario, tree)
