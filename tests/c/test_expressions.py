"""Expressions of plain C, each beside the Python that one would write for it by hand."""

from collections.abc import Callable

import pytest

from kvmviz.c.runtime import Stopped
from tests.c.running import check_same, python_of, refusal_of, runs

SAME: dict[str, tuple[str, Callable[[int], int]]] = {
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
    "address": ("int *p = &n; *p += 4; return n + *p;", lambda n: 2 * (n + 4)),
    "compared": (
        "return (n == 3) + 2 * (n != 3) + 4 * (n >= 3) + 8 * (n <= 3) + 16 * (n < 3) + 32 * (n > 3);",
        lambda n: (n == 3) + 2 * (n != 3) + 4 * (n >= 3) + 8 * (n <= 3) + 16 * (n < 3) + 32 * (n > 3),
    ),
    "bits": (
        "return (n & 5) + ((n | 8) << 4) + ((n ^ 3) << 10) + (~n << 16);",
        lambda n: (n & 5) + ((n | 8) << 4) + ((n ^ 3) << 10) + (~n << 16),
    ),
    "a constant decides what is looked at": (
        "int a = 0; int b = (0 && a++) + (1 || a++) + (1 && n) + 2 * (0 || n); return 10 * a + b;",
        lambda n: 1 + (n != 0) + 2 * (n != 0),
    ),
    "a constant chooses": ("return (1 ? n : 7) + (0 ? 100 : 5);", lambda n: n + 5),
    "one of two types": ("return (n > 0 ? -1 : 1u) > 5;", lambda n: n > 0),
    "before and after of a small type": (
        "u8 a = 255, b = 0; bool c = 1; int d = a++, e = b--, g = c++; return d + e + g + a + b + c + n;",
        lambda n: 255 + 0 + 1 + 0 + 255 + 1 + n,
    ),
    "a truth that is stepped": ("bool a = n; int b = a--; return b + 10 * a;", lambda n: (n != 0) + 10 * (n == 0)),
    "a comma whose first does nothing": ("return (n, 4);", lambda n: 4),
    "a cast that looks like a call": ("return (word)(n) + sizeof(word);", lambda n: (n & 0xFFFF) + 2),
    "sizes of what has one": (
        "u16 a = 1; int *p = &n; return sizeof a + sizeof(p) + sizeof(bool) + n;",
        lambda n: 11 + n,
    ),
    "an address that is followed": ("return *&n + *(&(n));", lambda n: 2 * n),
    "brackets": ("return ((n)) - (1 - (2 - n));", lambda n: n - (1 - (2 - n))),
}


@pytest.mark.parametrize("name", SAME)
def test_an_expression_is_worth_what_its_python_is(name: str) -> None:
    check_same(*SAME[name], before="typedef unsigned short word;\n")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("\nint a = n++ + n++;", "the order of"),
        ("\nint a = n + (n = 2);", "the order of what reads and sets n in one"),
        ("\nreturn n << 32;", "a shift of int by 32 bits, which C leaves undefined"),
        ("\nm = n;", "`m` is not bound"),
        ("\nint a = &(n + 1);", "the address of this cannot be taken here"),
        ("\nint a = (int []){ 1 };", "a compound literal cannot be run here"),
        ("\nint a = _Alignof(int);", "alignof cannot be run here"),
        ("\nint a = sizeof(struct page);", "the size of struct page is not known here"),
        ('\nasm("nop");', "assembler cannot be run here"),
        ("\nint a = (struct kvm *)n;", "int is given where struct kvm * belongs"),
        ("\nreturn n ? (void)0 : 1;", "void or int: one of two unlike things"),
    ],
)
def test_what_c_or_the_model_does_not_allow_is_refused_with_its_line(body: str, said: str) -> None:
    found = refusal_of(body)
    assert found.startswith("a.c:2: `")
    assert f"`: {said}" in found and found.endswith(".")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("kvm == sp;", "struct kvm * cannot be compared with struct kvm_mmu_page * here"),
        ("sp + 1;", "with struct kvm_mmu_page * nothing can be computed here"),
        ("1 * sptep;", "with tdp_ptep_t nothing can be computed here"),
        ("sp ? sp : kvm;", "struct kvm_mmu_page * or struct kvm *: one of two unlike things"),
        ("(u32)sp;", "struct kvm_mmu_page * cannot become unsigned int here"),
        ("(u64)sp * 2;", "with an address nothing can be computed here"),
        ("(tdp_ptep_t)spt;", "which table this is cannot be seen here; write sp->spt where it is used"),
    ],
)
def test_objects_of_the_model_are_not_computed_with(body: str, said: str) -> None:
    takes = "struct kvm *kvm, struct kvm_mmu_page *sp, tdp_ptep_t sptep, struct spt *spt"
    assert said in refusal_of(body, takes)


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


@pytest.mark.parametrize(
    ("expression", "worth"),
    [("p + 2", (7, 5)), ("2 + p", (7, 5)), ("p - 2", (7, 1)), ("(p + 1) + 1", (7, 5)), ("(p + 1) - 2", (7, 2)),
     ("p++", (7, 3)), ("++p", (7, 4)), ("p--", (7, 3)), ("(p += 4)", (7, 7)), ("(p -= 1, p)", (7, 2))],
)  # fmt: skip
def test_a_pointer_to_an_entry_moves_within_its_table(expression: str, worth: tuple[int, int]) -> None:
    assert runs(f"tdp_ptep_t f(tdp_ptep_t p)\n{{ return {expression}; }}\n")((7, 3)) == worth


def test_a_table_is_the_pointer_to_its_first_entry() -> None:
    lines = python_of("tdp_ptep_t p = (tdp_ptep_t)sp->spt; u64 e = sp->spt[2];", "struct kvm_mmu_page *sp")
    assert lines == ["p = (sp, 0)", "e = #read_spte(#moved((sp, 0), 2))"]
