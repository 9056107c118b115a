"""Functions with jumps, cut into blocks: each does what its Python does, and a jump to nowhere is refused."""

from collections.abc import Callable

import pytest

from kvmviz.c import blocks
from kvmviz.c.runtime import Endless
from kvmviz.c.syntax import parse
from tests.c.running import check_same, refusal_of, runs


def broken_off(n: int) -> int:
    found = 0
    while n > 0 and found <= 200:
        found, n = found + {1: 6, 3: 1}.get(n, 100), n - 1
    return found


def behind(n: int) -> int:
    found = 0
    while n > 0:
        found, n = found + {1: 6, 2: 5}.get(n, 0), n - 1
        if n == 4:
            continue
        if n == 3 or found > 99:
            break
        found += 100
    return found


SAME: dict[str, tuple[str, Callable[[int], int]]] = {
    "goto ahead": ("if (n < 2) goto out; n = 7; out: return n;", lambda n: n if n < 2 else 7),
    "goto back": ("int s = 0; again: if (n > 0) { s += n--; goto again; } return s;", lambda n: sum(range(1, n + 1))),
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
    "a for whose head, step and body are cut": (
        "int s = 0; for (int i = 0, j = 9; i < n; i += 2, j--) { if (i == 2) goto step; s += j; step: ; } return s;",
        lambda n: sum(9 - i // 2 for i in range(0, max(n, 0), 2) if i != 2),
    ),
    "a do whose condition is looked at after a continue": (
        "int s = 0; do { if (n == 3) continue; if (s > 30) goto out; s += 10; } while (--n > 0); out: return s + n;",
        lambda n: 10 * (max(n, 1) - (n >= 3)) + min(n - 1, 0) if n < 6 else {6: 41, 7: 42}[n],
    ),
    "an else with no jump beside one that has": (
        "int s = 1; if (n > 2) goto out; else if (n == 1) s = 5; else s = 7; s *= 2; out: return s;",
        lambda n: 1 if n > 2 else 10 if n == 1 else 14,
    ),
    "a switch whose default stands first and falls": (
        "int s = 0; switch (n) { default: s = 1; case 2: s += 10; break; case 4: s = 4; } return s;",
        lambda n: {2: 10, 4: 4}.get(n, 11),
    ),
    "a break of a switch in a loop that is cut": (
        "int s = 0; while (n > 0) { switch (n) { case 1: s += 5; case 3: s++; break; default: s += 100; } n--; "
        "if (s > 200) goto out; } out: return s;",
        broken_off,
    ),
    "a break and a continue behind a switch": (
        "int s = 0; while (n > 0) { switch (n) { case 1: s++; case 2: s += 5; } n--; if (n == 4) continue; if (n == 3) "
        "break; if (s > 99) goto out; s += 100; } out: return s;",
        behind,
    ),
    "a name of an inner block": (
        "int s = n; { int n = 40; if (s > 2) goto out; s += n; } s += n; out: return s;",
        lambda n: n if n > 2 else 2 * n + 40,
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_what_jumps_does_what_its_python_does(name: str) -> None:
    check_same(*SAME[name])


@pytest.mark.parametrize(
    ("body", "so"),
    [
        ("goto out;", True), ("out: ;", True), ("if (n) { while (n) { { goto out; } } }", True),
        ("switch (n) { case 1: n++; case 2: n--; }", True), ("switch (n) { case 1: n++; break; case 2: n--; }", False),
        ("while (n) break; for (;;) continue;", False), ("if (n) return; else n = 2;", False), ("", False),
    ],
)  # fmt: skip
def test_what_needs_blocks_is_what_python_has_nothing_like(body: str, so: bool) -> None:
    assert blocks.needs_blocks(parse(f"void f(int n) {{ {body} }}", "a.c").functions["f"][0].node) == so


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("a: ;\na: return 1;", "a.c:2: the label a appears twice"),
        ("goto out;\nout2: return 1;", "a.c:1: goto out: the function has no such label"),
        ("a: ;\nif (n) {\ngoto b; }\ngoto b;", "a.c:3: goto b: the function has no such label"),
        ("a: if (n > 0) {\nbreak; } goto a;", "a.c:2: `break` outside of a loop and of a switch"),
        ("a: if (n > 0) {\ncontinue; } goto a;", "a.c:2: `continue` outside of a loop"),
        ("a: switch (n) {\ncase 1: continue; } goto a;", "a.c:2: `continue` outside of a loop"),
        ("goto a;\nscoped_guard(mutex, &n) { a: ; }", "a.c:2: a `goto` into or out of a guard"),
    ],
)
def test_a_jump_that_goes_nowhere_is_refused_with_its_line(body: str, said: str) -> None:
    assert refusal_of(body).startswith(said)


@pytest.mark.parametrize(
    ("body", "line"),
    [("a:\nn++;\ngoto a;", 3), ("goto b;\nb:\nfor (;;) {\nif (n == 77)\ngoto a;\n}\na: ;", 5)],
)
def test_what_turns_for_ever_ends_in_the_block_that_is_next(body: str, line: int) -> None:
    with pytest.raises(Endless, match="does not end") as caught:
        runs(f"int f(int n)\n{{\n{body}\nreturn n; }}\n")(1)
    assert caught.value.line == line
