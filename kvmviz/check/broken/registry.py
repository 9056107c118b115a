"""The register of the revisions that are wrong on purpose."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kvmviz.revisions import Revision
from kvmviz.terms.docstrings import docstring


@dataclass(frozen=True, slots=True)
class Broken:
    """A revision that is wrong: the class, what is amiss, and the name of the invariant that it breaks."""

    revision: type[Revision]
    what: str
    breaks: str


BROKEN_PAMT: Final[dict[str, Broken]] = {}
"""Those that are wrong about Dynamic PAMT, which build on `dpamt`."""

BROKEN: Final[dict[str, Broken]] = {}
"""Every other of them by its name."""


def breaks(invariant: str) -> Callable[[type[Revision]], type[Revision]]:
    """Enter a revision into its register with the invariant that it breaks; its docstring says what is amiss."""

    def enter(cls: type[Revision]) -> type[Revision]:
        register = BROKEN_PAMT if cls.dynamic_pamt else BROKEN
        register[cls.name] = Broken(cls, docstring(cls), invariant)
        return cls

    return enter
