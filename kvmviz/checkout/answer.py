"""`kernel`: which of a tree's functions run in the model, and which known revision its behaviour is equal to."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kvmviz.apart.pool import workers
from kvmviz.c import bug_macro
from kvmviz.c.passing import PassedOver
from kvmviz.c.program import ALIASES
from kvmviz.check.nearest import Likeness, likeness
from kvmviz.check.space import Space
from kvmviz.kvm.linking import REPLACEABLE
from kvmviz.machine.callchain import function_of, is_kernel
from kvmviz.patches.making import Made, from_tree
from kvmviz.patches.tree import FILES, Tree, name_of, read_tree
from kvmviz.record.runs import run
from kvmviz.revisions import CHANGEABLE, LEAF_NAMES, Revision
from kvmviz.terms.columns import WIDTH, paragraph
from kvmviz.version import SCHEMA, __version__

if TYPE_CHECKING:
    from kvmviz.schema import answers

FOLLOWED: Final = tuple(
    name for name, function in REPLACEABLE.items() if is_kernel(function) and function_of(function).path in FILES
)
"""Functions of the model, besides the changeable ones, that follow one of a tree's two files."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A function that the model has: where the tree has it, whether it ran from there, and if not why."""

    name: str
    file: str | None
    line: int | None
    ran: bool
    why: str

    def to_json(self) -> "answers.Followed":
        """Return it for JSON."""
        return {"name": self.name, "file": self.file, "line": self.line, "ran": self.ran, "why": self.why}


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the tree, and the function that it is in."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} ({self.function})"


class Kernel:
    """What was found in a tree.

    `revision` is the tree as a revision, for `run`, `check`, `compare` and the
    explorer; `version` what it says of itself; `space` what it is compared over.
    """

    def __init__(self, tree: Tree, made: Made, space: Space, executor: Executor | None) -> None:
        self.folder = tree.folder
        self.version = str(tree.version)
        self.revision: type[Revision] = made.revision
        self.space = space
        self._made = made
        self._executor = executor
        self._places = {
            name: (definition.file, definition.line)
            for unit in made.units
            for name, definitions in unit.functions.items()
            for definition in definitions[:1]
        }
        self._places.update({one.name: (one.file, one.line) for one in made.revision.origin.from_c
                             if one.name == bug_macro.MODEL})  # fmt: skip

    @cached_property
    def functions(self) -> tuple[Followed, ...]:
        """Every function of these two files that the model has: whether it ran from the tree, and if not why."""
        leaf = next((name for name in LEAF_NAMES if name in self._places), LEAF_NAMES[-1])
        names = [name for name in CHANGEABLE if name not in LEAF_NAMES]
        return tuple(map(self._followed, (*names, leaf, *sorted(FOLLOWED), bug_macro.MODEL)))

    def _followed(self, name: str) -> Followed:
        theirs = next((n for n in (name, *(a for a, model in ALIASES.items() if model == name))
                       if n in self._places), None)  # fmt: skip
        if theirs is None:
            return Followed(name, None, None, False, "not in the tree's two files under this name")
        file, line = self._places[theirs]
        refused = self._made.refused.get(theirs)
        if refused is not None:
            return Followed(name, file, line, False, str(refused))
        return Followed(name, file, line, True, "" if theirs == name else f"there as {theirs}")

    @property
    def passed_over(self) -> tuple[PassedOver, ...]:
        """Calls of the C that were passed over, since they do nothing that the model shows."""
        found: tuple[PassedOver, ...] = self.revision.origin.passed_over
        return found

    @cached_property
    def likeness(self) -> Likeness:
        """Which of the project's revisions the tree behaves like over the space; the first look at it runs it."""
        return likeness(self.revision, self.space, self._executor or workers())

    @cached_property
    def parts_at(self) -> Place | None:
        """The line of the tree at which it parts from the nearest revision, None if it is equal to one."""
        found = self.likeness
        if found.first is None:
            return None
        steps = run(self.revision, found.first).steps
        files = {file for file, _ in self._places.values()}
        where = steps[min(found.step, len(steps)) - 1].where if steps else ()
        for location in reversed(where):
            file = self._file_of(location.source, files)
            if file:
                return Place(file, location.line, location.function.name)
        return None

    def _file_of(self, source: str, files: set[str]) -> str:
        """Return the tree's file that a frame stands in, empty for the model's own."""
        return next((file for file in files if self._sources.get(source) == file), "")

    @cached_property
    def _sources(self) -> Mapping[str, str]:
        """The tree's files by the key of each function that runs from one."""
        functions = self.revision.functions.values()
        return {
            f"{function.__module__}:{function.__qualname__}": function.__dict__["c_source"].file
            for function in functions if "c_source" in function.__dict__
        }  # fmt: skip

    @property
    def status(self) -> int:
        """The exit status: 0 if the tree is equal to a known revision, 1 if to none."""
        return 0 if self.likeness.same_as else 1

    def to_json(self) -> "answers.Kernel":
        """Return everything for JSON."""
        found, place, base = self.likeness, self.parts_at, self.revision.base_name
        assert base is not None  # a tree's revision builds on one of the project's
        return {
            "kvmviz": __version__, "schema": SCHEMA, "version": self.version, "revision": self.revision.name,
            "base": base, "base_by": self._made.base_by, "space": str(self.space),
            "functions": [one.to_json() for one in self.functions], **found.to_json(),
            "parts_at": None if place is None else {"file": place.file, "line": place.line,
                                                    "function": place.function},
            "passed_over": [{"name": p.name, "file": p.file, "line": p.line, "why": p.why} for p in self.passed_over],
        }  # fmt: skip

    def __str__(self) -> str:
        return kernel_text(self)

    def __repr__(self) -> str:
        return f"kvmviz.kernel({str(self.folder)!r})"


def kernel(folder: str | Path, *, space: Space = "quick", executor: Executor | None = None) -> Kernel:
    """Read a Linux tree and run its own C in the model.

    `folder` is a checkout, or any folder with arch/x86/kvm/vmx/tdx.c and
    arch/x86/kvm/mmu/tdp_mmu.c; `space` what it is compared over (`quick`, `default`,
    a tree, scenarios).  Nothing is written there, and nothing of it is executed.
    Raises PatchTextError or CError, in one sentence, where nothing can be read.
    """
    tree = read_tree(folder)
    made = from_tree(tree, name=name_of(Path(folder)))
    return Kernel(tree, made, space, executor)


def kernel_text(found: Kernel, width: int = WIDTH) -> str:
    """Return the answer: the version, what it is equal to, which functions ran and which did not."""
    return "\n".join(_lines(found, width))


def _lines(found: Kernel, width: int) -> Iterator[str]:
    yield paragraph(f"{found.folder}: {found.version or 'no Makefile and no git to tell a version'}", width=width)
    yield ""
    yield found.likeness.text(width)
    place = found.parts_at
    if place is not None:
        yield paragraph(f"It parts at {place}.", width=width)
    ran = [one for one in found.functions if one.ran]
    refused = [one for one in found.functions if not one.ran and one.file]
    absent = [one for one in found.functions if not one.file]
    yield from _table(f"From the tree ({len(ran)})", ran, width)
    base = found.revision.base_name
    yield from _reasons(f"There, and not run; {base} or the model has them ({len(refused)})", refused, width)
    if absent:
        yield ""
        yield paragraph(f"Not in the tree under these names ({len(absent)}):", width=width)
        yield paragraph(", ".join(one.name for one in absent), "  ", width)
    if found.passed_over:
        yield ""
        yield paragraph("Passed over, since the model shows nothing of it:", width=width)
        for one in found.passed_over:
            yield paragraph(f"{one.name} ({_short(one.file)}:{one.line}): {one.why}", "  ", width)
    yield ""
    yield paragraph("What did not run from the tree is not spoken of here.", width=width)


def _table(head: str, functions: Iterable[Followed], width: int) -> Iterator[str]:
    yield ""
    yield paragraph(f"{head}:", width=width)
    for one in functions:
        note = f"  {one.why}" if one.why else ""
        yield f"  {one.name:<36} {_short(one.file)}:{one.line}{note}"


def _reasons(head: str, functions: list[Followed], width: int) -> Iterator[str]:
    if not functions:
        return
    yield ""
    yield paragraph(f"{head}:", width=width)
    for one in functions:
        reason = one.why.removeprefix(f"{one.file}:")
        yield paragraph(f"{one.name}, {_short(one.file)}:{reason}", "  ", width)


def _short(file: str | None) -> str:
    return (file or "").rpartition("/")[2]
