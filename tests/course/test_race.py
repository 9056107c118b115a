"""The race as a puzzle: what is given misses, the solution that is folded up reaches both goals."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from kvmviz.course.race import design_source, goals, locks_between, mark_race
from kvmviz.race.design import DESIGNS, Design
from tests.race.test_design import from_text

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "11-the-next-patch.ipynb"
CELLS: list[Any] = nbformat.read(NOTEBOOK, as_version=4).cells


def put_in(text: str) -> str:
    """Return the `put` of a class as it stands in a text, for a design of its own."""
    found = re.search(r"(    def put\(region\):\n(?:        .*\n?)+)", text)
    assert found is not None
    return "\n".join(line[4:] for line in found[1].splitlines()) + "\n"


def derived(base: str, put: str) -> type[Design]:
    return type("Mine", (Design,), {"put": from_text(put).put}, base=base)


def test_what_is_given_misses_both_goals() -> None:
    given = next(cell.source for cell in CELLS if cell.source.startswith("class Mine"))
    assert [goal.right for goal in goals(derived("landed", put_in(given)))] == [False, False]


def test_the_solution_reaches_both() -> None:
    folded = next(cell.source for cell in CELLS if "A solution for both goals" in cell.source)
    assert [goal.right for goal in goals(derived("v6", put_in(folded)))] == [True, True]


@pytest.mark.parametrize(("design", "taken"), [("naive", ()), ("old", ()), ("v6", ()), ("landed", ("lock", "lock"))])
def test_locks_are_counted_of_a_user_in_the_middle(design: str, taken: tuple[str, ...]) -> None:
    assert locks_between(DESIGNS[design]) == taken


def test_a_design_is_marked_and_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVMVIZ_CLASS", str(tmp_path))
    assert "Both goals are reached." in str(mark_race(DESIGNS["v6"]))
    assert "Not yet." in str(mark_race(DESIGNS["landed"]))
    [file] = tmp_path.glob("*.jsonl")
    assert file.read_text().count("11-own-design") == 2


def test_a_source_is_shown_without_its_docstring() -> None:
    shown = str(design_source("landed", "put"))
    assert "yield region.remove_pair()" in shown
    assert '"""' not in shown


def test_the_callback_waits_before_the_lock_that_it_interrupted() -> None:
    said = next(cell for cell in CELLS if cell.source.startswith("stuck ="))
    assert "A before put lock, line 4" in str(said.outputs)
