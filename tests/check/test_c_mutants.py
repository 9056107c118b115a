"""Broken variants of C, made by an operator: each is found by an invariant, refuses, or is explained here."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

import kvmviz
from kvmviz.check.outcome import Outcome, examine
from kvmviz.errors import KvmvizError
from tests.c.mutants import Mutant, mutants
from tests.c.test_mutants import EQUIVALENT, ORIGINS, SOURCES
from tests.check.test_mutants import sample

HARMLESS = {
    r"swapped 'free_page\(\(unsigned long\)sp->e": "either page may be freed first: nobody can see them any more",
    r"twice: (tdx_quirk_reset_paddr|err = tdh_phymem_page_wbinvd_hkid|tdx_track)": "once more does no harm",
    r"another macro: KVM_BUG_ON\(!is_hkid_assigned": "the VM is not asked about guest memory again after that",
}
"""Variants that show in the events and break nothing, and why; `Same or not` names them."""

SPEAKS = {
    r"^line \d+: (gone|never): free_page\(\(unsigned long\)sp->": {"own_pages_are_freed"},
    r"^line \d+: twice: free_page": {"nothing_is_freed_twice"},
    r"^line \d+: gone: (call_rcu|tdp_mmu_free_sp\(sp\))": {"own_pages_are_freed"},
    r"^line \d+: twice: (call_rcu|tdp_mmu_free_sp\(sp\))": {"nothing_is_freed_twice"},
    r"^line \d+: (gone|never): tdx_track": {"guest_pages_go_in_order"},
    r"^line \d+: (gone|never): tdx_quirk_reset_paddr": {"pages_are_reset_before_use"},
    r"^line \d+: (gone|never): sp->external_spt = NULL": {"queued_tables_point_at_nothing_lost"},
    r"^line \d+: (turned|left side only): .*tdx_reclaim_page": {"owned_pages_are_not_freed"},
}
"""What an invariant that speaks of it has to find, by what was done; others may find it, too."""


@cache
def origin(name: str) -> bytes:
    return bytes(judged((SOURCES / f"{name}.c").read_text(), name).digests)


def judged(text: str, name: str) -> Outcome:
    return examine(kvmviz.from_c(text, base=name.replace("_", "+"), name="Mutant"), sample())


def outcomes(function: str, most: int) -> Iterator[tuple[Mutant, str, set[str]]]:
    """Judge every variant of a function: how it ends, and which invariants it breaks beyond what is known."""
    for name in ORIGINS[function]:
        for mutant in mutants((SOURCES / f"{name}.c").read_text(), function, most):
            try:
                found = judged(mutant.text, name)
            except KvmvizError:
                yield mutant, "sentence", set()
                continue
            broken = {key for key, cell in found.cells.items() if cell.beyond}
            same = bytes(found.digests) == origin(name)
            yield mutant, "found" if broken else "same" if same else "shows", broken


def look(function: str, most: int) -> Counter[str]:
    count = Counter[str]()
    for mutant, how, broken in outcomes(function, most):
        count[how] += 1
        if how in ("same", "shows"):
            reasons = EQUIVALENT if how == "same" else HARMLESS
            parts = mutant.what.split("; line ")
            assert all(any(re.search(words, part) for words in reasons) for part in parts), mutant.what
        if how == "found":
            for words, invariants in SPEAKS.items():
                assert not re.search(words, mutant.what) or "; line " in mutant.what or broken & invariants, (
                    mutant.what, broken,
                )  # fmt: skip
    return count


def test_variants_of_the_op_are_found() -> None:
    assert look("tdx_sept_free_private_spt", 5)["found"] >= 5


@pytest.mark.slow
@pytest.mark.parametrize("function", ORIGINS)
def test_variants_are_found_or_explained(function: str) -> None:
    count = look(function, 60)
    assert count["found"] >= 30 and count["found"] + count["sentence"] > count["same"] + count["shows"]
