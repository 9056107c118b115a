"""The verdicts: as a reading of the source expects them, with premises that were met, and able to fall."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

import kvmviz
from kvmviz.check.propositions import CLAIMS, WORDS, Runs, Verdict, claims
from kvmviz.check.propositions.facts import observe
from kvmviz.check.propositions.messages import MESSAGES
from kvmviz.check.propositions.registry import uses_result, writes
from kvmviz.check.propositions.sampling import facts_of, sample
from kvmviz.check.propositions.verdict import claims_markdown, claims_text, tried
from kvmviz.kvm.mmu_page import kvm_mmu_page, private_spt
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_reclaim_page
from kvmviz.kvm.vm import VM
from kvmviz.machine.bug import KVM_BUG_ON
from kvmviz.machine.printk import Boot
from kvmviz.record.runs import run
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario import Scenario
from tests.spaces import counted
from tests.trying import sampled

HOLDS, PARTLY, NOT, CANNOT = WORDS

EXPECTED = {
    "B1": HOLDS, "B2": PARTLY, "B3": NOT, "B4": PARTLY, "B5": HOLDS, "B6": HOLDS, "B7": HOLDS,
    "S1": HOLDS, "S2": HOLDS, "S3": PARTLY, "S4": HOLDS, "S5": NOT, "S6": HOLDS, "S7": PARTLY, "S8": HOLDS,
    "S9": HOLDS, "S10": NOT,
    "F1": HOLDS, "F2": CANNOT, "F3": HOLDS, "F4": HOLDS, "F5": HOLDS, "F6": HOLDS, "F7": HOLDS, "F8": HOLDS,
    "F9": HOLDS, "F10": HOLDS, "F11": HOLDS, "F12": HOLDS, "F13": HOLDS, "F14": CANNOT, "F15": PARTLY,
    "F16": CANNOT, "F17": CANNOT,
    "V1": PARTLY, "V2": PARTLY, "V3": PARTLY, "V4": PARTLY, "V5": HOLDS, "V6": HOLDS, "V7": HOLDS, "V8": CANNOT,
    "N1": HOLDS, "N2": CANNOT, "N3": NOT, "N4": HOLDS, "N5": HOLDS, "N6": PARTLY,
    "K1": HOLDS, "K2": NOT, "K3": HOLDS, "K4": PARTLY, "K5": HOLDS, "K6": HOLDS, "K7": HOLDS, "K8": HOLDS,
    "K9": HOLDS, "K10": HOLDS, "K11": HOLDS, "K12": HOLDS,
    "D1": HOLDS, "D2": HOLDS, "D3": PARTLY, "D4": HOLDS, "D5": PARTLY, "D6": NOT, "D7": HOLDS, "D8": PARTLY,
    "D9": HOLDS, "D10": HOLDS, "D11": PARTLY, "D12": HOLDS, "D13": HOLDS, "D14": HOLDS, "D15": HOLDS, "D16": CANNOT,
    "D17": CANNOT, "D18": HOLDS, "D19": CANNOT, "D20": HOLDS, "D21": HOLDS, "D22": CANNOT, "D23": CANNOT,
    "D24": CANNOT, "D25": HOLDS, "D26": PARTLY, "D27": HOLDS, "D28": PARTLY, "D29": HOLDS, "D30": CANNOT,
}  # fmt: skip
"""What a reading of the kernel's source, independent of the model, makes of each claim."""


@cache
def verdicts() -> dict[str, Verdict]:
    return {verdict.id: verdict for verdict in claims()}


def test_verdicts_are_as_the_source_reads() -> None:
    assert {name: verdict.verdict for name, verdict in verdicts().items()} == EXPECTED


def test_every_verdict_rests_on_a_premise_that_was_met() -> None:
    for verdict in verdicts().values():
        assert (verdict.scenarios == 0) == (verdict.verdict == CANNOT), verdict.id
        assert (verdict.holds == verdict.scenarios > 0) == (verdict.verdict == HOLDS), verdict.id
        assert (verdict.holds == 0 < verdict.scenarios) == (verdict.verdict == NOT), verdict.id


def test_a_claim_whose_premise_is_never_met_is_not_said_to_hold() -> None:
    assert tried([]).because("Vacuous.").verdict == CANNOT


def test_witnesses_are_lines_to_paste_on_the_right_side() -> None:
    told = 0
    for verdict in verdicts().values():
        for line, side in (
            (verdict.witness_for, verdict.holds),
            (verdict.witness_against, verdict.scenarios - verdict.holds),
        ):
            assert line is None or (side > 0 and str(Scenario.parse(line)) == line), verdict.id
            told += line is not None
    assert told > 45


@pytest.mark.parametrize(
    ("id", "revision", "figure"),
    [
        ("B2", "v1", lambda s: sum(s.splats.values()) == 1),
        ("V2", "v2", lambda s: s.vm_bugged),
        ("S3", "v1", lambda s: not [p for p in s.leaked if p.startswith("S-EPT")]),
    ],
)
def test_witnesses_say_what_they_witness(id: str, revision: str, figure: Callable[[Any], bool]) -> None:
    verdict = verdicts()[id]
    assert figure(run(revision, verdict.witness_for or "").summary)
    assert verdict.witness_against and not (
        figure(run(revision, verdict.witness_against).summary) and "all" not in verdict.witness_against
    )


def test_sample_is_the_quick_space_without_panic_and_counterfactual_leaves() -> None:
    assert len(sample()) == len(set(sample())) == counted("quick") // 4
    sizes = [scenario.tree.count for scenario in sample()]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("revision", REVISIONS)
def test_facts_agree_with_recorded_events(revision: str) -> None:
    for scenario, facts in list(zip(sample(), facts_of(REVISIONS[revision]), strict=True))[::40]:
        result = run(revision, scenario)
        events = result.events or []
        printed = [e for e in events if e["kind"] == "warn" and e["printed"] and e["phase"] == "mmu_uninit"]
        assert facts.traces() == len(printed)
        assert facts.error_lines() == sum(
            e["kind"] == "pr_err" and e["printed"] and e["phase"] == "mmu_uninit" for e in events
        )
        assert facts.leaked == result.summary.leaked
        assert [page for _, page, _ in facts.frees] == [name for name, _ in result.summary.freed]
        assert list(facts.nulled) == [e["page"] for e in events if e["kind"] == "set_null"]


# Each of these is wrong in one way, and the claim about it must fall.


class GenericForgets(Revision, base="v1"):
    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        REVISIONS["v1"].tdp_mmu_free_sp(vm, sp)
        sp.external_spt = None

    @staticmethod
    def tdp_mmu_free_sp_rcu_callback(vm: VM, sp: kvm_mmu_page) -> None:
        vm.revision.tdp_mmu_free_sp(vm, sp)


class NoHkidTest(Revision, base="v1"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None


class ReadsGfn(Revision, base="v1"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp)) or gfn < 0:
            sp.external_spt = None


class KeepsPointer(Revision, base="landed"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None


class FreesAnyway(Revision, base="landed"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if not KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            tdx_reclaim_page(vm.host, private_spt(sp))
        vm.host.memory.free_page(sp.external_spt)
        sp.external_spt = None


class Mute(Revision, base="before"):
    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, level: int, private_spt: Any) -> int:
        REVISIONS["before"].tdx_sept_free_private_spt(vm, gfn, level, private_spt)
        return 0


@pytest.mark.parametrize(
    ("id", "name", "broken", "word"),
    sampled([
        ("B1", "before", Mute, NOT),
        ("B5", "v1", NoHkidTest, NOT),
        ("B6", "v1", ReadsGfn, PARTLY),
        ("S1", "v1", GenericForgets, PARTLY),
        ("N1", "v1", GenericForgets, PARTLY),
        ("S2", "before", Mute, NOT),
        ("F8", "landed", KeepsPointer, PARTLY),
        ("S8", "landed", FreesAnyway, PARTLY),
        ("K11", "landed", FreesAnyway, CANNOT),
        ("F13", "landed", FreesAnyway, PARTLY),
    ], 2),
)  # fmt: skip
def test_verdict_falls_with_a_broken_revision(id: str, name: str, broken: type[Revision], word: str) -> None:
    assert EXPECTED[id] != word
    assert CLAIMS[id].verdict(Runs({name: broken})).verdict == word


def test_claims_may_be_asked_of_a_revision_of_ones_own() -> None:
    changed = {v.id for v in claims({"landed": KeepsPointer}) if v.verdict != EXPECTED[v.id]}
    assert "F8" in changed and "B1" not in changed


def test_static_questions() -> None:
    runs = Runs()
    assert writes(runs.tree("before", "handle_removed_pt"), "external_spt")
    assert not writes(runs.tree("v1", "handle_removed_pt"), "external_spt")
    assert uses_result(runs.tree("before", "handle_removed_pt"), "free_external_spt")
    assert not uses_result(runs.tree("v1", "handle_removed_pt"), "free_external_spt")


def test_every_source_is_somebodys_and_fits_a_line() -> None:
    assert {claim.message for claim in CLAIMS.values()} <= set(MESSAGES)
    for message in MESSAGES.values():
        assert message.who and message.when and len(f"  {message.where}") <= 72


def test_text_fits_a_mail() -> None:
    text = claims_text(list(verdicts().values()))
    assert text.isascii()
    lines = [line for line in text.splitlines() if not line.startswith(("  for: ", "  against: "))]
    assert max(map(len, lines)) <= 72
    assert text.startswith(
        "90 claims, in our words: 54 hold, 17 hold partly, 6 do not hold, 13\ncannot be checked here.\n"
    )
    assert all(f"\n{verdict.id}: {verdict.verdict}" in text for verdict in verdicts().values())
    assert str(verdicts()["V2"]) in text


def test_json_has_the_fields_of_the_contract() -> None:
    fields = "id who when where proposition verdict scenarios holds witness_for witness_against why".split()
    for verdict in verdicts().values():
        assert list(json.loads(json.dumps(verdict.to_json()))) == fields


def test_markdown_is_one_table() -> None:
    lines = claims_markdown(list(verdicts().values())).splitlines()
    assert len(lines) == len(CLAIMS) + 2
    assert {line.replace(r"\|", "").count("|") for line in lines} == {9}


@pytest.mark.slow
def test_same_question_same_answer() -> None:
    assert kvmviz.claims() == list(verdicts().values()) == [claim.verdict(Runs()) for claim in CLAIMS.values()]
    fresh = observe(REVISIONS["v1"], Scenario.parse("tree=1x1x1 fail=all"), Boot())
    assert (
        fresh.memory()
        == dict(zip(sample(), facts_of(REVISIONS["v1"]), strict=True))[Scenario.parse("tree=1x1x1 fail=all")].memory()
    )


@pytest.mark.parametrize("first", ["", "import kvmviz.check.propositions; ", "from kvmviz.check import Verdict; "])
def test_claims_can_be_called_whatever_was_imported_before(first: str) -> None:
    program = f"import kvmviz; {first}print(callable(kvmviz.claims), callable(kvmviz.check.claims))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
