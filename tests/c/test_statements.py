"""Statements of plain C, each beside the Python that one would write for it by hand."""

from collections.abc import Callable

import pytest

from kvmviz.c.runtime import Endless
from tests.c.running import check_same, refusal_of, runs


def while_sum(n: int) -> int:
    return sum(range(1, n + 1))


def collatz(n: int) -> int:
    steps = 0
    while n > 1 and steps < 20:
        n, steps = (3 * n + 1 if n % 2 else n // 2), steps + 1
    return steps


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
    "inner variable": ("int s = n; { int n = 40; s += n; } return s + n;", lambda n: 2 * n + 40),
}


@pytest.mark.parametrize("name", SAME)
def test_c_does_what_its_python_does(name: str) -> None:
    check_same(*SAME[name])


@pytest.mark.parametrize(
    ("body", "said"),
    [("\n\nbreak;", "a.c:3: `break;`: `break` outside of a loop and of a switch"),
     ("\ncontinue;", "a.c:2: `continue;`: `continue` outside of a loop")],
)  # fmt: skip
def test_what_leaves_no_loop_is_refused_with_its_line(body: str, said: str) -> None:
    assert refusal_of(body).startswith(said)


@pytest.mark.parametrize("body", ["for (;;) ;", "while (1) n++;", "do n = 1; while (n);"])
def test_what_does_not_end_is_stopped(body: str) -> None:
    with pytest.raises(Endless, match="does not end"):
        runs(f"int f(int n)\n{{ {body} return n; }}\n")(1)
