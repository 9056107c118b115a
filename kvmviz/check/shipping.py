"""How a revision travels to another process: by name, or as its functions.

>>> unpack(pack(revision("landed"))).name
'landed'

A reader's class may come from a notebook cell or a file that no other process can
import, so its functions are sent by value (cloudpickle) and the class is made anew.
"""

from collections.abc import Callable
from functools import lru_cache
from types import new_class
from typing import Any

import cloudpickle

from kvmviz.revisions import REVISIONS, Revision, revision

Definition = str | tuple[str, Any, dict[str, Callable[..., Any]]]
"""A project's revision by name, or (name, definition of its base, its own functions)."""


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
    return which.name, _definition(which.base), {name: which.functions[name] for name in sorted(which.own)}


def _class(definition: Definition) -> type[Revision]:
    if isinstance(definition, str):
        return revision(definition)
    name, base, own = definition
    return new_class(name, (Revision,), {"base": _class(base)}, lambda body: body.update(own))
