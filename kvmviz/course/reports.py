"""What the course shows of checks, orders and cases: tables whose every number comes from runs.

>>> print(orders("1x1x2"))
| order | asked for, first to last |
|---|---|
| ordinary | L1@0x0, L1@0x200, L2@0x0, L3@0x0 |
| with `PROVE_MMU` | L1@0x0, L1@0x200, L2@0x0, L3@0x0 |
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from kvmviz.check import check, claims
from kvmviz.check.report import Report
from kvmviz.check.results import Result
from kvmviz.course.prose import Prose, table
from kvmviz.record.runs import run
from kvmviz.scenario.names import PageName
from kvmviz.terms.events import Op
from kvmviz.terms.words import many

ALWAYS: Final = ("owned_pages_are_not_freed", "nothing_is_freed_twice", "same_pages_leak")
"""Invariants that a table of checks shows although nothing breaks them."""


def order(scenario: str) -> list[str]:
    """Return the table pages in the order in which they are asked for."""
    asked = [step.event.page for step in run("v1", scenario).steps if isinstance(step.event, Op)]
    return [f"L{name.level}@{name.gfn:#x}" for name in map(PageName.parse, asked)]


def orders(tree: str) -> Prose:
    """Return both orders in which a tree's tables are taken down, side by side."""
    kinds = {"ordinary": "default", "with `PROVE_MMU`": "prove-mmu"}
    rows = [[word, ", ".join(order(f"tree={tree} zap={zap}"))] for word, zap in kinds.items()]
    return table(["order", "asked for, first to last"], rows)


def checked(a: str = "before", b: str = "v1", space: str = "quick", always: Sequence[str] = ALWAYS) -> Prose:
    """Return what `check` finds under two revisions: lines that either breaks, and those named; the rest in a word."""
    reports = [_report(which, space) for which in (a, b)]
    both = list(zip(*(report.results for report in reports), strict=True))
    shown = [pair for pair in both if any(r.broken for r in pair) or pair[0].invariant.name in always]
    rows = [[one.invariant.statement, f"{two.met:,}", _broken(one), _broken(two)] for one, two in shown]
    found = table(["what must hold", "arises in", f"broken in, {a}", f"broken in, {b}"], rows)
    rest = f"{many(len(both) - len(shown), 'more statement')} hold in every scenario under both."
    return Prose(f"{found}\n\n{many(reports[0].scenarios, 'scenario')} each. {rest}")


@cache
def _report(which: str, space: str) -> Report:
    return check(which, space)


def unreported(space: str = "quick") -> Prose:
    """Return what the lines about the log come to: TDs without a word, pages without one, TDs without a trace.

    >>> print(str(unreported("1x1x1")).split(".")[0])
    **40** TDs lose pages under `v1` and leave no word at all
    """
    rules = ("leaks_reach_the_log", "each_leak_reaches_the_log", "leaks_leave_a_trace")
    (_, td), (old, page), (before, trace) = (
        [found.broken.count if (found := _report(which, space)[rule]).broken else 0 for which in ("before", "v1")]
        for rule in rules
    )
    before_too = "in as many" if old == page else f"in {old:,}"
    return Prose(
        f"**{td:,}** TDs lose pages under `v1` and leave no word at all. Each is the second of a boot: its key stays "
        "in the "
        "quiet way, or it comes within seconds of the first.\n\n"
        f"In **{page:,}** scenarios some lost page has no word of its own; before the patch {before_too}.\n\n"
        f"**{trace:,}** TDs lose pages under `v1` and leave no trace, **{before:,}** before. The first TD of a boot "
        "always "
        "leaves one; all these are second ones."
    )


def verdicts(because: Mapping[str, str]) -> Prose:
    """Return what was said and whether it holds, for these claims, each with a reason in a person's words.

    >>> print(str(verdicts({"S1": "only the op clears the pointer"})).split(" | ")[-2:])
    ['2,568 of 2,568', 'only the op clears the pointer |']
    """
    said = {verdict.id: verdict for verdict in claims()}
    rows = [[v.id, v.who, v.proposition, v.verdict, f"{v.holds:,} of {v.scenarios:,}", because[v.id]]
            for v in map(said.__getitem__, because)]  # fmt: skip
    return table(["claim", "who", "said, in our words", "verdict", "holds in", "because"], rows)


def _broken(result: Result) -> str:
    return f"{result.broken.count:,}" if result.broken else ""
