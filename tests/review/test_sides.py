"""What may be said of a patch: lines that change nothing that runs, helpers by another name, hunks that are cut."""

from dataclasses import replace

import pytest

from kvmviz.mail.patch import Mended, Row
from kvmviz.mail.sources import OTHER_NAMES
from kvmviz.review.ran import NotRun
from kvmviz.review.sides import MOST_CUT, OLDER, Loaded, _cut, _declares, _renamed, load_sides
from kvmviz.revisions import REVISIONS
from tests.review import mails, patches
from tests.review.letters import finding_of

OWN = finding_of(mails.posted(patches.OWN_IDEA))


@pytest.mark.parametrize(
    ("file", "text", "declares"),
    [
        ("a.c", "static void f(struct kvm *kvm);", True),
        ("a.c", "static int g(struct kvm *kvm,", True),
        ("a.c", "              gfn_t gfn, int level);", True),
        ("a.c", "/* a comment */", True),
        ("a.c", " * goes on", True),
        ("a.c", "// another", True),
        ("a.c", "}", True),
        ("a.c", "#endif", True),
        ("a.c", "#define X 1", False),
        ("a.c", "static int count = 3;", False),
        ("a.c", "static int count;", False),
        ("a.h", "int (*op)(struct kvm *kvm);", True),
        ("a.h", "KVM_X86_OP(free_external_spt)", True),
        ("a.h", "#define X 1", False),
        ("a.h", "enum { A = 1 };", False),
    ],
)
def test_a_line_outside_of_functions_declares_or_may_matter(file: str, text: str, declares: bool) -> None:
    assert _declares(file, text) is declares


def test_a_helper_that_only_got_another_name_is_called_as_the_model_calls_it() -> None:
    assert OTHER_NAMES["__tdp_mmu_free_sp"] == "tdp_mmu_free_sp"
    head = "+static void {}tdp_mmu_free_sp(struct kvm_mmu_page *sp)\n \t{}tdp_mmu_free_sp(sp);\n"
    only, gone = head.format("__", "__"), "-\t__tdp_mmu_free_sp(sp);\n"
    assert _renamed(only + gone) == head.format("", "") + gone
    both = only + "\n+static void tdp_mmu_free_sp(struct kvm_mmu_page *sp)\n"
    assert _renamed(both) == both
    called = "+\t__tdp_mmu_free_sp(sp);"
    assert _renamed(called) == called


def row(function: str, kind: str = "+") -> Row:
    return Row(None, "a.c", function, kind, "x")


def test_what_a_cut_hunk_changes_is_named_once_and_where_nothing_is_seen_the_hunk() -> None:
    assert OWN.patch is not None
    cut = replace(OWN.patch, cut=(row("f"), row("f", "-"), row("g", " "), row("h")))
    assert [(item.name, item.file, item.line, item.matters) for item in _cut(cut)] == [
        ("f", "a.c", None, True), ("h", "a.c", None, True),
    ]  # fmt: skip
    assert [item.name for item in _cut(replace(OWN.patch, cut=(row("f", " "), row("g", " "))))] == ["a hunk"]
    assert list(_cut(OWN.patch)) == []


def test_a_mail_without_a_patch_to_the_model_has_no_sides_and_one_that_is_all_cut_says_so() -> None:
    assert load_sides(finding_of(mails.REPLIED + "hello\n"), None, None) is None
    assert load_sides(finding_of(mails.posted(patches.ELSEWHERE)), None, None) is None
    assert OWN.patch is not None
    for cut in (MOST_CUT, MOST_CUT + 1):
        loaded = load_sides(replace(OWN, patch=replace(OWN.patch, mended=Mended(cut=cut))), None, None)
        assert isinstance(loaded, NotRun) == (cut > MOST_CUT)
    assert loaded == NotRun("6 hunks are cut; give the whole patch.")


def test_a_patch_that_is_loaded_says_where_its_functions_are_from_and_what_it_builds_on() -> None:
    loaded = load_sides(OWN, None, None)
    assert isinstance(loaded, Loaded)
    assert loaded.functions["handle_removed_pt"] == "mail"
    assert set(loaded.functions.values()) == {"mail", "base"}
    assert (loaded.on_top, loaded.incomplete, loaded.not_modelled) == (False, False, ())
    assert loaded.completed == ("handle_removed_pt",) and "handle_removed_pt" in loaded.texts


def test_every_revision_but_the_first_builds_on_another() -> None:
    assert set(OLDER) == set(REVISIONS)
    assert [name for name, older in OLDER.items() if name == older] == ["before"]
    assert set(OLDER.values()) <= set(REVISIONS)
