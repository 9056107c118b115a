"""The table of names: each row is well formed, each can be explained, and those that look change nothing."""

import ast

import pytest

from kvmviz.c import lookup
from kvmviz.c.macros import MACROS
from kvmviz.c.meaning import explained
from kvmviz.c.names import CONSTANTS, FUNCTIONS, MEMBERS, PASSED_OVER, Member, Row
from kvmviz.c.types import Int, Opaque, Pointer
from kvmviz.kvm import mmu_page, vm
from kvmviz.kvm.linking import REPLACEABLE

NAMES = {signature.name: signature for row in FUNCTIONS for signature in [lookup._signature(row)]}


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.c.split("(")[0].split()[-1])
def test_a_row_names_what_there_is(row: Row) -> None:
    signature = lookup._signature(row)
    used = [node.id for node in ast.walk(signature.python) if isinstance(node, ast.Name)]
    parameters = [name for name, _ in signature.parameters]
    known = {*parameters, *lookup.namespace(), *REPLACEABLE, "vm", "host"}
    assert set(used) <= known
    assert not row.meaning.endswith(".")


@pytest.mark.parametrize("name", sorted({*NAMES, *MACROS, *(c.name for c in CONSTANTS), *(m.name for m in MEMBERS)}))
def test_every_name_is_explained_in_sentences(name: str) -> None:
    said = explained(name)
    assert said
    assert all(one.startswith((f"{name} in C", f"struct {name} in C")) and one.endswith(".") for one in said)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda m: f"{m.struct}.{m.name}")
def test_a_member_has_a_type_and_settable_ones_are_plain(member: Member) -> None:
    assert isinstance(lookup.c_type(member.type), Int | Opaque | Pointer) or not member.settable
    assert member.python.isidentifier() or not member.settable


def test_a_name_that_is_bound_is_not_said_to_be_passed_over() -> None:
    both = [name for name in (*NAMES, *MACROS) if lookup.passed_over(name)]
    assert not any("passed over" in sentence for name in both for sentence in explained(name))
    assert PASSED_OVER


def test_members_are_those_of_the_model() -> None:
    sp = {m.python for m in MEMBERS if m.struct == "kvm_mmu_page" and m.python.isidentifier()}
    assert all(hasattr(mmu_page.kvm_mmu_page, name) for name in sp)
    tdx = {m.python for m in MEMBERS if m.struct == "kvm_tdx" and m.python.isidentifier()}
    assert tdx <= set(vm.VM.__dataclass_fields__)
