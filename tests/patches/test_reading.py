"""A patch as people have it: both sides run, from the mail alone, from a tree, harmed or cut; else one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

import kvmviz
from kvmviz.c.refuse import CError
from kvmviz.check.nearest import likeness
from kvmviz.check.space import scenarios
from kvmviz.errors import KvmvizError
from kvmviz.patches.errors import PatchTextError
from kvmviz.patches.making import from_diff
from kvmviz.patches.ours import FILES
from kvmviz.patches.reading import from_bytes
from kvmviz.revisions import REVISIONS, Revision
from tests.c.equality import differing
from tests.patches.test_splice import check_sentence, harmed
from tests.patches.test_splice import diff as unified
from tests.patches.trees import TDP_MMU, TDX, made_tree, texts
from tests.spaces import counted
from tests.trying import sampled

_ABOVE = Path(__file__).resolve().parents[2:]
SEED = next((f for above in _ABOVE if (f := above / "shared" / "messages" / "review-of-16-17.txt").is_file()), None)

SAMPLE = list(scenarios("quick"))[::211]


def same(which: type[Revision], known: str) -> bool:
    return differing(which, REVISIONS[known], SAMPLE) == []


def diff(a: str, b: str, context: int = 3) -> str:
    """The patch between C of our own for two revisions, as git would make it."""
    return "".join(
        unified(texts(a)[file].splitlines(), texts(b)[file].splitlines(), context, file) for file in texts(a)
    )


@pytest.mark.skipif(SEED is None, reason="no real mails beside the repository (shared/messages)")
@pytest.mark.parametrize(("side", "known"), [("old", "before"), ("new", "v1")])
def test_the_sides_of_a_real_mail_are_before_and_v1_in_a_sample(side: str, known: str) -> None:
    assert SEED is not None
    made = from_bytes(SEED.read_bytes(), "seed", side=side)  # type: ignore[arg-type]  # one of two
    assert made.sources == {"handle_removed_pt": "mail", "tdx_sept_free_private_spt": "mail"}
    assert made.completed == ("handle_removed_pt",)
    assert same(made.revision, known)


@pytest.mark.slow
@pytest.mark.skipif(SEED is None, reason="no real mails beside the repository (shared/messages)")
@pytest.mark.parametrize(("side", "known"), [("old", "before"), ("new", "v1")])
def test_the_sides_of_a_real_mail_are_before_and_v1_in_all(side: str, known: str) -> None:
    assert SEED is not None
    found = likeness(kvmviz.from_patch(SEED, side=side), "quick")  # type: ignore[arg-type]  # one of two
    assert (found.same_as, found.scenarios) == ((known,), counted("quick"))


PAIRS = [("before", "v1"), ("v1", "v1+17"), ("v1", "v2"), ("v2", "landed"), ("before", "landed"), ("landed", "before")]


@pytest.mark.parametrize("harm", [False, True])
@pytest.mark.parametrize("context", [3, 40])
@pytest.mark.parametrize(("a", "b"), sampled(PAIRS, 3))
def test_both_sides_behave_as_the_revisions_that_they_are_made_of(a: str, b: str, context: int, harm: bool) -> None:
    """From the patch alone: what it shows in part is completed from C of our own."""
    text = diff(a, b, context)
    for side, known in (("old", a), ("new", b)):
        made = from_diff(harmed(text) if harm else text, side)  # type: ignore[arg-type]  # one of two
        assert set(made.sources.values()) == {"mail"}
        assert same(made.revision, known)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_one_line_of_context_is_completed_rightly_or_refused(a: str, b: str) -> None:
    for side, known in (("old", a), ("new", b)):
        try:
            made = from_diff(diff(a, b, 1), side)  # type: ignore[arg-type]  # one of two
        except PatchTextError as error:
            check_sentence(error, "is shown in part")
        else:
            assert same(made.revision, known)


@pytest.mark.parametrize("has", ["old", "new"])
@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_both_sides_are_found_in_a_tree_that_has_either(a: str, b: str, has: str, tmp_path: Path) -> None:
    tree = made_tree(tmp_path, a if has == "old" else b)
    for side, known in (("old", a), ("new", b)):
        made = from_bytes(diff(a, b).encode(), "p", side=side, kernel=tree)  # type: ignore[arg-type]  # one of two
        assert set(made.sources.values()) == {"mail", "kernel"}
        assert same(made.revision, known)
        assert made.revision.name == f"p.{side}"


def test_a_changed_token_in_the_part_that_is_shown_is_run() -> None:
    """What the base has must not stand in for what the patch says."""
    good = diff("before", "v1")
    bad = good.replace("+\tif (is_mirror_sp(sp))", "+\tif (!is_mirror_sp(sp))")
    assert bad != good
    found = likeness(from_diff(bad, "new").revision, SAMPLE)
    assert found.same_as == () and found.nearest == "v1" and found.differs > 0
    assert same(from_diff(bad, "old").revision, "before")


def test_what_is_no_c_of_the_model_is_named_and_the_rest_runs() -> None:
    text = diff("before", "v1") + (
        "--- a/arch/x86/include/asm/kvm-x86-ops.h\n+++ b/arch/x86/include/asm/kvm-x86-ops.h\n@@ -99,1 +99,1 @@\n"
        "-KVM_X86_OP_OPTIONAL_RET0(free_external_spt)\n+KVM_X86_OP_OPTIONAL(free_external_spt)\n"
        f"--- a/{TDX}\n+++ b/{TDX}\n@@ -900,4 +900,4 @@ static int unknown(void)\n static int unknown(void)\n {{\n"
        "-\treturn pamt(1);\n+\treturn pamt(2);\n }\n"
    )
    made = from_diff(text, "new")
    assert [(n.name, n.line) for n in made.left_out] == [
        ("unknown", 900), ("KVM_X86_OP_OPTIONAL_RET0(free_external_spt)", 99),
        ("KVM_X86_OP_OPTIONAL(free_external_spt)", 99),
    ]  # fmt: skip
    assert same(made.revision, "v1")


def test_lines_are_those_of_the_kernels_file() -> None:
    made = from_diff(diff("before", "v1"), "new")
    op = next(f for f in made.revision.origin.from_c if f.name == "tdx_sept_free_private_spt")
    number = next(n for n, line in enumerate(texts("v1")[TDX].split("\n"), 1) if "free_private_spt(" in line)
    assert (op.file, op.line) == (TDX, number)


MAIL = "From: a@b.c\nDate: Wed, 8 Apr 2026 22:09:22 -0500\nSubject: no\n\nno patch\nat all\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (MAIL, "There is no patch in it; give a diff, or a mail that has one."),
        ("--- a/f.c\n+++ b/f.c\n@@ -1,4 +1,4 @@\n int f(int a)\n {\n-\treturn a;\n+\treturn 2;\n }\n",
         "Of the functions that this patch changes none is modelled: f."),
        ("--- a/f.h\n+++ b/f.h\n@@ -1,1 +1,1 @@\n-int x;\n+int y;\n",
         "This patch changes no function that can be read; give one that changes arch/x86/kvm/vmx/tdx.c."),
        ("--- a/f.c\n+++ b/f.c\n@@ -10,3 +10,3 @@ int tdx_vm_destroy(void)\n \tx();\n-\ty();\n+\tz();\n w();\n",
         "tdx_vm_destroy is shown in part (f.c, lines 10 to 12), and only a tree has the rest; give it with --kernel "
         "DIR."),
    ],
)  # fmt: skip
def test_what_cannot_be_run_gets_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(PatchTextError) as caught:
        kvmviz.from_patch(text)
    assert str(caught.value) == sentence


def test_a_modelled_function_that_cannot_be_run_refuses_or_is_named() -> None:
    old, new = texts("before")[TDP_MMU], texts("v1")[TDP_MMU]
    new = new.replace("\tif (is_mirror_sp(sp))", '\tasm("nop");\n\tif (is_mirror_sp(sp))')
    text = unified(old.splitlines(), new.splitlines(), 3, TDP_MMU) + diff("before", "v1").partition(f"--- a/{TDX}")[2]
    text = text.replace("\n+++ b/arch/x86/kvm/vmx", f"\n--- a/{TDX}\n+++ b/arch/x86/kvm/vmx")
    with pytest.raises(CError, match=r"tdp_mmu\.c:\d+: .*asm"):
        from_diff(text, "new")
    made = from_diff(text, "new", strict=False)
    assert list(made.refused) == ["handle_removed_pt"] and list(made.sources) == ["tdx_sept_free_private_spt"]


def test_standard_input_can_be_read_for_both_sides() -> None:
    command = [sys.executable, "-m", "kvmviz", "compare", "-:old", "-:new", "tree=1x1x1 fail=all"]
    done = subprocess.run(command, input=diff("before", "v1"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "-       at handle_removed_pt" in done.stdout


def test_a_wrong_side_or_tree_gets_a_sentence(tmp_path: Path) -> None:
    text = diff("before", "v1")
    with pytest.raises(PatchTextError, match=r"A patch has no side 'both'; its sides are old and new\."):
        kvmviz.from_patch(text, side="both")  # type: ignore[arg-type]  # what a reader may write
    with pytest.raises(PatchTextError, match=r"has no arch/x86/kvm/mmu/tdp_mmu\.c and no arch/x86/kvm/vmx/tdx\.c"):
        kvmviz.from_patch(text, kernel=tmp_path)
    with pytest.raises(PatchTextError, match=r"does not fit the tree, neither as it is nor undone"):
        kvmviz.from_patch(text, kernel=made_tree(tmp_path, "landed"))
    with pytest.raises(KvmvizError, match=r"there-is-none\.patch: No such file"):
        kvmviz.from_patch("there-is-none.patch")


def test_our_own_c_is_there_for_every_revision() -> None:
    assert list(FILES) == list(REVISIONS)
