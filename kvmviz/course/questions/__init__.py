"""Every question of the course by its key; a module for each notebook.

What is right is computed from the model when a question is asked, never typed in.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.questions import (
    n00_start_here,
    n01_who_finds_out,
    n02_two_trees,
    n03_giving_a_td_back,
    n04_before_and_after,
    n05_what_the_log_says,
    n06_the_lineage,
    n07_who_was_right,
    n08_what_is_missing,
    n09_write_your_own_patch,
    n10_what_a_leak_costs,
    n11_the_next_patch,
)
from kvmviz.errors import KvmvizError

Make = Callable[[], Question]

NOTEBOOKS: Final = (
    n00_start_here,
    n01_who_finds_out,
    n02_two_trees,
    n03_giving_a_td_back,
    n04_before_and_after,
    n05_what_the_log_says,
    n06_the_lineage,
    n07_who_was_right,
    n08_what_is_missing,
    n09_write_your_own_patch,
    n10_what_a_leak_costs,
    n11_the_next_patch,
)
"""A module for each notebook."""

QUESTIONS: Final[dict[str, Make]] = {
    f"{module.NUMBER}-{make.__name__.replace('_', '-')}": make for module in NOTEBOOKS for make in module.QUESTIONS
}
"""What makes the question, by key: the notebook's number and the function's name."""


@cache
def question(key: str) -> Question:
    """Return a question; raise KvmvizError for a key that there is not."""
    if key not in QUESTIONS:
        raise KvmvizError(f"There is no question {key!r}; the keys are {', '.join(QUESTIONS)}.")
    return replace(QUESTIONS[key](), key=key)
