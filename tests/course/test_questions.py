"""Every question of the course: answered by the model, with choices that hold the answer and hints that do not."""

import re
from pathlib import Path

import nbformat
import pytest

from kvmviz.course.marking import mark, solution
from kvmviz.course.questions import QUESTIONS, question

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
ASKED = {
    path.stem: re.findall(r'ask\("([^"]+)"\)', "\n".join(c.source for c in nbformat.read(path, 4).cells))
    for path in NOTEBOOKS
}

PATCHES = {"09-write-your-own-patch"}
"""Where the exercises are patches that the reader writes, each with a solution folded up below it."""


@pytest.mark.parametrize("key", QUESTIONS)
def test_the_models_answer_is_right_and_another_is_not(key: str) -> None:
    asked = question(key)
    assert mark(asked, asked.answer).right
    others = [c for c in asked.choices if c != asked.answer] or [str(int(asked.answer) + 1)]
    assert not any(mark(asked, other).right for other in others)


@pytest.mark.parametrize("key", QUESTIONS)
def test_a_question_reads_well(key: str) -> None:
    asked = question(key)
    assert asked.key == key
    assert asked.why
    assert len(set(asked.choices)) == len(asked.choices) != 1
    assert len(solution(asked)) < 400


@pytest.mark.parametrize("key", QUESTIONS)
def test_hints_lead_but_do_not_tell(key: str) -> None:
    asked = question(key)
    assert asked.hints or asked.kind != "exercise"
    assert not [hint for hint in asked.hints if re.search(rf"(?<!\w){re.escape(str(asked.answer))}(?!\w)", hint)]


def test_every_question_is_asked_once_in_its_own_notebook() -> None:
    asked = [(stem, key) for stem, keys in ASKED.items() for key in keys]
    assert sorted(key for _, key in asked) == sorted(QUESTIONS)
    assert [(stem, key) for stem, key in asked if stem[:2] != key[:2]] == []


@pytest.mark.parametrize("stem", ASKED)
def test_a_notebook_has_exercises_and_predictions_come_first(stem: str) -> None:
    kinds = [question(key).kind for key in ASKED[stem]]
    assert kinds.count("exercise") + 2 * (stem in PATCHES) >= 2
    assert stem[:2] in ("00", "05") or kinds[0] == "prediction"  # 05 begins with a log to be read
