"""Functions of the teardown from C of our own: each alone and all together do what the model's do, chains included."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from kvmviz.c.revision import revision_of
from kvmviz.c.syntax import Unit, parse
from kvmviz.check.space import scenarios
from kvmviz.kvm.leaks import AFTER
from kvmviz.patches.making import sorted_out
from kvmviz.record.runs import run
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario import CAUSES, Scenario
from tests.c.equality import differing

SOURCES = Path(__file__).parent / "sources"
NAMES = {"tdp_mmu.c": "arch/x86/kvm/mmu/tdp_mmu.c", "tdx.c": "arch/x86/kvm/vmx/tdx.c"}

HKIDS = ("assigned", *CAUSES)
CONTROLS = [
    "fail=TDR vcpus=1", "fail=TDCS[0],TDCS[5],TDVPR[0],TDCX[0][4] vcpus=1 leaves=gone",
    *(f"hkid={cause} vcpus=2 boot=second:1s" for cause in HKIDS),
]  # fmt: skip
SAMPLE = [*map(Scenario.parse, CONTROLS), *list(scenarios("quick"))[::131]]


@cache
def units() -> tuple[Unit, ...]:
    return tuple(parse((SOURCES / file).read_text(), name) for file, name in NAMES.items())


FUNCTIONS = sorted(name for unit in units() for name in unit.functions)


def revision(base: str, *wanted: str, change: Callable[[str], str] = str) -> type[Revision]:
    made = [parse(change(unit.source), unit.file) for unit in units()]
    return revision_of(made, base=base, name="mine", wanted=wanted)


def test_all_of_them_can_be_run() -> None:
    assert len(FUNCTIONS) == 21
    assert sorted_out(units(), REVISIONS["v1"], FUNCTIONS) == (FUNCTIONS, {})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_one_from_c_among_the_models_does_the_same(name: str) -> None:
    mine = revision("landed", name)
    assert mine.own == {name}
    assert differing(mine, REVISIONS["landed"], SAMPLE[::2]) == []


@pytest.mark.parametrize("base", REVISIONS)
def test_all_from_c_together_do_the_same(base: str) -> None:
    assert differing(revision(base, *FUNCTIONS), REVISIONS[base], SAMPLE) == []


@pytest.mark.slow
def test_all_from_c_together_do_the_same_in_the_quick_space() -> None:
    assert differing(revision("before", *FUNCTIONS), REVISIONS["before"], scenarios("quick")) == []


CHANGES = {
    "the status is not looked at": ("return TDX_BUG_ON_3(status", "return 0 && TDX_BUG_ON_3(status"),
    "no reset": ("\tif (!failed)\n", "\tif (failed)\n"),
    "a page that is not given back is freed": ("\tif (!tdx_reclaim_page(page))\n", "\ttdx_reclaim_page(page);\n"),
    "one page is forgotten": ("for (i = 0; i < td->td.tdcs_nr_pages", "for (i = 1; i < td->td.tdcs_nr_pages"),
    "the TDR is not written back": ("if (TDX_BUG_ON(tdh_phymem_page_wbinvd_tdr(&td->td)", "if (TDX_BUG_ON(0"),
    "the key is never freed": ("tdx_hkid_free(td);", ";"),
    "the caches are not written back": ("on_each_cpu(smp_func", "if (0) on_each_cpu(smp_func"),
    "vCPUs are not flushed": ("\tkvm_for_each_vcpu(number, vcpu, kvm)\n", "\tif (0)\n"),
    "no epoch": ("!= TD_STATE_RUNNABLE", "== TD_STATE_RUNNABLE"),
    "coarse first": ("CONFIG_KVM_PROVE_MMU) ? PG_LEVEL_1G : PG_LEVEL_4K", "CONFIG_KVM_PROVE_MMU) ? 1 : 3"),
    "tables are left": ("zap_level || !is_shadow", "zap_level - 1 || !is_shadow"),
    "no lock": ("\t\twrite_lock(&kvm->mmu_lock);", "\t\t;"),
    "nobody waits for RCU": ("\trcu_barrier();", ""),
    "the root stays": ("\tlist_del_rcu(&root->link);\n", ""),
    "no mirror": ("KVM_MIRROR_ROOTS : KVM", "0 : KVM"),
    "the control pages before the root": ("\ttdx_reclaim_td_control_pages(kvm);\n\tto_kvm", "\tto_kvm"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_shows(change: str) -> None:
    old, new = CHANGES[change]
    assert sum(unit.source.count(old) for unit in units()) == 1
    assert differing(revision("landed", *FUNCTIONS, change=lambda text: text.replace(old, new)),
                     REVISIONS["landed"], SAMPLE)  # fmt: skip


@pytest.mark.slow
def test_a_large_td_runs_folded() -> None:
    mine = revision("before", *FUNCTIONS)
    line = "tree=64GiB fail=L1@0x200"
    assert run(mine, line).folded.summary == run("before", line).summary


def test_those_that_leak_by_a_plain_return_are_among_them() -> None:
    assert {name for name in AFTER if name.startswith("tdx_")} <= set(FUNCTIONS)
