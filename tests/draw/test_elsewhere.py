"""Figures without matplotlib: the stored picture of a call, or a sentence that there is none."""

import pytest

from kvmviz import draw
from kvmviz.draw import elsewhere
from kvmviz.draw.elsewhere import NOT_STORED, STORED, Stored, call, drawn


def test_a_call_is_written_as_python_has_it_names_in_order() -> None:
    assert call("f") == "f()"
    assert call("f", 1, "a b", (1, 2)) == "f(1, 'a b', (1, 2))"
    assert call("f", "x", b=2, a="y") == "f('x', a='y', b=2)"
    assert eval(call("dict", a=1, b="x")) == {"a": 1, "b": "x"}


def test_a_stored_picture_is_shown_with_its_sentence() -> None:
    found = Stored("f(1 < 2)", "<svg/>")
    bundle = found._repr_mimebundle_(include=None)
    assert found.sentence == STORED
    assert bundle["text/html"].startswith("<svg/><p ") and STORED in bundle["text/html"]
    assert bundle["text/plain"] == repr(found) == f"f(1 < 2)\n{STORED}"


def test_a_picture_that_is_not_stored_is_said_to_be_missing_by_its_call() -> None:
    found = Stored("f(1 < 2)", None)
    assert found.sentence == f"{NOT_STORED}f(1 < 2)."
    assert "f(1 &lt; 2)." in found._repr_mimebundle_()["text/html"]
    assert "svg" not in found._repr_mimebundle_()["text/html"]


def test_a_figure_is_looked_up_by_its_call_on_a_page_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "figures", lambda: {"lives('v1', scenario='x')": "<svg/>"})
    for page, sentence in ((True, STORED), (False, f"{NOT_STORED}lives('v1', scenario='x').")):
        monkeypatch.setattr(elsewhere, "has_page", lambda page=page: page)
        found = drawn("lives", "v1", scenario="x")
        assert (found.call, found.sentence) == ("lives('v1', scenario='x')", sentence)
    monkeypatch.setattr(elsewhere, "has_page", lambda: True)
    assert drawn("lives", "v2").sentence.endswith("lives('v2').")


@pytest.mark.parametrize("name", draw.__all__)
def test_in_a_browser_without_matplotlib_each_figure_is_its_stored_picture(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert getattr(draw, name).__name__ == name
    monkeypatch.setattr(draw, "IN_BROWSER", True)
    assert getattr(draw, name).__name__ == name, "where it brings matplotlib"
    monkeypatch.setattr(draw, "find_spec", lambda wanted: None if wanted == "matplotlib" else object())
    assert getattr(draw, name)("v1", most=3).call == f"{name}('v1', most=3)"


def test_what_is_no_figure_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"^module 'kvmviz.draw' has no attribute 'no_figure'$"):
        draw.no_figure  # noqa: B018  (it is asked for, which raises)
