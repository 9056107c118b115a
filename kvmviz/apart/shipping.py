"""How a revision travels to another process: by name, or by value.

>>> from kvmviz.revisions import revision
>>> unpack(pack(revision("landed"))).name
'landed'

A reader's class may come from a notebook's cell or a file that no other process can
import, so it is sent by value (cloudpickle) with all that it holds: constants,
helpers, and what its functions refer to.  So are modules of the reader's own, since
they may have been edited after another process imported them.
"""

import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from pickle import PicklingError
from threading import RLock
from types import ModuleType, new_class
from typing import Any, Final

import cloudpickle

from kvmviz.revisions import EVERY, Revision, revision
from kvmviz.revisions.guard import PatchError
from kvmviz.revisions.telling import is_foreign

_INSTALLED: Final = tuple({str(Path(path).resolve()) for path in sysconfig.get_paths().values()} | {sys.base_prefix})
_KVMVIZ: Final = str(Path(__file__).parents[1])
_Cached: Final = type(lru_cache(len))
_BY_VALUE: Final = RLock()
"""Held while modules are marked to be sent by value, which is a setting of the whole process."""


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # cloudpickle carries no types
    """Takes revisions apart itself: a class is made anew on the other side, with its base and as a revision."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, _Cached) and is_foreign(obj.__wrapped__.__code__, obj.__wrapped__.__globals__):
            return _cached, (obj.__wrapped__, obj.cache_parameters())
        if not (isinstance(obj, type) and issubclass(obj, Revision)) or _is_importable(obj):
            return super().reducer_override(obj)
        if EVERY.get(obj.name) is obj:
            return revision, (obj.name,)
        if obj.origin is not None:
            return obj.origin.remake, (obj.base, obj.name)
        written = {name: value for name, value in obj.written.items() if name not in ("__dict__", "__weakref__")}
        state = (written | {"name": obj.name}, obj.base)
        return _begin, (obj.__name__, obj.__bases__), state, None, None, _finish


def _cached(function: Any, parameters: dict[str, Any]) -> Any:
    """Return the function with an empty cache, as `functools.lru_cache` makes one."""
    return lru_cache(**parameters)(function)


def _begin(name: str, bases: tuple[type, ...]) -> type[Revision]:
    """Make the class without what it holds, which may refer to it."""
    return new_class(name, bases, {"incomplete": True})


def _finish(cls: type[Revision], state: tuple[dict[str, Any], type[Revision]]) -> None:
    cls.complete(*state)


def _is_importable(cls: type[Revision]) -> bool:
    """Say whether a class is one of kvmviz's own that stands in a module under its name."""
    if not cls.__module__.startswith("kvmviz."):
        return False
    return getattr(import_module(cls.__module__), cls.__name__, None) is cls and EVERY.get(cls.name) is not cls


def pack(value: Any) -> bytes:
    """Return a value, above all a revision, as bytes; raise PatchError for a class that cannot be sent."""
    file = BytesIO()
    try:
        with _own_modules_by_value():
            _Pickler(file).dump(value)
    except (TypeError, RecursionError, AttributeError, ValueError, PicklingError) as error:
        said = " ".join(str(error).split())
        raise PatchError(
            f"What the patch refers to cannot be sent to the process in which it runs ({said}); "
            "make such an object inside of the function that needs it."
        ) from error
    return file.getvalue()


@contextmanager
def _own_modules_by_value() -> Iterator[None]:
    with _BY_VALUE:
        own = [module for module in list(sys.modules.values()) if _is_own(module)]
        for module in own:
            cloudpickle.register_pickle_by_value(module)
        try:
            yield
        finally:
            for module in own:
                with suppress(ValueError):
                    cloudpickle.unregister_pickle_by_value(module)


@lru_cache(maxsize=8192)
def _is_own_file(file: str) -> bool:
    path = str(Path(file).resolve())
    return not path.startswith((*_INSTALLED, _KVMVIZ))


def _is_own(module: ModuleType | None) -> bool:
    """Say whether a module is neither installed nor kvmviz's nor Python's."""
    file = getattr(module, "__file__", None)
    name = getattr(module, "__name__", "")
    return isinstance(file, str) and name != "__main__" and sys.modules.get(name) is module and _is_own_file(file)


@lru_cache(maxsize=64)
def unpack(data: bytes) -> Any:
    """Return the value of these bytes, the same object each time."""
    return cloudpickle.loads(data)
