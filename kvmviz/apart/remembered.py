"""What a reader's functions keep from run to run: lists, dictionaries and counts that are not what they were.

>>> from kvmviz.revisions import Revision
>>> seen = []
>>> class Notes(Revision, base="v1"):
...     def tdx_sept_free_private_spt(vm, gfn, sp):
...         seen.append(gfn)
>>> before = state(Notes)
>>> seen.append(1)
>>> changed(Notes, before)
'seen'

Looked at are the values, as bytes, of the names that the functions and their helpers
refer to, of what they enclose, of their defaults, and of the class itself.
"""

from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

import cloudpickle

from kvmviz.revisions import Revision
from kvmviz.revisions.telling import is_foreign

State = dict[str, bytes]


def state(which: type[Revision]) -> State:
    """Return what the functions of a revision refer to, by name, as bytes."""
    found: State = {}
    for name, value in _values(which):
        try:
            found.setdefault(name, cloudpickle.dumps(value))
        except Exception:  # it cannot be sent, so it is made anew in each process
            continue
    return found


def changed(which: type[Revision], before: Mapping[str, bytes]) -> str:
    """Return the name of a value that is not what it was; empty if all are."""
    now = state(which)
    return next((name for name, value in before.items() if now.get(name, value) != value), "")


def _values(which: type[Revision]) -> Iterator[tuple[str, Any]]:
    """Yield what may change: neither functions nor modules nor classes."""
    now = {name: value if callable(value) else vars(which).get(name, value) for name, value in which.written.items()}
    todo: list[tuple[str, Any]] = [(f"{which.name}.{name}", value) for name, value in now.items()]
    met: set[int] = set()
    while todo:
        name, value = todo.pop()
        value = getattr(value, "__func__", value)
        value = getattr(value, "__wrapped__", value)
        if isinstance(value, FunctionType):
            if id(value) not in met and is_foreign(value.__code__, value.__globals__):
                met.add(id(value))
                todo += _referred(value)
        elif not isinstance(value, ModuleType | type) and not name.rpartition(".")[2].startswith("__"):
            yield name, value


def _referred(function: FunctionType) -> Iterator[tuple[str, Any]]:
    names = function.__globals__
    yield from ((name, names[name]) for name in _names(function.__code__) if name in names)
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    for name, cell in cells:
        try:
            yield name, cell.cell_contents
        except ValueError:  # not filled yet
            continue
    yield from ((f"a default of {function.__name__}", value) for value in function.__defaults__ or ())
    yield from ((f"{function.__name__}.{name}", value) for name, value in vars(function).items())


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
