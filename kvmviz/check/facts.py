"""What a scenario's line says, in the numbers that checks ask for.

>>> s = Scenario.parse("tree=1x1x7 fail=all")
>>> lines_of(s), faults(s)
(10, 9)
"""

from functools import lru_cache
from typing import Final

from kvmviz.scenario import Scenario
from kvmviz.scenario.faults import Fail
from kvmviz.scenario.tree import Tree

Signature = tuple[str, ...]
"""A scenario reduced to the words that conditions are made of, in the order of `KEYS`."""

KEYS: Final = ("hkid", "fail", "boot", "leaves", "zap", "panic", "tables")


@lru_cache(maxsize=4096)
def _failing(tree: Tree, fail: Fail) -> int:
    return sum(1 for level, gfn in tree.tables() if fail.selects(level, gfn))


@lru_cache(maxsize=256)
def tables(tree: Tree) -> int:
    """Return how many tables hang below the root."""
    return tree.count


def sept_fails(scenario: Scenario) -> bool:
    """Say whether the reclaim of an S-EPT page fails."""
    return _failing(scenario.tree, scenario.fail) > 0


def faults(scenario: Scenario) -> int:
    """Return how many things go wrong: pages whose reclaim fails, and one if the HKID stays assigned."""
    failing = _failing(scenario.tree, scenario.fail) + len(scenario.fail.controls)
    return failing + (scenario.hkid != "released")


def smallness(scenario: Scenario) -> tuple[int, int, int, str]:
    """Return by what a scenario counts as smaller: fewest tables, fewest faults, the shortest line, its text."""
    line = str(scenario)
    return tables(scenario.tree), faults(scenario), len(line), line


def lines_of(scenario: Scenario) -> int:
    """Return how many error lines the reclaim helper tries for one TD whose HKID is released.

    One for each refusal: the failing pages, and the TDR, which is refused while
    any other page is left.
    """
    failing = _failing(scenario.tree, scenario.fail) + len(scenario.fail.controls)
    refused = failing or scenario.leaves == "present"
    return failing + (1 if refused and "TDR" not in scenario.fail.controls else 0)


def signature(scenario: Scenario) -> Signature:
    """Return the scenario's words, with `fail` reduced to none, all, some S-EPT pages or control pages."""
    boot = "first" if scenario.boot is None else f"second:{scenario.boot}s"
    return (
        scenario.hkid, _kind(scenario.fail, scenario.tree), boot, scenario.leaves, scenario.zap,
        "on" if scenario.panic else "off", str(tables(scenario.tree)),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _kind(fail: Fail, tree: Tree) -> str:
    if fail.controls:
        return "control" if not _failing(tree, fail) else "both"
    return "all" if fail.every else "some" if fail else "none"
