"""How a revision travels to another process: by name, or as its functions.

>>> unpack(pack(revision("landed"))).name
'landed'

A reader's class may come from a notebook cell or a file that no other process can
import, so its functions are sent by value (cloudpickle) and the class is made anew.
"""

import signal
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import resource_tracker
from types import new_class
from typing import Any

import cloudpickle
from loky import cpu_count, get_reusable_executor

from kvmviz.c.recipe import Recipe
from kvmviz.revisions import REVISIONS, Revision, revision

Definition = str | tuple[str, Any, Any]
"""A project's revision by name, or (name, definition of its base, its own functions or the C that they come from)."""


def workers() -> Executor:
    """Return one process a processor, the same ones each time; they end when nothing was asked for a minute."""
    found: Executor = get_reusable_executor(max_workers=cpu_count(), timeout=60)
    return found


def stop_workers() -> None:
    """End the workers at once, whatever they are at; loky stumbles if work was called off before."""
    workers().shutdown(wait=False, kill_workers=True)  # type: ignore[call-arg]  # loky has more than the interface


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Let processes that are started meanwhile never see a Ctrl-C; ours waits until the end of the block.

    A terminal sends it to the whole group of processes, and each worker would answer with a traceback of its own.
    """
    if not hasattr(signal, "pthread_sigmask"):  # a system where no mask is handed down
        yield
        return
    resource_tracker.ensure_running()  # Python's own helper of workers; when it starts, it lifts the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def pack(which: type[Revision]) -> bytes:
    """Return the revision as bytes."""
    found: bytes = cloudpickle.dumps(_definition(which))
    return found


@lru_cache(maxsize=64)
def unpack(data: bytes) -> type[Revision]:
    """Return the revision of these bytes, the same class each time."""
    return _class(cloudpickle.loads(data))


def _definition(which: type[Revision]) -> Definition:
    if which.base is None or REVISIONS.get(which.name) is which:
        return which.name
    if which.origin is not None:
        return which.name, _definition(which.base), which.origin.recipe
    return which.name, _definition(which.base), {name: which.functions[name] for name in sorted(which.own)}


def _class(definition: Definition) -> type[Revision]:
    if isinstance(definition, str):
        return revision(definition)
    name, base, own = definition
    if isinstance(own, Recipe):
        from kvmviz.c.revision import remade

        return remade(own, _class(base), name)
    return new_class(name, (Revision,), {"base": _class(base)}, lambda body: body.update(own))
