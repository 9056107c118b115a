"""The race as a puzzle: a design's source, and how a reader's own is marked.

>>> from kvmviz.race.design import DESIGNS
>>> [(goal.right, goal.words) for goal in goals(DESIGNS["landed"])]
[(True, 'No schedule breaks anything'), (False, 'Only the first user and the last take the lock')]
>>> [goal.right for goal in goals(DESIGNS["v6"])]
[True, True]
"""

import inspect
from typing import Final

from kvmviz.course import answers
from kvmviz.course.marking import Question
from kvmviz.course.patches import Goal
from kvmviz.course.prose import Prose, table
from kvmviz.race.design import Design, design_of
from kvmviz.race.memory import Memory, apply, start
from kvmviz.race.result import race
from kvmviz.race.walk import Walk

KEY: Final = "11-own-design"
"""Under which what a class wrote is saved."""


def design_source(which: str | type[Design], function: str) -> Prose:
    """Return `get` or `put` of a design as it is run, without its docstring."""
    text = inspect.getsource(getattr(design_of(which), function))
    lines = [line for line in text.splitlines() if not line.strip().startswith('"""')]
    return Prose("```python\n" + "\n".join(lines) + "\n```")


def goals(which: str | type[Design]) -> list[Goal]:
    """Return the goals of the puzzle for this design; raise RaceError for one that cannot be explored."""
    found = race(which)
    first = found.first
    example = f"{first.name} after {len(first.steps)} steps" if first else ""
    locks = locks_between(design_of(which))
    seen = f"{locks[0]}, taken while another is a user" if locks else ""
    return [
        Goal(found.clean, "No schedule breaks anything", example),
        Goal(not locks, "Only the first user and the last take the lock", seen),
    ]


def locks_between(which: type[Design]) -> tuple[str, ...]:
    """Return the locks that a user takes who comes while another is there, and goes before it."""
    there, between = Walk(which, 1), Walk(which, 1)
    memory = _until(there, start(which.regions, 0), 0, "use")[0]
    return _until(between, memory, which.regions, "")[1]


def _until(walk: Walk, memory: Memory, thread: int, section: str) -> tuple[Memory, tuple[str, ...]]:
    """Run a thread alone up to a section; return the memory then, and the locks that it took."""
    hand, taken = 0, list[str]()
    while walk.section != section and walk.op is not None:
        taken += [walk.op.name] if walk.op.name.startswith("lock") else []
        done = apply(memory, walk.op, thread, 0, hand)
        if done is None:
            return memory, (*taken, "a wait for ever")
        memory, hand = done.memory, done.hand
        if not done.pending:
            walk.go(done.answer)
    return memory, tuple(taken)


def mark_race(which: type[Design]) -> Prose:
    """Return the marked goals as a table, and save the result with the other answers."""
    reached = goals(which)
    right = all(goal.right for goal in reached)
    missed = "; ".join(goal.words for goal in reached if not goal.right)
    said = answers.saved(Question("Your own design", "", key=KEY), f"misses: {missed}" if missed else which.name, right)
    rows = [["\u2713" if g.right else "\u2717", g.words, g.counterexample] for g in reached]
    found = table([which.name, "goal", "what is in the way"], rows)
    return Prose(f"{found}\n\n{'Both goals are reached.' if right else 'Not yet.'}{said}")
