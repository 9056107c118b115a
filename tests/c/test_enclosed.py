"""Statements that stand in an expression: their last one is their value, and nothing leaves them."""

from collections.abc import Callable

import pytest

from kvmviz.c.runtime import boxed
from tests.c.running import check_same, refusal_of, runs

SAME: dict[str, tuple[str, Callable[[int], int]]] = {
    "statements in an expression": (
        "int a = ({ int b = n; if (b > 2) b = 50; b + 1; }); return a;",
        lambda n: 51 if n > 2 else n + 1,
    ),
    "a name around it is set": ("int a = 1; ({ a = n; a++; }); return a;", lambda n: n + 1),
    "a name within it hides one around it": ("int a = 7; int b = ({ int a = n; a += 2; a; }); return a * b;",
                                             lambda n: 7 * (n + 2)),
    "one in another": ("int a = ({ int b = ({ int c = n + 1; n = 50; c * 2; }); b + n; }); return a + n;",
                       lambda n: 2 * (n + 1) + 100),
    "a loop of its own may be left": (
        "int s = 0; int a = ({ while (1) { if (s >= n) break; s++; if (s == 2) continue; } s; }); return a;",
        lambda n: max(n, 0),
    ),
    "a switch of its own may be left": ("return ({ int a = 4; switch (n) { case 2: a = 9; break; } a; });",
                                        lambda n: 9 if n == 2 else 4),
    "in a condition": ("int s = 0; while (({ n--; n > 0; })) s += 10; return s + n;",
                       lambda n: 10 * max(n - 1, 0) + min(n - 1, 0)),
    "its value is of its own type": ("return ({ u8 a = n; a; }) + 0;", lambda n: n & 0xFF),
    "without a value": ("({ if (n > 2) n = 2; }); ({ }); return n;", lambda n: min(n, 2)),
    "in a function that jumps": ("again: if (({ n--; n > 0; })) goto again; return n;", lambda n: min(n - 1, 0)),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_statements_in_an_expression_do_what_their_python_does(name: str) -> None:
    check_same(*SAME[name])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("int a = ({\nreturn 1; 2; });", "`return` in a statement expression cannot be followed here"),
        ("while (n) ({ break; });", "`break` in a statement expression"),
        ("while (n) ({ if (n) { continue; } });", "`continue` in a statement expression"),
        ("while (n) ({ switch (n) { case 1: continue; } });", "`continue` in a statement expression"),
        ("a: ({ goto a; });", "`goto` in a statement expression"),
        ("({ a: n = 1; });", "a label in a statement expression"),
        ("int a = ({ if (n) n = 1; });", "void is given where a number (int) belongs"),
        ("int a = ({ });", "void is given where a number (int) belongs"),
        ("int a = ({ int b = n; b; }) + b;", "`b` is not bound"),
        ("int a = n + ({ n = 2; n; });", "n"),
    ],
)
def test_what_would_leave_the_expression_or_has_no_value_is_refused(body: str, said: str) -> None:
    found = refusal_of(body)
    assert found.startswith("a.c:1: ")
    assert said in found


def test_a_macro_without_arguments_holds_none() -> None:
    said = refusal_of("return ONE;", before="#define ONE ({ 1; })\n")
    assert said.startswith("a.c:2: ") and "a statement expression in a macro without arguments cannot be run" in said


def test_order_is_that_of_the_text() -> None:
    body = "int a = ({ *out = *out * 10 + 1; n; }); a += ({ *out = *out * 10 + 2; n; }); return a;"
    box = boxed(0)
    assert runs(f"int f(int n, u64 *out)\n{{ {body} }}\n")(4, box) == 8
    assert box.v == 12
