"""The lines that the code panel shows of two functions."""

from kvmviz.explorer.code import pair_of
from kvmviz.record.sources import Source


def source(*lines: str) -> Source:
    text = "\n".join(["def f():", *(f"    {line}" for line in lines)]) + "\n"
    return Source(function="f", file="tdx.c", module="mine", first_line=1, text=text)


def shown(a: Source, b: Source) -> list[tuple[str | None, str | None]]:
    pair = pair_of(a, b, True)
    return [(x if x is None else pair["a"][x], y if y is None else pair["b"][y]) for x, y, _ in pair["lines"]]


def test_a_line_opposite_a_docstring_is_shown() -> None:
    found = shown(source('"""Say."""', "return 1"), source("note = 1", "return 1"))
    assert found == [("def f():", "def f():"), (None, "    note = 1"), ("    return 1", "    return 1")]


def test_docstrings_are_not_shown() -> None:
    found = shown(source('"""Say."""', "return 1"), source('"""Tell."""', "return 2"))
    assert not any("Say" in (x or "") or "Tell" in (y or "") for x, y in found)
    assert ("    return 1", "    return 2") in found
