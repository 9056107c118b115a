"""What of a patch the model has: by changed lines alone, in the kernel's own folders."""

from kvmviz.mail.patch import Row
from kvmviz.review.modelled import functions_of, ops, touched
from tests.review import mails, patches
from tests.review.letters import finding_of

MMU = "arch/x86/kvm/mmu/tdp_mmu.c"


def row(kind: str, text: str, function: str = "handle_removed_pt", file: str = MMU) -> Row:
    return Row(None, file, function, kind, text)


def test_a_function_is_touched_by_a_changed_line_that_is_not_blank() -> None:
    assert touched([row("+", "x();"), row("-", "y();", "tdp_mmu_free_sp"), row("+", "z();")]) == (
        "handle_removed_pt", "tdp_mmu_free_sp",
    )  # fmt: skip
    assert touched([row(" ", "x();"), row("+", "  "), row("+", "x();", "no_such_function")]) == ()


def test_only_the_kernel_s_own_folders_count() -> None:
    assert touched([row("+", "x();", file="tools/testing/tdp_mmu.c")]) == ()
    assert touched([row("+", "x();", file="arch/x86/virt/vmx/tdx/tdx.c")]) == ("handle_removed_pt",)


def test_ops_are_those_that_changed_lines_name() -> None:
    assert ops([row("+", "kvm_x86_call(free_external_spt)(kvm, sp);")]) == ("free_external_spt",)
    assert ops([row(" ", "kvm_x86_call(free_external_spt)(kvm, sp);")]) == ()


def test_a_patch_names_functions_that_it_brings_besides() -> None:
    found = finding_of(mails.posted(patches.LIKE_16_OF_17))
    assert found.patch is not None
    assert functions_of(found.patch) == found.functions
    assert set(touched(found.patch.rows)) <= set(found.functions)
