"""Damaged C: one sentence or a right answer, never a traceback and never a hang."""

from pathlib import Path

import pytest

import kvmviz
from kvmviz.c.refuse import CError
from kvmviz.errors import KvmvizError
from tests.c.damage import damaged

SOURCES = [file.read_text() for file in sorted((Path(__file__).parent / "sources").glob("*.c"))]

OP = SOURCES[-1]


def hold(seed: int) -> str:
    """Read one damaged text and run it if it can be run; return what came of it."""
    text = damaged(SOURCES[seed % len(SOURCES)], seed)
    try:
        mine = kvmviz.from_c(text, base=None if seed % 3 else "landed")
        for line in ("fail=L1@0x200 leaves=present", "hkid=assigned zap=prove-mmu"):
            kvmviz.run(mine, line)
    except KvmvizError as error:
        said = str(error)
        assert "\n" not in said
        assert said.endswith(".")
        assert len(said) < 1000
        return "sentence"
    return "ran"


def test_damaged_texts_end_in_a_sentence_or_run() -> None:
    outcomes = [hold(seed) for seed in range(150)]
    assert {"sentence", "ran"} == set(outcomes)


@pytest.mark.slow
def test_ten_thousand_damaged_texts_end_in_a_sentence_or_run() -> None:
    outcomes = [hold(seed) for seed in range(10_000)]
    assert outcomes.count("ran") > 500


LARGE = {
    "brackets": "int x = " + "(\n" * 100_000,
    "braces": "int f() {\n" + "{\n" * 100_000,
    "a long line": "int x = 1" + "+1" * 200_000 + ";",
    "a long string": '"' + "x" * 900_000 + '"',
    "open conditions": "#if 1\n" * 20_000,
    "many functions": "\n".join(f"int g{n}(int a)\n{{\n\treturn a + {n};\n}}" for n in range(5_000)),
    "open macros": "#define X(a) a\n" + "X(\n" * 100_000,
    "macros in each other": "#define X(a) a\nint y = " + "X(" * 200 + "1" + ")" * 200 + ";\n",
    "many options": "int f(void)\n{\n" + "#ifdef CONFIG_KVM_PROVE_MMU\n;\n#endif\n" * 10_000 + "}\n",
    "nothing": "\n" * 900_000,
    "megabytes": "int a;\n" * 500_000,
}


@pytest.mark.parametrize("name", LARGE)
def test_large_texts_end_in_a_sentence_or_run(name: str) -> None:
    said = ""
    try:
        kvmviz.from_c(OP + LARGE[name])
    except CError as error:
        said = str(error)
    assert len(said) < 300


def test_an_error_in_one_function_hurts_no_other() -> None:
    broken = "static void other(struct kvm *kvm)\n{\n\tif (kvm) {\n\t\tfoo(;\n}\n\n"
    mine = kvmviz.from_c(broken + OP)
    assert "tdx_sept_free_private_spt" in mine.own
    wrong = OP.replace("goto forget;", "goto (;", 1)
    with pytest.raises(CError, match="tdx_sept_free_private_spt cannot be read as C"):
        kvmviz.from_c(wrong)
