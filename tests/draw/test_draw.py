"""What the package itself offers: every figure, loaded when it is asked for, or the stored one where it cannot be."""

import ast
from pathlib import Path
from typing import Any

import pytest

import kvmviz.draw as package
from kvmviz.draw import elsewhere

FOLDER = Path(package.__file__).parent
DEFINED = {
    node.name: file.stem
    for file in FOLDER.glob("figures_*.py")
    for node in ast.parse(file.read_text()).body
    if isinstance(node, ast.FunctionDef)
}


@pytest.mark.parametrize("name", package.__all__)
def test_every_figure_that_is_offered_is_the_function_of_its_module(name: str) -> None:
    figure = getattr(package, name)
    assert (figure.__module__, figure.__name__) == (f"kvmviz.draw.{DEFINED[name]}", name)


def test_what_the_package_has_not_is_said() -> None:
    with pytest.raises(AttributeError, match=r"^module 'kvmviz\.draw' has no attribute 'nothing'$"):
        package.nothing  # noqa: B018


def test_on_a_page_without_matplotlib_a_figure_is_the_stored_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "drawn", lambda *given, **named: (given, named))
    monkeypatch.setattr(package, "find_spec", lambda name: None if name == "matplotlib" else object())
    assert package.lives.__module__ == "kvmviz.draw.figures_time"  # on no page: matplotlib is asked for
    monkeypatch.setattr(package, "IN_BROWSER", True)
    stored: Any = package.lives
    assert stored("v1", scenario="x") == (("lives", "v1"), {"scenario": "x"})
    monkeypatch.setattr(package, "find_spec", lambda name: object())
    assert package.lives.__module__ == "kvmviz.draw.figures_time"
