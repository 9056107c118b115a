"""A comparison as a widget: what stands in it, and where its buttons lead."""

import re
from html import unescape
from typing import Any

import pytest
from IPython.core.formatters import DisplayFormatter
from ipywidgets import HTML, HBox

from kvmviz import Revision
from kvmviz.compare.comparison import compare
from kvmviz.compare.difference import comparison_text
from kvmviz.compare.unified import hunks
from kvmviz.explorer.comparison import ComparisonView
from kvmviz.show import bundle, live

SEVERAL = compare("before", "landed", "fail=L1@0x200")


def shown(view: ComparisonView) -> list[str]:
    """The lines that a reader sees, without blanks at either end."""
    boxes = [part for part in view.widget.children if isinstance(part, HTML | HBox)]
    parts = [one for box in boxes for one in (box.children if isinstance(box, HBox) else [box])]
    texts = [re.sub(r"<style>.*?</style>", "", part.value, flags=re.DOTALL) for part in parts if isinstance(part, HTML)]
    lines = [line for text in texts for line in re.split(r"</(?:span|del|ins|b)>", text)]
    return [bare for line in lines if (bare := unescape(re.sub(r"<[^<>]*>", "", line)).strip())]


@pytest.mark.parametrize("scenario", ["fail=L1@0x200", "fail=all", "hkid=assigned", "fail=none"])
def test_the_view_says_what_the_text_says(scenario: str) -> None:
    both = compare("before", "landed", scenario)
    assert shown(ComparisonView(both)) == [line.strip() for line in comparison_text(both).split("\n") if line.strip()]


def test_each_hunk_has_a_button_that_opens_the_explorer_at_its_first_difference() -> None:
    view = ComparisonView(SEVERAL)
    assert len(view.buttons) == len(hunks(SEVERAL)) > 1
    for button, hunk in zip(view.buttons, hunks(SEVERAL), strict=True):
        button.click()
        assert view.explorer is not None
        assert view.explorer.step == hunk.step
        assert not SEVERAL.rows[hunk.step - 1].same


def test_a_second_click_moves_the_same_explorer() -> None:
    view = ComparisonView(SEVERAL)
    view.buttons[0].click()
    first = view.explorer
    assert first is not None
    first.scenario = "fail=all"
    view.buttons[1].click()
    assert view.explorer is first
    assert (first.scenario, first.step) == (str(SEVERAL.scenario), hunks(SEVERAL)[1].step)


def test_runs_that_are_alike_open_at_the_start() -> None:
    view = ComparisonView(compare("before", "v1"))
    view.buttons[0].click()
    assert view.explorer is not None
    assert view.explorer.step == 0


def test_a_revision_of_ones_own_is_carried_and_its_name_is_text() -> None:
    own = type("<img src=x>", (Revision,), {}, base="v1")
    view = ComparisonView(compare("before", own, "fail=L1@0x200"))
    assert "<img" not in "".join(part.value for part in view.widget.children if isinstance(part, HTML))
    view.buttons[0].click()
    assert view.explorer is not None
    assert view.explorer.revisions == ("before", own)


def test_ipython_adds_text_and_picture_to_the_widget() -> None:
    formatter: Any = DisplayFormatter()
    formatter.mimebundle_formatter.for_type(type(SEVERAL), bundle)
    data, _ = formatter.format(SEVERAL)
    assert data.keys() >= {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert data["text/plain"] == repr(SEVERAL)


def test_without_widgets_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kvmviz.show.find_spec", lambda _: None)
    assert live(SEVERAL) is None
    assert bundle(SEVERAL) == ({}, {})


def test_every_button_says_what_it_does() -> None:
    for scenario in ("fail=all", "fail=none"):
        view = ComparisonView(compare("before", "v1", scenario))
        assert view.buttons and all("explorer" in (button.tooltip or "") for button in view.buttons)
        assert all(button.description.startswith("Open") for button in view.buttons)
    assert repr(view) == f"ComparisonView({compare('before', 'v1', 'fail=none')!r})"
