"""The teacher's plan adds up, names notebooks that there are, and its commands are those of the project."""

import re
from pathlib import Path
from typing import Final

from kvmviz.course.answers import FOLDER as ANSWERS
from kvmviz.course.answers import VARIABLE

ROOT: Final = Path(__file__).parents[2]
TEXT: Final = (ROOT / "notebooks/TEACHING.md").read_text()
ROWS: Final = re.findall(r"^\| (\d+) to (\d+)( \*\*45\*\*)? \|.*\| (\d\d)[^|]*\|$", TEXT, re.MULTILINE)
"""First and last minute of each step, the mark of the shorter plan, the notebook."""


def test_the_plan_fills_ninety_minutes_without_a_gap() -> None:
    times = [(int(first), int(last)) for first, last, _, _ in ROWS]
    assert [first for first, _ in times] == [0] + [last for _, last in times[:-1]]
    assert times[-1][1] == 90


def test_the_marked_steps_fit_forty_five() -> None:
    assert sum(int(last) - int(first) for first, last, mark, _ in ROWS if mark) == 45


def test_the_plan_names_notebooks_that_there_are_in_their_order() -> None:
    numbers = [number for *_, number in ROWS]
    assert numbers == sorted(numbers)
    assert all(list((ROOT / "notebooks").glob(f"{number}-*.ipynb")) for number in numbers)


def test_what_it_tells_a_teacher_to_type_is_there() -> None:
    for target in re.findall(r"`make (\w+)`", TEXT):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert f"`{VARIABLE}`" in TEXT
    assert f'class_results("{ANSWERS}")' in TEXT
    assert (ROOT / "constraints.txt").exists()
