"""The one page that a project's views open: written when the build ends, and only if it would be another one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sphinx.application import Sphinx
from sphinx.util import logging

from kvmviz.errors import KvmvizError
from kvmviz.explorer.offline import space
from kvmviz.explorer.offline.document import check_names, whole
from kvmviz.explorer.offline.encode import carried
from kvmviz.explorer.offline.writing import write_whole
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario, ScenarioError
from kvmviz.sphinx.nodes import views_of
from kvmviz.sphinx.pages import PAGE, STATIC, is_live
from kvmviz.sphinx.view import View, file_of, find
from kvmviz.version import __version__

LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Carried:
    """What a page holds: whole trees, with every fault of them, and other scenarios alone."""

    trees: tuple[str, ...]
    revisions: tuple[str, ...]
    views: tuple[View, ...]

    @staticmethod
    def of(views: Sequence[View], trees: Sequence[str] | None, more: Sequence[str]) -> "Carried":
        """Return what these views need; without trees those of theirs that are small enough to be carried whole."""
        shown = tuple(sorted(set(views), key=lambda view: (view.scenario, view.revisions, view.step)))
        if trees is None:
            trees = sorted({str(tree) for view in shown if _is_small(tree := Scenario.parse(view.scenario).tree)})
        names = dict.fromkeys([*(name for view in shown for name in view.revisions), *more])
        return Carried(tuple(trees), tuple(names), shown)

    def classes(self, folder: Path) -> list[type[Revision]]:
        """Return the revisions; raise KvmvizError with one sentence if a page could not tell two apart."""
        found = [find(name, folder) for name in self.revisions]
        check_names([one.name for one in found])
        return found

    def digest(self, folder: Path) -> str:
        """Return what tells this page from others: all that goes into it."""
        files = [file.read_bytes() for name in self.revisions if (file := file_of(name, folder)) is not None]
        parts = [repr(self).encode(), __version__.encode(), *files, *(file.read_bytes() for file in _INSIDE)]
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def page(self, folder: Path) -> str:
        """Return the page; it opens on the first view.  Raises KvmvizError with one sentence."""
        chosen = self.classes(folder)
        pamt = any(one.dynamic_pamt for one in chosen)
        wanted = [Scenario.parse(view.scenario) for view in self.views]
        if self.trees:  # then the named cases and every status are there, as in any page
            named = space.single(self.trees, pamt=pamt)
            wanted = [*named, *(one for one in wanted if not space.carries(self.trees, one, pamt=pamt))]
        data = carried(self.trees, chosen, self.views[0].link(folder), list(dict.fromkeys(wanted)))
        return whole(data, chosen, _within(self.digest(folder)))


_INSIDE: Final = (STATIC / "inside.css", STATIC / "inside.js")
"""What the page does within another one: it is as high as what it shows, and as light or dark as what is around it."""


def _within(digest: str) -> str:
    css, script = (file.read_text(encoding="utf-8") for file in _INSIDE)
    return f'<meta name="kvmviz-holds" content="{digest}">\n<style>{css}</style>\n<script>{script}</script>\n'


def _is_small(tree: object) -> bool:
    try:
        return bool(space.pages(str(tree)))
    except ScenarioError:
        return False


def write(app: Sphinx, failed: Exception | None) -> None:
    """Write what the project's views need, or take it away if there is none; warn if it cannot be made."""
    if failed is not None or not is_live(app.builder):
        return
    path, folder = Path(app.outdir) / PAGE, Path(app.srcdir)
    views = [view for shown in views_of(app.env).values() for view in shown]
    if not views:
        path.unlink(missing_ok=True)
        return
    try:
        wanted = Carried.of(views, app.config.kvmviz_trees, app.config.kvmviz_revisions)
        if not _holds(path, wanted.digest(folder)):
            write_whole(path, wanted.page(folder), replace=True)
            LOG.info("kvmviz: wrote %s, %s views", PAGE, len(views))
    except (KvmvizError, OSError) as error:
        LOG.warning("kvmviz: %s", error, type="kvmviz", subtype="page")


def _holds(path: Path, digest: str) -> bool:
    return path.is_file() and digest in path.read_text(encoding="utf-8")
