"""How the model's functions call C and C calls them: the arguments of both, matched by what they are.

>>> from kvmviz.c.types import PTEP, BOOL
>>> [to_c for to_c, _ in (KINDS["sp"][0][1:], KINDS["sp"][2][1:])]
['it', '(it, 0)']

The model's `handle_removed_pt(vm, sp, shared)` is C's `handle_removed_pt(kvm, pt,
shared)`: a table is handed over as a pointer to its first entry.
"""

import inspect
from collections.abc import Callable
from typing import Any, Final, Literal

from kvmviz.c.types import BOOL, INT, PFN, PTEP, SPTE, U64, VOIDP, Int, Pointer, Struct, Type

_SP: Final = Pointer(Struct("kvm_mmu_page"))

KINDS: Final[dict[str, tuple[tuple[Type, str, str], ...]]] = {
    "sp": ((_SP, "it", "it"), (Pointer(Struct("rcu_head")), "it", "it"), (PTEP, "(it, 0)", "table_of(it)")),
    "root": ((_SP, "it", "it"),),
    "page": ((SPTE, "it", "it"), (PFN, "it", "it"), (Pointer(Struct("page")), "it", "it"), (VOIDP, "it", "it")),
    "private_spt": ((VOIDP, "it", "it"), (Pointer(Struct("page")), "it", "it")),
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
