"""A question, and what an answer to it is worth: plain functions, no widget.

>>> half = Question("How many?", 3, hints=("More than one.",), why="Count them.")
>>> mark(half, "2")
Mark(right=False, text='2 is not it. Look again, or take a hint.')
>>> mark(half, " 3 ").text
'Right: 3. Count them.'
"""

from dataclasses import dataclass
from typing import Literal

from kvmviz.errors import KvmvizError


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its `text`, the `answer` as the model has it, its `key` (notebook and a word).

    Without `choices` the answer is a whole number.  `hints` come one at a time;
    `why` is said with the right answer.  A `prediction` is given once, before
    the answer is shown; an `exercise` may be tried again.  `log` is a kernel log to be
    read for it.  `about` are the scenario lines whose runs hold the answer: a notebook
    must not have shown them before it asks.
    """

    text: str
    answer: str | int
    choices: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    why: str = ""
    kind: Literal["prediction", "exercise"] = "exercise"
    key: str = ""
    log: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """What an answer is worth, and the sentence that says so."""

    right: bool
    text: str


def mark(question: Question, given: str | int) -> Mark:
    """Hold an answer against the model's; raise KvmvizError if it is no answer to this question."""
    answer = str(given).strip()
    if question.choices and answer not in question.choices:
        raise KvmvizError(f"{answer[:60]!r} is none of the choices; choose one of them.")
    if not question.choices and not answer.isdecimal():
        raise KvmvizError(f"{answer[:60]!r} is no whole number; write digits alone, as in 3.")
    right = answer == question.answer if question.choices else int(answer) == question.answer
    if right:
        return Mark(True, f"Right: {solution(question)}")
    if question.kind == "prediction":
        return Mark(False, f"You said {answer}. It is {solution(question)}")
    return Mark(False, f"{answer} is not it. Look again{', or take a hint' if question.hints else ''}.")


def solution(question: Question) -> str:
    """Return the answer with its reason."""
    answer = f"{question.answer:,}" if isinstance(question.answer, int) else question.answer
    end = "" if answer.endswith((".", "?", "!")) else "."
    return f"{answer}{end} {question.why}".strip()
