"""Answers are marked by the model's answer; what is no answer is said in a sentence."""

import pytest

from kvmviz.course.marking import Question, mark, solution
from kvmviz.errors import KvmvizError

NUMBER = Question("How many?", 1234, hints=("More.",), why="Count.")
CHOICE = Question("Which?", "b", ("a", "b"), kind="prediction")


@pytest.mark.parametrize(
    ("given", "right"), [("1234", True), (" 01234 ", True), (1234, True), ("0", False), ("12345", False)]
)
def test_mark_number(given: str | int, right: bool) -> None:
    assert mark(NUMBER, given).right is right


@pytest.mark.parametrize("given", ["", "many", "-1", "1.5", "1,234", "\u00b2"])
def test_mark_refuses_what_is_no_whole_number(given: str) -> None:
    with pytest.raises(KvmvizError, match="whole number"):
        mark(NUMBER, given)


def test_mark_refuses_what_is_no_choice() -> None:
    with pytest.raises(KvmvizError, match="none of the choices"):
        mark(CHOICE, "c")


def test_wrong_exercise_keeps_the_answer_back() -> None:
    assert "1,234" not in mark(NUMBER, "7").text
    assert "hint" in mark(NUMBER, "7").text
    assert "hint" not in mark(Question("x", 1), "7").text


def test_wrong_prediction_is_told_the_answer() -> None:
    assert mark(CHOICE, "a").text == "You said a. It is b."


def test_solution_is_one_sentence_and_its_reason() -> None:
    assert solution(NUMBER) == "1,234. Count."
    assert solution(Question("x", "It ends.", ("It ends.",))) == "It ends."
