"""What a directive shows: a scenario, one or two revisions, a step.  This file knows nothing of Sphinx.

>>> view = read("fail=L1@0x200", revisions="before, v1")
>>> view.step, view.revisions
(62, ('before', 'v1'))
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from kvmviz.commands.common import find_revision
from kvmviz.draw.lockstep import Lockstep
from kvmviz.errors import KvmvizError
from kvmviz.revisions import Revision, RevisionError
from kvmviz.scenario import Scenario, ScenarioError
from kvmviz.scenario.link import Link

REVISIONS: Final = ("before", "v1")
"""What is shown unless something else is named."""

_NEAR: Final = re.compile(r"\s*,\s*")

_FILE: Final = re.compile(r"(?P<path>.+\.(?:c|h|py|patch|diff|eml|mbox))(?::[^:]*)?", re.IGNORECASE)


@dataclass(frozen=True)
class View:
    """A view: the scenario line, the revisions as they were named, files from the project's folder on, and the step."""

    scenario: str
    revisions: tuple[str, ...]
    step: int

    def link(self, folder: Path) -> Link:
        """Return the link that opens it in the project's page, where a revision of a file has a name of its own."""
        names = tuple(one.name for one in self.classes(folder))
        return Link(Scenario.parse(self.scenario), self.step, names)

    def classes(self, folder: Path) -> list[type[Revision]]:
        """Return the revisions; raise KvmvizError with one sentence."""
        return [find(one, folder) for one in self.revisions]

    def lockstep(self, folder: Path) -> Lockstep:
        """Return what is seen, step by step; raise KvmvizError with one sentence."""
        return Lockstep.of(self.classes(folder), self.scenario)


def read(
    line: str, *, revisions: str | None = None, step: str | None = None, tree: str | None = None,
    folder: Path = Path(), below: Path = Path(), own: Mapping[str, str] | None = None,
) -> View:  # fmt: skip
    """Return what a line and the options beside it say; raise KvmvizError with one sentence.

    `own` are files of the project by the names of their revisions.

    A file among the revisions is named from the document's own folder on, which is
    `below` the project's `folder`, or from the latter on with a slash before it.
    Without a step it is where two sides first part; at the end, if they never do or
    there is only one.
    """
    link = Link.parse(_with(line, tree=tree, step=step, revisions=revisions))
    known = own or {}
    names = tuple(known.get(one) or _from_here(one, below) for one in link.revisions or REVISIONS)
    view = View(str(link.scenario), names, link.step or 0)
    rows = view.lockstep(folder)
    if link.step is None:
        return View(view.scenario, names, parting(rows))
    if link.step > len(rows):
        raise ScenarioError(f"step={link.step}: there is no such step; use 0 to {len(rows)}.")
    return view


def _with(line: str, **options: str | None) -> str:
    """Return the line with the options in it as words; raise ScenarioError if one stands in both."""
    words = line.split()
    for key, value in options.items():
        if value is None:
            continue
        if any(word.startswith(f"{key}=") for word in re.split(r"[\s&#]+", line)):
            raise ScenarioError(f"{key} stands in the line and in :{key}: below it; give it once.")
        word = _NEAR.sub(",", value.strip())
        if re.search(r"\s", word):
            right = "a comma stands between two, as in before, v1" if key == "revisions" else "it takes one word"
            raise ScenarioError(f":{key}: {word} has a space; {right}.")
        words.append(f"{key}={word}")
    return " ".join(words)


def _from_here(name: str, below: Path) -> str:
    """Return a revision as the whole project names it."""
    if not _FILE.fullmatch(name):
        return name
    return name.lstrip("/") if name.startswith("/") else (below / name).as_posix()


def file_of(name: str, folder: Path) -> Path | None:
    """Return the file that a revision is read from, None if it has a name of its own.

    >>> file_of("src/mine.c:v1", Path("docs")).as_posix(), file_of("v1", Path("docs"))
    ('docs/src/mine.c', None)
    """
    found = _FILE.fullmatch(name)
    return folder / found["path"] if found else None


def own_names(revisions: Sequence[str], folder: Path) -> Mapping[str, str]:
    """Return those of a project's revisions that are files, by what each calls itself; one that cannot be read is none.

    >>> own_names(["v1", "nowhere.c"], Path())
    {}
    """
    files = [(one, file) for one in revisions if (file := file_of(one, folder)) is not None and file.is_file()]
    return _own_names(folder, tuple((one, file.stat().st_mtime_ns) for one, file in files))


@cache
def _own_names(folder: Path, files: Sequence[tuple[str, int]]) -> Mapping[str, str]:
    found = {}
    for one, _ in files:
        with suppress(KvmvizError):  # it is a warning where the page is written
            found[find(one, folder).name] = one
    return found


def find(name: str, folder: Path) -> type[Revision]:
    """Return the revision; raise KvmvizError with one sentence.  A Python file is run, as `conf.py` is."""
    if name.startswith("kernel:") or name in ("-", "/dev/stdin"):
        raise RevisionError(f"{name}: name a revision or a file of the project, as in v1, mine.c or mine.patch:new.")
    return find_revision(str(folder / name) if _FILE.fullmatch(name) else name)


def parting(rows: Lockstep) -> int:
    """Return the step at which two sides first do something else, the last if there is none."""
    return next((number for number, (_, _, same) in enumerate(rows.rows, 1) if not same), len(rows))
