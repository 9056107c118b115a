"""Run notebooks and store what they show: ``python notebooks/store.py FILE...`` (`make notebooks`).

What differs from one run to the next is left out, so that storing twice changes nothing: times, and the views of live
widgets (a random number each).  Of a widget its other forms stay, a picture above all: pages that show stored outputs
can show no more than that, and JupyterLab brings the live one back when the cell is run.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

VIEW = "application/vnd.jupyter.widget-view+json"


def store(file: Path) -> None:
    """Run one notebook in its own folder and write its outputs into it; a cell that fails leaves the file as it was."""
    notebook = nbformat.read(file, as_version=4)
    client = NotebookClient(notebook, record_timing=False, store_widget_state=False, timeout=120)
    client.execute(cwd=str(file.parent))
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(VIEW, None)
    # Which Python ran it is no part of the notebook.
    notebook.metadata.pop("language_info", None)
    nbformat.write(notebook, file)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(f"running {name}", flush=True)
        store(Path(name))
