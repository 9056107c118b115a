"""Which functions of a reader's class are kernel functions, and what is refused instead of being passed over.

>>> from kvmviz.revisions import Revision
>>> class Helped(Revision, base="v1"):
...     LIMIT = 3
...     def _forget(sp):
...         sp.external_spt = None
...     def tdx_sept_free_private_spt(vm, gfn, sp):
...         Helped._forget(sp)
>>> sorted(Helped.own)
['tdx_sept_free_private_spt']
>>> class Misspelt(Revision, base="v1"):
...     def tdx_sept_free_privat_spt(vm, gfn, sp): ...
Traceback (most recent call last):
  ...
kvmviz.revisions.refusing.RevisionError: Misspelt.tdx_sept_free_privat_spt is nothing a revision may change: is \
tdx_sept_free_private_spt meant?  The name of a helper begins with an underscore.
"""

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

from kvmviz.revisions.refusing import RevisionError
from kvmviz.revisions.telling import is_foreign, is_kvmviz

Function = Callable[..., Any]


def taken(owner: str, written: Mapping[str, Any], kernel: Collection[str]) -> Iterator[tuple[str, Function]]:
    """Yield the kernel functions of a class that was `written` so; raise RevisionError for what cannot be one.

    `kernel` are the names that are taken as such.  Names that begin with two
    underscores are the kernel's: Python mangles them in a class, which is undone.
    """
    for key, value in written.items():
        name = _unmangled(owner, key)
        function = value.__func__ if isinstance(value, staticmethod | classmethod) else value
        if isinstance(function, FunctionType):
            _unmangle(owner, function, written)
        if name in kernel:
            yield name, _named(_kernel_function(owner, name, value), name)
        elif _is_meant_as_one(name, value):
            raise RevisionError(f"{owner}.{name} is nothing a revision may change: {_instead(name, kernel)}")


def _kernel_function(owner: str, name: str, value: Any) -> FunctionType:
    """Return the function that a class has under a kernel function's name."""
    function = value.__func__ if isinstance(value, staticmethod) else value
    found = _not_plain(function)
    if found:
        raise RevisionError(f"{owner}.{name} {found}; it must be a plain function without self.")
    assert isinstance(function, FunctionType)
    return function


def _not_plain(value: Any) -> str:
    """Say what is wrong with a value that is to be a kernel function; empty if nothing is."""
    if isinstance(value, classmethod):
        return "is a classmethod, so it would be called with the class first"
    if isinstance(value, property):
        return "is a property, which nobody calls"
    if not isinstance(value, FunctionType):
        return "is None" if value is None else f"is {_a(type(value).__name__)}"
    inner = inspect.unwrap(value)
    if inspect.isgeneratorfunction(inner):
        return "is a generator (it has a yield), so a call would not run it"
    if inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner):
        return "is async, so a call would not run it"
    return ""


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _is_meant_as_one(name: str, value: Any) -> bool:
    """Say whether a value that is no kernel function may have been meant as one: anything that somebody defined there.

    A constant, a class, and a function that stands elsewhere are just held.
    """
    if name.startswith("__"):
        return not name.endswith("__") and _is_defined(value)
    return not name.startswith("_") and _is_defined(value)


def _is_defined(value: Any) -> bool:
    inner = value.__func__ if isinstance(value, staticmethod | classmethod) else value
    if isinstance(inner, property):
        return True
    return isinstance(inner, FunctionType) and is_foreign(inner.__code__, inner.__globals__)


def _instead(name: str, kernel: Collection[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, kernel, 1, 0.8)
    if near:
        return f"is {near[0]} meant?  The name of a helper begins with an underscore."
    return (
        "use handle_removed_pt, tdx_sept_free_private_spt, tdp_mmu_free_sp or another of the model's functions; "
        "the name of a helper begins with an underscore."
    )


def _prefix(owner: str) -> str:
    return f"_{owner.lstrip('_')}"


def _unmangled(owner: str, key: str) -> str:
    """Return the name that was written, where Python writes `_Class__name` for `__name`."""
    return key.removeprefix(_prefix(owner)) if key.startswith(f"{_prefix(owner)}__") else key


def _unmangle(owner: str, function: FunctionType, written: Mapping[str, Any]) -> None:
    """Let a function find names of its module that begin with two underscores."""
    if not is_kvmviz(function):
        code = _without_mangling(function.__code__, f"{_prefix(owner)}__", written)
        if code is not function.__code__:
            function.__code__ = code


def _without_mangling(code: CodeType, prefix: str, written: Mapping[str, Any]) -> CodeType:
    names = tuple(
        name.removeprefix(prefix[:-2]) if name.startswith(prefix) and name not in written else name
        for name in code.co_names
    )
    constants = tuple(
        _without_mangling(one, prefix, written) if isinstance(one, CodeType) else one for one in code.co_consts
    )
    same = names == code.co_names and all(a is b for a, b in zip(constants, code.co_consts, strict=True))
    return code if same else code.replace(co_names=names, co_consts=constants)


def _named(function: FunctionType, name: str) -> Function:
    """Return the function under the kernel's name.

    A decorator's wrappers share their code, and one function may stand under two
    names; a call chain tells them apart by their code, so each gets its own.
    """
    if is_kvmviz(function) or function.__code__.co_name == name:
        return function
    code = function.__code__.replace(co_name=name)
    made = FunctionType(code, function.__globals__, name, function.__defaults__, function.__closure__)
    made.__kwdefaults__, made.__dict__ = function.__kwdefaults__, dict(function.__dict__)
    made.__module__, made.__qualname__ = function.__module__, function.__qualname__
    made.__doc__ = function.__doc__
    return made
