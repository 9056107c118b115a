"""Notebooks are stored with their pictures and without what differs from run to run."""

from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from kvmviz.course import answers
from kvmviz.course.marking import Question
from kvmviz.course.storing import WIDGET, store

CELLS = [
    "import ipywidgets\nipywidgets.HTML('x')",
    "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')",
]


def write(path: Path, *cells: str) -> Path:
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c, id=f"c{n}") for n, c in enumerate(cells)]), path
    )
    return path


def test_store_twice_gives_the_same_bytes_and_no_widget_views(tmp_path: Path) -> None:
    file = write(tmp_path / "a.ipynb", *CELLS)
    store(file)
    first = file.read_bytes()
    store(file)
    assert file.read_bytes() == first
    notebook = nbformat.read(file, 4)
    assert WIDGET not in notebook.cells[0].outputs[0].data
    assert "image/svg+xml" in notebook.cells[1].outputs[0].data
    assert "widgets" not in notebook.metadata


def test_store_leaves_the_file_alone_if_a_cell_fails(tmp_path: Path) -> None:
    file = write(tmp_path / "a.ipynb", "1 / 0")
    before = file.read_bytes()
    with pytest.raises(CellExecutionError):
        store(file)
    assert file.read_bytes() == before


def test_store_keeps_nothing_of_what_was_answered_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(answers.VARIABLE, str(tmp_path))
    answers.save(Question("How many?", 2, key="01-x"), "3", False)
    file = write(tmp_path / "a.ipynb", "from kvmviz.course import class_results\nclass_results()")
    store(file)
    assert "Nobody has answered anything yet." in file.read_text()
