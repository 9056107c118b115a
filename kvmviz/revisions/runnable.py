"""A revision as the model runs it: with what it replaces besides the changeable functions linked in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kvmviz.kvm import vm
from kvmviz.kvm.kvm_main import teardown
from kvmviz.kvm.linking import REPLACEABLE, link
from kvmviz.revisions.ran import counting, is_readers

if TYPE_CHECKING:
    from kvmviz.revisions import Revision

_KEPT: Final = "_as_linked"


@dataclass
class Linked(vm.Revision):
    """What a VM calls its revision by (`kvmviz.kvm.vm.Revision`), and the teardown that goes with it."""

    name: str
    handle_removed_pt: Callable[..., Any]
    tdx_sept_free_private_spt: Callable[..., Any]
    tdp_mmu_free_sp: Callable[..., Any]
    tdp_mmu_free_sp_rcu_callback: Callable[..., Any]
    remove_leaf: Callable[..., Any]
    dynamic_pamt: bool
    teardown: Callable[[vm.VM], None]


def linked(which: "type[Revision]") -> tuple[vm.Revision, Callable[[vm.VM], None]]:
    """Return what a VM of this revision is built with, and what tears it down.

    That is the revision itself and the model's own teardown, unless it replaces
    more than the changeable functions; then the model is linked anew, once, when
    it first runs.
    """
    if not which.functions.keys() & REPLACEABLE.keys():
        return which, teardown
    kept: Linked | None = vars(which).get(_KEPT)
    if kept is None:
        kept = _link(which)
        setattr(which, _KEPT, kept)
    return kept, kept.teardown


def _link(which: "type[Revision]") -> Linked:
    added = root(which).added
    replaced = {n: f for n, f in which.functions.items() if n in REPLACEABLE or n in added}
    image = link(replaced, _prepared, added)
    named = {name: image.linked(function) for name, function in which.functions.items() if name not in replaced}
    leaf = next(name for name in named if name not in Linked.__annotations__)
    return Linked(
        which.name, remove_leaf=named.pop(leaf), teardown=image.teardown, dynamic_pamt=which.dynamic_pamt, **named
    )


def root(which: "type[Revision]") -> "type[Revision]":
    """Return the project's revision that this one builds on in the end."""
    while which.base is not None:
        which = which.base
    return which


def _prepared(function: Callable[..., Any]) -> Callable[..., Any]:
    return counting(function.__name__, function) if is_readers(function) else function
