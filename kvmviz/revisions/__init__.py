"""What a patch changes: sibling modules with the same functions in the same order.

>>> [name for name, one in REVISIONS.items() if not one.patched], REVISIONS["landed"].op_arguments
(['before'], ('sp',))

A reader's own revision is a class that says on which one it builds and defines,
as plain functions without `self`, what is different:

>>> class Mute(Revision, base="v1"):
...     def tdx_sept_free_private_spt(vm, gfn, sp):
...         sp.external_spt = None
>>> Mute.name, Mute.base_name, sorted(Mute.own)
('Mute', 'v1', ['tdx_sept_free_private_spt'])

What it lacks comes from the base, which also fixes the op's signature.  Any other
function of the model can be replaced as well (`kvmviz.kvm.linking`):

>>> class Unasked(Revision, base="v1"):
...     def __tdx_reclaim_page(host, page):
...         return -5
>>> sorted(Unasked.own)
['__tdx_reclaim_page']
"""

import inspect
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from importlib import import_module
from types import ModuleType, new_class
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from kvmviz.kvm.linking import REPLACEABLE
from kvmviz.machine.callchain import enroll, function_of, is_kernel
from kvmviz.revisions.identity import Identity
from kvmviz.revisions.ran import counting as counted  # a module of the name `counting` may be loaded later
from kvmviz.revisions.ran import is_readers
from kvmviz.revisions.refusing import RevisionError as RevisionError
from kvmviz.revisions.telling import is_kvmviz

if TYPE_CHECKING:
    from kvmviz.schema import answers

LEAF_NAMES: Final = ("tdx_sept_remove_private_spte", "tdx_sept_remove_leaf_spte")
"""The function that takes a guest page back; v2 renamed it."""

CHANGEABLE: Final = (
    "handle_removed_pt",
    "tdx_sept_free_private_spt",
    "tdp_mmu_free_sp",
    "tdp_mmu_free_sp_rcu_callback",
    *LEAF_NAMES,
)
"""What the project's revisions change, by the kernel's names; a reader's may replace what `linking` lists, too."""


class Origin(Protocol):
    """What a revision that is not written in Python is made of (`kvmviz.c.origin.Origin` for C)."""

    guard: Callable[[str, int, object], AbstractContextManager[None]]
    remake: "Callable[[type[Revision], str], type[Revision]]"

    def sentences(self) -> tuple[str, ...]:
        """Return what every answer says of it: which functions ran, which came from the base, what was passed over."""

    def to_json(self) -> "answers.Origin":
        """Return the same as data."""


class Revision:
    """Base of all revisions: derive with `class MyPatch(kvmviz.Revision, base="v1")`.

    Class attributes: `name`; `base` and `base_name` (None for one of the project's);
    `functions` by kernel name; `own` the names that it defines itself;
    `remove_leaf` the function that takes a guest page back, whatever its name;
    `identity`, and from it `patched`, `frees_at_once`, `dynamic_pamt` and `posting`, what
    it is among the others (a reader's says what its base does); `added` what one of the
    project's has besides the changeable ones; `op_arguments` what the op takes
    besides the VM; `origin` what it was made from, if that is not Python;
    `written` what the class was given by who wrote it; `is_python` whether any of
    its functions is somebody's own Python, which runs in a process of its own
    (`kvmviz.apart`).  That is no sandbox: files and network are not looked at.
    """

    name: ClassVar[str] = ""
    base: "ClassVar[type[Revision] | None]" = None
    base_name: ClassVar[str | None] = None
    functions: ClassVar[Mapping[str, Callable[..., Any]]] = {}
    own: ClassVar[frozenset[str]] = frozenset()
    origin: ClassVar[Any] = None
    written: ClassVar[Mapping[str, Any]] = {}
    is_python: ClassVar[bool] = False
    handle_removed_pt: ClassVar[Callable[..., Any]]
    tdx_sept_free_private_spt: ClassVar[Callable[..., Any]]
    tdp_mmu_free_sp: ClassVar[Callable[..., Any]]
    tdp_mmu_free_sp_rcu_callback: ClassVar[Callable[..., Any]]
    remove_leaf: ClassVar[Callable[..., Any]]
    identity: ClassVar[Identity]
    added: ClassVar[Mapping[str, Callable[..., Any]]] = {}
    dynamic_pamt: ClassVar[bool]
    patched: ClassVar[bool]
    frees_at_once: ClassVar[bool]
    posting: ClassVar[str]
    op_arguments: ClassVar[tuple[str, ...]]

    def __init_subclass__(
        cls, base: "str | type[Revision] | None" = None, module: ModuleType | None = None,
        origin: Origin | None = None, incomplete: bool = False, **kwargs: object,
    ) -> None:  # fmt: skip
        super().__init_subclass__(**kwargs)
        cls.origin = origin
        if module is not None:
            cls.identity = module.IDENTITY
            found = {n: f for n, f in vars(module).items() if getattr(f, "__module__", "") == module.__name__}
            found = {n: f for n, f in found.items() if inspect.isfunction(f)}
            cls.added = {n: f for n, f in found.items() if n not in CHANGEABLE}
            _fill(cls, cls.identity.name, found)
        elif not incomplete:
            cls.complete(vars(cls), base)

    @classmethod
    def complete(cls, written: Mapping[str, Any], base: "str | type[Revision] | None" = None) -> None:
        """Make a revision of a class that was made `incomplete`, from what it is to hold."""
        cls.written = {**written}
        for name, value in cls.written.items():
            if vars(cls).get(name) is not value:
                setattr(cls, name, value)
        parent = revision(base) if base else _inherited(cls)
        _build_on(cls, parent)
        own = _own_functions(cls, parent)
        for name, function in own.items():
            if is_kernel(model := _counterpart(parent, name)):
                enroll(function, name, function_of(model).path)
        kept = {k: f for k, f in parent.functions.items() if not (k in LEAF_NAMES and set(own) & set(LEAF_NAMES))}
        cls.identity = parent.identity
        _fill(cls, str(vars(cls).get("name", cls.__name__)), {**kept, **own})
        cls.base, cls.base_name, cls.own = parent, parent.name, frozenset(own)


def _inherited(cls: type[Revision]) -> type[Revision]:
    """Return the revision that a class without `base` derives from in Python; v1 if that is none."""
    return next((c for c in cls.__mro__[1:] if issubclass(c, Revision) and c is not Revision), REVISIONS["v1"])


def _build_on(cls: type[Revision], parent: type[Revision]) -> None:
    """Let Python, too, find in the base what a class lacks, so that `super()` is the base."""
    bases = tuple(parent if one is Revision else one for one in cls.__bases__)
    with suppress(TypeError):  # an order of classes that cannot be: it stays as it was written
        cls.__bases__ = bases


def _own_functions(cls: type[Revision], parent: type[Revision]) -> dict[str, Callable[..., Any]]:
    """Return the kernel functions that a class defines; raise RevisionError for what it must not define."""
    from kvmviz.revisions.readers_class import taken

    found: dict[str, Callable[..., Any]] = {}
    for name, function in taken(cls.__name__, cls.written, {*CHANGEABLE, *REPLACEABLE, *parent.functions}):
        _check_signature(cls.__name__, name, function, _counterpart(parent, name), parent.name)
        if not is_kvmviz(function):
            _check_memory(cls.__name__, name, function)
        found[name] = function
    return found


def _check_memory(cls: str, name: str, function: Callable[..., Any]) -> None:
    from kvmviz.revisions.guard import ONCE, PatchError
    from kvmviz.revisions.looking import remembers

    if kept := remembers(function):
        raise PatchError(
            f"{cls}: {name}, line {kept[0]}, keeps {kept[1]}: what outlives a run makes the answer depend on the runs "
            f"before; {ONCE}."
        )


def _check_signature(cls: str, name: str, function: Callable[..., Any], model: Callable[..., Any], base: str) -> None:
    wanted = inspect.signature(model)
    try:
        inspect.signature(function).bind(*wanted.parameters)
    except TypeError:
        shown = ", ".join(wanted.parameters)
        raise RevisionError(f"{cls}.{name} is called with ({shown}), as in its base {base}; take those.") from None


def _counterpart(parent: type[Revision], name: str) -> Callable[..., Any]:
    """Return the base's function of this name; the leaf function has two names, and most are the model's own."""
    if name in LEAF_NAMES:
        name = next(key for key in parent.functions if key in LEAF_NAMES)
    return parent.functions[name] if name in parent.functions else REPLACEABLE[name]


def _fill(cls: type[Revision], name: str, functions: Mapping[str, Callable[..., Any]]) -> None:
    cls.name, cls.functions = name, dict(functions)
    known = cls.identity
    cls.dynamic_pamt = known.dynamic_pamt
    cls.patched, cls.frees_at_once, cls.posting = known.patched, known.frees_at_once, known.posting
    cls.op_arguments = tuple(inspect.signature(functions["tdx_sept_free_private_spt"]).parameters)[1:]
    for key, function in functions.items():
        call = counted(key, function) if is_readers(function) else function
        setattr(cls, key, staticmethod(call))
        if key in LEAF_NAMES:
            cls.remove_leaf = staticmethod(call)
    cls.is_python = not all(map(is_kvmviz, functions.values()))


def _of_module(name: str) -> type[Revision]:
    """Return the revision that a sibling module holds."""
    module = import_module(f"kvmviz.revisions.{name}")
    return new_class(f"_{name.title()}", (Revision,), {"module": module})


MODULES: Final = ("before", "v1", "v1_17", "v2", "landed")
"""The sibling modules, oldest first: a new revision is its module and its name here."""

NEXT: Final = ("dpamt",)
"""The sibling modules of what changes these functions next, of which there are no recorded runs."""

REVISIONS: Final[dict[str, type[Revision]]] = {one.name: one for one in map(_of_module, MODULES)}
"""The project's revisions by name, oldest first: those of the patch, each with its recorded runs."""

EVERY: Final[dict[str, type[Revision]]] = {**REVISIONS, **{one.name: one for one in map(_of_module, NEXT)}}
"""Every revision that can be named: those, and what came after them.

What holds of "the revisions" (likeness, claims, the course) is asked of `REVISIONS`.
"""

PATCHED: Final = tuple(name for name, one in REVISIONS.items() if one.patched)
"""Those in which generic code no longer handles a failure: the patch, and what became of it."""


def check_defines(which: type[Revision]) -> None:
    """Raise RevisionError for a class that defines none of the functions, nor those that it builds on."""
    base = which
    while base.base is not None:
        if base.own:
            return
        base = base.base
    if base is not which:
        raise RevisionError(
            f"{which.name} defines none of the functions that a revision may change, so it is {base.name}; define one, "
            "as in tdx_sept_free_private_spt."
        )


def revision(which: "str | type[Revision]") -> type[Revision]:
    """Return a revision by name, or the class itself; raise RevisionError for an unknown name."""
    if isinstance(which, str):
        if which not in EVERY:
            raise RevisionError(f"Unknown revision {which[:60]!r}; the revisions are {', '.join(EVERY)}.")
        return EVERY[which]
    return which
