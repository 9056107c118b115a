"""What a step rests on: of a revision without recorded runs no step says that it rests on them."""

from collections import Counter
from typing import Any

import pytest

import kvmviz
from kvmviz.machine.bug import seamcall_line
from kvmviz.record.runs import Run, run
from kvmviz.revisions import EVERY, REVISIONS, Revision
from kvmviz.revisions.evidence import grounds
from kvmviz.scenario.status import NO_PAMT_PAGE_PAIR, STAND_INS
from kvmviz.terms.kinds import RECORDED

LINES = ("fail=L1@0x200 region=scattered", "hkid=assigned region=dense", "leaves=present region=shared remove=fails")


def told(found: Run, which: type[Revision]) -> Counter[str]:
    return Counter(grounds(which, step.event, step.chain) for step in found.steps)


@pytest.mark.parametrize("line", LINES)
def test_nothing_rests_on_runs_that_were_not_recorded(line: str) -> None:
    found = told(run("dpamt", line), EVERY["dpamt"])
    assert RECORDED not in found
    assert all(
        words.startswith(("read in ", "inferred from", "a choice of ours", "the scenario")) for words in found
    )


def test_each_function_says_where_it_was_read() -> None:
    own = {name for name in EVERY["dpamt"].functions if name.startswith("tdx_")} | set(EVERY["dpamt"].added)
    assert own == {name for name, _ in EVERY["dpamt"].identity.grounds}


def test_the_modules_answer_rests_on_the_modules_source() -> None:
    steps = [s for s in run("dpamt", "region=dense").steps if getattr(s.event, "seamcall", "").endswith("PAMT.REMOVE")]
    [words] = {grounds(EVERY["dpamt"], step.event, step.chain) for step in steps}
    assert "tdh_phymem_pamt_remove.c" in words


@pytest.mark.parametrize("name", REVISIONS)
def test_the_others_rest_on_their_recorded_runs(name: str) -> None:
    assert told(run(name, "fail=L1@0x200"), EVERY[name])[RECORDED] > 90


def test_code_of_ones_own_rests_on_itself() -> None:
    class Mine(kvmviz.Revision, base="landed"):
        @staticmethod
        def tdx_sept_free_private_spt(vm: Any, sp: Any) -> None:
            sp.external_spt = None

    found = told(run(Mine, "tree=1x1x1"), Mine)
    assert found["code of Mine's own, run in the model; no recorded runs"] == 3  # pointers cut
    assert found[RECORDED]


def test_no_number_is_shown_of_a_status_whose_number_is_not_known() -> None:
    from kvmviz.check.broken.dpamt import PutBeforeReclaim

    found = run(PutBeforeReclaim, "tree=1x1x1 region=scattered")
    assert "PAMT_PAGE_NOT_EMPTY (its number is not" in " ".join(found.text().split())
    shown = found.text() + repr(found.to_json()) + found.kernel_log()
    assert "<PAMT_PAGE_NOT_EMPTY>" in shown
    assert not any(f"{number:x}" in shown for number in STAND_INS)


def test_a_line_of_the_log_has_the_name_where_there_is_no_number() -> None:
    assert seamcall_line("TDH_PHYMEM_PAMT_REMOVE", NO_PAMT_PAGE_PAIR, ()).endswith("failed: <NO_PAMT_PAGE_PAIR>")
