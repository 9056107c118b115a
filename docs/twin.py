"""Each notebook's live twin: the folder that `make lite` has built stands in the site, and pages lead there.

Where it was not built, the site has no such links.
"""

import shutil
from pathlib import Path
from typing import Any, Final

from docs.lite.__main__ import TARGET as LITE

FOLDER: Final = "lite"
"""Where in the site the folder stands."""


def page(name: str) -> str:
    """Return where in that folder a notebook runs: alone, since JupyterLab would open again all that was open before.

    >>> page("00-start-here.ipynb")
    'notebooks/index.html?path=00-start-here.ipynb'
    """
    return f"notebooks/index.html?path={name}"


def link(name: str) -> str:
    """Return the Markdown that leads from a notebook's page to its live twin.

    >>> link("00-start-here.ipynb")[:70]
    '<p><a href="../lite/notebooks/index.html?path=00-start-here.ipynb">Run'
    """
    return f'<p><a href="../{FOLDER}/{page(name)}">Run this page</a>, with nothing installed</p>'


def join(notebook: Any, name: str, lite: Path | None = None) -> bool:
    """Put the link below the title of a notebook, if its twin is there; return whether it is."""
    if not ((lite or LITE) / "files" / name).exists():
        return False
    first = notebook.cells[0]
    title, _, rest = first.source.partition("\n")
    first.source = f"{title}\n\n{link(name)}\n{rest}"
    return True


def bring(site: Path, lite: Path | None = None) -> bool:
    """Copy the folder into the site, if it was built; return whether it was."""
    found = lite or LITE
    if found.exists():
        shutil.copytree(found, site / FOLDER)
    return found.exists()
