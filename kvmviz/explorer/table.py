"""Things by number, so that each is written, sent or compared once.

>>> table = Table()
>>> [table(thing) for thing in ("a", "b", "a")], table.things
([0, 1, 0], ['a', 'b'])
"""

from collections.abc import Hashable
from typing import Any


class Table:
    """Numbers things in the order of their first use."""

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}

    def __call__(self, thing: Hashable) -> int:
        """Return the number of a thing."""
        return self.numbers.setdefault(thing, len(self.numbers))

    @property
    def things(self) -> list[Any]:
        """Everything that was numbered, in order."""
        return list(self.numbers)
