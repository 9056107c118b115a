"""Build the site into `site`, a link to the last whole build that is swapped by one rename.

A build that fails or is killed leaves the old site as it was.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

from docs import live, pages, twin
from docs.links import broken

HERE = Path(__file__).parent
ROOT = HERE.parent
BUILDS = ROOT / "build"
LINK = ROOT / "site"


def main() -> int:
    """Build, check the links, and put the new site in the place of the old."""
    BUILDS.mkdir(exist_ok=True)
    shutil.rmtree(BUILDS / "jupyter_execute", ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=BUILDS, prefix="source-") as source:
        prepare(Path(source))
        built = Path(tempfile.mkdtemp(dir=BUILDS, prefix="site-"))
        command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", source, str(built)]
        if subprocess.run(command, check=False).returncode:
            shutil.rmtree(built)
            return 1
    runs = twin.bring(built)
    if problems := broken(built):
        print("\n".join(problems), file=sys.stderr)
        shutil.rmtree(built)
        return 1
    swap(built)
    print(f"site: {len(list(built.rglob('*.html')))} pages, every link leads somewhere; open site/index.html")
    print("site: its notebooks run in the browser" if runs else "site: make lite first, and its notebooks can be run")
    return 0


def prepare(source: Path) -> None:
    """Gather the pages: those written by hand, the notebooks, and those that are computed."""
    for item in ("commands.md", "sphinx.md", "_static"):
        copy = shutil.copytree if (HERE / item).is_dir() else shutil.copy
        copy(HERE / item, source / item)
    conf = (HERE / "conf.py").read_text(encoding="utf-8")
    (source / "conf.py").write_text(conf + live.settings(), encoding="utf-8")
    live.write_puzzles(source)
    (source / "notebooks").mkdir()
    for path in sorted((ROOT / "notebooks").glob("*.*")):
        gather(path, source / "notebooks")
    for name, write in {"index": pages.front, "cases": pages.cases, "claims": pages.claims, "api": pages.api}.items():
        (source / f"{name}.md").write_text(write(), encoding="utf-8")


def gather(path: Path, folder: Path) -> None:
    """Take in a file of the course, a notebook with the way to its live twin."""
    if path.suffix in (".md", ".svg"):
        shutil.copy(path, folder)
    elif path.suffix == ".ipynb":
        notebook = nbformat.read(path, as_version=4)
        twin.join(notebook, path.name)
        nbformat.write(notebook, folder / path.name)


def swap(built: Path) -> None:
    """Let the link point to the new build in one step, then clear older builds away."""
    built.chmod(0o755)
    fresh = BUILDS / f"link-{built.name}"
    fresh.symlink_to(os.path.relpath(built, LINK.parent))
    fresh.replace(LINK)
    for old in BUILDS.glob("site-*"):
        if old != built:
            shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
