"""Small projects of documentation, and building them."""

import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from sphinx.testing.util import SphinxTestApp

from kvmviz.explorer.offline.encode import unpacked

CONF = """
extensions = ["kvmviz.sphinx", "myst_parser"]
html_theme = "basic"
kvmviz_trees = []  # a page of the views alone is quick to make
man_pages = [("index", "guest", "Guest memory", "me", 7)]
version = copyright = "1"
"""


def project(folder: Path, files: Mapping[str, str], conf: str = "") -> Path:
    """A project with these documents, all of them in its table of contents."""
    folder.mkdir(exist_ok=True)
    (folder / "conf.py").write_text(CONF + conf)
    names = [Path(name).with_suffix("").as_posix() for name in files if name.endswith((".rst", ".md"))]
    contents = "".join(f"   {name}\n" for name in names if name != "index")
    for name, text in {"index.rst": "", **files}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        head = "Guest\n=====\n\n" if name.endswith(".rst") else "# Guest\n\n" if name.endswith(".md") else ""
        more = f"\n.. toctree::\n\n{contents}" if name == "index.rst" else ""
        (folder / name).write_text(head + text + more)
    return folder


def built(source: Path, builder: str = "html", **options: Any) -> tuple[Path, str]:
    """Where it was built, and the warnings without colours."""
    warnings = StringIO()
    app = SphinxTestApp(builder, srcdir=source, warning=warnings, freshenv=False, **options)
    try:
        app.build()
        return Path(app.outdir), re.sub(r"\x1b\[[\d;]*m", "", warnings.getvalue())
    finally:
        app.cleanup()


def carried(folder: Path) -> dict[str, Any]:
    """What the project's page carries."""
    text = (folder / "_static" / "kvmviz.html").read_text()
    found: dict[str, Any] = unpacked(text.partition('id="kvmviz-carried">')[2].partition("<")[0])
    return found


def scenarios(folder: Path) -> list[str]:
    """The scenarios that stand alone in the page."""
    return sorted(one[0] for one in carried(folder)["single"])
