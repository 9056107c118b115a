"""What the site's one page of explorers holds; `kvmviz.sphinx` writes it, and opens it at a view.

Notebooks, cases, claims and the front page all open this page.
"""

from pathlib import Path
from typing import Final

from kvmviz.course import puzzles
from kvmviz.course.puzzles import PUZZLES
from kvmviz.explorer.offline import space
from kvmviz.revisions import EVERY, REVISIONS, Revision
from kvmviz.scenario.link import Link

TREES = ("1x1x1", "1x1x3", "1TiB")
"""Trees that readers can choose: those that the course and the cases show; a third small one would take long."""

REVISIONS_HELD: tuple[type[Revision], ...] = (*REVISIONS.values(), EVERY["dpamt"])
"""Revisions that readers can choose: those with recorded runs, and what comes next."""

PUZZLE: Final = "puzzle-{}.c"
"""The file of a puzzle of the course, by its letter, among the sources of the site."""


_PUZZLES: Final = Path(puzzles.__file__).parent


def settings() -> str:
    """Return what Sphinx is told, as lines of `conf.py`."""
    files = [f"{PUZZLE.format(letter)}:{one.base_name}" for letter, one in PUZZLES.items()]
    names = [*(one.name for one in REVISIONS_HELD), *files]
    return f"\nkvmviz_trees = {list(TREES)!r}\nkvmviz_revisions = {names!r}\n"


def write_puzzles(folder: Path) -> None:
    """Write the C of the puzzles where Sphinx finds it."""
    for letter in PUZZLES:
        text = (_PUZZLES / f"{letter}.c").read_text(encoding="utf-8")
        (folder / PUZZLE.format(letter)).write_text(text, encoding="utf-8")


def watch(line: str, *revisions: str, words: str = "watch") -> str:
    """Return MyST that leads to a view, nothing where the page does not hold it.

    >>> watch("fail=all", "before", "v1"), watch("vcpus=2", "before", "v1")
    ('{kvmviz}`watch <tree=1x1x3 fail=all revisions=before,v1>`', '')
    """
    link = Link.parse(f"{line} revisions={','.join(revisions)}")
    return f"{{kvmviz}}`{words} <{link}>`" if holds(link) else ""


def holds(link: Link) -> bool:
    """Say whether readers can come to a view without its being shown somewhere."""
    names = {one.name for one in REVISIONS_HELD}
    pamt = any(one.dynamic_pamt for one in REVISIONS_HELD)
    return names.issuperset(link.revisions or ()) and space.carries(TREES, link.scenario, pamt=pamt)
