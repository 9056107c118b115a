"""Where a function's names live while it is translated: parameters, locals, blocks, and what was found out of them."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import TYPE_CHECKING

from kvmviz.c.refuse import CError, refused
from kvmviz.c.syntax import Definition
from kvmviz.c.types import Type

if TYPE_CHECKING:
    from tree_sitter import Node

MARK = "\u00e9"
"""What names of C cannot hold here, since the text is made ASCII: it marks those of ours that Python must accept."""

VM = f"vm{MARK}"
"""The implicit first argument of every translated function: the VM."""


class Again(Exception):
    """A variable turned out to hold an object of the model: the function is translated once more."""


@dataclass(slots=True)
class Local:
    """A variable: its name in Python, its type, and whether its address is taken."""

    name: str
    type: Type
    boxed: bool
    declared: int

    def load(self) -> ast.expr:
        """Return Python that reads it."""
        place = ast.Name(self.name, ast.Load())
        return ast.Attribute(place, "v", ast.Load()) if self.boxed else place


@dataclass
class Scope:
    """The names of one function.

    `kinds` holds, by where a variable is declared, the type that it was found to
    have; it outlives a translation, which begins anew whenever it grows.
    """

    definition: Definition
    kinds: dict[int, Type]
    boxed: frozenset[str] = frozenset()
    blocks: list[dict[str, Local]] = field(default_factory=lambda: [{}])
    used: set[str] = field(default_factory=set)
    temporaries: int = 0
    line: int = 0
    inner: list[ast.stmt] = field(default_factory=list)
    """Functions of Python that the one being translated begins with: its statement expressions."""

    def declare(self, name: str, type: Type, at: int) -> Local:
        """Enter a variable into the innermost block; one that hides another gets a name of its own in Python."""
        python, number = name, 2
        while python in self.used or iskeyword(python) or python == "__debug__":
            python, number = f"{name}{MARK}{number}", number + 1
        self.used.add(python)
        local = Local(python, self.kinds.get(at, type), name in self.boxed, at)
        self.blocks[-1][name] = local
        return local

    def find(self, name: str) -> Local | None:
        """Return the variable that a name means here."""
        return next((block[name] for block in reversed(self.blocks) if name in block), None)

    def temporary(self) -> str:
        """Return a name for a value in between."""
        self.temporaries += 1
        return f"#t{self.temporaries}"

    def learn(self, at: int, type: Type) -> None:
        """Note the type that a variable was found to have, and begin anew."""
        if self.kinds.get(at) != type:
            self.kinds[at] = type
            raise Again

    @property
    def counts_entries(self) -> bool:
        """Whether the function asks how many entries a page table has, which are fewer in the model."""
        return "ENT_PER_PAGE" in self.definition.text

    @contextmanager
    def block(self) -> Iterator[None]:
        """Open a block of names."""
        self.blocks.append({})
        try:
            yield
        finally:
            self.blocks.pop()

    def refused(self, node: "Node | None", what: str, instead: str = "") -> CError:
        """Return the error for a construct of this function."""
        line = node.start_point.row + 1 if node is not None else self.line or self.definition.line
        for name, asked in self.definition.unit.prepared.typeofs.items():
            what = what.replace(name, f"typeof({asked})")
        return refused(self.definition.file, line, what, instead)
