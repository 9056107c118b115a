"""What is said of a patch comes from running it: hundreds of changed patches, every sentence held against runs."""

from functools import cache
from pathlib import Path

import pytest

import kvmviz
from kvmviz.check.nearest import likeness
from kvmviz.compare.comparison import compare
from kvmviz.patches.ours import text_of
from kvmviz.review import Options, review
from kvmviz.review.case import Case
from kvmviz.review.ran import NotRun, Ran
from kvmviz.review.running import DEFAULTS
from tests.review import mails, patches
from tests.review.mutants import HARMLESS, Mutant, mutants, one_token, some

FEW = tuple(
    f"tree=1x1x2{setup}{leaves}"
    for setup in ("", " fail=L1@0x0", " fail=all", " hkid=flushvp-not-done", " hkid=key-freeid-error")
    for leaves in ("", " boot=second:60s")
)
"""What tells the mutants apart, without the time that a space takes."""

QUICK = Options(space=FEW, parallel=False)
SELF_MADE = patches.moving(0, 0)
"""A patch that does what 16/17 does, in C of our own."""


def case_of(patch: str, options: Options = QUICK) -> Case:
    (case,) = review(mails.posted(patch).encode(), options).cases
    return case


def ran(patch: str, options: Options = QUICK) -> Ran:
    done = case_of(patch, options).done
    assert done is not None
    return done


@cache
def plain_truth() -> tuple[tuple[object, ...], ...]:
    return tuple(tuple(kvmviz.run("v1", line).steps) for line in FEW)


def behaves_as_v1(done: Ran) -> bool:
    """Whether every event of every scenario is that of v1, its chain included, by the runs themselves."""
    own = (tuple(kvmviz.run(done.new, line).steps) for line in FEW)
    return all(_events(mine) == _events(theirs) for mine, theirs in zip(own, plain_truth(), strict=True))


def behaves_as(name: str, done: Ran) -> bool:
    return all(compare(name, done.new, line).alike for line in FEW)


def _events(steps: tuple[object, ...]) -> list[object]:
    return [(step.event, step.phase, tuple(step.chain)) for step in steps]  # type: ignore[attr-defined]


def hold(mutant: Mutant) -> str:
    """Hold what the review says of a mutant against check and runs; return how it ended."""
    case = case_of(mutant.text)
    done = case.done
    if done is None:
        assert isinstance(case.ran, NotRun), mutant.what
        assert case.ran.why.endswith("."), mutant.what
        return "stopped" if case.ran.stopped else "not run"
    report = kvmviz.check(done.new, FEW, progress=False)
    assert {r.name for r in done.broken} == {r.name for r in report.results if r.beyond}, mutant.what
    like = likeness(done.new, FEW)
    complete = not any(item.matters for item in done.not_modelled)
    assert done.same_as == (like.same_as if complete else ()), mutant.what
    assert (done.nearest, done.differs, done.first) == (like.nearest, like.differs, like.first), mutant.what
    if complete:
        assert ("v1" in done.same_as) == behaves_as_v1(done), mutant.what
    return "same" if "v1" in done.same_as else "other"


def test_the_patch_and_harmless_changes_of_it_are_v1() -> None:
    assert ran(SELF_MADE).same_as == ("v1",)
    for name, change in HARMLESS.items():
        assert change(SELF_MADE) != SELF_MADE
        assert ran(change(SELF_MADE)).same_as == ("v1",), name


NAMED = {
    "kvm)), kvm) &&": "owned_pages_are_not_freed",
    "!tdx_reclaim_page(virt": "owned_pages_are_not_freed",
    "if (0 && KVM_BUG_ON": "no_reclaim_before_the_hkid_is_gone",
    "if (1 || KVM_BUG_ON": "no_needless_leak",
    "!is_mirror_sp(sp)": "owned_pages_are_not_freed",
    "\t\t(void)sp;": "owned_pages_are_not_freed",
    "virt_to_page(sp->spt)": "no_needless_leak",
}
"""What a change writes, and an invariant that it breaks."""

FROM = {
    "kvm)), kvm) &&": "kvm)), kvm) ||",
    "!tdx_reclaim_page(virt": "tdx_reclaim_page(virt",
    "if (0 && KVM_BUG_ON": "if (KVM_BUG_ON",
    "if (1 || KVM_BUG_ON": "if (KVM_BUG_ON",
    "!is_mirror_sp(sp)": "is_mirror_sp(sp)",
    "\t\t(void)sp;": "\t\tsp->external_spt = NULL;",
    "virt_to_page(sp->spt)": "virt_to_page(sp->external_spt)",
}


@pytest.mark.parametrize("new", NAMED)
def test_a_change_that_breaks_something_is_named_by_what_it_breaks(new: str) -> None:
    old = FROM[new]
    lines = [line.replace(old, new) if line.startswith("+") else line for line in SELF_MADE.split("\n")]
    assert "\n".join(lines) != SELF_MADE
    done = ran("\n".join(lines))
    assert done.same_as == ()
    assert NAMED[new] in {result.name for result in done.broken}


def test_some_mutants_are_what_check_and_the_runs_say() -> None:
    ends = [hold(mutant) for mutant in some(SELF_MADE, 6, seed=4)]
    assert "other" in ends


@pytest.mark.slow
def test_every_mutant_is_what_check_and_the_runs_say() -> None:
    ends = [hold(mutant) for mutant in mutants(SELF_MADE)]
    assert ends.count("other") > 15
    assert {*ends} <= {"same", "other", "stopped", "not run"}


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_mutants_of_mutants_are_what_check_and_the_runs_say(part: int) -> None:
    ends = [
        hold(Mutant(f"{first.what}, {second.what}", second.text))
        for first in some(SELF_MADE, 12, seed=1)[part::2]
        for second in some(first.text, 12, seed=2)
    ]
    assert ends.count("other") > 35
    assert {*ends} <= {"same", "other", "stopped", "not run"}


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_patches_with_another_token_are_what_check_and_the_runs_say(part: int) -> None:
    ends = [hold(mutant) for mutant in some(SELF_MADE, 200, seed=3, operator=one_token)[part::4]]
    assert ends.count("other") > 5
    assert {*ends} <= {"same", "other", "stopped", "not run"}


@pytest.mark.parametrize("patch", ["PLAIN_WARN", "WARN_IN_PART"])
def test_the_macro_behind_tdx_bug_on_is_answered_by_its_figures(patch: str) -> None:
    done = ran(getattr(patches, patch))
    assert done.functions["TDX_BUG_ON"] == "mail"
    assert done.completed == (("__TDX_BUG_ON",) if patch == "WARN_IN_PART" else ())
    assert (done.same_as, done.old_same_as) == ((), ("landed",))
    for line, shift in zip(("fail=all", "fail=L1@0x200"), (done.shifts[2], done.shifts[1]), strict=True):
        assert shift.traces == (1, kvmviz.run("landed", line).summary.lines)


def test_a_macro_that_is_not_the_one_behind_tdx_bug_on_is_not_taken_for_it() -> None:
    for old, new in (("of->vm_bugged", "of->vm_dead"), ("SEAMCALL ", "CALL "), ("= !!(e)", "= (e)")):
        case = case_of(patches.WARN_IN_PART.replace(old, new))
        assert case.done is None


def test_a_helper_of_the_teardown_runs_from_the_patch() -> None:
    done = ran(patches.WHOLE_HELPER)
    assert done.functions["tdx_reclaim_page"] == "mail"
    assert "owned_pages_are_not_freed" in {result.name for result in done.broken}


AROUND_BREAKS = {
    "tdx_vcpu_free": "no_reclaim_before_the_hkid_is_gone",
    "tdx_reclaim_control_page": "owned_pages_are_not_freed",
    "kvm_mmu_uninit_tdp_mmu": "tables_are_reclaimed_under_the_lock",
}
MORE = (*FEW, "tree=1x1x1 fail=TDCS[0]", "tree=1x1x1 fail=all hkid=key-freeid-error")


@pytest.mark.parametrize("name", patches.AROUND)
def test_a_function_around_the_op_runs_from_a_patch_that_shows_three_lines_of_it(name: str) -> None:
    done = ran(patches.AROUND[name], Options(space=MORE, parallel=False))
    assert (done.functions[name], done.same_as, done.old_same_as) == ("mail", (), ("landed",))
    assert AROUND_BREAKS.get(name) in {*(result.name for result in done.broken), None}


def test_a_function_that_does_not_run_takes_the_equality_with_it() -> None:
    strange = SELF_MADE.replace("+\t    tdx_reclaim_page(virt", "+\t    tdx_free_strangely(virt")
    case = case_of(strange)
    assert case.done is None or case.done.same_as == ()
    assert "tdx_free_strangely" in review(mails.posted(strange).encode(), QUICK).to_text()


def test_of_a_patch_with_a_cut_hunk_the_rest_runs_and_nothing_is_said_of_the_whole() -> None:
    cut = SELF_MADE[: SELF_MADE.rindex("+\t    tdx_reclaim_page")]
    answer = review(mails.posted(cut).encode(), QUICK)
    (case,) = answer.cases
    done = case.done
    assert done is not None
    assert (done.functions["handle_removed_pt"], done.functions["tdx_sept_free_private_spt"]) == ("mail", "base")
    assert (done.same_as, done.report.like.same_as, done.incomplete) == ((), ("v1",), True)
    assert [item.name for item in done.not_modelled] == ["tdx_sept_free_private_spt"]
    text = " ".join(answer.to_text().split())
    assert "What ran of it does what v1 does, event for event, in 10 of 10 scenarios." in text
    assert "tdx_sept_free_private_spt (arch/x86/kvm/vmx/tdx.c): its hunk is cut in the mail" in text
    assert "It does what" not in text
    assert "-> this patch, computed" not in text


def test_a_patch_of_which_every_hunk_is_cut_is_not_run() -> None:
    case = case_of(patches.FREES_AN_OWNED_PAGE[: patches.FREES_AN_OWNED_PAGE.index("+++ b/arch/x86/kvm/mmu")])
    assert case.ran is None or isinstance(case.ran, NotRun)
    text = patches.OWN_IDEA[: patches.OWN_IDEA.index("-\tcall_rcu")]
    case = case_of(f"{text}-\tcall_rcu(&sp->rcu_head,\n")
    assert isinstance(case.ran, NotRun)
    assert "cut" in case.ran.why


@pytest.mark.parametrize("form", [form for form in mails.FORMS if form != "posted"])
def test_a_patch_runs_from_every_form_of_mail(form: str) -> None:
    answer = review(mails.FORMS[form](SELF_MADE), Options(space=FEW[:3], parallel=False))
    assert [case.done and case.done.same_as for case in answer.cases] == [("v1",)]


def test_a_function_shown_in_part_is_completed_by_what_the_header_of_its_hunk_says() -> None:
    done = ran(patches.SHOWN_IN_PART)
    assert (done.same_as, done.old_same_as, done.old_shown) == (("v1+17",), ("v1",), True)
    assert [item.name for item in done.not_modelled] == ["tdp_mmu_free_unused_sp"]
    other = patches.SHOWN_IN_PART.replace("+\t__tdp_mmu_free_sp(sp);\n }", "+\ttdp_mmu_free_unused_sp(sp);\n }")
    assert other != patches.SHOWN_IN_PART
    assert ran(other).same_as != ("v1+17",) or behaves_as("v1+17", ran(other))


def test_a_series_is_applied_in_order_and_answered_as_a_whole() -> None:
    box = mails.mailbox(mails.posted(SELF_MADE), mails.posted(patches.LIKE_17_OF_17))
    answer = review(box.encode(), QUICK)
    first, second = (case.done for case in answer.cases)
    assert first is not None
    assert second is not None
    assert (first.same_as, second.same_as) == (("v1",), ("v1+17",))
    assert second.old is first.new
    together = answer.series.together
    assert together is not None
    assert (together.same_as, together.old) == (("v1+17",), first.old)
    assert "The patches together" in answer.to_text()
    parts = review([mails.posted(SELF_MADE).encode(), mails.posted(patches.LIKE_17_OF_17).encode()], QUICK)
    assert [case.done and case.done.same_as for case in parts.cases] == [("v1",), ("v1+17",)]


def test_a_patch_that_does_not_fit_on_the_one_before_stands_for_itself() -> None:
    box = mails.mailbox(mails.posted(patches.OWN_IDEA), mails.posted(SELF_MADE))
    answer = review(box.encode(), QUICK)
    assert [case.earlier for case in answer.cases] == [0, 0]
    assert answer.series.together is None


def test_names_are_those_of_the_patch() -> None:
    rfc = SELF_MADE.replace("+KVM_X86_OP_OPTIONAL(free_external_spt)", "+KVM_X86_OP_OPTIONAL(reclaim_external_sp)")
    lines = []
    for line in rfc.split("\n"):
        if line.startswith("+"):
            line = line.replace("tdx_sept_free_private_spt", "tdx_sept_reclaim_private_sp")
            line = line.replace("free_external_spt", "reclaim_external_sp")
        lines.append(line)
    answer = review(mails.posted("\n".join(lines)).encode(), QUICK)
    (case,) = answer.cases
    assert case.done is not None
    assert case.done.same_as == ("v1",)
    ours = [line for line in answer.to_text().split("\n") if not line.startswith((">", "-   "))]
    assert "tdx_sept_reclaim_private_sp" in "\n".join(ours)
    assert not [line for line in ours if "tdx_sept_free_private_spt" in line or "free_external_spt" in line]


def test_a_tree_completes_what_a_patch_shows_in_part(tmp_path: Path) -> None:
    for file, names in ((patches.MMU, MMU_FUNCTIONS), (patches.TDX, TDX_FUNCTIONS)):
        path = tmp_path / file
        path.parent.mkdir(parents=True)
        path.write_text("\n".join(text_of("landed", name) or "" for name in names))
    options = Options(space=FEW[:3], parallel=False, kernel=str(tmp_path))
    done = ran(patches.OWN_IDEA, options)
    assert done.functions["handle_removed_pt"] == "mail"
    assert done.functions["tdp_mmu_free_sp"] == "kernel"
    assert done.completed == ()
    assert done.old_same_as == ("landed",)
    wrong = case_of(patches.OWN_IDEA, Options(space=FEW[:3], parallel=False, kernel=str(tmp_path / "none")))
    assert isinstance(wrong.ran, NotRun)
    assert "none" in wrong.ran.why


MMU_FUNCTIONS = ("handle_removed_pt", "tdp_mmu_free_sp", "tdp_mmu_free_sp_rcu_callback")
TDX_FUNCTIONS = ("tdx_sept_free_private_spt", "tdx_sept_remove_leaf_spte")


def test_by_default_the_space_is_the_quick_one() -> None:
    assert DEFAULTS.space == "quick"
