"""What a class answered: saved as it happens, summed up over seats, offline."""

import json
import socket
from pathlib import Path

import pytest

from kvmviz.course import answers
from kvmviz.course.marking import Question

ASKED = Question("How many?", 2, key="01-x")


def seat_file(folder: Path, seat: str, *given: tuple[str, str, bool]) -> None:
    lines = [json.dumps({"question": q, "kind": "exercise", "answer": a, "right": r}) for q, a, r in given]
    (folder / f"answers-{seat}.jsonl").write_text("\n".join(lines) + "\n")


def test_save_appends_a_line_without_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "Ada")
    file = answers.save(ASKED, "3", False, tmp_path / "new")
    assert answers.save(ASKED, "2", True, tmp_path / "new") == file
    assert [json.loads(line)["answer"] for line in file.read_text().splitlines()] == ["3", "2"]
    assert "Ada" not in file.name + file.read_text()


@pytest.mark.parametrize("error", [KeyError("getpwuid(): uid not found: 12345"), OSError("No username set")])
def test_a_user_without_a_name_has_a_seat(error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container a user id may have no name; Python 3.13 calls that an OSError, older ones a KeyError."""

    def nameless() -> str:
        raise error

    named = answers.seat()
    monkeypatch.setattr("getpass.getuser", nameless)
    assert (
        answers.save(ASKED, "2", True, tmp_path).name == f"answers-{answers.seat()}.jsonl" != f"answers-{named}.jsonl"
    )


def test_an_answer_that_cannot_be_kept_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(answers.VARIABLE, str(tmp_path / "file"))
    assert "could not be saved" in answers.saved(ASKED, "2", True)
    monkeypatch.setenv(answers.VARIABLE, str(tmp_path))
    assert answers.saved(ASKED, "2", True) == ""


def test_a_page_that_runs_python_is_given_each_line_to_keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    monkeypatch.setattr(answers, "has_page", lambda: True)
    monkeypatch.setattr(answers, "keep", kept.append)
    monkeypatch.setattr(answers, "IN_BROWSER", True)
    file = answers.save(ASKED, "3", False, tmp_path)
    assert file.name == "answers-browser.jsonl"  # where the page puts them when it starts again
    assert kept == file.read_text().splitlines()


def test_the_folder_can_be_a_shared_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(answers.VARIABLE, str(tmp_path))
    assert answers.save(ASKED, "2", True).parent == tmp_path
    monkeypatch.delenv(answers.VARIABLE)
    assert answers.folder() == Path(answers.FOLDER)


def test_class_results_count_seats_first_tries_and_mistakes(tmp_path: Path) -> None:
    seat_file(tmp_path, "a", ("q", "1", False), ("q", "2", True), ("p", "x", True))
    seat_file(tmp_path, "b", ("q", "2", True))
    seat_file(tmp_path, "c", ("q", "1", False), ("q", "7", False))
    results = answers.class_results(tmp_path)
    assert results.seats == 3
    assert results.rows() == [("p", 1, 1, 1, ""), ("q", 3, 1, 2, "1 (2x)")]


def test_seats_are_told_apart_by_machine_and_by_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uuid.getnode", lambda: 1)
    first = answers.seat()
    monkeypatch.setattr("uuid.getnode", lambda: 2)
    assert answers.seat() != first
    for folder in ("left", "right"):
        (tmp_path / folder).mkdir()
        seat_file(tmp_path / folder, "same", ("q", "2", True))
    assert answers.class_results(tmp_path).rows() == [("q", 2, 2, 2, "")]


def test_right_twice_counts_once(tmp_path: Path) -> None:
    seat_file(tmp_path, "a", ("q", "2", True), ("q", "2", True))
    assert answers.class_results(tmp_path).rows() == [("q", 1, 1, 1, "")]


def test_class_results_of_nothing(tmp_path: Path) -> None:
    assert str(answers.class_results(tmp_path / "none")) == "Nobody has answered anything yet."


def test_lines_of_others_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "answers-x.jsonl").write_text('not json\n[1]\n{"question": "q"}\n')
    assert answers.class_results(tmp_path).rows() == []


def test_summing_up_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("no network here")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    answers.save(ASKED, "2", True, tmp_path)
    assert "1 seat" in str(answers.class_results(tmp_path))
