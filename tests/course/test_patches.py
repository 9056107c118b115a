"""The patch exercise: the notebook's own cells are marked, and only a patch that does something is an answer."""

import re
from pathlib import Path
from typing import Final

import nbformat
import pytest

import kvmviz
from kvmviz.c.revision import from_c
from kvmviz.course import answers
from kvmviz.course.patches import goals, mark_patch
from kvmviz.course.puzzles import PUZZLES

NOTEBOOK: Final = Path(__file__).parents[2] / "notebooks/07-write-your-own-patch.ipynb"


def defined(source: str) -> type[kvmviz.Revision]:
    """Return the revision that a cell with this C defines."""
    return from_c(source, base="v1", name="MyPatch")


def given() -> str:
    cell = next(str(cell.source) for cell in nbformat.read(NOTEBOOK, 4).cells if "%%kernel_c MyPatch" in cell.source)
    magic, _, source = cell.partition("\n")
    assert magic == "%%kernel_c MyPatch --base v1"
    return source


def solution() -> str:
    text = "".join(cell.source for cell in nbformat.read(NOTEBOOK, 4).cells if "A solution" in cell.source)
    found = re.search(r"```c\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(autouse=True)
def _room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(answers.VARIABLE, str(tmp_path))


def test_the_notebooks_solution_reaches_every_goal() -> None:
    assert "All goals are reached." in str(mark_patch(defined(solution()), "1x1x1"))
    assert answers.class_results().rows() == [("07-own-patch", 1, 1, 1, "")]


def test_the_patch_as_given_misses_a_goal_and_is_no_answer() -> None:
    patch = defined(given())
    assert [goal.right for goal in goals(patch, "1x1x1")] == [True, True, True, False]
    assert "Not yet." in str(mark_patch(patch, "1x1x1"))
    assert answers.class_results().rows() == []


def test_a_dangerous_patch_is_saved_with_what_it_misses() -> None:
    mark_patch(PUZZLES["A"], "1x1x1")
    mistake = answers.class_results().rows()[0][-1]
    assert mistake.startswith("misses: Nothing dangerous happens to any page; The same pages leak as before")


def test_a_revision_of_the_project_is_no_answer() -> None:
    mark_patch("landed", "1x1x1")
    assert answers.class_results().rows() == []


def test_a_patch_is_marked_where_no_answer_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(answers.VARIABLE, str(tmp_path / "file"))
    marked = str(mark_patch(PUZZLES["A"], "1x1x1"))
    assert "Not yet." in marked
    assert "could not be saved" in marked
