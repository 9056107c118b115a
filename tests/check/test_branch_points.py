"""Where patches branch: what is looked at besides a space, and the numbers that a patch compares with."""

from typing import Any

import pytest

import kvmviz
from kvmviz import cli
from kvmviz.check.branch_points import besides, changed
from kvmviz.check.engine import check
from kvmviz.check.outcome import examine
from kvmviz.check.source_numbers import constants
from kvmviz.check.space import scenarios
from kvmviz.kvm.mmu_page import private_spt
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_reclaim_page
from kvmviz.machine.bug import KVM_BUG_ON
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario import Scenario
from tests.spaces import counted
from tests.trying import sampled

ODD = 0xC000_0ABC_0000_0000


def keeps(vm: Any, sp: Any, odd: Any) -> None:
    """Keep the pointer to an owned page where the condition says so, else do as v1."""
    if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
        sp.external_spt = None
        return
    err = tdx_reclaim_page(vm.host, private_spt(sp))
    if err and not odd(err):
        sp.external_spt = None


class AtAStatus(Revision, base="v1"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
        keeps(vm, sp, lambda err: err == ODD)


class AtAFrame(Revision, base="v1"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
        keeps(vm, sp, lambda err: gfn >= 0x200000)


class AtAnotherBusy(Revision, base="v1"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
        keeps(vm, sp, lambda err: err & 0xFF == 0x80)


class AtAnEntry(Revision, base="v1"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
        keeps(vm, sp, lambda err: sp.index == 13)


@pytest.mark.parametrize("which", sampled([AtAStatus, AtAFrame, AtAnEntry], 1), ids=lambda which: which.name)
def test_what_a_patch_compares_with_is_looked_at(which: type[Revision]) -> None:
    """None of these shows in the quick space; the numbers in the source, helpers' lambdas included, ask for them."""
    found = examine(which, besides(which))
    assert found.cells["owned_pages_are_not_freed"].beyond > 0
    assert not examine(which, list(scenarios("1x1x2"))).cells["owned_pages_are_not_freed"].broken


def test_constants_are_those_of_the_readers_functions() -> None:
    assert constants(AtAStatus) == [ODD] and constants(AtAFrame) == [0x200000] and constants(AtAnEntry) == [13]
    assert constants(REVISIONS["v1"]) == []


LIMIT = 0x1000


class Limits:
    MOST = 30


class AtASum(Revision, base="v1"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
        keeps(vm, sp, lambda err: gfn == LIMIT + 0x800)


class AtAnAttribute(Revision, base="v1"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
        keeps(vm, sp, lambda err: sp.index == Limits.MOST // 2 - 1)


MACRO = """#define ODD 0xc0000abc00000000ULL
enum { STEP = 1 << 9, FAR = STEP * 14 };
static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)
{
    u64 err;

    if (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm)) {
        sp->external_spt = NULL;
        return;
    }
    err = tdx_reclaim_page(virt_to_page(sp->external_spt));
    if (err && !(COND))
        sp->external_spt = NULL;
}
"""


@pytest.mark.slow
def test_numbers_that_are_computed_are_found() -> None:
    assert {0x1000, 0x1800} <= set(constants(AtASum)) and {30, 15, 14} <= set(constants(AtAnAttribute))
    for which in (AtASum, AtAnAttribute):
        assert examine(which, besides(which)).cells["owned_pages_are_not_freed"].beyond > 0


@pytest.mark.parametrize(("condition", "number"), [("gfn == FAR", 0x1C00), ("gfn == STEP * 13 + 512", 0x1C00)])
def test_numbers_that_c_computes_are_found(condition: str, number: int) -> None:
    which = kvmviz.from_c(MACRO.replace("COND", condition), name="Mine")
    assert number in constants(which) and not {0xFFFF_FFFF_FFFF_FFFF, 12} & set(constants(which))
    assert examine(which, besides(which)).cells["owned_pages_are_not_freed"].beyond > 0


def test_a_macro_of_c_is_found() -> None:
    assert ODD in constants(kvmviz.from_c(MACRO.replace("COND", "sp->gfn == ODD"), name="Mine"))


HELPER = """static bool odd(gfn_t gfn)
{
    for (int i = 0; i < 3; i++)
        if (gfn == 7000)
            return true;
    return false;
}
"""


def test_numbers_of_c_are_those_that_it_says_in_helpers_too_and_none_of_the_translators() -> None:
    which = kvmviz.from_c(HELPER + MACRO.replace("COND", "odd(gfn)"), name="Mine")
    assert constants(which) == [7000]


def test_numbers_of_vcpus_and_statuses_enter_without_being_asked_for() -> None:
    found = examine(AtAnotherBusy, besides())
    assert found.cells["owned_pages_are_not_freed"].beyond > 0
    assert {s.vcpus for s in besides()} == {0, 1, 2} and len({s.status for s in besides()}) == 4
    assert max(gfn for s in besides() for _, gfn in s.tree.tables()) >= 0x200000


@pytest.mark.parametrize("name", REVISIONS)
def test_nothing_beyond_what_is_known_is_broken_there(name: str) -> None:
    found = examine(REVISIONS[name], besides())
    assert found.scenarios == len([*besides()]) < counted("quick") / 8
    assert {key: cell.smallest for key, cell in found.cells.items() if cell.beyond} == {}


def test_the_report_counts_them_apart_and_calls_what_breaks_there_alone_a_bug() -> None:
    report = check("v1", "quick", progress=False)
    text = " ".join(str(report).split())
    assert report.scenarios == counted("quick") and report.aside is not None and report.aside.like.same_as == ("v1",)
    assert f"{len([*besides()]):,} scenarios with other statuses, 0 and 2 vCPUs" in text and "Not looked at:" in text
    aside = report.to_json()["besides"]
    assert aside is not None and aside["scenarios"] == len([*besides()])


@pytest.mark.slow
def test_a_patch_that_only_breaks_there_is_no_good() -> None:
    report = check(AtAStatus, "quick", progress=False)
    assert not report.ok and report.status == 1 and report["owned_pages_are_not_freed"].besides
    assert report.like.same_as == ("v1",)  # in the space, and the report goes on to say where it is not
    assert report.aside is not None and report.aside.like.same_as == () and report.aside.like.first
    text = " ".join(str(report).split())
    assert "of the scenarios looked at besides" in text and report.aside.like.first in text


def test_a_space_with_other_words(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    few = list(changed(scenarios("1x1x1"), "0x1234", "0"))
    assert {s.vcpus for s in few} == {0} and {s.status for s in few if s.fail} == {0x1234}
    assert not any(s.hkid == "vp-flush-error" for s in few)
    assert cli.main(["check", "--revision", "landed", "--tree", "1x1x1", "--vcpus", "2"]) == 0
    assert f"{len(list(changed(scenarios('1x1x1'), None, '2'))):,} scenarios" in capsys.readouterr().out
    file = tmp_path / "mine.txt"
    file.write_text("# two\ntree=1x1x1\n\ntree=1x1x1 fail=all\n")
    assert cli.main(["check", "--revision", "v1", "--scenarios", str(file)]) == 0
    assert "2 scenarios" in capsys.readouterr().out
    assert cli.main(["check", "--revision", "v1", "--vcpus", "65"]) == 2
    assert "vcpus=65" in capsys.readouterr().err


def test_a_scenario_is_looked_at_once() -> None:
    every = [str(s) for s in besides(AtAStatus)]
    assert len(set(every)) == len(every) and all(Scenario.parse(line) for line in every[::50])
