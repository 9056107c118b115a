"""Numbers, characters and strings of C: their values, and the types that a compiler gives them."""

import shutil
import subprocess
from collections.abc import Callable

import pytest

import kvmviz
from kvmviz.c.refuse import CError
from kvmviz.terms.events import Warn
from tests.c.running import check_same
from tests.c.test_traps import PLAIN, op

# A number, its value and its type by C11 6.4.4.1, where int has 32 bits and long 64.
NUMBERS = {
    "0": (0, "int"), "12": (12, "int"), "017": (15, "int"), "0x1f": (31, "int"), "0b101": (5, "int"),
    "1u": (1, "unsigned int"), "1L": (1, "long"), "1ull": (1, "unsigned long long"), "2147483648": (1 << 31, "long"),
    "0x80000000": (1 << 31, "unsigned int"), "0xffffffffffffffff": ((1 << 64) - 1, "unsigned long"),
    "4294967295u": ((1 << 32) - 1, "unsigned int"), "0x7fffffff": ((1 << 31) - 1, "int"), "'a'": (97, "int"),
    "'\\n'": (10, "int"), "'\\\\'": (92, "int"), "'\\0'": (0, "int"),
}  # fmt: skip


def holds(condition: str) -> bool:
    """Say whether a condition of C is true in the model: whether a warning that has it prints."""
    events = [step.event for step in kvmviz.run(op(f"WARN_ON({condition});\n{PLAIN};"), "tree=1x1x1").steps]
    return any(isinstance(event, Warn) and ":tdx_sept_free_private_spt:" in event.site for event in events)


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_has_its_value(text: str) -> None:
    value = NUMBERS[text][0]
    assert holds(f"{text} == {value:#x}")
    assert not holds(f"{text} != {value:#x}")


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_signed_as_its_type_is(text: str) -> None:
    assert holds(f"0 * {text} - 1 > 0") == NUMBERS[text][1].startswith("unsigned")


@pytest.mark.skipif(shutil.which("gcc") is None, reason="no compiler here")
def test_the_table_here_is_what_a_compiler_says() -> None:
    said = "".join(
        f"_Static_assert(__builtin_types_compatible_p(__typeof__({text}), {kind}) && ({text}) == {value:#x}u"
        f'{"l" if value > (1 << 32) - 1 else ""}, "");\n'
        for text, (value, kind) in NUMBERS.items()
    )
    subprocess.run(["gcc", "-x", "c", "-fsyntax-only", "-"], input=said, text=True, check=True)


@pytest.mark.parametrize(
    ("text", "said"), [("1.5", "whole number"), ("'ab'", "character"), ("0x1ffffffffffffffff", "fits no type")]
)
def test_what_is_no_number_of_the_model_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(CError, match=rf"Mine\.c:\d+: .*{said}"):
        op(f"WARN_ON({text});")


@pytest.mark.parametrize(
    ("escape", "value"), [*zip("abtnvfr", range(7, 14), strict=True), ("0", 0), ("\\", 92), ("'", 39), ('"', 34)]
)
def test_an_escape_has_its_ascii_code(escape: str, value: int) -> None:
    assert holds(f"'\\{escape}' == {value}")


def test_a_signed_number_and_an_octal_zero() -> None:
    assert holds("-012 == -10")
    assert holds("00 == 0")
    assert not holds("-1 == 1")


SAME: dict[str, tuple[str, Callable[[int], int]]] = {
    "characters": (r"return 'a' + '\n' + '\0' + n;", lambda n: 107 + n),
    "numbers": ("return 0x10 + 010 + 5UL + 1u + n;", lambda n: 30 + n),
    "types of numbers": (
        "return sizeof(5) + 10 * sizeof(5UL) + 100 * sizeof(5u) + 1000 * sizeof(0xffffffff) + "
        "10000 * sizeof(4294967296) + (-1 < 5) + 2 * (-1 < 5u) + 4 * (-1 < 5UL) + 8 * (((u64)5 << 40) > (1UL << 42));",
        lambda n: 84493,
    ),
    "the words of C for true": (
        "bool a = n > 2, b = true, c = false; return a + 2 * b + 4 * c;",
        lambda n: (n > 2) + 2,
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_what_stands_for_itself_is_worth_what_its_python_is(name: str) -> None:
    check_same(*SAME[name])
