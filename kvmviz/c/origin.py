"""What a revision from C is made of, as data: what ran from C, what came from the base, what was passed over."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kvmviz.c.conditions import Choice
from kvmviz.c.passing import PassedOver
from kvmviz.c.recipe import Recipe

if TYPE_CHECKING:
    from kvmviz.schema import answers


@dataclass(frozen=True, slots=True)
class Fragment:
    """The C that a translated function was made from: what the code panel shows."""

    function: str
    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Ran:
    """One function of a revision: where it comes from, `C` or the base's name; `file` and `line` of the C."""

    name: str
    source: str
    file: str | None = None
    line: int | None = None

    def to_json(self) -> "answers.OriginFunction":
        """Return it for JSON."""
        return {"name": self.name, "from": self.source, "file": self.file, "line": self.line}


@dataclass(frozen=True)
class Origin:
    """Where a revision's functions come from.

    `recipe` holds the C by file name; `functions` every changeable function, and every
    other that runs from C; `helpers` functions of the C that these call; `unused`
    functions of the C that nothing reached; `passed_over` what is not run;
    `choices` how each `#if` was settled; `base_by` says how the base was chosen;
    `guard` bounds a run; `remake` makes the revision anew on a base, in another process.
    """

    recipe: Recipe
    base: str
    base_by: str
    functions: tuple[Ran, ...]
    helpers: tuple[Ran, ...]
    unused: tuple[str, ...]
    passed_over: tuple[PassedOver, ...]
    choices: tuple[Choice, ...]
    guard: Callable[[str, int, object], AbstractContextManager[None]]
    remake: Callable[[Any, str], Any]

    @property
    def from_c(self) -> tuple[Ran, ...]:
        """The functions that run from C."""
        return tuple(f for f in self.functions if f.source == "C")

    @property
    def from_base(self) -> tuple[Ran, ...]:
        """The functions that the base has."""
        return tuple(f for f in self.functions if f.source != "C")

    def sentences(self) -> tuple[str, ...]:
        """Return what every answer says of it, a sentence each."""
        mine = ", ".join(f"{f.name} ({f.file}:{f.line})" for f in (*self.from_c, *self.helpers))
        theirs = ", ".join(f.name for f in self.from_base)
        said = [f"From C: {mine}.", f"From {self.base} ({self.base_by}): {theirs}." if theirs else ""]
        if self.passed_over:
            said.append(f"Passed over: {'; '.join(map(str, self.passed_over))}.")
        left_out = [str(choice) for choice in self.choices]
        if left_out:
            said.append(f"Settled: {'; '.join(left_out)}.")
        if self.unused:
            said.append(f"Not used: {', '.join(self.unused)}.")
        return tuple(filter(None, said))

    def to_json(self) -> "answers.Origin":
        """Return it for JSON."""
        return {
            "base": self.base, "base_by": self.base_by,
            "functions": [f.to_json() for f in (*self.functions, *self.helpers)], "unused": list(self.unused),
            "passed_over": [
                {"name": p.name, "file": p.file, "line": p.line, "why": p.why} for p in self.passed_over
            ],
            "choices": [{"file": c.file, "line": c.line, "directive": c.directive, "kept": c.kept}
                        for c in self.choices],
        }  # fmt: skip
