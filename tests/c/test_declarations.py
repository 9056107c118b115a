"""What a text declares besides functions: what stands beside one is used, and what cannot be is refused."""

from collections.abc import Callable

import pytest

from kvmviz.c.refuse import CError
from kvmviz.c.types import BOOL, INT, U8, U16, U64, VOID, VOIDP, Pointer, Struct
from kvmviz.c.values import Unfit
from tests.c.running import check_same, program, refusal, refusal_of

BEFORE = """#define THREE 3
#define SUM (THREE + 4)
enum { RED, GREEN = 5, BLUE };
enum colour { DARK = -1 };
struct pair { int a; u8 b; };
static const int NINE = 9, TEN = 10;
static int twice(int x) { return 2 * x; }
static void add(int *to, int what) { *to += what; }
static int count(struct pair *of) { of->a++; return of->a + of->b; }
"""
WITH: dict[str, tuple[str, Callable[[int], int]]] = {
    "macros": ("return THREE * n + SUM;", lambda n: 3 * n + 7),
    "enumerators": ("return n + RED + 10 * GREEN + 100 * BLUE;", lambda n: n + 650),
    "a constant": ("return NINE - n;", lambda n: 9 - n),
    "one that another stands before": ("return TEN - n;", lambda n: 10 - n),
    "a function": ("return twice(twice(n)) + 1;", lambda n: 4 * n + 1),
    "an out-parameter": ("int a = 1; add(&a, n); add(&n, a); return 10 * a + n;", lambda n: 10 * (1 + n) + 2 * n + 1),
    "a struct": (
        "struct pair p = { .a = n, .b = 300 }; int c = count(&p); return c + 1000 * p.a + p.b;",
        lambda n: (n + 1 + 44) + 1000 * (n + 1) + 44,
    ),
}


@pytest.mark.parametrize("name", WITH)
def test_what_stands_beside_a_function_is_used(name: str) -> None:
    check_same(*WITH[name], before=BEFORE)


def test_a_typedef_is_the_type_that_it_names() -> None:
    text = "typedef unsigned short word;\ntypedef const word *words;\ntypedef struct page *page_t;\n"
    found = program(f"{text}typedef foo_t bar;\n")
    names = ("word", "const word", "words", "page_t", "volatile u8", "bar", "nobody")
    assert [found.type(name, None) for name in names] == [
        U16, U16, Pointer(U16), Pointer(Struct("page")), U8, None, None,
    ]  # fmt: skip


def test_a_struct_has_the_members_that_are_understood() -> None:
    found = program("struct own { int a, *b; struct own **next; foo_t odd; u8 many[3]; };\nstruct kvm { int mine; };\n")
    own = Struct("own")
    assert found.members(own) == {"a": INT, "b": Pointer(INT), "next": Pointer(Pointer(own))}
    assert (found.member("own", "a"), found.member("own", "odd"), found.member("nobody", "a")) == (INT, None, None)
    assert found.member("kvm", "mine") is None  # the model binds it, and has its own
    with pytest.raises(Unfit, match="a variable of struct nobody cannot be made here"):
        found.members(Struct("nobody"))


def test_parameters_and_what_is_returned_are_read_from_a_head() -> None:
    found = program("void **f(int a, /* or */ struct page **b, bool c) { }\nstatic u64 g(void) { }\n")
    f, g = found.definition("f"), found.definition("g")
    assert [(one.name, one.type) for one in found.parameters(f)] == [
        ("a", INT), ("b", Pointer(Pointer(Struct("page")))), ("c", BOOL),
    ]  # fmt: skip
    assert found.parameters(g) == []
    assert (found.returns(f), found.returns(g)) == (Pointer(Pointer(VOID)), U64)
    assert found.returns(program("void *f(int n) { }\n").definition("f")) == VOIDP


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("\nint f(int a,\nfoo_t b)", "a.c:3: f: the parameter `foo_t b` is not understood here."),
        ("int f(int (*g)(void))", "a.c:1: f: the parameter `int (*g)(void)` is not understood here."),
        ("int f(int)", "a.c:1: f: the parameter `int` is not understood here."),
        ("\nfoo_t f(int a)", "a.c:2: f: what it returns is not understood here."),
    ],
)
def test_a_head_that_is_not_understood_is_refused_with_its_line(head: str, said: str) -> None:
    assert refusal(f"{head} {{ return 1; }}\n") == said


def test_why_a_name_cannot_be_used() -> None:
    found = program("static int counter, *other;\nint proto(void);\nint *proto2(int a);\nint f(void) { return 1; }\n")
    said = "is a global variable, which outlives a run; use a variable of the function"
    assert [found.global_reason(name) for name in ("counter", "other", "f", "proto", "proto2", "nobody")] == [
        f"`counter` {said}", f"`other` {said}", "the function `f` is handed on, which cannot be followed here",
        *(f"`{name}` is not bound to the model" for name in ("proto", "proto2", "nobody")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "body", "said"),
    [
        ("#define A B + 1\n#define B A\n", "return A;", "a.c:3: `A`: the macro `A` stands for itself"),
        (f"#define A {'1 + ' * 130}1\n", "return A;", "the macro `A` is longer than 500 characters"),
        ("#define A return 1;\n", "return A;", "the macro `A` is no value; write out what it does"),
        ("#define A 1); int y = (2\n", "return A;", "the macro `A` is no value; write out what it does"),
        ("enum { A = 1 / 0 + B };\n", "return A;", "`B` is not bound"),
        ("static const struct page *A = 0;\n", "return A;", "`A` is a global variable"),
        ("static const int *A = 0;\n", "return A == 0;", "`A` is a global variable"),
        ("static int A = 4;\n", "return A;", "`A` is a global variable"),
        ("", "foo_t a = n;", "the type `foo_t` is not known here"),
        ("", "int a[3];", "an array cannot be used here"),
        ("", "typeof(m) a = n;", "`m` is not bound"),
    ],
)
def test_what_is_declared_and_cannot_be_used_is_refused(before: str, body: str, said: str) -> None:
    assert said in refusal_of(body, before=before)


def test_a_macro_of_just_the_length_that_is_followed_is() -> None:
    digits = "1 + " * 124 + "1000"
    assert len(digits) == 500
    check_same("return n + A;", lambda n: n + 1124, before=f"#define A {digits}\n")


def test_typeof_may_ask_for_a_type_or_for_that_of_an_expression() -> None:
    body = "typeof(u8) a = n; typeof(a + 1) b = a + 300; typeof(int *) p = &n; typeof(*p) c = *p; return a + b + c;"
    check_same(body, lambda n: 2 * (n & 0xFF) + 300 + n)


def test_a_function_of_the_name_twice_is_told_of_where_it_is_needed() -> None:
    found = program("int f(void) { return 1; }\nint f(void) { return 2; }\n")
    with pytest.raises(CError, match=r"^f is defined twice, at a\.c:1 and a\.c:2; leave one\.$"):
        found.definition("f")
