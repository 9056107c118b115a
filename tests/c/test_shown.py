"""The C that ran is what the explorer and the exported page show, with its line lit."""

from pathlib import Path

import kvmviz
from tests.explorer.views import view

LANDED = Path(__file__).parent / "sources" / "landed.c"


def test_the_code_panel_has_the_c_with_its_line_lit() -> None:
    mine = kvmviz.from_c(LANDED, name="Mine")
    drawn = view(["v1", mine], "fail=L1@0x200")["code"]
    text = LANDED.read_text().split("\n")
    pairs = {pair["name"]: (number, pair) for number, pair in enumerate(drawn["pairs"])}
    number, pair = pairs["tdx_sept_free_private_spt"]
    assert pair["a"][0].startswith("def tdx_sept_free_private_spt(vm, gfn, sp)") or pair["a"][0].startswith("def ")
    first = text.index(pair["b"][0])
    assert pair["b"] == text[first : first + len(pair["b"])]
    lines = [(row[at], row[at + 1]) for row in drawn["lit"]["b"] for at in range(0, len(row), 2)]
    lit = {pair["b"][line].strip() for which, line in lines if which == number}
    assert "if (tdx_reclaim_page(virt_to_page(sp->external_spt)))" in lit
    assert "sp->external_spt = NULL;" in lit


def test_two_revisions_from_c_stand_beside_each_other() -> None:
    mine, other = kvmviz.from_c(LANDED, name="Mine"), kvmviz.from_c(LANDED.parent / "v2.c", name="Other")
    drawn = view([other, mine], "fail=L1@0x200")["code"]
    pair = next(pair for pair in drawn["pairs"] if pair["name"] == "tdx_sept_free_private_spt")
    head = "static void tdx_sept_free_private_spt(struct kvm *kvm, struct kvm_mmu_page *sp)"
    assert pair["a"][0] == pair["b"][0] == head
    assert any("free_page(" in line for line in pair["b"])
    assert not any("free_page(" in line for line in pair["a"])
