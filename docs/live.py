"""The live explorer in the site: offline pages beside the others, and frames that open one at a view.

A notebook's stored output says in its metadata which view it shows; where a page
carries that view, the frame takes the picture's place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

from kvmviz.course.puzzles import PUZZLES
from kvmviz.explorer.offline import space
from kvmviz.explorer.offline.document import page
from kvmviz.revisions import EVERY, REVISIONS, Revision
from kvmviz.scenario.link import Link


@dataclass(frozen=True)
class Live:
    """An offline page of the site: its file, and what it carries."""

    file: str
    trees: tuple[str, ...]
    revisions: tuple[type[Revision], ...]

    def carries(self, link: Link) -> bool:
        """Say whether the page holds this view."""
        names = {one.name for one in self.revisions}
        pamt = any(one.dynamic_pamt for one in self.revisions)
        return names.issuperset(link.revisions or ()) and space.carries(self.trees, link.scenario, pamt=pamt)

    def write(self, folder: Path) -> None:
        """Write the page into a folder."""
        (folder / self.file).write_text(page(self.trees, self.revisions), encoding="utf-8")


PAGES: Final = (
    Live("explorer.html", ("1x1x1", "1x1x3", "1TiB"), tuple(REVISIONS.values())),
    Live("puzzles.html", ("1x1x3",), (REVISIONS["v1"], *PUZZLES.values())),
    Live("next.html", ("1x1x3",), (EVERY["landed"], EVERY["dpamt"])),
)
"""What the site brings: every revision with recorded runs, the puzzles of the course, and what comes next.

Of the trees those that the course and the cases show; a third small one would take three times as long as all the rest.
"""


def address(link: str | Link, pages: Sequence[Live] | None = None) -> str | None:
    """Return where in the site a view can be watched, None if no page holds it.

    >>> address("fail=L1@0x200 step=62 revisions=before,v1")
    'explorer.html#tree=1x1x3&fail=L1@0x200&step=62&revisions=before,v1'
    """
    wanted = link if isinstance(link, Link) else Link.parse(link)
    found = next((one for one in (PAGES if pages is None else pages) if one.carries(wanted)), None)
    return f"{found.file}#{wanted.fragment()}" if found else None


def frame(where: str, *, below: bool = True) -> str:
    """Return the HTML that shows the explorer at an address, with a way to open it on a page of its own.

    `below` says whether the page that it stands in is in a folder, far down on which it may wait until it is seen.
    """
    at, lazy = escape(f"../{where}" if below else where, quote=True), ' loading="lazy"' if below else ""
    return (
        f'<iframe class="explorer" title="the explorer"{lazy} src="{at}"></iframe>'
        f'<p><a href="{at}" target="_blank">Open this view on a page of its own</a></p>'
    )


def enliven(notebook: Any, pages: Sequence[Live] | None = None) -> int:
    """Put frames where a notebook shows the explorer, and return how many."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    found = 0
    for output in outputs:
        link = output.get("metadata", {}).get("kvmviz", {}).get("link")
        if link and (where := address(link, pages)):
            output.data = {"text/html": frame(where)}
            found += 1
    return found
