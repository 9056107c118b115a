"""Tell Jupyter that the course's own notebooks may be shown as they are.

JupyterLab hides pictures of notebooks that nobody has run here, since what is
stored in a stranger's notebook may be anything.  Those that came with this
source are the reader's own choice: signed once, they show at first sight what
they show.  A signature is of the content, so a copy elsewhere is covered and a
notebook that was changed is not.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import nbformat
from nbformat.sign import NotebookNotary, TrustNotebookApp


def trust(folder: Path) -> int:
    """Sign the notebooks of a folder in the reader's own Jupyter; return how many were new to it.

    Raises OSError where Jupyter's folder cannot be written.
    """
    jupyter = TrustNotebookApp()
    jupyter.initialize([])  # which reads where the reader's Jupyter keeps what it has signed
    notary = jupyter.notary
    with closing(notary.store):
        return sum(_signed(notary, nbformat.read(file, as_version=4)) for file in sorted(folder.glob("*.ipynb")))


def _signed(notary: NotebookNotary, notebook: nbformat.NotebookNode) -> bool:
    """Sign a notebook, and say whether it was not signed before."""
    if notary.check_signature(notebook):
        return False
    try:
        notary.sign(notebook)
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
    return True
