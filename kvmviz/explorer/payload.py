"""The view: everything the browser needs of one scenario under one or two revisions, computed here.

>>> drawn = view(["before", "v1"], "fail=L1@0x200")
>>> len(drawn["rows"]), drawn["a"]["traces"][-1], drawn["b"]["traces"][-1]
(117, 2, 1)

The browser folds the changes once and then only flips states: a step needs no
word from Python.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from kvmviz.check.cases import CASES
from kvmviz.draw.lockstep import SIDES, Lockstep, Side
from kvmviz.draw.looks import row_changes
from kvmviz.draw.pen import first_state
from kvmviz.draw.plan import Shown
from kvmviz.draw.scene import Scene, scene_of
from kvmviz.draw.signs import ID, definitions
from kvmviz.draw.texts import texts
from kvmviz.explorer.code import code
from kvmviz.explorer.log import log
from kvmviz.explorer.questions import questions
from kvmviz.explorer.stack import stack
from kvmviz.record.folding import FoldedTree
from kvmviz.record.frames import FrameBuilder
from kvmviz.record.runs import Run
from kvmviz.revisions import EVERY, Revision
from kvmviz.scenario import CAUSES, Scenario
from kvmviz.scenario.faults import Range
from kvmviz.scenario.names import guest_name, sept_name, spt_name
from kvmviz.scenario.scenario import REGIONS, REMOVES
from kvmviz.scenario.status import STATUS
from kvmviz.scenario.tree import Tree
from kvmviz.terms import events as e
from kvmviz.terms.kinds import kind_of
from kvmviz.terms.phases import PARTS, RCU
from kvmviz.terms.states import HKID_STATES, PAGE_STATES

TREES = ("1x1x1", "1x1x3", "1x2x3", "2x2x2", "1x1x12", "1x1x2x3", "1x2x58", "1GiB", "1TiB")
"""Trees that the explorer offers; any other can be typed."""


def skeleton_key(scenario: Scenario, tree: Shown | None = None) -> str:
    """Return what decides the layout: the tree, in full or folded, and the number of vCPUs."""
    return f"{tree or scenario.tree} {scenario.vcpus}"


def skeleton_of(scenario: Scenario, tree: Shown | None = None) -> dict[str, Any]:
    """Return the picture before any event, with the shelves of folded groups and the pages that each counts.

    `tree` is what is drawn, if not all of the scenario's.
    """
    tree = tree or scenario.tree
    scene = scene_of(tree, scenario.vcpus)
    return {
        "key": skeleton_key(scenario, tree),
        "defs": f'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0">{definitions(ID)}</svg>',
        "svg": scene.skeleton,
        "shelves": scene.shelves,
        "members": {name: list(pages) for name, pages in scene.members.items()},
        "whole": _whole(scene),
    }


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


def view(revisions: Sequence[str | type[Revision]], scenario: str | Scenario) -> dict[str, Any]:
    """Return the view; raise ScenarioError or RevisionError with one sentence."""
    return view_of(Lockstep.of(revisions, scenario))


def view_of(lockstep: Lockstep) -> dict[str, Any]:
    """Return the view of runs in lockstep."""
    scenario, names = lockstep.scenario, _Names()
    pages = [page.name for page in lockstep.runs["a"].pages]
    found: dict[str, Any] = {
        "scenario": str(scenario),
        "words": scenario.words(),
        "fails": failing(scenario, lockstep.tree),
        "revisions": [run.revision for run in lockstep.runs.values()],
        "skeleton": skeleton_key(scenario, lockstep.tree),
        "choices": choices(scenario, [run.revision for run in lockstep.runs.values()]),
        "rows": [[-1 if a is None else a, -1 if b is None else b, int(same)] for a, b, same in lockstep.rows],
        "about": [names(about) if about else -1 for about in lockstep.about],
        "phases": _phases(lockstep),
        "kinds": [step.event.kind for step in lockstep.leading],
        "pages": [names(page) for page in pages],
        "initial": [names.state(first_state(page)) for page in pages],
        "texts": texts(lockstep),
        "log": log(lockstep),
        "stack": stack(lockstep),
        "code": code(lockstep),
        "questions": questions(lockstep),
        "cases": named_cases(),
    }
    for side in lockstep.sides:
        found[side] = _side(lockstep, side, names)
    if isinstance(lockstep.tree, FoldedTree):
        found["times"] = {page: count for page in pages if (count := lockstep.tree.times_of(page)) > 1}
        found["allbut"] = {
            f"L{level}@{gfn:#x}": all_but(scenario.tree, level, gfn) for level, gfn in lockstep.tree.tables()
        }
    return {**found, "names": list(names.names), "states": list(names.states), "table": state_table()}


class _Names:
    """Numbers the names of elements and the words of states, so that a view says each once."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.states: dict[str, int] = {}

    def __call__(self, name: str) -> int:
        return self.names.setdefault(name, len(self.names))

    def state(self, word: str) -> int:
        return self.states.setdefault(word, len(self.states))


def _side(lockstep: Lockstep, side: Side, names: _Names) -> dict[str, Any]:
    other = next((s for s in lockstep.sides if s != side), None)
    moves = row_changes(
        lockstep.runs[side],
        lockstep.indices(side),
        lockstep.runs[other] if other else None,
        lockstep.indices(other) if other else (),
    )
    return {
        "revision": lockstep.runs[side].revision,
        "changes": [[n for name, state in row for n in (names(name), names.state(state))] for row in moves],
        "marks": [kind_of(step.event).mark(step.event) if step else "wait" for step in lockstep.steps(side)],
        **_counts(lockstep.runs[side], lockstep.indices(side)),
        "lost": list(lockstep.runs[side].summary.leaked),
    }


def _counts(run: Run, indices: Sequence[int | None]) -> dict[str, list[int]]:
    """Return what was printed and lost up to each row; number 0 is before the first."""
    found: dict[str, list[int]] = {"traces": [0], "lines": [0], "leaked": [0]}
    fold, steps = FrameBuilder(run.pages), run.steps
    for at in indices:
        if at is not None:
            fold.apply(steps[at].event, steps[at].times)
        found["traces"].append(fold.traces)
        found["lines"].append(fold.lines)
        found["leaked"].append(fold.leaked_count)
    return found


def _phases(lockstep: Lockstep) -> list[dict[str, Any]]:
    """Return the phases with their first and last row number."""
    found: list[dict[str, Any]] = []
    after_barrier = False
    for number, step in enumerate(lockstep.leading, 1):
        after_barrier = (after_barrier or isinstance(step.event, e.RcuBarrier)) and step.phase == "mmu_uninit"
        name = RCU if after_barrier else step.phase
        if not found or found[-1]["name"] != name:
            found.append({"name": name, "label": PARTS[name], "first": number, "last": number})
        found[-1]["last"] = number
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
def state_table() -> dict[str, dict[str, str]]:
    """Return word, glyph, meaning, owner and future of each state of a page, for ledger and legend."""
    future = {
        "in-use": ("host", "KVM"), "tdx-owned": ("TDX module", "KVM, after a reclaim"), "reclaimed": ("host", "KVM"),
        "rcu-pending": ("host", "KVM, after RCU"), "freed": ("host", "done"), "leaked": ("TDX module", "nobody"),
    }  # fmt: skip
    found = {
        name: {"word": s.word, "glyph": s.glyph, "meaning": s.meaning, "owner": future[name][0], "who": future[name][1]}
        for name, s in PAGE_STATES.items()
    }
    return found | {f"HKID {name}": {"word": s.word, "meaning": s.meaning} for name, s in HKID_STATES.items()}


def choices(scenario: Scenario, revisions: Sequence[str]) -> dict[str, list[str]]:
    """Return the words that each control offers; the current one is always among them."""
    words = scenario.words()
    offered = {
        "tree": list(TREES), "hkid": ["released", *CAUSES], "status": list(STATUS),
        "boot": ["first", "second:1s", "second:60s"],
        "leaves": ["gone", "present"], "zap": ["default", "prove-mmu"], "panic": ["off", "on"],
        "vcpus": ["0", "1", "2", "4", "16"], "region": list(REGIONS), "remove": list(REMOVES),
    }  # fmt: skip
    for key, known in offered.items():
        if words[key] not in known:
            known.append(words[key])
    offered["revision"] = [*EVERY, *(name for name in revisions if name not in EVERY)]
    return offered


__all__ = ["SIDES", "choices", "failing", "skeleton_key", "skeleton_of", "state_table", "view", "view_of"]
