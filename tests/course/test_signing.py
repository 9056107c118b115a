"""The course's notebooks are signed once, in the reader's own Jupyter, and what was changed since is not."""

import shutil
from pathlib import Path

import pytest

from kvmviz.course.signing import trust

COURSE = Path(__file__).parents[2] / "notebooks"
FIRST = "00-start-here.ipynb"


def test_each_is_signed_once_until_it_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    notebook = Path(shutil.copy(COURSE / FIRST, tmp_path))
    assert (trust(tmp_path), trust(tmp_path)) == (1, 0)
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("kvmviz", "other", 1), encoding="utf-8")
    assert trust(tmp_path) == 1


def test_a_folder_of_jupyters_that_cannot_be_written_is_an_oserror(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "file" / "data"))
    (tmp_path / "file").write_text("")
    shutil.copy(COURSE / FIRST, tmp_path)
    with pytest.raises(OSError, match="file"):
        trust(tmp_path)
