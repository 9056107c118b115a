"""C's integer types, held against those of the machine's own compiler."""

import ctypes
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.c.types import (
    BOOL,
    HPA,
    INT,
    NAMED,
    S8,
    S16,
    S64,
    SPTE,
    U8,
    U16,
    U32,
    U64,
    Int,
    Pointer,
    Struct,
    common,
    named,
    promoted,
)  # fmt: skip

NATIVE = {
    "signed char": ctypes.c_int8, "u8": ctypes.c_uint8, "s16": ctypes.c_int16, "u16": ctypes.c_uint16,
    "int": ctypes.c_int32, "unsigned int": ctypes.c_uint32, "s64": ctypes.c_int64, "u64": ctypes.c_uint64,
}  # fmt: skip
INTS = (S8, U8, S16, U16, INT, U32, S64, U64)


@given(st.sampled_from(INTS), st.integers(-(1 << 70), 1 << 70))
def test_a_type_holds_of_a_number_what_the_machine_does(kind: Int, number: int) -> None:
    assert kind.wrap(number) == NATIVE[kind.name](number).value


def test_a_bool_is_whether_a_number_is_not_zero() -> None:
    assert [BOOL.wrap(number) for number in (0, 1, 2, 256, -1)] == [0, 1, 1, 1, 1]


@pytest.mark.parametrize("kind", [BOOL, *INTS])
def test_what_is_smaller_than_int_becomes_int(kind: Int) -> None:
    assert promoted(kind) == (INT if kind.bits < 32 else kind)


@pytest.mark.parametrize(("a", "b"), list(product(INTS, INTS)))
def test_two_integers_are_computed_with_in_the_wider_and_if_alike_in_the_unsigned(a: Int, b: Int) -> None:
    wide = max(32, a.bits, b.bits)
    unsigned = any(not one.signed and one.bits == wide for one in (a, b))
    assert common(a, b) == {(32, False): INT, (32, True): U32, (64, False): S64, (64, True): U64}[wide, unsigned]


@pytest.mark.parametrize(
    ("words", "kind"),
    [("unsigned  long int", U64), ("long long", S64), ("short", S16), ("unsigned char", U8), ("enum pg_level", U32),
     ("struct kvm", Struct("kvm")), ("union x", Struct("x")), ("hpa_t", HPA), ("foo_t", None), ("size_t", U64)],
)  # fmt: skip
def test_types_by_their_words(words: str, kind: object) -> None:
    assert named(words) == kind


def test_named_integers_have_the_bits_that_their_names_say() -> None:
    for name, kind in NAMED.items():
        digits = "".join(c for c in name if c.isdigit())
        if digits and isinstance(kind, Int):
            assert kind.bits == int(digits), name
            assert kind.signed == (name.lstrip("_")[0] in "si" or name.startswith("atomic")), name


def test_types_are_said_in_words() -> None:
    assert [str(one) for one in (SPTE, Struct("kvm"), U64)] == ["an entry of a page table", "struct kvm", "u64"]
    assert "struct kvm" in str(Pointer(Struct("kvm")))


WORDS = [
    *(f"{sign}{base}" for sign in ("", "signed ", "unsigned ") for base in ("char", "short", "int", "long")),
    "long long", "signed long long", "unsigned long long",
    "signed", "unsigned", "short int", "unsigned short int", "long int", "signed long", "unsigned long int",
    "long unsigned", "long unsigned int", "long long int", "unsigned long long int", "long long unsigned int",
]  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
def test_keywords_come_to_the_bits_and_the_sign_that_they_say(words: str) -> None:
    found = named(words)
    said = set(words.split())
    assert isinstance(found, Int)
    assert found.bits == (8 if "char" in said else 16 if "short" in said else 64 if "long" in said else 32)
    assert found.signed == ("unsigned" not in said)


def test_the_names_that_kernel_code_has_for_integers_are_known() -> None:
    sizes = (8, 16, 32, 64)
    names = [name for n in sizes for name in (f"u{n}", f"s{n}", f"__u{n}", f"__s{n}", f"uint{n}_t", f"int{n}_t")]
    assert [
        name for name in (*names, "bool", "_Bool", "gfn_t", "gpa_t", "size_t", "pid_t") if named(name) is None
    ] == []
