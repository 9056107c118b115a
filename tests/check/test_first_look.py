"""What is broken is told from a few hundred scenarios: what shows in small trees, in large ones, or for a number."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from kvmviz.c.revision import from_c
from kvmviz.check.branch_points import besides
from kvmviz.check.engine import check
from kvmviz.check.first_look import glance
from kvmviz.check.outcome import examine
from kvmviz.check.space import scenarios
from kvmviz.scenario import Scenario
from tests.spaces import counted

LANDED = (Path(__file__).parents[1] / "c" / "sources" / "landed.c").read_text()

BROKEN = {
    "the reclaim's answer turned": ("if (tdx_reclaim_page(", "if (!tdx_reclaim_page("),
    "the page not forgotten": ("forget:\n\tsp->external_spt = NULL;", "forget:;"),
    "freed before readers are done": ("call_rcu(&sp->rcu_head, tdp_mmu_free_sp_rcu_callback);", "tdp_mmu_free_sp(sp);"),
    "the leaf not tracked": ("\ttdx_track(kvm);\n", ""),
    "freed twice": ("\tkmem_cache_free(", "\tfree_page((unsigned long)sp->spt);\n\tkmem_cache_free("),
    "one table of the largest tree kept": ("\tfree_page((unsigned long)sp->external", "\tif (sp->gfn != 0xe00)\n"
                                           "\t\tfree_page((unsigned long)sp->external"),
    "one frame far away kept": ("\tfree_page((unsigned long)sp->external", "\tif (sp->gfn != 0x4000)\n"
                                "\t\tfree_page((unsigned long)sp->external"),
}  # fmt: skip


def said(which: str) -> tuple[str, Sequence[Scenario]]:
    text = LANDED.replace(*BROKEN[which], 1)
    assert text != LANDED
    return text, list(scenarios("quick"))


@pytest.mark.parametrize("which", BROKEN)
def test_it_shows_at_a_glance(which: str) -> None:
    text, todo = said(which)
    mine = from_c(text, name="mine")
    first = glance(todo, list(besides(mine)))
    assert len(first) < 150
    assert any(cell.beyond for cell in examine(mine, first).cells.values())


def test_it_is_told_once_and_counts_for_nothing() -> None:
    text, _ = said("the page not forgotten")
    told: list[tuple[str, str]] = []
    report = check(from_c(text, name="mine"), "1x1x1", progress=False, at_first=lambda *words: told.append(words))
    assert report.scenarios == counted("1x1x1") and len(told) == 1
    assert told[0][1].startswith("tree=1x1x1")
