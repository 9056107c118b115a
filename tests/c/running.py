"""Functions of plain C as the front end runs them, and what it says of those that it does not."""

import ast
from collections.abc import Callable
from itertools import repeat
from typing import Any

import pytest

from kvmviz.c.ending import Budget
from kvmviz.c.program import Program
from kvmviz.c.refuse import CError
from kvmviz.c.revision import compiled
from kvmviz.c.scope import VM
from kvmviz.c.syntax import parse
from kvmviz.revisions import REVISIONS

NUMBERS = range(-2, 8)
"""What a function of a number is tried with."""


def program(text: str, base: str = "landed") -> Program:
    """A text as a program of a base, nothing of which is to run for the model."""
    return Program([parse(text, "a.c")], REVISIONS[base], [])


def runs(text: str, turns: int = 10_000) -> Callable[..., Any]:
    """The function f of a text, as the front end runs it."""
    all_of_it = program(text)
    all_of_it.translate("f", None)
    budget = Budget()
    made = compiled(all_of_it, "made", REVISIONS["landed"], budget)["f"]

    def run(*arguments: Any) -> Any:
        budget.turns = repeat(1, turns)
        return made(None, *arguments)

    return run


def check_same(body: str, python: Callable[[int], int], before: str = "") -> None:
    """A function of a number does what its Python does."""
    run = runs(f"{before}int f(int n)\n{{ {body} }}\n")
    assert [run(n) for n in NUMBERS] == [python(n) for n in NUMBERS]


def refusal(text: str) -> str:
    """What is said of the function f of a text, which cannot be run."""
    with pytest.raises(CError) as caught:
        program(text).translate("f", None)
    return str(caught.value)


def refusal_of(body: str, takes: str = "int n", before: str = "") -> str:
    """What is said of a body that cannot be run; it begins on line 1 with the text before it."""
    return refusal(f"{before}int f({takes}) {{ {body} }}\n")


def python_of(body: str, takes: str, before: str = "", base: str = "landed") -> list[str]:
    """The lines of Python that statements of C become; `VM` is what the function is given first."""
    made = program(f"{before}void f({takes}) {{ {body} }}\n", base).translate("f", None).node
    lines = [line.strip().replace(VM, "VM") for line in ast.unparse(made).split("\n")[1:]]
    return lines[2:]  # without what counts the call


def passed_over(body: str, takes: str) -> list[str]:
    """What is passed over of statements, as every answer lists it."""
    found = program(f"void f({takes}) {{ {body} }}\n")
    found.translate("f", None)
    return [str(one) for one in found.passed_over.values()]
