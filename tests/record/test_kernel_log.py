"""The kernel log of a run holds what was printed, in order and with its callers, and nothing else."""

import re

import pytest

from kvmviz.check.cases import CASES
from kvmviz.record.kernel_log import CUT, END, LEFT_OUT, NOTHING, PANIC, PREFIX
from kvmviz.record.runs import run, run_all
from kvmviz.revisions import REVISIONS, revision
from kvmviz.scenario.scenario import Scenario

SMALL = [case.scenario for case in CASES.values() if "iB" not in case.scenario]


def own(revision: str, line: str) -> list[str]:
    return run(revision, line).kernel_log(None, whole_boot=False).split("\n")


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_log_holds_as_much_as_was_printed(revision: str) -> None:
    for line in SMALL:
        log, end = own(revision, line), run(revision, line).summary
        assert (log.count(CUT), sum(said.startswith(PREFIX) for said in log)) == (end.traces, end.lines), line
        assert log.count(PANIC) == end.panicked
        assert log.count(END) == end.traces - end.panicked
        assert len([said for said in log if "callbacks suppressed" in said]) == end.notes
        assert (log == [NOTHING]) == (not end.traces + end.lines + end.notes)


def test_a_trace_names_the_file_and_the_callers_nearest_first() -> None:
    # read in the source: who warns stands in the line WARNING, its callers below, down to the VM's end
    log = own("before", "fail=L1@0x200")
    first, last = log.index(CUT), log.index(END)
    assert log[first + 1 : first + 6] == [
        "WARNING: arch/x86/kvm/vmx/tdx.c at __tdx_reclaim_page", LEFT_OUT, "Call Trace:", " tdx_reclaim_page",
        " tdx_sept_free_private_spt",
    ]  # fmt: skip
    assert log[last - 1] == " kvm_destroy_vm"
    assert "WARNING: arch/x86/kvm/mmu/tdp_mmu.c at handle_removed_pt" in log[last:]


def test_a_later_td_is_told_what_was_withheld_of_the_first() -> None:
    # lib/ratelimit.c: function, colon, number, in front of the line that opens the new window
    first, second = run("v1", "tree=1x1x8 fail=all boot=second:60s").kernel_log(None).split("\n\n")
    assert "suppressed" not in first
    assert second.split("\n")[:2] == ["# the second TD, 60 s later", "__tdx_reclaim_page: 1 callbacks suppressed"]
    assert CUT not in second


def test_a_second_td_that_never_was_has_no_log() -> None:
    log = run("v1", "fail=L1@0x200 boot=second:60s panic=on").kernel_log()
    assert log.endswith(PANIC)
    assert "#" not in log


def test_a_short_log_counts_what_repeats_also_in_a_large_tree() -> None:
    scenario = Scenario.parse("tree=1TiB hkid=key-freeid-error")
    log = run_all([revision("before")], scenario)[0].kernel_log(short=True)
    assert log.count(CUT) == 2
    assert f"[the same lines again, {scenario.tree.count - 1:,} times]" in log
    assert re.search(r" \[\d+ more callers\]", log)


def test_lines_are_wrapped_for_a_mail_unless_they_are_to_be_whole() -> None:
    found = run("before", "hkid=cache-wb-error fail=all")
    assert max(map(len, found.kernel_log().split("\n"))) <= 72
    assert " ".join(found.kernel_log().split()) == " ".join(found.kernel_log(None).split())
