"""What is stored for a widget that does not run: shown where JupyterLab asks, and nowhere else."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from kvmviz.draw.standin import SENTENCE, put_stand_in, stand_in


def asked(monkeypatch: pytest.MonkeyPatch, request: dict[str, Any] | None) -> list[dict[str, str]]:
    """What is published, with a shell whose last request was this; without a request the shell tells none."""
    published: list[dict[str, str]] = []
    shell = SimpleNamespace(display_pub=SimpleNamespace(publish=published.append))
    if request is not None:
        shell.get_parent = lambda: request
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert put_stand_in("<svg/>") is bool(published)
    return published


def test_jupyterlab_gets_the_picture_and_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = asked(monkeypatch, {"metadata": {"deletedCells": []}})
    assert found == {"text/html": stand_in("<svg/>"), "text/plain": SENTENCE}


@pytest.mark.parametrize("request_", [None, {}, {"metadata": {}}, {"metadata": None}])
def test_nobody_else_gets_it(monkeypatch: pytest.MonkeyPatch, request_: dict[str, Any] | None) -> None:
    assert asked(monkeypatch, request_) == []


def test_without_ipython_there_is_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert put_stand_in("<svg/>") is False


def test_the_picture_stands_below_the_sentence_and_goes_where_a_widget_is() -> None:
    found = stand_in("<svg>mine</svg>")
    assert found.index(SENTENCE) < found.index("<svg>mine</svg>")
    assert ":has(+ .jp-OutputArea-child > .jp-OutputArea-output > .lm-Widget){display:none}" in found
