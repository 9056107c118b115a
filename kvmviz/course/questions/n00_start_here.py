"""Questions of the notebook `00-start-here`."""

from typing import Final

from kvmviz.compare.comparison import compare
from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end, pages
from kvmviz.terms.events import Warn

NUMBER: Final = "00"
FIRST: Final = "fail=TDR"
TWO: Final = "fail=TDCS[3],TDR"


def first_warning() -> Question:
    """Drive the explorer to the first trace."""
    both = compare("before", "v1", FIRST)
    steps = both.a.steps
    events = [steps[row.a].event if row.a is not None else None for row in both.rows]
    found = next(n for n, event in enumerate(events, 1) if isinstance(event, Warn) and event.printed)
    return Question(
        "From the very first step, go to the next triangle. Which step does the explorer show? (The number "
        "before the slash.)",
        found,
        hints=(
            "Press the button with the bars at its left to go to the start; then the one with the triangle.",
            "With the keyboard: click into the explorer, then Home, then n.",
        ),
        why="Up to there both kernels did the same, step for step.",
    )


def two_refused() -> Question:
    """Give the TD a second fault and read the end."""
    found = end("v1", TWO)
    return Question(
        "Go to the start and click on the control page TDCS[3], so that it fails as well. Then go to the last step. "
        "How "
        "many pages have leaked?",
        found.leaked_count,
        hints=("Leaked pages are striped, and the ledger lists them first.", "Count them in one of the two pictures."),
        why=f"They are {pages(found.leaked)}: whatever is refused stays with the module.",
        about=(TWO,),
    )


QUESTIONS: Final = (first_warning, two_refused)
