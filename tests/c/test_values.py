"""What an expression becomes yields what C yields: held against ctypes, for every operator and pair of types."""

import ast
import ctypes
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.c import runtime, values
from kvmviz.c.types import (
    BOOL,
    INT,
    PFN,
    S8,
    S16,
    S64,
    SPTE,
    U8,
    U16,
    U32,
    U64,
    VOIDP,
    Int,
    Pointer,
    Struct,
    common,
    promoted,
)  # fmt: skip
from kvmviz.c.values import NONE, Effects, Value

RUNTIME = {f"#{name}": one for name, one in vars(runtime).items()}
INTS = (S8, U8, S16, U16, INT, U32, S64, U64)


def variable(name: str, kind: Int) -> Value:
    return Value(values.name(name), kind)


def worth(value: Value, **names: int) -> int:
    """What the Python of a value yields."""
    code = ast.fix_missing_locations(ast.Expression(values.exact(value).node))
    return int(eval(compile(code, "test", "eval"), RUNTIME, names))


@given(st.sampled_from(INTS), st.sampled_from(INTS), st.integers(), st.integers(), st.sampled_from("+-*&|^"))
def test_arithmetic_is_that_of_the_common_type(a: Int, b: Int, x: int, y: int, operator: str) -> None:
    x, y, kind = a.wrap(x), b.wrap(y), common(a, b)
    found = values.binary(operator, variable("x", a), variable("y", b))
    assert found.type == kind
    assert worth(found, x=x, y=y) == kind.wrap(eval(f"{kind.wrap(x)} {operator} {kind.wrap(y)}"))


@given(st.sampled_from(INTS), st.sampled_from(INTS), st.integers(), st.integers(),
       st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))  # fmt: skip
def test_comparisons_are_made_in_the_common_type(a: Int, b: Int, x: int, y: int, operator: str) -> None:
    x, y, kind = a.wrap(x), b.wrap(y), common(a, b)
    found = values.binary(operator, variable("x", a), variable("y", b))
    assert found.type == INT
    assert worth(found, x=x, y=y) == int(eval(f"{kind.wrap(x)} {operator} {kind.wrap(y)}"))


@given(st.sampled_from([INT, U32, S64, U64]), st.integers(), st.integers(0, 31), st.sampled_from(["<<", ">>"]))
def test_a_shift_has_the_type_of_what_is_shifted(a: Int, x: int, by: int, operator: str) -> None:
    x = a.wrap(x)
    found = values.binary(operator, variable("x", a), variable("n", INT))
    assert found.type == promoted(a)
    assert worth(found, x=x, n=by) == a.wrap(x << by if operator == "<<" else x >> by)


@given(st.sampled_from(INTS), st.integers(), st.integers())
def test_a_quotient_is_cut_off_towards_zero(kind: Int, x: int, y: int) -> None:
    wide = promoted(kind)
    x, y = kind.wrap(x), kind.wrap(y) or 1
    quotient = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
    assert worth(values.binary("/", variable("x", kind), variable("y", kind)), x=x, y=y) == wide.wrap(quotient)
    assert worth(values.binary("%", variable("x", kind), variable("y", kind)), x=x, y=y) == wide.wrap(x - quotient * y)


@given(st.sampled_from(INTS), st.integers())
def test_one_operand(kind: Int, x: int) -> None:
    x, wide = kind.wrap(x), promoted(kind)
    assert worth(values.unary("-", variable("x", kind)), x=x) == wide.wrap(-x)
    assert worth(values.unary("~", variable("x", kind)), x=x) == wide.wrap(~x)
    assert worth(values.inverted(values.truth_value(variable("x", kind))), x=x) == int(not x)
    assert worth(values.truth_value(variable("x", kind)), x=x) == int(bool(x))


@pytest.mark.parametrize(("a", "b"), list(product(INTS, [BOOL, *INTS])))
def test_a_conversion_is_the_machine_s(a: Int, b: Int) -> None:
    native = {8: "8", 16: "16", 32: "32", 64: "64"}[b.bits]
    machine = getattr(ctypes, f"c_{'int' if b.signed else 'uint'}{native}")
    for x in (
        0,
        1,
        -1,
        127,
        128,
        255,
        256,
        32768,
        65535,
        1 << 31,
        (1 << 31) - 1,
        (1 << 32) - 1,
        1 << 63,
        (1 << 64) - 1,
    ):
        x = a.wrap(x)
        expected = int(x != 0) if b is BOOL else machine(x).value
        assert worth(values.as_int(variable("x", a), b), x=x) == expected
        assert values.as_int(values.constant(x, a), b).const == expected


def test_two_operands_fight_over_what_one_sets_and_the_other_reads() -> None:
    reads, sets = Effects(frozenset("x")), Effects(writes=frozenset("x"))
    memory, calls = Effects(frozenset("*")), Effects(calls=True)
    assert [one.clash(other) for one, other in ((reads, reads), (reads, calls), (NONE, sets))] == [None] * 3
    assert reads.clash(sets) == sets.clash(reads) == sets.clash(sets) == "what reads and sets x"
    assert calls.clash(calls) == "two calls"
    assert memory.clash(calls) == calls.clash(memory) == "a call and what it may change"
    assert memory.clash(Effects(writes=frozenset("*"))) == "memory"
    assert (reads | calls, reads | NONE, NONE | sets) == (Effects(frozenset("x"), frozenset(), True), reads, sets)


def test_null_is_zero_and_a_number_that_the_c_says_is_known() -> None:
    assert values.is_null(values.NULL) and values.is_null(values.constant(0))
    assert not values.is_null(values.constant(1)) and not values.is_null(variable("x", INT))
    assert values.numbers(values.binary("+", values.constant(40), variable("x", INT)).node) >= {40}


@given(st.sampled_from(INTS), st.sampled_from(INTS), st.integers(), st.integers(),
       st.sampled_from(["+", "-", "*", "&", "|", "^", "<", "<=", "==", "!=", ">", ">="]))  # fmt: skip
def test_two_numbers_of_the_c_are_computed_when_it_is_read_as_they_would_be_when_it_runs(
    a: Int, b: Int, x: int, y: int, operator: str
) -> None:
    x, y = a.wrap(x), b.wrap(y)
    found = values.binary(operator, values.constant(x, a), values.constant(y, b))
    assert found.const == worth(values.binary(operator, variable("x", a), variable("y", b)), x=x, y=y)
    half = values.binary(operator, values.constant(x, a), variable("y", b))
    assert half.const is None
    assert worth(half, y=y) == found.const


@pytest.mark.parametrize("x", [0, 1, 5, -1])
def test_not_of_a_number_and_of_a_truth(x: int) -> None:
    assert values.inverted(values.constant(x)).const == int(not x)
    assert worth(values.inverted(values.constant(x))) == int(not x)
    assert values.unary("-", values.constant(x)).const == -x
    assert values.unary("+", values.constant(x)).const == x
    assert worth(values.truth_value(values.binary("+", variable("x", INT), values.constant(1))), x=x) == int(x + 1 != 0)


def test_things_that_can_be_the_same() -> None:
    pointer, other = (Value(values.name("p"), Pointer(Struct(name))) for name in ("kvm", "page"))
    entry, frame = Value(values.name("e"), SPTE), Value(values.name("f"), PFN)
    assert values.comparable(pointer, pointer) and values.comparable(pointer, values.NULL)
    assert values.comparable(pointer, Value(values.name("v"), VOIDP)) and values.comparable(entry, entry)
    assert not values.comparable(pointer, other) and not values.comparable(entry, frame)
    assert not values.comparable(pointer, entry)


@pytest.mark.parametrize("kind", [INT, U32])
def test_what_c_leaves_undefined_is_refused_or_ends_the_run(kind: Int) -> None:
    with pytest.raises(values.Unfit, match="a shift of"):
        values.binary("<<", variable("x", kind), values.constant(32))
    with pytest.raises(values.Unfit, match="nothing can be computed"):
        values.binary("+", variable("x", kind), Value(values.name("p"), VOIDP))
    for operator in "/%":
        with pytest.raises(runtime.Stopped):
            worth(values.binary(operator, variable("x", kind), variable("y", kind)), x=1, y=0)
