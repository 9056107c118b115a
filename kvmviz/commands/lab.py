"""Open JupyterLab on the notebooks, or on one view.

Examples:
  kvmviz lab
  kvmviz lab 'tree=1x1x3 fail=L1@0x200 step=62 revisions=before,v1'

"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from kvmviz.commands import common
from kvmviz.errors import KvmvizError
from kvmviz.revisions import revision
from kvmviz.scenario.link import Link

HELP = "JupyterLab on the notebooks, or on a view"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz lab`."""
    parser.add_argument("scenario", nargs="*", metavar="LINK", help="a scenario line, with step= and revisions=")


def run(args: argparse.Namespace) -> int:
    """Become JupyterLab."""
    if find_spec("jupyterlab") is None:
        raise KvmvizError("JupyterLab is not installed; install it with: pip install 'kvmviz[notebook]'.")
    start = _view(common.link(args)) if args.scenario else _notebooks()
    command = [sys.executable, "-m", "jupyterlab", str(start)]
    sys.stdout.flush()
    os.execv(sys.executable, command)


def _notebooks() -> Path:
    """Return the course's first notebook: beside the working directory, or beside the package's source."""
    for base in (Path.cwd(), Path(__file__).resolve().parents[2]):
        found = sorted((base / "notebooks").glob("*.ipynb"))
        if found:
            return found[0]
    raise KvmvizError(
        "No notebooks here: run it where the folder notebooks/ is, or name a view, as in: kvmviz lab fail=all."
    )


def _view(link: Link) -> Path:
    """Write a notebook with this view into a new folder of its own and return it."""
    for name in link.revisions or ():
        revision(name)
    folder = Path(tempfile.mkdtemp(prefix="kvmviz-"))
    notebook = folder / "view.ipynb"
    code = f"import kvmviz\n\nkvmviz.Explorer({str(link)!r})"
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "view",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": code,
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook.write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    if shutil.which("jupyter") is None and not os.access(sys.executable, os.X_OK):
        raise KvmvizError("This Python cannot be started again; start JupyterLab by hand on " + str(notebook))
    return notebook
