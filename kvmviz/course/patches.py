"""Mark a reader's own patch: the goals of the exercise, each held against every scenario of a space.

>>> from kvmviz.revisions import REVISIONS
>>> [(goal.right, goal.words) for goal in goals(REVISIONS["v1"], "1x1x1")][-2]
(False, 'No table page is lost without a word in the log')
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kvmviz.check import check, duties
from kvmviz.check.report import Report
from kvmviz.check.rule import rules_of
from kvmviz.compare.comparison import compare
from kvmviz.course import answers
from kvmviz.course.marking import Question
from kvmviz.course.prose import Prose, table
from kvmviz.machine.journal import Journal
from kvmviz.record.runs import run
from kvmviz.record.teardown import tear_down, where_it_belongs
from kvmviz.revisions import Revision, revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PageName
from kvmviz.terms.events import Leak

Patch = str | type[Revision]
SAFETY = (
    "owned_pages_are_not_freed", "owned_pages_are_not_written", "nothing_is_freed_twice",
    "nothing_is_used_after_free", "tables_wait_for_readers", "own_pages_are_freed", "no_false_alarm",
    "queued_tables_point_at_nothing_lost", "entries_are_frozen", "guest_pages_are_not_kvms_to_free",
    "nothing_waits_under_the_lock", "tables_are_reclaimed_under_the_lock",
)  # fmt: skip
"""What no patch may break, whatever else it does."""

_DUTIES: Final = frozenset(found.name for found in rules_of(vars(duties)))

QUIETEST: Final = ("hkid=flushvp-not-done boot=second:60s", "tree=1x1x8 fail=all boot=second:1s")
"""Where `v1` says least: the once-places are used up and, in the second, the error lines are too."""

LOUD: Final = ("fail=L1@0x200", "fail=all", "hkid=flushvp-not-done", "hkid=key-freeid-error", *QUIETEST)
"""Where a patch that warns for each page prints more than `v1`."""

TRIED: Final = ("fail=none", "fail=L1@0x200", "hkid=key-freeid-error", *QUIETEST)
"""Scenarios of every kind, to see whether a patch has been changed at all."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: whether it is reached, in words, and the smallest scenario in which it is not."""

    right: bool
    words: str
    counterexample: str = ""


def goals(patch: Patch, space: str = "quick") -> list[Goal]:
    """Return the goals of the exercise for this patch; raises what `check` raises for one that cannot run."""
    return _goals(patch, check(patch, space))


def _goals(patch: Patch, report: Report) -> list[Goal]:
    def held(words: str, names: Iterable[str]) -> Goal:
        found = [r.broken.smallest.scenario for r in map(report.__getitem__, names) if r.broken]
        return Goal(not found, words, found[0] if found else "")

    return [
        held("Nothing dangerous happens to any page", SAFETY),
        held("TDX code alone decides which page to forget", ["generic_code_leaves_external_spt_alone"]),
        held("The same pages leak as before", ["same_pages_leak", "no_needless_leak"]),
        _spoken(patch),
        _no_louder(patch),
    ]


def _no_louder(patch: Patch) -> Goal:
    """Hold the number of traces against v1's: people's machines react to it."""
    words = "No TD prints more traces than under v1"
    louder = [line for line in LOUD if run(patch, line).summary.traces > run("v1", line).summary.traces]
    return Goal(not louder, words, louder[0] if louder else "")


def _spoken(patch: Patch) -> Goal:
    words = "No table page is lost without a word in the log"
    for line in QUIETEST:
        which = revision(patch)
        if where_it_belongs(which, _silent, which, Scenario.parse(line)):
            return Goal(False, words, line)
    return Goal(True, words)


def _silent(patch: type[Revision], scenario: Scenario) -> bool:
    """Say whether some table page leaks in this scenario while nothing at all is printed."""
    journal = Journal()
    tear_down(patch, scenario, journal)
    events = [event for _, event in journal.entries]
    leaks = any(isinstance(event, Leak) and PageName.parse(event.page).kind == "S-EPT" for event in events)
    return leaks and not any(getattr(event, "printed", False) for event in events)


def counterexamples(patch: Patch, space: str = "1x1x1") -> Prose:
    """Return what a patch breaks beyond what its base is known to break: a row each, with the smallest scenario.

    What becomes of pages and log is shown; what each function owes is not, since that
    would name the line to be found.

    >>> from kvmviz.course.puzzles import PUZZLES
    >>> print(counterexamples(PUZZLES["D"]))
    | what must hold | does not, for example, in | where |
    |---|---|---|
    | A page that KVM has, or has back, is freed in the end, and so is each table's header. | `tree=1x1x1` | \
S-EPT L3 gfn=0x0 is KVM's and is never freed |
    """
    results = check(patch, space).results
    shown = (r for r in results if r.beyond and r.broken and r.invariant.name not in _DUTIES)
    found = [(r.invariant.statement, r.broken.smallest) for r in shown if r.broken]
    head = ["what must hold", "does not, for example, in", "where"]
    return table(head, [[statement, f"`{case.scenario}`", case.what] for statement, case in found])


def _is_tried(patch: type[Revision]) -> bool:
    """Say whether a patch does anything that its base does not: one that is still as it was given is no answer."""
    base = patch.base
    return base is not None and not all(compare(base, patch, line).alike for line in TRIED)


def mark_patch(patch: Patch, space: str = "quick") -> Prose:
    """Return the marked goals as a table, and save the result with the other answers."""
    report = check(patch, space)
    reached = _goals(patch, report)
    right = all(goal.right for goal in reached)
    name = revision(patch).name
    said = ""
    if not isinstance(patch, str) and _is_tried(patch):
        missed = "; ".join(goal.words for goal in reached if not goal.right)
        said = answers.saved(
            Question("Your own patch", "", key="09-own-patch"), f"misses: {missed}" if missed else name, right
        )
    rows = [
        ["\u2713" if g.right else "\u2717", g.words, f"`{g.counterexample}`" if g.counterexample else ""]
        for g in reached
    ]
    found = table([name, "goal", "smallest counterexample"], rows)
    like = " ".join(str(report.like).split())
    return Prose(f"{found}\n\n{'All goals are reached.' if right else 'Not yet.'}{said}\n\n{like}")
