"""What `kvmviz explain` says of a name of C, a sentence for each thing that it is."""

import pytest

from kvmviz.c import lookup
from kvmviz.c.macros import MACROS
from kvmviz.c.meaning import explained
from kvmviz.c.names import CONSTANTS, FUNCTIONS, MEMBERS, PASSED_OVER

FUNCTIONS_BY_NAME = {signature.name for row in FUNCTIONS for signature in [lookup._signature(row)]}


@pytest.mark.parametrize(
    "name", sorted({*FUNCTIONS_BY_NAME, *MACROS, *(c.name for c in CONSTANTS), *(m.name for m in MEMBERS)})
)
def test_every_name_is_explained_in_sentences(name: str) -> None:
    said = explained(name)
    assert said
    assert all(one.startswith((f"{name} in C", f"struct {name} in C")) and one.endswith(".") for one in said)


def test_a_name_that_is_bound_is_not_said_to_be_passed_over() -> None:
    both = [name for name in (*FUNCTIONS_BY_NAME, *MACROS) if lookup.passed_over(name)]
    assert not any("passed over" in sentence for name in both for sentence in explained(name))
    assert PASSED_OVER


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("BIT_ULL", "BIT_ULL in C, `BIT_ULL(n)`: the number with one bit set."),
        ("BIT_ULL()", "BIT_ULL in C, `BIT_ULL(n)`: the number with one bit set."),
        ("spin_lock", "spin_lock in C: a lock; it is passed over, and listed."),
        ("for_each_online_cpu", "for_each_online_cpu in C: a loop, which runs over what the model has."),
        ("NULL", "NULL in C: no pointer."),
        ("PG_LEVEL_4K", "PG_LEVEL_4K in C, 1: the level of tables whose entries map 4 KiB."),
        ("TDX_SUCCESS", "TDX_SUCCESS in C, 0: the TDX module did as it was asked."),
        ("mmu_page_header_cache", "mmu_page_header_cache in C: a variable of the kernel, which can only be handed on."),
        ("PT64_ENT_PER_PAGE", "PT64_ENT_PER_PAGE in C: how many entries a page table has: 512 in the kernel, those in "
                              "use in the model."),
        ("struct kvm_vcpu", "struct kvm_vcpu in C: its members that are bound are kvm, cpu."),
        ("kvm_vcpu", "struct kvm_vcpu in C: its members that are bound are kvm, cpu."),
        ("cpu", "cpu in C, a member of struct kvm_vcpu, int: the processor that holds a vCPU, -1 for none; it may be "
                "set."),
    ],
)  # fmt: skip
def test_each_kind_of_name_has_its_sentence(name: str, said: str) -> None:
    assert explained(name) == [said]


def test_a_member_says_whether_it_may_be_set_and_a_name_of_several_has_them_all() -> None:
    ends = {"external_spt": "; it may be set to NULL.", "state": "; it may be set.", "spt": "in C a u64 *."}
    for name, end in ends.items():
        assert all(one.endswith(end) for one in explained(name)), name
    owners = [member.struct for member in MEMBERS if member.name == "gfn"]
    assert len(owners) == len(explained("gfn")) > 1
    assert all(f"a member of struct {owner}, " in one for owner, one in zip(owners, explained("gfn"), strict=True))


def test_of_a_name_that_nobody_knows_nothing_is_said() -> None:
    assert explained("no_such_name") == explained("struct no_such") == explained("") == []
