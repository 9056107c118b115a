"""A design: how users of a region are counted, in two functions whose every `yield` is one step.

>>> list(DESIGNS)
['naive', 'old', 'v6', 'landed', 'per-region']

A reader's own is a class that defines, as plain functions without `self`, `get` and
`put`, or one of them and a `base` that has the other:

>>> class Unlocked(Design, base="landed"):
...     def put(region):
...         if (yield region.decrement()) == 0:
...             yield region.remove_pair()
...             yield region.free_pair()
>>> Unlocked.name, Unlocked.base
('Unlocked', 'landed')

Between two steps of a thread any other thread may run.  What a function knows, it
keeps in local variables; all else is the region's.  `get` returns whether the page
may be used; nothing returned is yes.
"""

from collections.abc import Callable, Generator
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar, Final

from kvmviz.errors import KvmvizError
from kvmviz.race.region import Op

Gets = Generator[Op, Any, bool]
"""What `get` is: it yields steps, has each one's answer, and returns whether the page may be used."""

Steps = Generator[Op, Any, None]
"""What `put` is: it yields steps, and has each one's answer."""

MODULES: Final = {
    "naive": "naive", "old": "old", "v6": "v6", "landed": "landed", "per-region": "per_region",
}  # fmt: skip
"""Where each of the project's designs stands."""


MOST: Final = {"threads": (1, 6), "rounds": (1, 6), "refuse": (0, 6)}
"""The least and the most of what a search can be given; the number of states bounds it besides."""


class RaceError(KvmvizError):
    """A design cannot be explored; the text is one sentence that says why, with the line."""


class Design:
    """Base of all designs: derive with `class Mine(kvmviz.Design)`, and `base="landed"` for what it lacks.

    Class attributes: `name`; `base`, the design that it takes the rest from, or None;
    `get` and `put`; `expects`, the invariants that it knows to be broken and can live
    with; `regions`, 1, or 2 where each has a lock of its own (threads take turns
    at them); `about`, one sentence.
    """

    name: ClassVar[str] = ""
    base: ClassVar[str | None] = None
    get: ClassVar[Callable[..., Any]]
    put: ClassVar[Callable[..., Any]]
    expects: ClassVar[frozenset[str]] = frozenset()
    regions: ClassVar[int] = 1
    about: ClassVar[str] = ""

    def __init_subclass__(cls, base: "str | type[Design] | None" = None, module: ModuleType | None = None) -> None:
        super().__init_subclass__()
        if module is not None:
            _take(cls, module)
            return
        cls.name = str(vars(cls).get("name", cls.__name__))
        parent = design_of(base) if base is not None else None
        cls.base = parent.name if parent else None
        for name in ("get", "put"):
            if isinstance(own := vars(cls).get(name), staticmethod):
                setattr(cls, name, own.__func__)
            elif own is None and parent:
                setattr(cls, name, vars(parent)[name])
        if parent:
            for name in ("expects", "regions"):
                setattr(cls, name, vars(cls).get(name, getattr(parent, name)))
        _complete(cls)


def _take(cls: type[Design], module: ModuleType) -> None:
    """Make a class of one of the project's modules."""
    cls.name = next(name for name, file in MODULES.items() if module.__name__.endswith(f".{file}"))
    cls.get, cls.put = module.get, module.put
    cls.expects = frozenset(getattr(module, "EXPECTS", ()))
    cls.regions = getattr(module, "REGIONS", 1)
    cls.about = (module.__doc__ or "").partition("\n")[0]


def _complete(cls: type[Design]) -> None:
    """Raise RaceError if a design lacks something, or has what cannot be."""
    for name in ("get", "put"):
        if not callable(getattr(cls, name, None)):
            raise RaceError(
                f'{cls.name} has no {name}; define it as `def {name}(region):`, or say base="landed" for that one\'s.'
            )
    if cls.regions not in (1, 2):
        raise RaceError(f"{cls.name}: regions = {cls.regions!r}: use 1 or 2.")
    from kvmviz.race.invariants import INVARIANTS

    cls.expects = frozenset(cls.expects)
    for name in cls.expects - set(INVARIANTS):
        raise RaceError(f"{cls.name} expects {name!r}, which is no invariant; use {', '.join(INVARIANTS)}.")


def _known() -> dict[str, type[Design]]:
    found = {}
    for name, file in MODULES.items():
        module = import_module(f"kvmviz.race.designs.{file}")
        found[name] = type(name, (Design,), {"__doc__": module.__doc__}, module=module)
    return found


def design_of(which: "str | type[Design]") -> type[Design]:
    """Return a design by its name, or the class as it is; raise RaceError for anything else."""
    if isinstance(which, type) and issubclass(which, Design) and which is not Design:
        return which
    if isinstance(which, str) and which in DESIGNS:
        return DESIGNS[which]
    shown = f"{which:.60}" if isinstance(which, str) else repr(which)[:60]
    raise RaceError(f"{shown} is no design; use {', '.join(DESIGNS)}, or a class derived from kvmviz.Design.")


DESIGNS: Final = _known()
"""The project's designs by name."""
