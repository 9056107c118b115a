"""Stepping through a bad schedule: the controls move it, picture, sentence and source go with it."""

import re
from functools import cache

import pytest

from kvmviz.explorer.race import RaceView
from kvmviz.race.design import RaceError
from kvmviz.race.result import Race, race
from kvmviz.show import bundle, live, svg


@cache
def old() -> Race:
    return race("old", 3, 2)


def lit(view: RaceView) -> list[str]:
    """Return the lines of source that are marked, each with the threads that stand there."""
    lines = re.sub(r"<style>.*?</style>", "", view.source.value).splitlines()
    return [re.sub(r"<[^>]*>", "", line).strip() for line in lines if re.search(r"<b>[A-Z]", line)]


def test_it_begins_at_the_step_that_breaks_it() -> None:
    view = RaceView(old())
    assert (view.step, view.which.value) == (28, "removed_once")
    assert view.sentence.endswith("TDH.PHYMEM.PAMT.REMOVE, NO_PAMT_PAGE_PAIR. removed_once is broken.")


def test_buttons_move_and_stop_at_the_ends() -> None:
    view = RaceView(old())
    first, back, on, last = view.buttons
    seen = []
    for button in (on, back, first, back, on, last):
        button.click()
        seen.append(view.step)
    assert seen == [28, 27, 0, 0, 1, 28]


def test_each_thread_is_marked_where_it_stands_in_the_source() -> None:
    view = RaceView(old())
    view.step = 15
    a, b = sorted(lit(view))
    assert re.match(r"A +if \(yield region\.decrement\(\)\):", a)
    assert re.match(r"B +status = yield region\.add_pair\(\)", b)
    view.step = 0
    assert lit(view) == []


def test_another_invariant_has_its_own_schedule() -> None:
    view = RaceView(old())
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
    data, _ = bundle(old())
    assert list(data) == ["application/vnd.jupyter.widget-view+json"]


def test_every_class_that_a_style_rule_names_is_that_of_a_part() -> None:
    view = RaceView(old())
    ruled = set(re.findall(r"\.(kvrace-[a-z]+)", view.source.value))
    parts = [view.widget, *view.widget.children, view.picture, view.source, view.said]
    assert ruled and ruled <= {name for part in parts for name in part._dom_classes}
    rules = re.findall(r"(?:^|\})([^{}@]*?)\{", re.findall(r"<style>(.*?)@container", view.source.value)[0])
    for rule in rules:
        assert rule.startswith((".kvrace-source", 'body[data-jp-theme-light="false"] .kvrace-source', ".kvrace-view"))
    assert sum(rule.startswith("body") for rule in rules) == sum(rule.startswith(".kvrace-source") for rule in rules)


def test_the_sentence_tells_of_the_step_its_thread_and_the_answer() -> None:
    view = RaceView(old())
    steps = old()["removed_once"].steps or ()
    for number, step in enumerate(steps, 1):
        view.step = number
        assert view.sentence.startswith(
            f"Step {number} of {len(steps)}. Thread {step.thread} in {step.section}: {step.kernel}"
        )
        answer = step.text.partition(": ")[2]
        assert (f", {answer}." in view.sentence) == bool(answer)
        assert view.sentence.endswith("removed_once is broken.") == (number == len(steps))
        assert view.said.value.startswith("<p role='status' ") and view.said.value.count("<p") == 1
        assert f'id="kv-race-{number}" class="row now"' in view.picture.value
    view.step = 0
    assert view.sentence == "Nothing has happened yet: the counter is 0, and no pair is there."
    assert repr(view) == f"RaceView({old()!r})"


def test_controls_say_what_they_do_and_bound_the_steps() -> None:
    view = RaceView(old())
    assert len({button.tooltip for button in view.buttons}) == 4 and all(button.tooltip for button in view.buttons)
    assert (view.number.min, view.number.max, view.number.description, view.which.description) == (
        0,
        28,
        "step",
        "breaks",
    )
    assert [value for _, value in view.which.options] == [one.name for one in old().broken if one.steps]
    assert all(words == f"{name}, {len(old()[name].steps or ())} steps" for words, name in view.which.options)
    view.number.value = 3
    assert view.step == 3 and "Step 3 of 28." in view.said.value


def test_the_source_is_both_functions_without_their_docstrings_each_line_marked_if_it_runs_now() -> None:
    view = RaceView(old())
    view.step = 15
    lines = re.findall(r'<span class="(on|)"><b>(.{3})</b> (.*?)</span>', view.source.value)
    text = "\n".join(line for _, _, line in lines)
    assert "def get" in text and "def put" in text and '"""' not in text
    now = (old()["removed_once"].steps or ())[14].thread
    assert [here.strip() for mark, here, _ in lines if mark == "on"] == [now]
    assert sorted("".join(here.strip() for _, here, _ in lines)) == ["A", "B"]
