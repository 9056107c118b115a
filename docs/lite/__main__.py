"""Build the course into `dist/lite`: JupyterLite, Python, the notebooks, and all that they import.

A folder of static files; any server of such files shows it, and nothing in it asks
another address for anything.  What it is built of is pinned in `tools.txt`,
`wheels.txt` and `package.json` beside this file.  A build that fails leaves the old
folder as it was.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from docs.lite import bring
from docs.lite.contents import write_contents, write_figures
from docs.lite.early import start_early
from docs.lite.python import write_python

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
TARGET: Final = ROOT / "dist" / "lite"
APPS: Final = ("lab", "notebooks")
LIST: Final = "tree"
"""The list of files, to which a notebook's page has a way back."""

UNUSED: Final = ("@jupyter-notebook/notebook-extension:tab-icon",)
"""Extensions that are switched off; this one asks for icons that JupyterLite does not have."""

SETTINGS: Final[dict[str, Any]] = {
    # No news, no updates, no question: nothing may be asked of another address.
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}
"""Settings of JupyterLab that differ from its own."""


def main() -> int:
    """Build the folder and say how large it is."""
    with tempfile.TemporaryDirectory(dir=_made(ROOT / "build"), prefix="lite-") as folder:
        built = Path(folder) / "lite"
        build(built)
        _swap(built, TARGET)
    size = sum(file.stat().st_size for file in TARGET.rglob("*") if file.is_file())
    print(f"lite: {size / 1e6:.0f} MB; serve it: python -m http.server -d {TARGET.relative_to(ROOT)}")
    return 0


def build(target: Path) -> None:
    """Build everything into a folder that is not there yet."""
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    with tempfile.TemporaryDirectory() as python:
        brought = bring.everything(_made(ROOT / "build" / "brought"), Path(python) / "own")
        loaded = write_python(brought, Path(python) / "python", notebooks)
        _jupyterlite(brought.tools, target, loaded)
        shutil.move(Path(python) / "python", target)
    start_early(target, APPS)
    shutil.copy(target / "lab" / "favicon.ico", target)  # browsers ask for it beside index.html
    write_contents(notebooks, target)
    write_figures(notebooks, target / "python" / "figures.json")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _jupyterlite(tools: Path, target: Path, loaded: Sequence[str]) -> None:
    """Let JupyterLite write its pages, with the settings of ours."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        (source / "jupyter-lite.json").write_text(json.dumps(configuration(loaded)), encoding="utf-8")
        (source / "overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
        command = [str(tools / "bin" / "jupyter-lite"), "build", "--lite-dir", folder, "--output-dir", str(target)]
        options = ["--no-sourcemaps", "--no-unused-shared-packages", *(f"--apps={app}" for app in (*APPS, LIST))]
        done = subprocess.run([*command, *options], cwd=source, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
            raise SystemExit("lite: JupyterLite could not be built; what it said stands above.")


def configuration(loaded: Sequence[str]) -> dict[str, Any]:
    """Return how JupyterLite starts: from this folder alone."""
    kernel = {
        "pyodideUrl": "./python/start.mjs",
        "disablePyPIFallback": True,
        "pipliteUrls": [],
        "loadPyodideOptions": {"packages": list(loaded)},
    }
    settings = {"@jupyterlite/pyodide-kernel-extension:kernel": kernel}
    data = {
        "appName": "kvmviz",
        "contentsAllJsonFile": "all.json",
        "disabledExtensions": list(UNUSED),
        "exposeAppInBrowser": True,  # by which tests, and pages around it, give it commands
        "litePluginSettings": settings,
    }
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}


def _swap(built: Path, target: Path) -> None:
    """Put the new folder in the place of the old one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = built.parent / "old"
    if target.exists():
        target.rename(old)
    built.rename(target)


if __name__ == "__main__":
    sys.exit(main())
