"""A reader's own design is explored in a worker, where whatever it does can be ended.

>>> from kvmviz.race.design import DESIGNS
>>> is_own(DESIGNS["landed"])
False

What a line count sees is ended by `kvmviz.race.walk`; a sleep or a loop in C, which
it does not see, from outside: a step may take as long as a run of a reader's
revision (`kvmviz.revisions.guard.TIMEOUT`).  The functions travel by value with the
lines of their files, since a cell's are in no file that a worker could read.
"""

import linecache
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, TypeVar

from kvmviz.race.design import Design
from kvmviz.revisions.telling import in_kvmviz

T = TypeVar("T")


def is_own(which: type[Design]) -> bool:
    """Say whether a function of a design is a reader's."""
    return not all(in_kvmviz(function.__code__) for function in (which.get, which.put))


def called(function: Callable[..., T], which: type[Design], *arguments: Any) -> T:
    """Call a function with a design: here, or in a worker if the design is a reader's own.

    Raises PatchError if a step of it takes longer than it may, or ends its process.
    """
    if not is_own(which):
        return function(which, *arguments)
    from kvmviz.apart import AVAILABLE, ask, pack

    if not AVAILABLE:
        return function(which, *arguments)
    held = which.name, which.get, which.put, which.expects, which.regions, _lines(which)
    value: T = ask(which.name, _there, function, pack(held), arguments)
    return value


def _there(function: Callable[..., T], data: bytes, arguments: tuple[Any, ...]) -> T:
    from kvmviz.apart import unpack

    name, get, put, expects, regions, lines = unpack(data)
    for file, text in lines.items():
        linecache.cache[file] = (sum(map(len, text)), None, text, file)
    held = {"name": name, "get": get, "put": put, "expects": expects, "regions": regions}
    return function(type(name, (Design,), held), *arguments)


def _lines(which: type[Design]) -> dict[str, list[str]]:
    """Return the lines of every file in which a function of the design stands, by its name."""
    files = {one.__code__.co_filename for function in (which.get, which.put) for one in _functions(function, set())}
    return {file: lines for file in files if (lines := linecache.getlines(file))}


def _functions(function: Any, met: set[int]) -> Iterator[FunctionType]:
    """Yield a reader's function, and those that it refers to."""
    if not isinstance(function, FunctionType) or id(function) in met or in_kvmviz(function.__code__):
        return
    met.add(id(function))
    yield function
    named = [function.__globals__.get(name) for name in function.__code__.co_names]
    held = [cell.cell_contents for cell in function.__closure__ or ()]
    for one in (*named, *held):
        yield from _functions(one, met)
