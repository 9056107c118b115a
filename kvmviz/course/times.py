"""How long the course takes, estimated from its notebooks: `python -m kvmviz.course.times notebooks/*.ipynb`.

>>> minutes(Load(words=690, predictions=2, exercises=2)), minutes(Load(690, 2, 2), EXERCISE_TIMED)
(9, 10)

An estimate at a pace that was partly measured.  One reader who met all of it for the first time took 105 minutes to
read the first edition, at 138 words a minute, and 85 for its 39 questions and its patch.  If a prediction took half
a minute and the patch fifteen, an exercise took 2.2.  That reader was held up by words that nothing had explained;
so an exercise counts 1.5 here, which nobody has timed, and `EXERCISE_TIMED` gives the other figure.
"""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nbformat

from kvmviz.course.questions import question

PACE: Final = 138
"""Words a minute: prose, tables, code and logs that are shown."""

PREDICTION: Final = 0.5
"""Minutes for a guess."""

EXERCISE: Final = 1.5
EXERCISE_TIMED: Final = 2.2
"""Minutes for an exercise without a patch to write: as counted here, and as the first edition's took."""

PATCH: Final = 10
"""Minutes for a patch of one's own, in the notebook that asks for one."""

LOOKED_UP: Final = ("glossary()", "whole_answers()")
"""Calls whose tables are there to be looked up, or for another day."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a notebook asks of its reader: words, questions of each kind, patches to write."""

    words: int
    predictions: int
    exercises: int
    patches: int = 0


def load_of(notebook: Any) -> Load:
    """Count what stands in a notebook; what is folded up is not counted."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    prose = [re.sub(r"<details>.*?</details>", "", c.source, flags=re.DOTALL) for c in notebook.cells if c not in code]
    asked = [question(key) for cell in code for key in re.findall(r'^ask\("([^"]+)"\)', cell.source)]
    read = [cell for cell in code if not cell.source.startswith(("ask(", "class_results(")) and not _to_look_up(cell)]
    questions = [" ".join([one.text, *one.choices, one.log]) for one in asked]
    kinds = [one.kind for one in asked]
    words = sum(len(text.split()) for text in [*prose, *questions, *map(_shown, read)])
    return Load(
        words, kinds.count("prediction"), kinds.count("exercise"),
        sum(cell.source.startswith("%%kernel_c") for cell in code),
    )  # fmt: skip


def _to_look_up(cell: Any) -> bool:
    return any(call in cell.source for call in LOOKED_UP)


def _shown(cell: Any) -> str:
    """Return the text that a cell shows below itself."""
    data = [output.get("data", {}) for output in cell.outputs]
    texts = [*(str(one.get("text/markdown", "")) for one in data), *(str(o.get("text", "")) for o in cell.outputs)]
    return re.sub(r"[|`*-]+", " ", " ".join(texts))


def minutes(load: Load, exercise: float = EXERCISE) -> int:
    """Return the whole minutes that a reader needs for it, rounded."""
    return round(spent(load, exercise))


def spent(load: Load, exercise: float = EXERCISE) -> float:
    """Return the minutes that a reader needs for it."""
    return load.words / PACE + load.predictions * PREDICTION + load.exercises * exercise + load.patches * PATCH


def rows(files: Iterable[Path]) -> list[tuple[str, int, int, int, int]]:
    """Return for each notebook: name, words, questions, minutes, minutes with exercises as the first edition's took."""
    loads = {file.stem: load_of(nbformat.read(file, as_version=4)) for file in sorted(files)}
    return [(n, x.words, x.predictions + x.exercises, minutes(x), minutes(x, EXERCISE_TIMED)) for n, x in loads.items()]


def times_text(files: Iterable[Path]) -> str:
    """Return the table of the teacher's plan, with its sum."""
    found = rows(files)
    total = ("all", *(sum(row[n] for row in found) for n in range(1, 5)))  # type: ignore[misc]
    head = "| notebook | words | questions | minutes | at the first edition's pace |\n|---|---|---|---|---|\n"
    return head + "\n".join(f"| {a} | {b:,} | {c} | {d} | {e} |" for a, b, c, d, e in [*found, total])


if __name__ == "__main__":
    print(times_text(map(Path, sys.argv[1:])))
