"""How functions of the model and of C call each other: every parameter has its type, every special its arguments."""

import ast

import pytest

from kvmviz.c import faces
from kvmviz.c.types import BOOL, INT, PFN, PTEP, S8, SPTE, U8, U32, U64, VOIDP, Pointer, Struct, Type
from kvmviz.kvm.linking import REPLACEABLE
from kvmviz.revisions import REVISIONS

KVM, SP = Pointer(Struct("kvm")), Pointer(Struct("kvm_mmu_page"))
CHANGED = {f"{one.name} {name}": function for one in REVISIONS.values() for name, function in one.functions.items()}


@pytest.mark.parametrize("name", CHANGED)
def test_every_parameter_of_what_a_revision_changes_can_be_one_of_c(name: str) -> None:
    first, *others = faces.parameters(CHANGED[name])
    assert first == faces.context(CHANGED[name]) == "vm"
    assert set(others) <= set(faces.KINDS)


def test_only_parameters_that_the_model_has_have_types_and_all_but_tables_are_handed_over_as_they_are() -> None:
    named = {name for one in (*CHANGED.values(), *REPLACEABLE.values()) for name in faces.parameters(one)}
    assert set(faces.KINDS) <= named
    others = {row for rows in faces.KINDS.values() for row in rows if row[0] != PTEP}
    assert {row[1:] for row in others} == {("it", "it")}


def test_what_comes_first_is_the_vm_or_the_host() -> None:
    firsts = {name: faces.parameters(function)[0] for name, function in REPLACEABLE.items()}
    assert firsts["tdx_reclaim_page"] == faces.context(REPLACEABLE["tdx_reclaim_page"]) == "host"
    assert faces.context(REPLACEABLE["tdx_track"]) == firsts["tdx_track"] == "vm"
    assert faces.CONTEXTS["vm"] == (KVM, Pointer(Struct("kvm_tdx")))
    assert faces.CONTEXTS["host"] == ()


@pytest.mark.parametrize("name", faces.SPECIAL)
def test_a_special_function_names_what_the_model_gives_and_c_takes(name: str) -> None:
    special, given = faces.SPECIAL[name], faces.parameters(REPLACEABLE[name])
    assert len(special.there) == len(special.types)
    assert len(special.back) == len(given) - 1
    used = {one.id for text in special.there for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Name)}
    assert used <= {*given, "vm"}
    taken = {one.id for text in special.back for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Name)}
    assert taken <= {f"a{number}" for number in range(len(special.types))}


def test_a_special_is_meant_if_c_declares_it_so() -> None:
    spec = faces.SPECIAL["tdp_mmu_set_spte"]
    assert faces.special("tdp_mmu_set_spte", spec.types) is spec
    numbers: list[Type] = [U64 if one == SPTE else one for one in spec.types]
    assert numbers != list(spec.types) and faces.special("tdp_mmu_set_spte", numbers) is spec
    assert faces.special("tdp_mmu_set_spte", spec.types[:-1]) is None
    assert faces.special("tdp_mmu_set_spte", [*spec.types[:-1], VOIDP]) is None
    for at, other in ((2, VOIDP), (2, U32), (5, U64), (4, SPTE)):
        types = [other if number == at else one for number, one in enumerate(spec.types)]
        assert faces.special("tdp_mmu_set_spte", types) is None, at
    assert faces.special("handle_removed_pt", (KVM,)) is None
    assert faces.RETURNS["tdp_mmu_set_spte"] == SPTE


@pytest.mark.parametrize(
    ("model", "type", "fit"),
    [
        ("sp", SP, (SP, "it", "it")), ("sp", PTEP, (PTEP, "(it, 0)", "table_of(it)")),
        ("sp", Pointer(Struct("rcu_head")), (Pointer(Struct("rcu_head")), "it", "it")), ("sp", VOIDP, None),
        ("root", PTEP, None), ("page", PFN, (PFN, "it", "it")), ("page", U64, (SPTE, "it", "it")),
        ("private_spt", VOIDP, (VOIDP, "it", "it")), ("private_spt", SPTE, None),
        ("gfn", U64, (U64, "it", "it")), ("gfn", U32, None),
        ("level", INT, (INT, "it", "it")), ("level", U32, (U32, "it", "it")), ("level", U64, (U64, "it", "it")),
        ("level", S8, None), ("shared", BOOL, (BOOL, "it", "it")), ("shared", INT, None), ("shared", U8, None),
        ("old_spte", U64, (SPTE, "it", "it")), ("no_such", U64, None),
    ],
)  # fmt: skip
def test_a_parameter_fits_the_types_that_hold_all_of_it(
    model: str, type: Type, fit: tuple[Type, str, str] | None
) -> None:
    assert faces.fitting(model, type) == fit
