"""Broken variants of what a patch changes: told apart from their origin, or shown to be like it; none hangs."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

import kvmviz
from kvmviz.check.space import scenarios
from kvmviz.errors import KvmvizError
from kvmviz.scenario import Scenario
from tests.c.equality import Record, recorded
from tests.c.mutants import Mutant, mutants

SOURCES = Path(__file__).parent / "sources"

ORIGINS = {
    "handle_removed_pt": ("before", "landed"),
    "tdx_sept_free_private_spt": ("before", "v1", "landed"),
    "tdp_mmu_free_sp": ("before", "landed"),
    "tdp_mmu_free_sp_rcu_callback": ("v1_17", "landed"),
    "tdx_sept_remove_leaf_spte": ("landed",),
}
"""The functions, and the texts of which variants are made."""

QUICK = ("tdp_mmu_free_sp_rcu_callback",)
"""Those whose variants are tried each time."""

EQUIVALENT = {
    r"trace_|lockdep_|cpu_relax": "what is passed over can be left out, doubled and moved",
    r"is_frozen_spte|_atomic\(at|\(shared\)|shared, |: break;|for \(;;\) \{ old": "a teardown holds the lock for write",
    r"write_spte\(at, old, FROZEN|swapped 'tdp_mmu_unlink_sp": "nobody looks at the entries of a table that goes",
    r"twice: (old = kvm_tdp_mmu_read|sp->external_spt = NULL)": "done twice it comes to the same",
    r"is_mirror_sp": "every table of the model is one of the mirror",
    r"KVM_PAGES_PER_HPAGE": "the guest frame of an entry that points at a table is not looked at",
    r"kmem_cache_free|swapped 'free_page\(\(unsigned long\)sp->s": "the header of a table has no event",
    r"WARN_ON_ONCE": "the op has forgotten the page by then, so the warning is never true",
    r"TDX_BUG_ON|PG_LEVEL_4K|swapped 'err = |swapped 'if \(KVM": "these never fail while the key is assigned",
    r"return -EIO": "the caller asks only whether it is zero, and most of these lines are never reached",
    r"wbinvd_hkid|\(u16\)": "which key the lines are flushed for is not looked at",
}
"""What variants that behave like their origin have in common, and why they do."""


def outcome(mutant: Mutant, base: str, space: Sequence[Scenario], origin: Sequence[Record]) -> str:
    """How a variant is told from its origin: `sentence`, `differs`, or `equal`."""
    try:
        mine = kvmviz.from_c(mutant.text, base=base, name="Mutant")
        different = any(recorded(mine, s) != o for s, o in zip(space, origin, strict=True))
    except KvmvizError as error:
        return "sentence" if "\n" not in str(error) else "several lines"
    return "differs" if different else "equal"


def hold(function: str, most: int, stride: int) -> Counter[str]:
    """Run every variant of a function; those that are like their origin have to be explained."""
    space, found = list(scenarios("quick"))[::stride], Counter[str]()
    for name in ORIGINS[function]:
        text = (SOURCES / f"{name}.c").read_text()
        base = name.replace("_", "+")
        origin = [recorded(kvmviz.from_c(text, base=base, name="Origin"), s) for s in space]
        for mutant in mutants(text, function, most):
            how = outcome(mutant, base, space, origin)
            found[how] += 1
            if how == "equal":
                parts = mutant.what.split("; line ")
                assert all(any(re.search(p, part) for p in EQUIVALENT) for part in parts), mutant.what
    return found


@pytest.mark.parametrize("function", [f if f in QUICK else pytest.param(f, marks=pytest.mark.slow) for f in ORIGINS])
def test_broken_variants_are_told_apart_or_explained(function: str) -> None:
    found = hold(function, 45, 257)
    assert found.total() >= 40
    assert "several lines" not in found
    assert found["differs"] + found["sentence"] > found["equal"]


@pytest.mark.slow
@pytest.mark.parametrize("function", ORIGINS)
def test_variants_that_are_like_their_origin_are_so_in_many_scenarios(function: str) -> None:
    found = hold(function, 90, 17)
    assert found.total() >= 60


@pytest.mark.parametrize(
    "loop",
    [
        "for (;;)\n;", "while (1) { }", "do { } while (1);", "again: goto again;", "int i; for (i = 0; i < 10; i--)\n;",
        "tdx_sept_free_private_spt(kvm, sp);", "while (tdx_reclaim_page(virt_to_page(sp->external_spt)))\n;",
        "for (;;) { for (;;) { if (1) break; } }",
        "again: if (tdx_reclaim_page(virt_to_page(sp->external_spt))) goto again;",
    ],
)  # fmt: skip
def test_what_comes_to_no_end_ends_with_the_line_of_the_c(loop: str) -> None:
    text = (SOURCES / "landed.c").read_text().replace("\tfree_page((unsigned long)sp->external_spt);", f"\t{loop}")
    text = text.replace("\tif (tdx_reclaim_page(virt_to_page(sp->external_spt)))\n\t\tgoto forget;\n", "\n\n")
    with pytest.raises(KvmvizError, match=r"patch\.c:\d+: tdx_sept_free_private_spt .*(not|without) end") as caught:
        kvmviz.run(kvmviz.from_c(text), "fail=all")
    line = text.split("\n")[int(str(caught.value).split(":")[2]) - 1]
    assert line.strip() in ("", loop.split("\n")[0]) or line.startswith("static void tdx_sept_free_private_spt")
