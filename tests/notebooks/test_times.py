"""How long the course takes is computed from it; the teacher's plan has that table."""

from pathlib import Path
from typing import Final

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from kvmviz.course.times import EXERCISE_TIMED, PACE, Load, load_of, minutes, spent, times_text

FOLDER: Final = Path(__file__).parents[2] / "notebooks"
FILES: Final = sorted(FOLDER.glob("*.ipynb"))


def test_a_notebook_takes_a_quarter_of_an_hour_and_the_course_two_and_a_quarter() -> None:
    times = {file.stem: spent(load_of(nbformat.read(file, as_version=4))) for file in FILES}
    assert {name: time for name, time in times.items() if time > 15} == {}
    assert sum(time for name, time in times.items() if name[:2] < "11") <= 135  # 11 is for another day


def test_the_plan_has_the_table_as_it_is_computed() -> None:
    assert times_text(FILES) in (FOLDER / "TEACHING.md").read_text()


def test_a_longer_notebook_takes_longer_and_what_is_folded_up_none() -> None:
    plain = new_notebook(cells=[new_markdown_cell("word " * PACE), new_code_cell('ask("01-leaks")')])
    folded = new_notebook(cells=[*plain.cells, new_markdown_cell(f"<details>{'word ' * PACE}</details>")])
    assert load_of(plain) == load_of(folded)
    assert load_of(plain).predictions == 1
    assert minutes(Load(PACE * 3, 2, 2)) == 7
    assert minutes(Load(0, 0, 10), EXERCISE_TIMED) == 22
