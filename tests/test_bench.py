"""The README quotes `make bench`: the same rows, in the same order; what they say is free."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.__main__ import MARKS, names, put, put_rows
from benchmarks.browser import rows
from benchmarks.model import ROWS
from benchmarks.table import HEAD, Row, Skipped, line

README = Path(__file__).parents[1] / "README.md"


def test_readme_has_the_rows_of_the_bench() -> None:
    table = README.read_text().partition(MARKS[0])[2].partition(MARKS[1])[0]
    head, bar, *lines = [row for row in table.splitlines() if row.startswith("|")]
    assert f"{head}\n{bar}" == HEAD
    assert [row.split(" | ")[0].removeprefix("| ") for row in lines] == names()
    assert "skipped" not in table
    assert "Measured on: " in table


def test_a_table_is_put_between_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(f"before\n{MARKS[0]}old\n{MARKS[1]}after\n")
    put(file, "new\n")
    put(file, "newer\n")
    assert file.read_text() == f"before\n{MARKS[0]}newer\n{MARKS[1]}after\n"


def test_rows_that_were_measured_alone_are_put_among_the_others(tmp_path: Path) -> None:
    file, (first, second, *_) = tmp_path / "a.md", names()
    file.write_text(f"before\n{MARKS[0]}{HEAD}\n| {second} | old |\n\nMeasured on: this.\n{MARKS[1]}after\n")
    put_rows(file, [f"| {first} | new |"])
    rows = f"{HEAD}\n| {first} | new |\n| {second} | old |\n\nMeasured on: this.\n"
    assert file.read_text() == f"before\n{MARKS[0]}{rows}{MARKS[1]}after\n"
    put_rows(file, [f"| {second} | newer |"])
    assert file.read_text() == f"before\n{MARKS[0]}{rows.replace('old', 'newer')}{MARKS[1]}after\n"


def test_a_machine_without_a_browser_says_so_in_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.browser.what_is_missing", lambda: "no Chromium on PATH: apt install chromium")
    with rows() as found:
        (first, *_) = [measure() for measure in found.values()]
    assert first == Skipped("no Chromium on PATH")
    assert line("a step", first) == "| a step | skipped: no Chromium on PATH | | | |"


@pytest.fixture
def little_to_collect() -> Iterator[None]:
    """Garbage is collected before each timing, and what the tests before this one keep would be looked at each time."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.slow
@pytest.mark.usefixtures("little_to_collect")
@pytest.mark.parametrize("name", [name for name in ROWS if "check" in name or "default tree" in name])
def test_a_row_is_a_ratio_of_two_times(name: str) -> None:
    row = ROWS[name]()
    assert isinstance(row, Row)
    assert row.spread[0] <= row.ratio <= row.spread[1]
    assert min(*row.a, *row.b) > 0
