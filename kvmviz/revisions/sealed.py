"""What only the model knows, closed to a reader's functions: they read and set what a kernel function could.

>>> from kvmviz.revisions import Revision
>>> from kvmviz.record.runs import run
>>> class Peek(Revision, base="v1"):
...     def tdx_sept_free_private_spt(vm, gfn, sp):
...         if getattr(sp.external_spt, "fa" + "ils"): sp.external_spt = None
>>> run(Peek, "tree=1x1x1")
Traceback (most recent call last):
  ...
kvmviz.revisions.telling.PatchError: Peek: tdx_sept_free_private_spt, line 3, uses .fails: no kernel function can see \
which reclaim the scenario lets fail; decide by what tdx_reclaim_page returns.

For a reader's revision the machine's objects are given a class derived from their
own in which every field but those of `SHOWN` asks who reads it: the model, or
somebody else's code, helpers included, however the name was come by.  It is done by
the objects, not by looking at source, and a built-in revision pays nothing for it.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from sys import _getframe
from typing import Any, Final

from kvmviz.kvm.linking import REPLACEABLE
from kvmviz.kvm.mmu_page import kvm_mmu_page
from kvmviz.kvm.vm import VM
from kvmviz.machine.host import Host
from kvmviz.machine.memory import Memory
from kvmviz.machine.module import TdxModule
from kvmviz.machine.page import Page
from kvmviz.machine.pamt import NDA
from kvmviz.machine.rcu import Rcu
from kvmviz.revisions.guard import Refused
from kvmviz.revisions.telling import is_foreign

SHOWN: Final[dict[type, frozenset[str]]] = {
    Page: frozenset({"address", "entries", "gfn", "kind", "level", "name", "root"}),
    kvm_mmu_page: frozenset(
        {"external_spt", "gfn", "header", "index", "invalid", "is_mirror", "level", "parent", "spt"}
    ),
    VM: frozenset(
        {"Ops", "forget", "forget_hkid", "guest_memfd", "hkid", "host", "mmu_lock", "ops", "prove_mmu", "revision",
         "tdcs_pages", "tdp_mmu_pages", "tdp_mmu_roots", "tdr_page", "vcpus", "vm_bugged", "vm_dead"}
    ),
    Host: frozenset({"boot", "dpamt", "memory", "panic_on_warn", "rcu", "tdx"}),
    Memory: frozenset({"alloc", "check_use", "check_write", "free_page"}),
    Rcu: frozenset({"call_rcu", "rcu_barrier"}),
    TdxModule: frozenset(),
}  # fmt: skip
"""By class, what a kernel function has of it; of the TDX module, besides, its calls (`tdh_`)."""

HARMLESS: Final = frozenset({"_external_spt", "_header", "_own", "memory"})
"""Fields that say no more than those that are shown; setting them is another matter."""

SETTABLE: Final = frozenset({"external_spt", "header", "invalid", "tdp_mmu_pages"})
"""Fields that the functions which a patch changes may set."""

SETTERS: Final = {
    "hkid": frozenset({"tdx_hkid_free"}),
    "vm_bugged": frozenset({"kvm_vm_bugged"}),
    "vm_dead": frozenset({"kvm_vm_bugged"}),
    "mmu_lock": frozenset({"kvm_gmem_release", "kvm_tdp_mmu_zap_invalidated_roots"}),
}
"""Fields that one of the kernel's functions sets, by which; a reader's own version of it may, too."""

_ALLOCATOR: Final = "only the allocator sets it; use vm.host.memory.free_page"
_LEDGER: Final = "the TDX module's ledger cannot be seen from KVM; decide by what tdx_reclaim_page returns"
_BOOKS: Final = "it belongs to the model's own books, and no kernel function has it"
_CONTROLS: Final = "control pages are given back by other functions; a patch that is about them replaces one of those"
WHY: Final = {
    "fails": "no kernel function can see which reclaim the scenario lets fail; decide by what tdx_reclaim_page returns",
    "faults": "no kernel function can see what the scenario lets fail; decide by what the SEAMCALLs return",
    "pamt": _LEDGER, "owned": _LEDGER, "tds": _LEDGER, "would_give_back": _LEDGER,
    "allocated": _ALLOCATOR, "in_rcu_callback": _ALLOCATOR, "next_address": _ALLOCATOR,
    "tdcs_pages": _CONTROLS, "vcpus": _CONTROLS, "_external_spt": "use external_spt",
}  # fmt: skip
"""Why a field is closed, where it is not only that the model needs it for itself."""

_ours: Final[set[str]] = set()
"""Files whose code may see everything, as they are met."""


def _asks(depth: int = 2) -> bool:
    """Say whether the code that reads or sets a field is somebody else's, not the model's."""
    frame = _getframe(depth)
    file = frame.f_code.co_filename
    if file in _ours:
        return False
    if is_foreign(frame.f_code, frame.f_globals) or not file.endswith(".py") or "kvmviz" not in file:
        return file != "<string>" or is_foreign(frame.f_code, frame.f_globals)
    _ours.add(file)
    return False


def _closed(name: str, read: Callable[[Any], Any]) -> property:
    """Return a field that only the model reads."""

    def get(instance: Any) -> Any:
        if _getframe(1).f_code.co_filename not in _ours and _asks():
            raise Refused(f"uses .{name}", WHY.get(name, _BOOKS))
        return read(instance)

    return property(get)


def _kept(name: str, read: Callable[[Any], Any]) -> property:
    """Return a field that everybody reads and few set, not by `object.__setattr__` either."""

    def refuse(instance: Any, value: Any) -> None:
        raise _not_settable(name)

    return property(read, refuse)


def _not_settable(name: str) -> Refused:
    return Refused(f"sets .{name}", WHY.get(name, f"what a patch may set is {', '.join(sorted(SETTABLE))}"))


def _setting(write: Callable[[Any, str, Any], None]) -> Callable[[Any, str, Any], None]:
    """Return the `__setattr__` of a class whose fields `write` sets."""

    def set_(instance: Any, name: str, value: Any) -> None:
        frame = _getframe(1)
        theirs = frame.f_code.co_filename not in _ours and _asks()
        if theirs and name not in SETTABLE and frame.f_code.co_name not in SETTERS.get(name, ()):
            raise _not_settable(name)
        write(instance, name, value)

    return set_


def _delete(instance: Any, name: str) -> None:
    raise Refused(f"removes .{name}", "a struct keeps its fields")


@lru_cache(maxsize=64)
def _sealed(cls: type, fields: tuple[str, ...]) -> type:
    """Return a class derived from `cls` whose fields are closed, but for those that are shown."""
    shown = next(names for one, names in SHOWN.items() if issubclass(cls, one))
    names = {name for name in (*dir(cls), *fields) if not name.startswith("__")}
    open_ = {name for name in names if name in shown}
    body: dict[str, Any] = {"__slots__": (), "__setattr__": _setting(_writer(cls)), "__delattr__": _delete}
    body["shown"] = sorted(open_)
    body |= {name: _closed(name, _reader(cls, name)) for name in names - open_ - HARMLESS}
    body |= {name: _kept(name, _reader(cls, name)) for name in SETTERS if name in open_}
    if "__dict__" in dir(cls):
        body["__dict__"] = _closed("__dict__", _dict_of(cls))
    body["__module__"] = cls.__module__
    return type(cls.__name__, (cls,), body)


def _dict_of(cls: type) -> Callable[[Any], dict[str, Any]]:
    holder = next(one for one in cls.__mro__ if "__dict__" in vars(one))
    get: Callable[[Any], dict[str, Any]] = vars(holder)["__dict__"].__get__
    return get


def _reader(cls: type, name: str) -> Callable[[Any], Any]:
    """Return what reads a field as `cls` itself does."""
    found = next((vars(one)[name] for one in cls.__mro__ if name in vars(one)), None)
    if found is None:
        get = _dict_of(cls)
        return lambda instance: get(instance)[name]
    if name == "owned":  # asked for so often that it is read from the ledger itself
        ledger = vars(Page)["pamt"].__get__
        return lambda page: (entry := ledger(page)) is not None and entry.type != NDA
    if isinstance(found, property) and found.fget is not None:
        return found.fget
    if hasattr(found, "__get__"):
        read: Callable[[Any], Any] = found.__get__
        return read
    return lambda instance: found


def _writer(cls: type) -> Callable[[Any, str, Any], None]:
    """Return what sets a field as `cls` itself does."""
    if "__dict__" not in dir(cls):
        members = {name: vars(one)[name] for one in reversed(cls.__mro__) for name in vars(one)}
        setters = {name: member.__set__ for name, member in members.items() if hasattr(member, "__set__")}

        def write(instance: Any, name: str, value: Any) -> None:
            if name not in setters:
                raise AttributeError(f"{cls.__name__!r} object has no attribute {name!r}", name=name, obj=instance)
            setters[name](instance, value)

        return write
    get = _dict_of(cls)

    def write_in_dict(instance: Any, name: str, value: Any) -> None:
        get(instance)[name] = value

    return write_in_dict


class _Store:
    """What a front is made of; its own fields are closed again below."""

    __slots__ = ("__dict__", "_part")


_PART: Final[Any] = vars(_Store)["_part"]
_FIELDS: Final[Callable[[Any], dict[str, Any]]] = vars(_Store)["__dict__"].__get__


class _Front(_Store):
    """What stands for a part of the machine in `vm.host`: its shown functions, and the rest for the model alone.

    The parts themselves know each other and not their fronts, so that the model
    within them is not asked who it is.
    """

    __slots__ = ()
    _part = _closed("_part", _PART.__get__)

    def __init__(self, part: Any) -> None:
        _PART.__set__(self, part)
        _FIELDS(self).update({name: getattr(part, name) for name in _calls(part.__class__)})

    def __getattr__(self, name: str) -> Any:
        part = _PART.__get__(self)
        if hasattr(part, name) and _asks():
            raise Refused(f"uses .{name}", WHY.get(name, _BOOKS))
        return getattr(part, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if _asks():
            raise _not_settable(name)
        setattr(_PART.__get__(self), name, value)

    locals()["__dict__"] = _closed("__dict__", _FIELDS)


@lru_cache(maxsize=8)
def _calls(cls: type) -> tuple[str, ...]:
    """Return which functions of a part of the machine are shown."""
    return tuple(name for name in dir(cls) if name in SHOWN[cls] or name.startswith("tdh_"))


def _objects(vm: VM, controls: bool) -> Iterator[Any]:
    """Yield everything that a reader's function can come to, but for the parts of the machine.

    `controls` says whether it has to do with control pages, too.
    """
    yield vm.host
    yield vm.tdr_page
    if controls:
        yield from vm.tdcs_pages
        for vcpu in vm.vcpus:
            yield from (vcpu.tdvpr_page, *vcpu.tdcx_pages)
    yield from vm.sept_pages
    yield from vm.guest_pages
    for sp in vm.sps:
        yield from (sp.spt, sp)


_twins: Final[dict[type, type]] = {}


def seal(vm: VM, which: Any) -> None:
    """Close what only the model knows to the code of a reader's revision."""
    for made in getattr(which, "functions", {}).values():
        if hasattr(made, "c_source"):  # translated by kvmviz, which names what C may do
            _ours.add(made.__code__.co_filename)
    host = vm.host
    for name in ("memory", "rcu", "tdx"):
        setattr(host, name, _Front(getattr(host, name)))
    for sp in vm.sps:
        sp.memory = host.memory
    controls = not which.functions.keys().isdisjoint(REPLACEABLE)
    for one in _objects(vm, controls):
        twin = _twins.get(type(one))
        if twin is None:
            cls: Any = type(one)
            twin = _twins[cls] = _sealed(cls, tuple(vars(one)) if hasattr(one, "__dict__") else ())
        one.__class__ = twin
    vm.__class__ = _sealed_vm(which, controls)


@lru_cache(maxsize=64)
def _sealed_vm(which: Any, controls: bool) -> type[VM]:
    """Return the sealed VM of a revision.  To `super()` in its functions, whose first argument it is, it is one of it.

    So `super().tdp_mmu_free_sp(vm, sp)` calls the base's function, as in a method.
    """
    cls = _sealed(VM, ())

    def claimed(instance: Any) -> type:
        return which if _asks() else cls

    body = {"__slots__": (), "__class__": property(claimed), "__module__": VM.__module__}
    if not controls:
        body |= {name: _closed(name, _reader(VM, name)) for name in ("tdcs_pages", "vcpus")}
    return type(VM.__name__, (cls,), body)
