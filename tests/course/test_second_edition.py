"""What the second edition's notebooks show of cases, orders, checks, logs and the patch itself."""

import re
from pathlib import Path

import pytest

from kvmviz.check.space import scenarios
from kvmviz.course.exercise import Exercise, still
from kvmviz.course.prose import in_c, kernel_log, source_diff
from kvmviz.course.questions import question
from kvmviz.course.readers_copy import REPLY, TITLE, VARIABLE, original
from kvmviz.course.reports import checked, order, unreported
from kvmviz.course.whole import ASKED, SENTENCES, answer, whole_answers
from kvmviz.record.runs import run
from kvmviz.revisions import REVISIONS
from kvmviz.terms import events as e


@pytest.mark.parametrize("name", ASKED)
def test_every_case_has_a_whole_answer_whose_numbers_are_computed(name: str) -> None:
    assert re.findall(r"\d", re.sub(r"\{[^}]*\}", "", SENTENCES[name])) == []
    said = answer(name)
    assert said.endswith(".")
    assert "{" not in said
    assert said in str(whole_answers())


def test_answers_are_for_cases_that_there_are() -> None:
    assert list(SENTENCES) == list(ASKED)


def test_where_guest_pages_are_still_mapped_those_complain_whom_the_answer_names() -> None:
    """Generic code's KVM_BUG_ON is true there as well, and mute, since the VM is bugged by then."""
    name = "guest-pages-still-mapped"
    for revision in ("before", "v1"):
        events = [step.event for step in run(revision, ASKED[name].scenario).steps]
        assert [event.site.split(":", 1)[1] for event in events if isinstance(event, e.Warn)] == [
            "tdx_sept_remove_private_spte:KVM_BUG_ON/hkid",
            "__tdx_reclaim_page:TDX_BUG_ON_3/TDH_PHYMEM_PAGE_RECLAIM",
        ]
    assert "function for guest pages, by a KVM_BUG_ON, and the helper, which is refused the TDR" in answer(name)


def test_the_other_order_takes_subtrees() -> None:
    # CONFIG_KVM_PROVE_MMU leaves out the fine passes; children precede their parents in both
    assert order("tree=1x2x2 zap=prove-mmu")[:3] == ["L1@0x0", "L1@0x200", "L2@0x0"]
    assert order("tree=1x2x2")[:5] == ["L1@0x0", "L1@0x200", "L1@0x40000", "L1@0x40200", "L2@0x0"]


def test_a_table_of_checks_shows_what_either_breaks() -> None:
    text = str(checked("before", "v1", "1x1x1"))
    rows = {row.split(" | ")[0]: row.split(" | ")[2:] for row in text.split("\n\n")[0].splitlines()[2:]}
    generic = next(cells for words, cells in rows.items() if "does not write external_spt" in words)
    assert generic[0].strip() and not generic[1].strip(" |")
    assert any("never freed" in words for words in rows)


@pytest.mark.parametrize("name", ["before", "v1"])
def test_the_first_td_of_a_boot_leaves_a_trace_and_silent_ones_are_as_said(name: str) -> None:
    """What `unreported` says besides its numbers."""
    ends = [(line, run(name, line).summary) for line in scenarios("1x1x1")]
    lost = [(line, end) for line, end in ends if end.leaked_count and not end.panicked]
    assert all(line.boot is not None for line, end in lost if not end.traces)
    silent = [line for line, end in lost if end.silent]
    assert bool(silent) == (name == "v1")
    assert all(line.hkid == "flushvp-not-done" or line.boot == 1 for line in silent)
    assert f"**{len(silent)}** TDs" in str(unreported("1x1x1")) or name == "before"


@pytest.mark.parametrize("name", REVISIONS)
def test_the_c_that_is_shown_does_what_the_revision_does(name: str) -> None:
    own = in_c(name)
    for line in ("fail=all", "hkid=flushvp-not-done", "fail=L1@0x200 boot=second:60s"):
        assert [s.event for s in run(own, line).steps] == [s.event for s in run(name, line).steps]


def test_a_diff_is_of_c_or_of_the_model() -> None:
    assert "sp->external_spt = NULL;" in str(source_diff("before", "v1"))
    assert "sp.external_spt = None" in str(source_diff("before", "v1", language="Python"))


def test_logs_stand_under_their_names() -> None:
    text = str(kernel_log("before", "v1", scenario="fail=TDR"))
    assert re.findall(r"^# (\S+):", text, re.MULTILINE) == ["before", "v1"]


def test_the_original_is_shown_and_run_where_the_reader_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert TITLE in str(original())
    assert REPLY in str(original())
    file = tmp_path / "my.patch"
    file.write_text(
        "--- a/arch/x86/kvm/vmx/tdx.c\n+++ b/arch/x86/kvm/vmx/tdx.c\n@@ -10,5 +10,5 @@\n"
        " static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)\n {\n"
        "-\tif (tdx_reclaim_page(virt_to_page(sp->external_spt)))\n"
        "+\tif (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) || "
        "tdx_reclaim_page(virt_to_page(sp->external_spt)))\n"
        " \t\tsp->external_spt = NULL;\n }\n"
    )
    monkeypatch.setenv(VARIABLE, str(file))
    shown = str(original(space="1x1x1"))
    assert "tdx_sept_free_private_spt" in shown
    assert "Equal to v1" in shown


def test_a_questions_log_is_shown_as_it_stands() -> None:
    asked = question("05-log-a")
    assert "<pre" in still(asked)
    assert "WARNING: arch/x86/kvm/vmx/tdx.c" in still(asked)
    assert "WARNING" in str(Exercise(asked, save=False).box.children[0].value)
