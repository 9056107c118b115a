"""A race as text: 72 columns of ASCII whatever is shown, and all that the picture says."""

import pytest

from kvmviz.race.design import DESIGNS
from kvmviz.race.result import race, race_text, schedule_text, table_text

SHOWN = [
    (design, one.name, threads) for threads in (2, 3) for design in DESIGNS for one in race(design, threads, 1).broken
]


@pytest.mark.parametrize(("design", "name", "threads"), SHOWN)
def test_it_is_ascii_of_at_most_72_columns(design: str, name: str, threads: int) -> None:
    text = race_text(race(design, threads, 1), name)
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 72
    assert text.splitlines() == [line.rstrip() for line in text.splitlines()]


@pytest.mark.parametrize(("design", "name", "threads"), SHOWN)
def test_every_step_is_a_numbered_row_with_its_words(design: str, name: str, threads: int) -> None:
    steps = race(design, threads, 1)[name].steps
    text = schedule_text(steps)
    rows = [line for line in text.splitlines() if line[:4].strip().isdecimal()]
    assert [int(row[:4]) for row in rows] == list(range(1, len(steps) + 1))
    for row, step in zip(rows, steps, strict=True):
        assert f"{step.section} {step.text.split()[0]}" in row


def test_names_that_are_too_long_are_broken_behind_an_underscore() -> None:
    text = race_text(race("old", 3, 1), "pages_have_a_pair")
    assert "HPA_RANGE_\n" in text


def test_a_clean_one_says_so_and_how_it_ends() -> None:
    text = race_text(race("landed", 2, 1, refuse=1))
    assert "No schedule breaks anything." in text
    assert "1 REMOVE refused" in text
    assert "counter 1, a pair" in text


def test_the_table_has_a_line_for_each() -> None:
    found = [race(one, 2, 1) for one in DESIGNS]
    lines = table_text(found).splitlines()[2:]
    assert [line.split()[0] for line in lines] == list(DESIGNS)
    assert all(f"{one.states:,} states" in line for one, line in zip(found, lines, strict=True))
