"""Run notebooks and store what they show: `python -m kvmviz.course.storing notebooks/*.ipynb`.

Stored are pictures, tables and text, not the views of widgets: those mean
nothing without the kernel that made them, and JupyterLab would show an error in
their place instead of the picture.  Nothing that changes from run to run is kept,
and nothing of what somebody answered on this machine.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import nbformat
from nbclient import NotebookClient

from kvmviz.course import answers

WIDGET: Final = "application/vnd.jupyter.widget-view+json"
SECONDS: Final = 60
"""How long a cell may take before its notebook counts as hanging."""


def executed(notebook: Any, folder: Path) -> Any:
    """Run a notebook's cells in a new kernel, in `folder`; return it without what would change from run to run."""
    client = NotebookClient(
        notebook, timeout=SECONDS, record_timing=False, store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )  # fmt: skip
    with TemporaryDirectory() as nobody:
        client.execute(env=os.environ | {answers.VARIABLE: nobody})
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def store(file: Path) -> None:
    """Run a notebook file and write it back with its outputs; raise CellExecutionError, leaving the file as it was."""
    notebook = executed(nbformat.read(file, as_version=4), file.parent)
    nbformat.write(notebook, file)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        store(Path(name))
