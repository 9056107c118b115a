"""Where a worker looks for modules: this very package before others of its name, what lies beside the reader last."""

import os
import sys
from pathlib import Path

import pytest

import kvmviz
from kvmviz.apart.process import search_path

OWN = str(Path(kvmviz.__file__).parents[1])


def test_a_worker_has_the_package_that_asked_for_it_also_where_one_works_in_its_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "kvmviz").mkdir()
    monkeypatch.chdir(OWN)
    monkeypatch.setattr(sys, "path", [OWN, str(tmp_path), *(path for path in sys.path if path != OWN)])
    found = search_path()
    assert found.index(OWN) < found.index(str(tmp_path))


def test_what_lies_beside_the_reader_is_looked_at_last_and_python_s_own_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    found = search_path()
    assert found[-1] == os.path.realpath(tmp_path)
    assert str(Path(os.__file__).parent) in found[:3]
