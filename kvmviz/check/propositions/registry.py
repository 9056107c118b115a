"""A claim is a function over runs, with its source and what it says in our words.

>>> from kvmviz.check.propositions.verdict import not_checkable
>>> @claim("X1", "B16", "Water is wet.")
... def wet(_):
...     return not_checkable("There is no water here.")
>>> wet.proposition, wet.verdict(Runs()).verdict
('Water is wet.', 'not checkable here')
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kvmviz.check.propositions.facts import Facts
from kvmviz.check.propositions.messages import MESSAGES
from kvmviz.check.propositions.sampling import facts_of, sample
from kvmviz.check.propositions.verdict import Finding, Verdict
from kvmviz.revisions import EVERY, PATCHED, Revision
from kvmviz.scenario import Scenario

AFTER: Final = PATCHED
"""The revisions with the patch."""


class Runs:
    """The runs that claims are asked of: every revision over the sample.

    `instead` puts another revision in the place of one of the project's, by name.
    """

    def __init__(self, instead: Mapping[str, type[Revision]] | None = None) -> None:
        self._revisions = {**EVERY, **(instead or {})}
        self._looked_at: set[str] = set()

    def revision(self, name: str) -> type[Revision]:
        """Return a revision by name, and remember that it was looked at."""
        self._looked_at.add(name)
        return self._revisions[name]

    def looked_at(self) -> tuple[str, ...]:
        """Return the revisions that were looked at since this was asked last, in their order of time."""
        found, self._looked_at = self._looked_at, set()
        return tuple(name for name in EVERY if name in found)

    def of(self, name: str) -> Iterator[tuple[Scenario, Facts]]:
        """Yield every scenario of the sample with its facts under this revision, simplest first."""
        return zip(sample(), facts_of(self.revision(name)), strict=True)

    def both(self, a: str, b: str) -> Iterator[tuple[Scenario, Facts, Facts]]:
        """Yield every scenario with its facts under two revisions."""
        return zip(sample(), facts_of(self.revision(a)), facts_of(self.revision(b)), strict=True)

    def all(self, *names: str) -> Iterator[tuple[Scenario, tuple[Facts, ...]]]:
        """Yield every scenario with its facts under each of these revisions."""
        return zip(sample(), zip(*(facts_of(self.revision(name)) for name in names), strict=True), strict=True)

    def tree(self, name: str, function: str) -> ast.FunctionDef:
        """Return the syntax tree of a revision's function, without its docstring."""
        source = textwrap.dedent(inspect.getsource(self.revision(name).functions[function]))
        tree = ast.parse(source).body[0]
        if not isinstance(tree, ast.FunctionDef):
            raise TypeError(f"{function} of {name} is no function")
        if ast.get_docstring(tree) is not None:
            del tree.body[0]
        return tree


Answer = Callable[[Runs], Finding]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim: its id, the key of its source in `MESSAGES`, the proposition, and the function that answers it."""

    id: str
    message: str
    proposition: str
    answer: Answer

    def verdict(self, runs: Runs) -> Verdict:
        """Put the claim to the test."""
        runs.looked_at()
        source, found = MESSAGES[self.message], self.answer(runs)
        return Verdict(
            self.id, source.who, source.when, source.where, self.proposition, found.verdict, found.scenarios,
            found.holds, found.witness_for, found.witness_against, found.why, runs.looked_at(),
        )  # fmt: skip


def claim(id: str, message: str, proposition: str) -> Callable[[Answer], Claim]:
    """Make a claim of the function that answers it."""
    return lambda answer: Claim(id, message, proposition, answer)


def reads(tree: ast.AST, name: str) -> bool:
    """Say whether code reads a variable of this name."""
    return any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in ast.walk(tree))


def writes(tree: ast.AST, attribute: str) -> bool:
    """Say whether code assigns to an attribute of this name."""
    stores = (n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
    return any(n.attr == attribute for n in stores)


def uses_result(tree: ast.AST, call: str) -> bool:
    """Say whether code does anything with what a call of this name returns."""
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func).rpartition(".")[2] == call]
    bare = [n.value for n in ast.walk(tree) if isinstance(n, ast.Expr)]
    return any(n not in bare for n in calls)
