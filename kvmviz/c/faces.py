"""How the model's functions call C and C calls them: the arguments of both, matched by what they are.

>>> from kvmviz.c.types import PTEP, BOOL
>>> [to_c for to_c, _ in (KINDS["sp"][0][1:], KINDS["sp"][2][1:])]
['it', '(it, 0)']

The model's `handle_removed_pt(vm, sp, shared)` is C's `handle_removed_pt(kvm, pt,
shared)`: a table is handed over as a pointer to its first entry.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from kvmviz.c.types import BOOL, INT, PFN, PTEP, SPTE, U32, U64, VOIDP, Int, Pointer, Struct, Type

_SP: Final = Pointer(Struct("kvm_mmu_page"))

KINDS: Final[dict[str, tuple[tuple[Type, str, str], ...]]] = {
    "sp": ((_SP, "it", "it"), (Pointer(Struct("rcu_head")), "it", "it"), (PTEP, "(it, 0)", "table_of(it)")),
    "root": ((_SP, "it", "it"),),
    "page": ((SPTE, "it", "it"), (PFN, "it", "it"), (Pointer(Struct("page")), "it", "it"), (VOIDP, "it", "it")),
    "private_spt": ((VOIDP, "it", "it"), (Pointer(Struct("page")), "it", "it")),
    "iter": ((Pointer(Struct("tdp_iter")), "it", "it"),),
    "ctrl_page": ((Pointer(Struct("page")), "it", "it"),),
    "vcpu": ((Pointer(Struct("kvm_vcpu")), "it", "it"),),
    "old_spte": ((SPTE, "it", "it"),),
    "new_spte": ((SPTE, "it", "it"),),
    "gfn": ((U64, "it", "it"),),
    "level": ((INT, "it", "it"),),
    "zap_level": ((INT, "it", "it"),),
    "shared": ((BOOL, "it", "it"),),
}  # fmt: skip
"""For each parameter of the model: the types it may have in C, and the Python there and back."""

@dataclass(frozen=True, slots=True)
class Special:
    """A function whose arguments in C are not the model's, one by one.

    `types` are C's parameters; `there` the Python of each, of the model's parameters;
    `back` the model's arguments without the first, of C's `a0`, `a1` and so on.
    """

    types: tuple[Type, ...]
    there: tuple[str, ...]
    back: tuple[str, ...]


_KVM: Final = Pointer(Struct("kvm"))

SPECIAL: Final[Mapping[str, Special]] = {
    "tdx_track": Special((_KVM,), ("vm",), ("None",)),
    "smp_func_do_phymem_cache_wb": Special((VOIDP,), ("None",), ()),
    "kvm_tdp_mmu_invalidate_roots": Special((_KVM, U32), ("vm", "6"), ()),
    "tdp_mmu_set_spte": Special(
        (_KVM, PTEP, SPTE, SPTE, U64, INT), ("vm", "(sp, index)", "old_spte", "new_spte", "gfn", "level"),
        ("a1[0]", "a1[1]", "a2", "a3", "a4", "a5"),
    ),
    "tdx_flush_vp": Special((VOIDP,), ("arg",), ("a0",)),
    "tdp_mmu_zap_leafs": Special(
        (_KVM, _SP, U64, U64, BOOL, BOOL), ("vm", "root", "0", "1 << 40", "False", "False"), ("a1",)
    ),
}  # fmt: skip
"""Functions that C gives more, or less, than the model does: what the model has once, C is told each time."""


RETURNS: Final[Mapping[str, Type]] = {"tdp_mmu_set_spte": SPTE}
"""What a function returns that C declares as a number."""


def special(model: str, types: Sequence[Type]) -> Special | None:
    """Return how a function is called that has a face of its own, if C declares it with these types."""
    found = SPECIAL.get(model)
    if found is None or len(found.types) != len(types):
        return None
    pairs = zip(found.types, types, strict=True)
    return found if all(ours == theirs or (ours == SPTE and theirs == U64) for ours, theirs in pairs) else None


CONTEXTS: Final = {"vm": (Pointer(Struct("kvm")), Pointer(Struct("kvm_tdx"))), "host": ()}
"""The first parameter of the model's functions, which C has or has not."""


def parameters(model: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of a model function's parameters."""
    return tuple(inspect.signature(model).parameters)


def context(model: Callable[..., Any]) -> Literal["vm", "host"]:
    """Return what a model function is given first."""
    return "host" if parameters(model)[0] == "host" else "vm"


def fitting(model: str, type: Type) -> tuple[Type, str, str] | None:
    """Return how a parameter of the model becomes one of C with this type, None if it cannot."""
    for c_type, there, back in KINDS.get(model, ()):
        if c_type == type or (c_type == SPTE and type == U64):
            return c_type, there, back
        if isinstance(c_type, Int) and isinstance(type, Int) and type.bits >= c_type.bits and c_type is not BOOL:
            return type, there, back
    return None
