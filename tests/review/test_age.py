"""Code that is older than the model is named and dated."""

from datetime import date

import pytest

from kvmviz.mail.patch import Row
from kvmviz.review.age import older

TDX = "arch/x86/kvm/vmx/tdx.c"


def row(text: str, kind: str = "+", function: str = "tdx_reclaim_page", file: str = TDX) -> Row:
    return Row(7, file, function, kind, text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("static int tdx_reclaim_page(hpa_t pa, bool do_wb, u16 hkid)", "flag for the write-back"),
        ("\terr = tdx_reclaim_page(hpa, level, false, 0);", "flag for the write-back"),
        ("\tif (tdx_reclaim_page(kvm_tdx->tdr_pa, PG_LEVEL_4K, true, tdx_global_keyid))", "flag for the write-back"),
        ("\treturn tdx_reclaim_page(__pa(private_spt), false, 0);", "flag for the write-back"),
        ("static int __tdx_reclaim_page(hpa_t pa)", "physical address"),
        ("\treturn tdx_reclaim_page(__pa(private_spt));", "physical address"),
        ("\ttdx_clear_page(pa, KVM_HPAGE_SIZE(level));", "huge pages"),
        ("static int tdx_sept_split_private_spt(struct kvm *kvm)", "huge pages"),
        ("KVM_X86_OP_OPTIONAL(free_private_spt)", "first names"),
        ("\tfor (i = TDX_SEAMCALL_RETRIES; i > 0; i--) {", "several times"),
    ],
)
def test_what_is_older_is_named_and_dated(text: str, what: str) -> None:
    found = older([row(text)], None)
    assert what in " ".join(item.what for item in found)
    assert all("20" in item.when or "TDX_BUG_ON" in item.when or "quirk" in item.when for item in found)


@pytest.mark.parametrize(
    "text",
    [
        "\treturn tdx_reclaim_page(virt_to_page(private_spt));",
        "\ttdx_sept_remove_private_spte(kvm, gfn, level, spte);",
        "static int tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn,",
    ],
)
def test_what_the_model_has_is_not_older(text: str) -> None:
    assert older([row(text)], date(2026, 3, 27)) == ()


def test_a_mail_from_before_the_models_oldest_code_is_dated() -> None:
    assert [item.when for item in older([row("\tint r = 0;")], date(2023, 1, 12))] == ["12 Jan 2023"]


def test_what_stands_near_a_change_is_not_held_against_it() -> None:
    near = row("KVM_X86_OP_OPTIONAL(link_external_spt)", " ", "", "arch/x86/include/asm/kvm-x86-ops.h")
    assert older([near, row("\tint r = 0;")], None) == ()
