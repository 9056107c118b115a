"""A revision as the model runs it: with what it replaces besides the changeable functions linked in."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

from kvmviz.kvm import vm
from kvmviz.kvm.kvm_main import close_files
from kvmviz.kvm.linking import REPLACEABLE, link
from kvmviz.revisions.ran import counting, is_readers

if TYPE_CHECKING:
    from kvmviz.revisions import Revision

_KEPT: Final = "_as_linked"


Runnable = tuple[vm.Revision, Callable[[vm.VM], None]]
"""What a VM calls its revision by, and the teardown that goes with it."""


def linked(which: "type[Revision]") -> Runnable:
    """Return what a VM of this revision is built with, and what tears it down.

    That is the revision itself and the model's own teardown, unless it replaces
    more than the changeable functions; then the model is linked anew, once, when
    it first runs.
    """
    if not which.functions.keys() & REPLACEABLE.keys():
        return which, close_files
    kept: Runnable | None = vars(which).get(_KEPT)
    if kept is None:
        kept = _link(which)
        setattr(which, _KEPT, kept)
    return kept


def _link(which: "type[Revision]") -> Runnable:
    added = root(which).added
    replaced = {n: f for n, f in which.functions.items() if n in REPLACEABLE or n in added}
    image = link(replaced, _prepared, added)
    named = {name: image.linked(function) for name, function in which.functions.items() if name not in replaced}
    leaf = next(name for name in named if name not in vm.Revision.__annotations__)
    view = SimpleNamespace(name=which.name, remove_leaf=named.pop(leaf), dynamic_pamt=which.dynamic_pamt, **named)
    return cast("vm.Revision", view), image.close_files


def root(which: "type[Revision]") -> "type[Revision]":
    """Return the project's revision that this one builds on in the end."""
    while which.base is not None:
        which = which.base
    return which


def _prepared(function: Callable[..., Any]) -> Callable[..., Any]:
    return counting(function.__name__, function) if is_readers(function) else function
