"""The invariants by name, in the order in which reports print them.

>>> INVARIANTS["nothing_is_freed_twice"].statement
'Nothing is freed twice.'
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Final

from kvmviz.check import invariants, reporting
from kvmviz.check.observation import Observation
from kvmviz.terms.docstrings import docstring

PREFIX: Final = "validate_"


@dataclass(frozen=True, slots=True)
class Invariant:
    """An invariant: its name, what it says, when it is put to the test, and the function that does."""

    name: str
    statement: str
    premise: str
    validate: Callable[[Observation], bool]


def _of(module: ModuleType) -> list[Invariant]:
    functions = [f for name, f in vars(module).items() if name.startswith(PREFIX) and f.__module__ == module.__name__]
    return [_invariant(function) for function in functions]


def _invariant(function: Callable[[Observation], bool]) -> Invariant:
    statement, _, rest = docstring(function).partition("\n\n")
    premise = " ".join(rest.split()).removeprefix("Premise: ")
    return Invariant(function.__name__.removeprefix(PREFIX), statement, premise, function)


INVARIANTS: Final = {found.name: found for module in (invariants, reporting) for found in _of(module)}
"""Every invariant by its name."""
