"""A switch: its groups, which of them Python has something like, and what it does either way."""

from collections.abc import Callable
from typing import Any

import pytest

from kvmviz.c import switches
from kvmviz.c.syntax import parse, text_of
from kvmviz.c.values import Unfit
from tests.c.running import check_same, refusal_of


def fallen(n: int) -> int:
    found = 0
    if n in (1, 2):
        found += 10
    if n in (1, 2, 3):
        found += 100
        return found
    return found + (7 if n == 5 else 1000)


SAME: dict[str, tuple[str, Callable[[int], int]]] = {
    "switch": (
        "switch (n) { case 1: return 5; case 2: case 3: n = 9; break; default: n = -1; } return n;",
        lambda n: 5 if n == 1 else 9 if n in (2, 3) else -1,
    ),
    "switch without default": (
        "int s = 4; switch (n) { case 1: s = 5; break; case 2: s = 6; } return s;",
        lambda n: {1: 5, 2: 6}.get(n, 4),
    ),
    "switch that falls through": (
        "int s = 0; switch (n) { case 1: case 2: s += 10; case 3: s += 100; break; case 5: s += 7; break; "
        "default: s += 1000; } return s;",
        fallen,
    ),
    "default in the middle": (
        "int s = 0; switch (n) { case 1: s = 1; break; default: s = 2; break; case 3: s = 3; } return s;",
        lambda n: n if n in (1, 3) else 2,
    ),
    "continue in a switch": (
        "int s = 0; for (int i = 0; i < 5; i++) { switch (i) { case 2: continue; case 4: break; default: s "
        "+= i; } s += 10; } "
        "return s + n;",
        lambda n: 44 + n,
    ),
    "break in a switch in a loop": (
        "int s = 0; while (n-- > 0) { switch (n) { case 0: s = 50; break; } s++; } return s;",
        lambda n: 51 if n > 0 else 0,
    ),
    "a case within a loop's continue": (
        "int s = 0; while (n-- > 0) { switch (n) { case 1: while (1) { break; } s += 5; break; case 2: continue; } "
        "s++; } return s;",
        lambda n: sum(6 if i == 1 else i != 2 for i in range(max(n, 0))),
    ),
    "cases are of the promoted type": (
        "switch ((u8)n) { case 255: return 1; case 0: return 2; case -1: return 3; } return 4;",
        lambda n: {-1: 1, 0: 2}.get(n, 4),
    ),
    "cases wrap as what is switched on": (
        "switch ((unsigned int)n) { case -1: return 1; case 0xfffffffe: return 2; } return 4;",
        lambda n: {-1: 1, -2: 2}.get(n, 4),
    ),
    "nothing in it": ("switch (n++) { } return n;", lambda n: n + 1),
}


@pytest.mark.parametrize("name", SAME)
def test_a_switch_does_what_its_python_does(name: str) -> None:
    check_same(*SAME[name])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("\nswitch (n) { case 1: return 1; case 1: return 2; }", ": a case appears twice"),
        ("\nswitch (n) { case 1: case 1: return 2; }", ": a case appears twice"),
        ("\nswitch ((u8)n + 0u) { case -1: return 1; case 0xffffffff: return 2; }", ": a case appears twice"),
        ("\nswitch (n) { case n: return 1; }", "a.c:2: case n: no constant"),
        ("\nswitch (n) { default: return 1; case 1: break; default: return 2; }", ": default appears twice"),
        ("\nswitch (n) { n++; case 1: return 1; }", ": a statement before the first case"),
    ],
)
def test_what_is_no_switch_of_c_is_refused_with_its_line(body: str, said: str) -> None:
    assert refusal_of(body).startswith("a.c:2: ")
    assert said in refusal_of(body)


def first(body: str, kind: str = "switch_statement") -> Any:
    """The first statement of a kind in a function."""
    waiting: list[Any] = [parse(f"void f(int n) {{ {body} }}", "a.c").functions["f"][0].node]
    while waiting:
        one = waiting.pop(0)
        if one.type == kind:
            return one
        waiting += one.named_children
    raise AssertionError(body)


def test_cases_that_share_their_statements_are_a_group() -> None:
    body = "case 1: /* and */ case 2: a(); b(); break; default: case 3: c(); case 4: ;"
    found = switches.groups(first(f"switch (n) {{ /* none */ {body} }}"))
    assert [([text_of(case) for case in group.cases], group.default) for group in found] == [
        (["1", "2"], False), (["3"], True), (["4"], False),
    ]  # fmt: skip
    assert [[text_of(one) for one in group.statements] for group in found] == [
        ["a();", "b();", "break;"], ["c();"], [";"],
    ]  # fmt: skip
    with pytest.raises(Unfit, match="before the first case"):
        switches.groups(first("switch (n) { a(); case 1: ; }"))


@pytest.mark.parametrize(
    ("body", "so"),
    [
        ("case 1: a(); break; case 2: return; default: b();", True),
        ("case 1: goto x; case 2: continue; default: break;", True),
        ("case 1: a(); case 2: break;", False),
        ("case 1: ; case 2: break;", False),
        ("case 1: case 2: break;", True),
        ("case 1: if (n) break; a(); break; case 2: ;", False),
        ("case 1: while (n) break; break; case 2: ;", True),
        ("case 1: switch (n) { case 1: break; } break;", True),
        ("case 1: if (n) continue; break;", True),
        ("case 1: ; case 2: if (n) break;", False),
        ("a(); case 1: a();", True),
    ],
)
def test_a_switch_is_regular_if_each_group_ends_by_itself_and_only_there(body: str, so: bool) -> None:
    assert switches.regular(first(f"switch (n) {{ {body} }}")) == so


@pytest.mark.parametrize(
    ("body", "leaves", "breaks"),
    [
        ("if (n) { break; }", True, True), ("if (n) { continue; }", True, False), ("if (n) { return; }", False, False),
        ("if (n) { while (n) break; }", False, False), ("if (n) { for (;;) continue; }", False, False),
        ("if (n) { do break; while (n); }", False, False), ("if (n) { switch (n) { case 1: break; } }", False, False),
        ("if (n) { switch (n) { case 1: continue; } }", True, False),
        ("if (n) { while (n) ; break; }", True, True),
    ],
)  # fmt: skip
def test_what_leaves_a_statement_is_for_no_loop_or_switch_within(body: str, leaves: bool, breaks: bool) -> None:
    statement = first(f"while (n) {{ {body} }}", "if_statement")
    assert (switches.leaves(statement), switches.leaves(statement, breaks_only=True)) == (leaves, breaks)
    assert not switches.leaves(None)
