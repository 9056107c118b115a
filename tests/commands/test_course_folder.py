"""Where kvmviz came as a wheel, the course is offered where one stands, copied after a yes, and never over a file."""

import io
from pathlib import Path

import pytest

from kvmviz.cli import main
from kvmviz.commands import course_folder
from kvmviz.errors import KvmvizError

COURSE = Path(__file__).parents[2] / "notebooks"
NAMES = {file.name for file in COURSE.iterdir() if file.is_file()}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminal:
    """What a reader at a terminal is asked, in an empty folder, with the course within the package."""
    monkeypatch.chdir(tmp_path)
    package = tmp_path.parent / f"{tmp_path.name}-site" / "kvmviz"
    package.mkdir(parents=True)
    (package / "notebooks").symlink_to(COURSE)
    monkeypatch.setattr(course_folder, "_PACKAGE", package)
    return Terminal()


def answering(asked: Terminal, monkeypatch: pytest.MonkeyPatch, answer: str) -> Path | None:
    monkeypatch.setattr("sys.stderr", asked)
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    return course_folder.first_notebook(copy=False)


@pytest.mark.parametrize("answer", ["\n", "y\n", "Yes\n"])
def test_after_a_yes_the_course_is_there(
    answer: str, asked: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    notebook = answering(asked, monkeypatch, answer)
    assert notebook is not None
    assert notebook == tmp_path / "notebooks" / course_folder.FIRST
    assert {file.name for file in notebook.parent.iterdir()} == NAMES
    assert notebook.read_bytes() == (COURSE / course_folder.FIRST).read_bytes()
    assert f"copy the course ({len(NAMES)} files, " in asked.getvalue()
    assert course_folder.first_notebook(copy=False) == notebook  # and nobody is asked again


@pytest.mark.parametrize("answer", ["n\n", "", "what\n"])
def test_after_anything_else_nothing_is(
    answer: str, asked: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert answering(asked, monkeypatch, answer) is None
    assert not list(tmp_path.iterdir())
    assert asked.getvalue().count("[Y/n]") == 1


def test_a_no_is_an_answer_and_no_wrong_question(asked: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", asked)
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert main(["lab"]) == 1
    assert "nothing was copied" in asked.getvalue()


def test_without_a_terminal_it_says_what_to_do(
    asked: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with pytest.raises(KvmvizError, match=r"kvmviz lab --copy"):
        course_folder.first_notebook(copy=False)
    assert not list(tmp_path.iterdir())
    copied = course_folder.first_notebook(copy=True)
    assert copied is not None
    assert copied.is_file()


def test_no_file_is_written_over(asked: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    mine = tmp_path / "notebooks" / "01-who-finds-out.ipynb"
    mine.write_text("mine")
    answering(asked, monkeypatch, "y\n")
    assert mine.read_text() == "mine"
    assert {file.name for file in mine.parent.iterdir()} == NAMES
    assert "left as they were: 01-who-finds-out.ipynb" in asked.getvalue()


def test_another_s_first_notebook_stays_alone(asked: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / course_folder.FIRST).write_text("{}")
    with pytest.raises(KvmvizError, match=r"go to an empty folder"):
        answering(asked, monkeypatch, "y\n")
    assert len(list((tmp_path / "notebooks").iterdir())) == 1


def test_a_folder_that_takes_nothing_is_a_sentence(
    asked: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "notebooks").write_text("a file of that name")
    with pytest.raises(KvmvizError, match=r"takes no copy \(.*\); go to a folder of yours\.$"):
        answering(asked, monkeypatch, "y\n")
