"""C made ready for the parser: the same lines and columns, without what a preprocessor would take away."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.c.refuse import CError
from kvmviz.c.text import DEEPEST_BRACKETS, LONGEST_LINE, MOST, blank, prepare

PIECES = st.lists(
    st.sampled_from(
        [
            "int a;\n",
            "/* one\ntwo */",
            "// x\n",
            's = "/* no */";\n',
            "'\\''",
            "#define X 1\n",
            "__always_inline ",
            "void __exit f(void) {}\n",
            "for_each_x(i, j)\n",
            "EXPORT_SYMBOL_GPL(f);\n",
            "\t",
            "é",
            "__free(kfree) ",
            "g(a, struct kvm_mmu_page, b);\n",
            "X + 1",
        ]
    ),
    max_size=30,
).map("".join)


@given(PIECES)
def test_lines_and_columns_stay_what_they_were(text: str) -> None:
    found = prepare(text, "a.c").text
    assert [len(line) for line in found.split("\n")] == [len(line) for line in text.expandtabs(1).split("\n")]
    assert found.isascii()
    assert all(
        c in (" ", "\n", "?", d) or found[max(0, at - 20) : at + 5].find("while") >= 0
        for at, (c, d) in enumerate(zip(found, text.expandtabs(1), strict=True))
    )


def test_comments_go_and_texts_stay() -> None:
    found = prepare('a(); /* b(); */ c("/* d */ //"); // e();\nf();', "a.c").text
    assert re.sub(r" +", " ", found) == 'a(); c("/* d */ //"); \nf();'


def test_attributes_and_exports_go() -> None:
    text = (
        "static noinline_for_stack void __must_hold(&kvm->lock) __exit f(void);\nEXPORT_SYMBOL_GPL(f);\nint __exited;"
    )
    assert prepare(text, "a.c").text.split() == ["static", "void", "f(void);", "int", "__exited;"]


def test_loops_are_kept_aside_by_where_they_stand() -> None:
    found = prepare("void f(void)\n{\n\tkvm_for_each_vcpu(i, v, k)\n\t\tg(v);\n}\n", "a.c")
    ((at, name),) = found.loops.items()
    assert (name, found.text[at : at + 5]) == ("kvm_for_each_vcpu", "while")
    assert found.text[at : at + len(name)] == "while".ljust(len(name))


def test_macros_without_arguments_are_noted_and_those_with_are_written_out() -> None:
    found = prepare("#define ONE 1\n#define TWO(x) ((x) * 2)\nint a = TWO(ONE);\n", "a.c")
    assert found.macros["ONE"] == "1"
    assert "TWO" in found.functions
    assert found.text.split("\n")[2] == "int a = ((ONE) * 2);"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * (MOST + 1), f"a\\.c: it has {MOST + 1:,} characters"),
        ("\na\0b", r"a\.c:2: a NUL byte"),
        ("int a;\n/* no end", r"a\.c:2: a comment without an end"),
        ("\n" + "x" * (LONGEST_LINE + 1), r"a\.c:2: a line of 10,001 characters"),
        ("\n" + "(" * (DEEPEST_BRACKETS + 1), r"a\.c:2: more than 250 brackets"),
    ],
    ids=["long", "NUL", "comment", "line", "brackets"],
)
def test_what_is_no_text_of_c_is_refused(text: str, said: str) -> None:
    with pytest.raises(CError, match=said):
        prepare(text, "a.c")


def test_just_below_the_limits_all_is_read() -> None:
    assert prepare("(" * DEEPEST_BRACKETS + "\n" + "x" * LONGEST_LINE, "a.c").text
    assert blank("a\n b") == " \n  "
