"""What an invariant is: a sentence, a premise, and the function that holds a run against it.

>>> @invariant("Nothing happens.", "something could")
... def validate_quiet(seen: Observation) -> bool:
...     return True
>>> rules_of({"validate_quiet": validate_quiet})
[Invariant(name='quiet', statement='Nothing happens.', premise='something could')]

Statement and premise are data, as reports print them; Python may drop docstrings.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from kvmviz.check.observation import Observation

PREFIX: Final = "validate_"

Validator = Callable[[Observation], bool]
"""Returns whether the premise was met; raises InvariantError with one sentence if the run broke the invariant."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """An invariant: its name, what it says, when it is put to the test, and the function that does."""

    name: str
    statement: str
    premise: str
    validate: Validator = field(repr=False)


_RULES: Final[dict[Validator, Invariant]] = {}


def invariant(statement: str, premise: str) -> Callable[[Validator], Validator]:
    """Mark a function `validate_NAME` as an invariant: a sentence with its full stop, and when it is asked."""

    def mark(function: Validator) -> Validator:
        _RULES[function] = Invariant(function.__name__.removeprefix(PREFIX), statement, premise, function)
        return function

    return mark


def rules_of(names: dict[str, object]) -> list[Invariant]:
    """Return the invariants among these names of a module, in their order."""
    return [rule for function, rule in _RULES.items() if names.get(function.__name__) is function]
