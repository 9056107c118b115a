"""Link-time substitution: the model with some of its functions replaced, as a linker would do it.

>>> from kvmviz.kvm import tdx
>>> image = link({"is_hkid_assigned": lambda vm: False})
>>> image.linked(tdx.is_hkid_assigned)(None), image.linked(tdx.tdx_vcpu_free).__code__ is tdx.tdx_vcpu_free.__code__
(False, True)

The model's files stay plain Python in which one function calls another by its
name.  To replace a function that many others call, every module of the model is
given a second set of names in which that name means the substitute, and its
functions are made anew over these names.  Their code stays the same object, so a
call chain reads the same, line by line; and a model in which nothing is replaced
is not touched and costs nothing.

What is passed in is linked too: a substitute that calls `tdx_reclaim_page` calls
the one that is linked here, as in C.  Linking goes by the names of modules; a
function that somebody keeps in a list or in a closure stays what it was.
"""

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, Final

from kvmviz.kvm import kvm_main, leaks, mmu_page, tdp_mmu, tdx
from kvmviz.kvm.vm import VM
from kvmviz.machine import bug
from kvmviz.machine.callchain import is_kernel

Function = Callable[..., Any]

_MODULES: Final = (bug, mmu_page, tdx, tdp_mmu, kvm_main)
_MODEL: Final = frozenset(
    value for module in _MODULES for value in vars(module).values() if isinstance(value, FunctionType)
)
_INLINE: Final = (tdx.is_hkid_assigned, mmu_page.is_mirror_sp, bug.TDX_BUG_ON, bug.TDX_BUG_ON_3, bug.KVM_BUG_ON)
"""Macros and inline functions: part of no call chain, and replaced all the same."""

REPLACEABLE: Final[Mapping[str, Function]] = {
    **{function.__name__: function for function in _INLINE},
    **{function.__name__: function for function in sorted(filter(is_kernel, _MODEL), key=lambda f: f.__name__)},
}
"""By the kernel's names, the model's functions that can be replaced, besides those reached through `vm.revision`."""


class Image:
    """The model as it is linked; see `link`."""

    def __init__(
        self, substitutes: Mapping[str, Function], prepare: Callable[[Function], Function],
        added: Mapping[str, Function],
    ) -> None:  # fmt: skip
        self._spaces: dict[int, dict[str, Any]] = {}
        self._made: dict[Function, Function] = {}
        known = (*REPLACEABLE.items(), *added.items())
        self._names = {function: name for name, function in known if name in substitutes}
        self._added = frozenset(added.values())
        self._substitutes, self._prepare = substitutes, prepare
        self.close_files: Callable[[VM], None] = self.linked(kvm_main.close_files)

    def linked(self, function: Function) -> Function:
        """Return what a call of this function comes to in this image."""
        name = self._names.get(function)
        meant = self._substitutes[name] if name else function
        if not isinstance(meant, FunctionType):
            return meant
        names = self._space(meant.__globals__)
        if function not in self._made:
            made = self._prepare(_over(names, meant))
            self._made[function] = self._made[meant] = leaks.noting(name, made) if name else made
        return self._made[function]

    def _space(self, names: dict[str, Any]) -> dict[str, Any]:
        """Return a module's names as they are linked; of a reader's module, its own functions are linked as well."""
        found = self._spaces.get(id(names))
        if found is None:
            found = self._spaces[id(names)] = dict(names)
            for name, value in names.items():
                if isinstance(value, FunctionType) and (value.__globals__ is names or self._is_linked(value)):
                    found[name] = self.linked(value)
        return found

    def _is_linked(self, function: FunctionType) -> bool:
        """Say whether a function is one of the model's, or of those that translated C calls."""
        return function in _MODEL or function in self._added or function.__module__.startswith("kvmviz.c.")


def _over(names: dict[str, Any], function: FunctionType) -> FunctionType:
    """Return the same code over other names."""
    made = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    made.__kwdefaults__, made.__dict__ = function.__kwdefaults__, dict(function.__dict__)
    made.__module__, made.__qualname__ = function.__module__, function.__qualname__
    return made


def _as_it_is(function: Function) -> Function:
    return function


def link(
    substitutes: Mapping[str, Function], prepare: Callable[[Function], Function] = _as_it_is,
    added: Mapping[str, Function] | None = None,
) -> Image:  # fmt: skip
    """Return the model in which these names of `REPLACEABLE`, or of `added`, mean these functions.

    `added` are functions that a revision has besides the model's or in their place, by name.
    `prepare` gets each function that is made anew and returns what is called.
    """
    return Image(substitutes, prepare, added or {})
