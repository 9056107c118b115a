"""A TD built and torn down while a recorder watches, in the first place of a boot or after another TD."""

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakKeyDictionary

from kvmviz.errors import KvmvizError
from kvmviz.kvm.vm import VM, build
from kvmviz.machine.host import HostPanicked
from kvmviz.machine.printk import Boot
from kvmviz.machine.recorder import Recorder, Tally
from kvmviz.revisions import Revision
from kvmviz.revisions.runnable import linked
from kvmviz.scenario import Scenario

if TYPE_CHECKING:
    from kvmviz.record.folding import FoldedTree

T = TypeVar("T")

REMEMBERED_BOOTS: Final = 1_000
"""How many first TDs of a revision are kept, so that a large space does not fill the memory."""

_BOOTS: Final[WeakKeyDictionary[type[Revision], dict[tuple[Scenario, bool], tuple[Boot, bool]]]] = WeakKeyDictionary()


def where_it_belongs(which: type[Revision], function: Callable[..., T], *arguments: Any) -> T:
    """Call a function that tears down under this revision: here, or in a worker if it is a reader's own Python."""
    if not which.is_python:
        return function(*arguments)
    from kvmviz.apart import call

    return call(function, *arguments)


def tear_down(
    which: type[Revision], scenario: Scenario, recorder: Tally, tree: "FoldedTree | None" = None
) -> tuple[VM, str]:
    """Run the scenario with this recorder; return the TD and which one was recorded, `first` or `second`.

    For the second TD of a boot the first is torn down unwatched before; if that
    panics the host, there is no second, and the first is recorded.  `tree` is
    what the TDs are built of, if not the whole tree.
    """
    if scenario.boot is None:
        boot = Boot()
        vm = watched(which, scenario, boot, recorder, tree)
        _remember(which, scenario, boot, recorder, tree)
        return vm, "first"
    boot, panicked = boot_after(which, replace(scenario, boot=None), tree)
    if panicked:
        return watched(which, scenario, Boot(), recorder, tree), "first"
    boot = boot.copy()
    boot.now += scenario.boot
    return watched(which, scenario, boot, recorder, tree), "second"


def boot_after(which: type[Revision], scenario: Scenario, tree: "FoldedTree | None" = None) -> tuple[Boot, bool]:
    """Return what the boot remembers after this TD, and whether the host panicked; the latest are kept."""
    found = _BOOTS.get(which, {}).get((scenario, tree is not None))
    if found is None:
        tally, boot = _counting(tree), Boot()
        watched(which, scenario, boot, tally, tree)
        found = _remember(which, scenario, boot, tally, tree)
    return found


def _counting(tree: "FoldedTree | None") -> Tally:
    """Return what counts in a TD of this tree, in which a table may stand for others."""
    if tree is None:
        return Tally()
    from kvmviz.record.tapes import Weighed

    return Weighed(tree)


def _remember(
    which: type[Revision], scenario: Scenario, boot: Boot, tally: Tally, tree: "FoldedTree | None"
) -> tuple[Boot, bool]:
    """Keep the boot; how many lines it withheld is what was counted, since a table may stand for others."""
    for site, withheld in tally.ratelimited.items():
        boot.limit(site).missed = withheld
    known = _BOOTS.setdefault(which, {})
    if len(known) >= REMEMBERED_BOOTS:
        known.clear()
    known[scenario, tree is not None] = boot, tally.panicked
    return boot, tally.panicked


def watched(
    which: type[Revision], scenario: Scenario, boot: Boot, recorder: Recorder, tree: "FoldedTree | None" = None
) -> VM:
    """Tear down a TD in this boot, as the revision links the model, and return it; the boot goes on from there."""
    with without_gc() if scenario.tree.count > 100 else nullcontext():  # a large TD
        called, close_files = linked(which)
        vm = build(scenario, called, boot, tree)
        vm.host.watch(recorder)
        if which.is_python:
            _seal(vm, which)
        with _guard(which, scenario), suppress(HostPanicked):
            close_files(vm)
            if isinstance(recorder, Tally) and recorder.panicked:
                raise _swallowed_panic(which, scenario)
    return vm


def _seal(vm: VM, which: type[Revision]) -> None:
    """Close what only the model knows to a reader's code, which is loaded where there is such code."""
    from kvmviz.revisions.sealed import seal

    seal(vm, which)


def _swallowed_panic(which: type[Revision], scenario: Scenario) -> KvmvizError:
    from kvmviz.revisions.guard import swallowed_panic

    return swallowed_panic(which.name, which.functions.values(), scenario)


def _guard(which: type[Revision], scenario: Scenario) -> AbstractContextManager[None]:
    """Watch a reader's own revision; the project's need no watching, and functions from C count for themselves."""
    if which.base is None:
        return nullcontext()
    from kvmviz.revisions.guard import Guard

    own = which.origin.guard if which.origin is not None else Guard
    guard: AbstractContextManager[None] = own(which.name, scenario.tree.count, scenario)
    return _guards(guard, _guard(which.base, scenario)) if _is_from_c(which.base) else guard


def _is_from_c(which: type[Revision] | None) -> bool:
    """Say whether anything that a revision builds on is from C."""
    return which is not None and (which.origin is not None or _is_from_c(which.base))


@contextmanager
def _guards(own: AbstractContextManager[None], base: AbstractContextManager[None]) -> Iterator[None]:
    """Watch a revision and what it builds on."""
    with base, own:
        yield


@contextmanager
def without_gc() -> Iterator[None]:
    """Keep the cyclic garbage collector off where next to nothing becomes garbage.

    Each of its looks costs more the more there is, and would find nothing.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
