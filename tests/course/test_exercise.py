"""The controls of a question do what they say: check, hints one at a time, an answer to open."""

import json
from pathlib import Path

import pytest

from kvmviz.course.exercise import Exercise, ask
from kvmviz.course.marking import Question
from kvmviz.errors import KvmvizError

ASKED = Question("How many `spt`?", 2, hints=("First.", "Second."), why="Because.", key="01-x")
GUESS = Question("Which?", "b", ("a", "b"), kind="prediction", key="01-y")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def saved(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for file in folder.rglob("*.jsonl") for line in file.read_text().splitlines()]


def test_check_button_marks_shows_and_saves(tmp_path: Path) -> None:
    shown = Exercise(ASKED)
    shown.control.value = "3"
    shown.button.click()
    assert "not it" in shown.said.value
    shown.control.value = "2"
    shown.button.click()
    assert "Right: 2. Because." in shown.said.value
    assert [(line["answer"], line["right"]) for line in saved(tmp_path)] == [("3", False), ("2", True)]


def test_check_without_an_answer_asks_for_one(tmp_path: Path) -> None:
    for asked in (ASKED, GUESS):
        shown = Exercise(asked)
        shown.button.click()
        assert "first" in shown.said.value
    assert saved(tmp_path) == []


def test_what_is_no_number_is_said_and_not_saved(tmp_path: Path) -> None:
    shown = Exercise(ASKED)
    assert shown.answer("two") is None
    assert "whole number" in shown.said.value
    assert saved(tmp_path) == []


def test_hints_come_one_at_a_time_and_end() -> None:
    shown = Exercise(ASKED)
    shown.hint.click()
    assert ("First." in shown.hinted.value, "Second." in shown.hinted.value) == (True, False)
    shown.hint.click()
    assert "Second." in shown.hinted.value
    assert shown.hint.disabled


def test_a_prediction_is_given_once() -> None:
    shown = Exercise(GUESS)
    assert shown.opened not in shown.box.children
    shown.control.value = "a"
    shown.button.click()
    assert "It is b" in shown.said.value
    assert shown.button.disabled
    assert shown.control.disabled


def test_an_exercise_has_an_answer_to_open() -> None:
    shown = Exercise(ASKED)
    assert shown.opened in shown.box.children
    assert shown.opened.selected_index is None
    assert "2. Because." in shown.opened.children[0].value


def test_a_full_disk_is_told_and_the_mark_still_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kvmviz.course.answers.save", full)
    shown = Exercise(ASKED)
    assert shown.answer("2") is not None
    assert "could not be saved: No space left" in shown.said.value


def test_without_widgets_question_hints_and_answer_are_there() -> None:
    data = Exercise(ASKED)._repr_mimebundle_()
    assert data["text/plain"] == "ask('01-x')"
    assert data["text/html"].count("<details>") == 3
    assert "<code>spt</code>" in data["text/html"]


def test_text_is_escaped() -> None:
    shown = Exercise(Question("<b>?", "<i>", ("<i>", "x")))
    assert "<i>" not in shown._repr_mimebundle_()["text/html"]


def test_ask_names_the_keys_that_there_are() -> None:
    with pytest.raises(KvmvizError, match="01-leaks"):
        ask("01-nothing")
