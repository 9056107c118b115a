"""`#if`s settled from top to bottom, as a preprocessor settles them; each is listed."""

import shutil
import subprocess

import pytest

from kvmviz.c.conditions import Conditions
from kvmviz.c.refuse import CError
from kvmviz.c.text import prepare

TEXTS = [
    "#if 0\na\n#elif 1\nb\n#elif 1\nc\n#else\nd\n#endif\ne",
    "#define A 2\n#if A == 2\na\n#if defined(B)\nb\n#else\nc\n#endif\n#endif\n#undef A\n#ifdef A\ne\n#endif",
    "#if 0\n#if 1\na\n#else\nb\n#endif\n#define X 1\n#else\nc\n#endif\n#ifndef X\nd\n#endif",
    "#define N 3\n#if N > 2 && !(N >= 4)\na\n#endif\n#if N < 3 || N != 3\nb\n#else\nc\n#endif",
    "#define F(x) x\n#ifdef F\na\n#endif\n#undef F\n#ifndef F\nb\n#endif",
    "#if 010 == 8\na\n#endif\n#define O 017\n#if O == 15\nb\n#endif\n#if 00\nc\n#endif",
    "#if 0x10 == 16\na\n#endif\n#if !1\nb\n#else\nc\n#endif",
]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="no preprocessor here")
@pytest.mark.parametrize("text", TEXTS)
def test_the_lines_that_a_preprocessor_keeps_are_kept(text: str) -> None:
    lines = text.replace("\na", "\nint a;").replace("\nb", "\nint b;").replace("\nc", "\nint c;")
    lines = lines.replace("\nd", "\nint d;").replace("\ne", "\nint e;").replace("int e;ndif", "endif") + "\n"
    said = subprocess.run(["gcc", "-E", "-P", "-"], input=lines, capture_output=True, text=True, check=True).stdout
    assert prepare(lines, "a.c").text.split() == said.split()


def test_each_choice_that_is_met_is_listed_with_its_line() -> None:
    assert [str(one) for one in prepare("\n#if 0\n#if 1\n#endif\n#else\nint x;\n#endif\n", "a.c").choices] == [
        "a.c:2: #if 0: left out", "a.c:5: #else: kept",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [("int x;\n#endif\n", r"a\.c:2: #endif without an #if"), ("\n#if 1\nint x;\n", r"a\.c:2: "),
     ("#if 09 == 9\n#endif\n", r"a\.c:1: #if 09 == 9: this condition cannot be settled"),
     ("#if SOMETHING_UNKNOWN(3) == 2\n#endif\n", r"a\.c:1: #if SOMETHING_UNKNOWN.*cannot be settled")],
)  # fmt: skip
def test_what_cannot_be_settled_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(CError, match=said):
        prepare(text, "a.c")


def test_without_an_if_every_line_is_kept() -> None:
    assert Conditions("a.c").kept
