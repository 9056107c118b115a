"""Two threads and one counter: every interleaving of how Linux may count the users of a region of memory.

>>> import kvmviz
>>> kvmviz.race("old", threads=2, rounds=1)
<kvmviz.race old with 2 threads, 1 round: 238 states, broken: removed_once, counts_users, pair_while_counted>

Read `region` for the steps that a design is made of, `designs` for those that were
posted, `invariants` for what has to hold.  `memory` is the machine, `threads` what a
design does on it, `search` the search.  The package can be called: `kvmviz.race(...)` is
`kvmviz.race.result.race(...)`.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kvmviz.race.design import DESIGNS as DESIGNS
    from kvmviz.race.design import Design as Design
    from kvmviz.race.design import RaceError as RaceError
    from kvmviz.race.result import Race as Race
    from kvmviz.race.result import race as race

_WHERE = {"DESIGNS": "design", "Design": "design", "RaceError": "design", "Race": "result", "race": "result"}

__all__ = list(_WHERE)


class _Package(ModuleType):
    """A package that can be called, since `kvmviz.race` is the name of both the package and its function."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return import_module(f"{__name__}.result").race(*arguments, **options)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
