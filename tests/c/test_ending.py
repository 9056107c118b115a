"""How what goes wrong in C is told: by the line of the C that ran, in C's words."""

from collections.abc import Callable
from itertools import islice
from types import SimpleNamespace
from typing import Any

import pytest

from kvmviz.c.ending import TURNS_PER_TABLE, Budget, _said, bounded
from kvmviz.c.runtime import Stopped, boxed, endless, recursion
from kvmviz.errors import KvmvizError
from kvmviz.revisions.guard import PatchError

FAILS = SimpleNamespace(fail="L1@0x200")
FINE = SimpleNamespace(fail="")


def from_c(body: str, **names: Any) -> Callable[[], Any]:
    """A function that looks as if it was translated from the file p.c, from line 10 on."""
    space: dict[str, Any] = dict(names)
    exec(compile("\n" * 9 + f"def f():\n    pass\n    {body}", "p.c", "exec"), space)
    made: Callable[[], Any] = space["f"]
    return made


def told(function: Callable[[], Any], where: object = FINE) -> str:
    with pytest.raises(PatchError) as caught, bounded("Mine", Budget(), 3, where, frozenset({"p.c"})):
        function()
    return str(caught.value)


def test_a_run_has_so_many_turns_for_each_table_and_the_root() -> None:
    budget = Budget()
    assert list(budget.turns) == []
    with bounded("Mine", budget, 3, FINE, frozenset()):
        assert len(list(islice(budget.turns, 10 * TURNS_PER_TABLE))) == 4 * TURNS_PER_TABLE
    budget.fill(0)
    assert len(list(budget.turns)) == TURNS_PER_TABLE


def test_what_does_not_end_is_told_with_the_line_that_it_names() -> None:
    assert told(from_c("endless(33)", endless=endless)) == f"Mine: p.c:33: f does not end, with {FINE}."
    said = told(from_c("recursion(10)", recursion=recursion), FAILS)
    assert said.startswith("Mine: p.c:10: f is called without end, with ")
    assert said.endswith("; a reclaim that the scenario lets fail fails each time it is asked for.")


def test_python_s_own_recursion_is_told_with_the_function_s_first_line() -> None:
    assert told(from_c("f()")) == f"Mine: p.c:10: f is called without end, with {FINE}."


def test_what_fails_is_told_with_the_line_that_ran_and_the_innermost_function_of_c() -> None:
    def stop() -> None:
        raise Stopped("NULL is dereferenced")

    inner = from_c("stop()", stop=stop)
    assert told(inner) == f"Mine: p.c:12: f fails with {FINE}: NULL is dereferenced."
    assert told(lambda: inner()) == f"Mine: p.c:12: f fails with {FINE}: NULL is dereferenced."
    assert told(stop) == f"Mine: stop of the model, after this patch, fails with {FINE}: NULL is dereferenced."


def test_the_project_s_own_sentences_pass_and_so_does_what_is_no_failure() -> None:
    for error in (KvmvizError("a sentence"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as caught, bounded("Mine", Budget(), 3, FINE, frozenset()):
            raise error
        assert caught.value is error


def caught(function: Callable[[], Any]) -> Exception:
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return not_set", "not_set is read before it has a value"),
        ("return None.role", "NULL is dereferenced for .role"),
        ("return Box().v", "a variable is read before it has a value"),
        ("return None + 1", "NULL is used for an object"),
        ("return 1 + 'a'", "TypeError: unsupported operand type(s) for +: 'int' and 'str'"),
        ("return {}['key']", "KeyError: 'key'"),
        ("raise ValueError('ends with a stop.')", "ValueError: ends with a stop"),
        ("return Box().w", "AttributeError: 'Box' object has no attribute 'w'"),
    ],
)
def test_errors_of_python_are_said_in_words_of_c(body: str, said: str) -> None:
    assert _said(caught(from_c(body, Box=type(boxed(1))))) == said
