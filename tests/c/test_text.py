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


def option(before: str, inside: str, after: str = "", test: str = "#ifdef CONFIG_KVM_PROVE_MMU") -> str:
    return f"{before}\n{test}\n{inside}\n#endif\n{after}"


FOLLOWED = "if (IS_ENABLED(CONFIG_KVM_PROVE_MMU)) {"
OPEN = "void f(void)\n{\n\ta();"


@pytest.mark.parametrize(
    "before", [OPEN, "void f(void)\n{", OPEN + "\nout:", OPEN + "\n\tif (x) {\n\t\tb();\n\t}", OPEN + "\n#define X 1",
               "void e(void)\n{\n\ta();\n}\n" + OPEN],
)  # fmt: skip
def test_the_scenario_s_option_around_statements_of_a_function_becomes_an_if(before: str) -> None:
    found = prepare(option(before, "\tb();\n\tif (c) { d(); }", "\te();\n}\n"), "a.c")
    rest = found.text.split("a();")[-1] if "a();" in before else found.text
    assert "".join(rest.split()).count("".join(FOLLOWED.split()) + "b();if(c){d();}}e();}") == 1
    assert not [choice for choice in found.choices if "PROVE" in choice.directive]


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        ("int a;", "int b;"), (OPEN + "\n}", "int b;"),  # outside of a function
        (OPEN + "\n\tg(1,", "\t2,"), (OPEN, "\tif (x)"), (OPEN, "\tif (x) {"), (OPEN, "\t}"), (OPEN, "\tg(1;"),
        (OPEN, "#if 1\n\tb();\n#endif"),
    ],
)  # fmt: skip
def test_the_option_around_anything_else_is_settled_as_off_and_said(before: str, inside: str) -> None:
    found = prepare(option(before, inside), "a.c")
    assert "IS_ENABLED" not in found.text
    assert [choice.kept for choice in found.choices if "PROVE" in choice.directive] == [False]


def test_both_branches_of_the_option_are_kept_and_what_it_is_not_alone_in_is_settled() -> None:
    text = f"{OPEN}\n#ifdef CONFIG_KVM_PROVE_MMU\n\tb();\n#else\n\tc();\n#endif\n\td();\n}}\n"
    found = prepare(text, "a.c").text
    assert "".join(found.split("a();")[1].split()) == "".join(f"{FOLLOWED} b(); }} else {{ c(); }} d(); }}".split())
    for half in ("\tif (x)\n#else\n\tc();", "\tb();\n#else\n\tif (x)", "\tb();\n#elif 1\n\tc();"):
        assert "IS_ENABLED" not in prepare(option(OPEN, half, "\td();\n}\n"), "a.c").text, half
    both = "#if defined(CONFIG_KVM_PROVE_MMU) && defined(CONFIG_SMP)"
    assert "IS_ENABLED" not in prepare(option(OPEN, "\tb();", "}\n", both), "a.c").text
    other = prepare(option(OPEN, "\tb();", "}\n", "#ifdef CONFIG_FOO"), "a.c").text
    assert "b()" not in other and "IS_ENABLED" not in other


def test_an_option_within_another_if_is_followed_by_itself() -> None:
    text = f"{OPEN}\n#ifdef CONFIG_SMP\n{option('', chr(9) + 'b();')}#else\n\tc();\n#endif\n}}\n"
    found = "".join(prepare(text, "a.c").text.split("a();")[1].split())
    assert found == "".join(f"{FOLLOWED} b(); }} }}".split())


def test_a_typeof_is_kept_aside_by_a_name_of_its_own_length() -> None:
    text = "typeof(a) b; __typeof__((c)(d)) e; typeof(\nf) g;"
    found = prepare(text, "a.c")
    assert sorted(found.typeofs.values()) == ["(c)(d)", "a"]
    assert len(found.text) == len(text)
    for name, asked in found.typeofs.items():
        start = found.text.index(name)
        assert text[start : start + len(name)] in (f"typeof({asked})", f"__typeof__({asked})")
    assert "typeof(\nf)" in found.text


def test_what_frees_at_the_end_of_a_block_is_noted_where_it_stands_and_goes() -> None:
    text = "void *p __free(kfree) = 0;"
    found = prepare(text, "a.c")
    assert found.ends == {text.index("__free"): "kfree"}
    assert found.text.split() == "void *p = 0;".split()
