"""A reader's own design: what no count of lines sees is ended from outside, in a sentence with its line."""

import math
from itertools import pairwise

import pytest

from kvmviz.race.design import DESIGNS
from kvmviz.race.own import is_own
from kvmviz.race.result import race
from kvmviz.revisions import guard
from kvmviz.revisions.guard import PatchError, allowing
from tests.race.test_design import from_text, made

SLEEPS = "from time import sleep\ndef put(region):\n    yield region.lock()\n    sleep(1000)\n"
IN_C = "from itertools import repeat\ndef put(region):\n    yield region.lock()\n    sum(repeat(1))\n"
"""Each stands in its put, on line 4."""


@pytest.mark.parametrize("text", [SLEEPS, IN_C], ids=["a sleep", "a loop in C"])
def test_what_comes_to_no_end_is_ended(text: str) -> None:
    said = r"^Mine: put, line 4, does not end: it was stopped after 0\.5 s; --timeout allows more\.$"
    with pytest.raises(PatchError, match=said), allowing(0.5):
        race(from_text(text), 2, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import os; os._exit(3)", "Mine: put, line 2, ends Python: return from the function"),
        ("import os; os.system('true')", "Mine: put, line 2, starts a process"),
        ("import ctypes; ctypes.string_at(0)", "Mine: put, line 2, ended the process by SIGSEGV"),
    ],
)  # fmt: skip
def test_what_a_step_must_not_do_is_a_sentence(line: str, said: str) -> None:
    with pytest.raises(PatchError, match=said):
        race(made(f"{line}\nyield region.lock()"), 1, 1)


def test_the_search_between_two_steps_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    monkeypatch.setattr(guard, "_watching", [lambda name, where, seconds: told.append(seconds)])
    assert race(made("yield region.decrement()"), 1, 1).broken
    assert told[-1] == math.inf
    assert all((a == math.inf) != (b == math.inf) for a, b in pairwise(told))


def test_what_comes_back_from_a_worker_is_what_is_found_here(monkeypatch: pytest.MonkeyPatch) -> None:
    own = from_text(IN_C.replace("sum(repeat(1))", "yield region.decrement()"))
    there = race(own, 2, 1)
    monkeypatch.setattr("kvmviz.apart.AVAILABLE", False)
    assert race(own, 2, 1) == there
    assert there.design is own


def test_the_projects_designs_need_no_worker() -> None:
    assert not any(map(is_own, DESIGNS.values()))
