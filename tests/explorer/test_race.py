"""Stepping through a bad schedule: the controls move it, picture, sentence and source go with it."""

import re

import pytest

from kvmviz.explorer.race import RaceView
from kvmviz.race.design import RaceError
from kvmviz.race.result import race
from kvmviz.show import bundle, live, svg

OLD = race("old", 3, 2)


def lit(view: RaceView) -> list[str]:
    """Return the lines of source that are marked, each with the threads that stand there."""
    lines = re.sub(r"<style>.*?</style>", "", view.source.value).splitlines()
    return [re.sub(r"<[^>]*>", "", line).strip() for line in lines if re.search(r"<b>[A-Z]", line)]


def test_it_begins_at_the_step_that_breaks_it() -> None:
    view = RaceView(OLD)
    assert (view.step, view.which.value) == (28, "removed_once")
    assert view.sentence.endswith("TDH.PHYMEM.PAMT.REMOVE, NO_PAMT_PAGE_PAIR. removed_once is broken.")


def test_buttons_move_and_stop_at_the_ends() -> None:
    view = RaceView(OLD)
    first, back, on, last = view.buttons
    seen = []
    for button in (on, back, first, back, on, last):
        button.click()
        seen.append(view.step)
    assert seen == [28, 27, 0, 0, 1, 28]


def test_each_thread_is_marked_where_it_stands_in_the_source() -> None:
    view = RaceView(OLD)
    view.step = 15
    a, b = sorted(lit(view))
    assert re.match(r"A +if \(yield region\.decrement\(\)\):", a)
    assert re.match(r"B +status = yield region\.add_pair\(\)", b)
    view.step = 0
    assert lit(view) == []


def test_another_invariant_has_its_own_schedule() -> None:
    view = RaceView(OLD)
    view.which.value = "pages_have_a_pair"
    assert (view.step, view.last, view.number.max) == (31, 31, 31)
    assert "thread C" in view.picture.value
    view.which.value = "removed_once"
    assert (view.step, view.number.max) == (28, 28)


def test_only_what_is_broken_has_a_widget() -> None:
    assert live(race("landed", 2, 1)) is None
    assert "no schedule breaks anything" in svg(race("landed", 2, 1))
    with pytest.raises(RaceError, match="there is no bad schedule to step through"):
        RaceView(race("landed", 2, 1))


def test_a_notebook_gets_the_widget() -> None:
    data, _ = bundle(OLD)
    assert list(data) == ["application/vnd.jupyter.widget-view+json"]
