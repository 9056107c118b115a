"""Where names live while a function is translated: hiding, names that Python has for itself, what is learnt."""

import ast
import keyword
from collections.abc import Callable
from contextlib import suppress

import pytest

from kvmviz.c.scope import MARK, VM, Again, Local, Scope
from kvmviz.c.syntax import parse
from kvmviz.c.types import INT, SPTE, U64
from tests.c.running import check_same, refusal_of


def scope(body: str = "", boxed: frozenset[str] = frozenset()) -> Scope:
    return Scope(parse(f"\n\nvoid f(int n)\n{{ {body} }}", "a.c").functions["f"][0], {}, boxed)


def test_a_name_means_the_innermost_variable_and_each_has_a_name_of_its_own() -> None:
    of = scope()
    outer = of.declare("a", INT, 1)
    with of.block():
        assert of.find("a") is outer
        inner = of.declare("a", U64, 2)
        assert of.find("a") is inner
        assert of.declare("b", INT, 3) is of.find("b")
    assert of.find("a") is outer and of.find("b") is None
    with of.block():
        again = of.declare("a", INT, 4)
    names = [one.name for one in (outer, inner, again)]
    assert names == ["a", f"a{MARK}2", f"a{MARK}3"]
    assert of.used >= set(names)


def test_a_block_is_closed_also_by_an_error() -> None:
    of = scope()
    with suppress(KeyError), of.block():
        of.declare("a", INT, 1)
        raise KeyError
    assert of.find("a") is None and len(of.blocks) == 1


@pytest.mark.parametrize("word", [*keyword.kwlist, "__debug__"])
def test_a_word_that_python_keeps_for_itself_is_a_name_all_the_same(word: str) -> None:
    made = scope().declare(word, INT, 1).name
    ast.parse(f"{made} = 1")
    assert made == f"{word}{MARK}2"


SAME: dict[str, tuple[str, Callable[[int], int]]] = {
    "words of Python": ("int lambda = n, None = 2; { int lambda = 5; None += lambda; } return lambda + None;",
                        lambda n: n + 7),
    "what the translator names itself": ("int vm = n, host = 2; vm += host; return vm;", lambda n: n + 2),
    "two blocks beside each other": ("int s = 0; { int a = n; s += a; } { int a = 3; s += a; } return s;",
                                     lambda n: n + 3),
    "a parameter that is hidden": ("int s = n; for (int n = 0; n < 3; n++) s += n; return s * 10 + n;",
                                   lambda n: (n + 3) * 10 + n),
    "one whose address is taken beside one of its name": (
        "int s = 0; { int a = 1; int *p = &a; *p += n; s += a; } { int a = 7; s += a; } return s;", lambda n: n + 8,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_names_mean_what_they_mean_in_c(name: str) -> None:
    check_same(*SAME[name])


def test_a_variable_whose_address_is_taken_is_read_from_its_box() -> None:
    of = scope(boxed=frozenset("a"))
    assert [ast.unparse(of.declare(name, INT, 1).load()) for name in "ab"] == ["a.v", "b"]
    assert ast.unparse(Local("x", INT, True, 0).load()) == "x.v"
    assert MARK in VM and VM.isidentifier() and not VM.isascii()


def test_what_is_learnt_begins_anew_once_and_is_kept() -> None:
    of = scope()
    for known in (SPTE, U64):
        with pytest.raises(Again):
            of.learn(7, known)
        of.learn(7, known)
    assert of.declare("a", INT, 7).type == U64
    assert of.declare("b", INT, 8).type == INT


def test_values_in_between_have_names_that_no_c_has() -> None:
    of = scope()
    made = [of.temporary() for _ in range(3)]
    assert len(set(made)) == 3
    assert not any(name.isidentifier() for name in made)


@pytest.mark.parametrize(("body", "so"), [("n < SPTE_ENT_PER_PAGE;", True), ("n < PT64_ENT_PER_PAGE;", True),
                                          ("n < 512;", False)])  # fmt: skip
def test_a_function_counts_entries_if_it_names_their_number(body: str, so: bool) -> None:
    assert scope(body).counts_entries == so


def test_a_refusal_has_the_line_of_the_node_or_of_what_is_translated_or_of_the_function() -> None:
    of = scope("\n\nn++;")
    statement = of.definition.node.child_by_field_name("body").named_children[0]  # type: ignore[union-attr]
    assert str(of.refused(statement, "no", "write yes")) == "a.c:6: no; write yes."
    assert str(of.refused(None, "no")) == "a.c:3: no."
    of.line = 5
    assert str(of.refused(None, "no")) == "a.c:5: no."
    assert str(of.refused(statement, "no")) == "a.c:6: no."


def test_a_refusal_shows_a_typeof_as_it_was_written() -> None:
    assert "`typeof(n + 1) a[2];`" in refusal_of("typeof(n + 1) a[2];")
