"""Statements and expressions of plain C, each beside the Python that one would write for it by hand."""

from collections.abc import Callable
from itertools import repeat
from typing import Any

import pytest

from kvmviz.c.ending import Budget
from kvmviz.c.program import Program
from kvmviz.c.refuse import CError
from kvmviz.c.revision import compiled
from kvmviz.c.runtime import Endless, Stopped
from kvmviz.c.syntax import parse
from kvmviz.revisions import REVISIONS


def runs(text: str, turns: int = 10_000) -> Callable[..., Any]:
    """The function f of a text, as the front end runs it."""
    program = Program([parse(text, "a.c")], REVISIONS["landed"], [])
    program.translate("f", None)
    budget = Budget()
    made = compiled(program, "made", REVISIONS["landed"], budget)["f"]

    def run(*arguments: int) -> Any:
        budget.turns = repeat(1, turns)
        return made(None, *arguments)

    return run


def while_sum(n: int) -> int:
    return sum(range(1, n + 1))


def collatz(n: int) -> int:
    steps = 0
    while n > 1 and steps < 20:
        n, steps = (3 * n + 1 if n % 2 else n // 2), steps + 1
    return steps


def fallen(n: int) -> int:
    found = 0
    if n in (1, 2):
        found += 10
    if n in (1, 2, 3):
        found += 100
        return found
    return found + (7 if n == 5 else 1000)


SAME: dict[str, tuple[str, Callable[[int], int]]] = {
    "if else": (
        "if (n > 2) return 1; else if (n == 2) return 2; return 3;",
        lambda n: 1 if n > 2 else 2 if n == 2 else 3,
    ),
    "while": ("int s = 0; while (n > 0) { s += n; n--; } return s;", while_sum),
    "while without braces": ("int s = 0; while (n > 0) s += n--; return s;", while_sum),
    "for": ("int s = 0; for (int i = 1; i <= n; i++) s += i; return s;", while_sum),
    "for without a head": ("int s = 0, i = 1; for (;;) { if (i > n) break; s += i; i++; } return s;", while_sum),
    "do": ("int s = 0; do { s++; n--; } while (n > 0); return s;", lambda n: max(n, 1)),
    "continue in for": (
        "int s = 0; for (int i = 0; i < n; i++) { if (i & 1) continue; s += i; } return s;",
        lambda n: sum(range(0, max(n, 0), 2)),
    ),
    "continue in while": (
        "int s = 0; while (n > 0) { n--; if (n == 2) continue; s++; } return s;",
        lambda n: max(n, 0) - (n > 2),
    ),
    "continue in do": (
        "int s = 0; do { n--; if (n == 2) continue; s++; } while (n > 0); return s;",
        lambda n: max(n, 1) - (n > 2),
    ),
    "break out of the inner loop": (
        "int s = 0; for (int i = 0; i < n; i++) for (int j = 0; j < 9; j++) { if (j == 2) break; s++; } return s;",
        lambda n: 2 * max(n, 0),
    ),
    "steps": ("int s = 0; while (n > 1 && s < 20) { if (n % 2) n = 3 * n + 1; else n /= 2; s++; } return s;", collatz),
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
    "goto ahead": ("if (n < 2) goto out; n = 7; out: return n;", lambda n: n if n < 2 else 7),
    "goto back": ("int s = 0; again: if (n > 0) { s += n--; goto again; } return s;", while_sum),
    "goto out of loops": (
        "int s = 0; for (int i = 0; i < 9; i++) while (1) { if (s == n) goto done; if (++s > 5) goto done; } "
        "done: return s;",
        lambda n: n if 0 <= n <= 5 else 6,
    ),
    "goto into a block": (
        "int s = 1; if (n == 3) goto in; if (n > 5) { s = 2; in: s += 10; } return s;",
        lambda n: 11 if n == 3 else 12 if n > 5 else 1,
    ),
    "loops cut by a label": (
        "int s = 0; for (int i = 0; i < n; i++) { if (i == 1) goto next; s += 10; next: s++; } do { s--; if "
        "(s < 0) goto out; } "
        "while (s > 40); out: return s;",
        lambda n: (min(11 * n - 10 * (n > 1), 41) if n > 0 else 0) - 1,
    ),
    "if and else cut by labels": (
        "int s = 0; if (n > 2) { s = 1; goto one; } else { s = 2; one: s += 5; } return s;",
        lambda n: 6 if n > 2 else 7,
    ),
    "switch cut by a label": (
        "int s = 0; switch (n) { case 1: goto two; case 2: two: s = 20; break; case 3: s = 3; default: s++; } "
        "return s;",
        lambda n: 20 if n in (1, 2) else 4 if n == 3 else 1,
    ),
    "continue cut by a label": (
        "int s = 0; while (n > 0) { n--; if (n == 1) continue; if (n == 3) goto x; s++; x: s += 10; } return s;",
        lambda n: sum(10 + (i != 3) for i in range(max(n, 0)) if i != 1),
    ),
    "inner variable": ("int s = n; { int n = 40; s += n; } return s + n;", lambda n: 2 * n + 40),
    "conditional": ("return n > 2 ? n : n < 0 ? -n : 5;", lambda n: n if n > 2 else -n if n < 0 else 5),
    "conditional without a middle": ("return n ?: 9;", lambda n: n or 9),
    "and, or, not": (
        "return (n > 1 && n < 4) + 2 * (n < 1 || n == 5) + 4 * !n;",
        lambda n: (1 < n < 4) + 2 * (n < 1 or n == 5) + 4 * (n == 0),
    ),
    "what is not needed is not done": (
        "int s = 0; n > 2 && (s = 1); n > 2 || (s = 2); return s;",
        lambda n: 1 if n > 2 else 2,
    ),
    "before and after": (
        "int a = n++; int b = ++n; int c = n--; int d = --n; return a + 10 * b + 100 * c + 1000 * d;",
        lambda n: n + 10 * (n + 2) + 100 * (n + 2) + 1000 * n,
    ),
    "assignments": (
        "int s = 100; s += n; s -= 3; s *= 2; s |= 1; s ^= 6; s &= 0xff; s <<= 2; s >>= 1; return s;",
        lambda n: (((((100 + n - 3) * 2) | 1) ^ 6) & 0xFF) * 2,
    ),
    "divisions": (
        "int s = n * 7 - 10; return s / 3 + 100 * (s % 3);",
        lambda n: int((n * 7 - 10) / 3) + 100 * ((n * 7 - 10) - 3 * int((n * 7 - 10) / 3)),
    ),
    "comma": ("int a, b; a = (b = n, b + 1); return a + b;", lambda n: 2 * n + 1),
    "casts": (
        "return (u8)n + (int)(s8)(n << 6) + (bool)n;",
        lambda n: (n & 0xFF) + (((n << 6) & 0xFF) ^ 0x80) - 0x80 + (n != 0),
    ),
    "sizes": (
        "u64 a = 0; return sizeof(a) + sizeof(int) * 10 + sizeof(u8) * 100 + sizeof(unsigned long) * 1000;",
        lambda n: 8148,
    ),
    "characters": (r"return 'a' + '\n' + '\0' + n;", lambda n: 107 + n),
    "numbers": ("return 0x10 + 010 + 5UL + 1u + n;", lambda n: 30 + n),
    "types of numbers": (
        "return sizeof(5) + 10 * sizeof(5UL) + 100 * sizeof(5u) + 1000 * sizeof(0xffffffff) + "
        "10000 * sizeof(4294967296) + (-1 < 5) + 2 * (-1 < 5u) + 4 * (-1 < 5UL) + 8 * (((u64)5 << 40) > (1UL << 42));",
        lambda n: 84493,
    ),
    "address": ("int *p = &n; *p += 4; return n + *p;", lambda n: 2 * (n + 4)),
    "statements in an expression": (
        "int a = ({ int b = n; if (b > 2) b = 50; b + 1; }); return a;",
        lambda n: 51 if n > 2 else n + 1,
    ),
    "compared": (
        "return (n == 3) + 2 * (n != 3) + 4 * (n >= 3) + 8 * (n <= 3) + 16 * (n < 3) + 32 * (n > 3);",
        lambda n: (n == 3) + 2 * (n != 3) + 4 * (n >= 3) + 8 * (n <= 3) + 16 * (n < 3) + 32 * (n > 3),
    ),
    "bits": (
        "return (n & 5) + ((n | 8) << 4) + ((n ^ 3) << 10) + (~n << 16);",
        lambda n: (n & 5) + ((n | 8) << 4) + ((n ^ 3) << 10) + (~n << 16),
    ),
    "the words of C for true": (
        "bool a = n > 2, b = true, c = false; return a + 2 * b + 4 * c;",
        lambda n: (n > 2) + 2,
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_c_does_what_its_python_does(name: str) -> None:
    body, python = SAME[name]
    run = runs(f"int f(int n)\n{{ {body} }}\n")
    assert [run(n) for n in range(-2, 8)] == [python(n) for n in range(-2, 8)]


BEFORE = """#define THREE 3
#define SUM (THREE + 4)
enum { RED, GREEN = 5, BLUE };
enum colour { DARK = -1 };
struct pair { int a; u8 b; };
static const int NINE = 9;
static int twice(int x) { return 2 * x; }
static void add(int *to, int what) { *to += what; }
static int count(struct pair *of) { of->a++; return of->a + of->b; }
"""
WITH: dict[str, tuple[str, Callable[[int], int]]] = {
    "macros": ("return THREE * n + SUM;", lambda n: 3 * n + 7),
    "enumerators": ("return n + RED + 10 * GREEN + 100 * BLUE;", lambda n: n + 650),
    "a constant": ("return NINE - n;", lambda n: 9 - n),
    "a function": ("return twice(twice(n)) + 1;", lambda n: 4 * n + 1),
    "an out-parameter": ("int a = 1; add(&a, n); add(&n, a); return 10 * a + n;", lambda n: 10 * (1 + n) + 2 * n + 1),
    "a struct": (
        "struct pair p = { .a = n, .b = 300 }; int c = count(&p); return c + 1000 * p.a + p.b;",
        lambda n: (n + 1 + 44) + 1000 * (n + 1) + 44,
    ),
}


@pytest.mark.parametrize("name", WITH)
def test_what_stands_beside_a_function_is_used(name: str) -> None:
    body, python = WITH[name]
    run = runs(f"{BEFORE}int f(int n)\n{{ {body} }}\n")
    assert [run(n) for n in range(-2, 8)] == [python(n) for n in range(-2, 8)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("\nswitch (n) { case 1: return 1; case 1: return 2; }", ": a case appears twice"),
        ("\nswitch (n) { case n: return 1; }", "a.c:2: case n: no constant"),
        ("\nswitch (n) { default: return 1; case 1: break; default: return 2; }", ": default appears twice"),
        ("\nswitch (n) { n++; case 1: return 1; }", ": a statement before the first case"),
        ("\n\nbreak;", "a.c:3: `break;`: `break` outside of a loop and of a switch"),
        ("\ncontinue;", "a.c:2: "),
        ("a: ;\na: return 1;", "a.c:2: the label a appears twice"),
        ("goto out;\nout2: return 1;", "a.c:1: goto out: the function has no such label"),
        ("a: if (n > 0) { break; } goto a;", "`break` outside of a loop and of a switch"),
        ("a: if (n > 0) { continue; } goto a;", "`continue` outside of a loop"),
        ("int a = n++ + n++;", "the order of"),
        ("int a = n + (n = 2);", "what reads and sets n"),
        ("return n << 32;", "a shift of int by 32 bits, which C leaves undefined"),
        ("return 1 +;", "cannot be read as C"),
        ("(n + 1) = n;", "this cannot be assigned to"),
        ("m = n;", "`m` is not bound"),
        ("int a = *n;", "is no pointer"),
        ("int a = (void)n;", "void is given where a number (int) belongs"),
        ("foo_t a = n;", "the type `foo_t` is not known here"),
    ],
)
def test_what_c_does_not_allow_is_refused_with_its_line(body: str, said: str) -> None:
    with pytest.raises(CError) as caught:
        runs(f"int f(int n) {{ {body} return 0; }}\n")
    assert said in str(caught.value)


@pytest.mark.parametrize("body", ["for (;;) ;", "while (1) n++;", "do n = 1; while (n);", "a: n++; goto a;",
                                  "for (;;) { if (n == 77) goto a; } a: ;"])  # fmt: skip
def test_what_does_not_end_is_stopped(body: str) -> None:
    with pytest.raises(Endless, match="does not end"):
        runs(f"int f(int n)\n{{ {body} return n; }}\n")(1)


def test_a_function_that_calls_itself_for_ever_is_stopped_and_one_that_ends_is_not() -> None:
    with pytest.raises(Endless, match="is called without end"):
        runs("int f(int n)\n{ return f(n + 1); }\n", turns=5)(1)
    assert runs("int f(int n)\n{ return n < 2 ? 1 : n * f(n - 1); }\n")(5) == 120


def test_a_function_that_ends_without_its_value_is_stopped() -> None:
    run = runs("int f(int n)\n{ if (n > 2) return 1; }\n")
    assert run(3) == 1
    with pytest.raises(Stopped, match="f ends without returning a value"):
        run(2)
    assert runs("void f(int n)\n{ n++; }\n")(2) is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 5 / n;", "division by zero"),
        ("return 5 % n;", "division by zero"),
        ("return 1 << (n + 32);", "a shift by 32 bits"),
        ("return 1 >> (n - 1);", "a shift by -1 bits"),
    ],
)
def test_divisions_and_shifts_that_c_leaves_undefined_stop_a_run(body: str, said: str) -> None:
    with pytest.raises(Stopped, match=said):
        runs(f"int f(int n)\n{{ {body} }}\n")(0)
