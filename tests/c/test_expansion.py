"""Macros written out, held against a preprocessor where there is one; what cannot be is left, or refused."""

import re
import shutil
import subprocess

import pytest

from kvmviz.c.expansion import DEEPEST, LONGEST, MOST, Definition, definition, expanded
from kvmviz.c.refuse import CError

MACROS = {
    "LOST": "LOST(sp) (!(sp)->external_spt || GONE(sp))",
    "GONE": "GONE(x) is_gone(x, (x) + 1)",
    "SAY": "SAY(fmt, ...) pr_err(fmt, __VA_ARGS__)",
    "ALL": "ALL(args...) f(args)",
    "SHOW": "SHOW(x) warn(#x, x)",
    "SELF": "SELF(x) SELF(x + 1)",
    "NONE": "NONE() 7",
    "PASTE": "PASTE(a, b) a##_##b",
    "STATEMENTS": "STATEMENTS(x) ({ int y = x; y + 1; })",
}
DEFINITIONS = {name: found for name, text in MACROS.items() if (found := definition(text))}
USES = [
    "a = LOST(sp);",
    "a = LOST(parent(sp, 1)) + GONE(b);",
    "LOST(\n\tsp)",
    'SAY("a, (b", c, d(e, f));',
    "ALL(1, 2, (3, 4));",
    "SHOW(a ->b);",
    "SHOW(GONE(c));",
    "SELF(1);",
    "NONE();",
    "GONE;",
    's = "GONE(x)"; GONE(x);',
    "GONE(GONE(x));",
    "LOST (sp);",
    "c = ')'; GONE(')');",
    "XLOST(sp); LOSTX(sp);",
    "GONE({a, b}[0]);",
    "PASTE(one, two)(3);",
    "c = STATEMENTS(a);",
]

NESTED = {f"F{n}": Definition((), f"F{n + 1}()") for n in range(DEEPEST + 3)}


def tokens(text: str) -> list[str]:
    return re.findall(r'"(?:\\.|[^"])*"|\'(?:\\.|[^\'])*\'|\w+|[^\w\s]', text)


def test_every_macro_here_is_read() -> None:
    assert set(DEFINITIONS) == set(MACROS)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="no preprocessor here")
@pytest.mark.parametrize("use", [use for use in USES if "{a, b}" not in use])
def test_a_use_comes_to_what_a_preprocessor_makes_of_it(use: str) -> None:
    text = "".join(f"#define {one}\n" for one in MACROS.values()) + use + "\n"
    said = subprocess.run(["gcc", "-E", "-P", "-"], input=text, capture_output=True, text=True, check=True).stdout
    assert tokens(expanded(use, DEFINITIONS, "a.c")) == tokens(said)


@pytest.mark.parametrize("use", USES)
def test_lines_stay_what_they_were(use: str) -> None:
    assert expanded(f"one\n{use}\nlast", DEFINITIONS, "a.c").count("\n") == use.count("\n") + 2


@pytest.mark.parametrize(
    "text",
    [
        "for_each_x(i) for (;;)",
        "TDX_BUG_ON(a, b) c",
        "scoped_x(a) b",
        "D(a, a) a",
        "E(1) 2",
        "PLAIN 3",
    ],
)
def test_what_is_not_written_out(text: str) -> None:
    assert definition(text) is None


def test_parameters_and_the_rest_of_them() -> None:
    assert definition("F(a , b)  a b ") == Definition(("a", "b"), "a b")
    assert definition("F(a, ...) x") == Definition(("a", "__VA_ARGS__"), "x", rest=True)
    assert definition("F(rest...) x") == Definition(("rest",), "x", rest=True)
    assert definition("F() x") == Definition((), "x")


@pytest.mark.parametrize(
    ("definitions", "use", "said"),
    [
        ({"F": Definition(("a", "b"), "a")}, "\n\nF(1);", r"a\.c:3: the macro `F` takes 2 arguments, and is given 1"),
        ({"F": Definition(("a",), "a a " * 1000)}, f"F({'x' * 100});", f"the macro `F` comes to more than {MOST:,}"),
        (NESTED, "F0();", "stands for more than can be followed"),
    ],
    ids=["too few", "too long", "too deep"],
)
def test_what_is_too_much_or_too_little_is_refused_with_its_line(
    definitions: dict[str, Definition], use: str, said: str
) -> None:
    with pytest.raises(CError, match=said):
        expanded(use, definitions, "a.c")


REFUSED = {
    "too few": ("PASTE(1)", "the macro `PASTE` takes 2 arguments, and is given 1"),
    "too few in another": ("OUTER(1)", "the macro `PASTE` takes 2 arguments, and is given 1"),
    "too few in an argument": ("GONE(\n\tPASTE(1))", "the macro `PASTE` takes 2 arguments, and is given 1"),
    "too deep": ("F0()", f"the macro `F{DEEPEST + 1}` stands for more than can be followed"),
    "too long": (f"MANY({'x' * 100})", f"the macro `MANY` comes to more than {MOST:,} characters"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("line", [1, 2, 7])
def test_a_refusal_has_the_line_on_which_the_use_in_the_text_begins(name: str, line: int) -> None:
    use, said = REFUSED[name]
    known = {**DEFINITIONS, **NESTED, "OUTER": Definition(("x",), "1 + PASTE(x)"),
             "MANY": Definition(("a",), "a a " * 1000)}  # fmt: skip
    before = "a = GONE(b);\n" * (line - 1)
    with pytest.raises(CError) as caught:
        expanded(f"{before}c = 1; {use};\nGONE(d);\n", known, "a.c")
    assert str(caught.value) == f"a.c:{line}: {said}."


def test_a_use_whose_end_is_not_found_nearby_is_left() -> None:
    use = f"GONE({'x' * (LONGEST + 1)})"
    assert expanded(use, DEFINITIONS, "a.c") == use
    assert expanded("GONE(x", DEFINITIONS, "a.c") == "GONE(x"
    assert expanded("GONE(x)", {}, "a.c") == "GONE(x)"
