"""Questions of the notebook `00-start-here`."""

from typing import Final

from kvmviz.compare.comparison import compare
from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import ONE
from kvmviz.scenario.status import SUCCESS, status_word
from kvmviz.terms.events import Seamcall, Warn
from kvmviz.terms.states import PAGE_STATES

NUMBER: Final = "00"


def first_warning() -> Question:
    """Drive the explorer to the first warning."""
    both = compare("before", "v1", ONE)
    steps = both.a.steps
    events = [steps[row.a].event if row.a is not None else None for row in both.rows]
    found = next(n for n, event in enumerate(events, 1) if isinstance(event, Warn) and event.printed)
    return Question(
        "From the very first step, go to the next warning. Which step does the explorer show? (The number "
        "before the slash.)",
        found,
        hints=(
            "Press the button with the bars at its left to go to the start; then the one with the triangle.",
            "With the keyboard: click into the explorer, then Home, then n.",
        ),
        why="Up to there both kernels did the same, step for step.",
    )


def refusal() -> Question:
    """Read a step: what did the module answer?"""
    steps = compare("before", "v1", ONE).a.steps
    refused = next(s.event for s in steps if isinstance(s.event, Seamcall) and s.event.status != SUCCESS)
    answer = status_word(refused.status)
    return Question(
        f"Go one step back from there. What did the TDX module answer when it was asked for {refused.page}?",
        answer,
        ("SUCCESS", answer, "LIFECYCLE_STATE_INCORRECT", "TD_ASSOCIATED_PAGES_EXIST"),
        ("The sentence above the pictures says what happened in the step.",),
        "You chose that answer yourself, with the box named status. Any answer but success is a refusal.",
    )


def tape() -> Question:
    """Read the legend."""
    leaked = PAGE_STATES["leaked"].meaning
    return Question(
        "Go to the last step. What does the striped tape around a page mean?",
        leaked,
        (PAGE_STATES["freed"].meaning, PAGE_STATES["rcu-pending"].meaning, leaked),
        ("The legend stands below the pictures, and in the table above.",),
        "The stripes are there so that it can be seen without colour.",
    )


QUESTIONS: Final = (first_warning, refusal, tape)
