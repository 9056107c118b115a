"""The lines that the code panel shows of two functions."""

from kvmviz.explorer.code import across, pair_of
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


C = "\n".join(
    [
        "static void f(struct kvm *kvm)",
        "{",
        "\tif (KVM_BUG_ON(is_hkid_assigned(kvm), kvm) ||",
        "\t    tdx_reclaim_page(virt_to_page(sp->external_spt)))",
        "\t\tsp->external_spt = NULL;",
        "}",
    ]
)


def test_c_beside_python_stands_where_it_names_the_same_things() -> None:
    mine = Source(function="f", file="tdx.c", module="mine.c", first_line=40, text=C, language="C")
    model = source("if KVM_BUG_ON(is_hkid_assigned(kvm), kvm) or tdx_reclaim_page(page):", "    sp.external_spt = None")
    pair = pair_of(model, mine, True)
    assert pair["c"] == {"b": ["mine.c", 40]}
    sides = [(x, y) for x, y, _ in pair["lines"] if None not in (x, y)]
    assert sides == [(0, 0), (1, 2), (2, 4)]
    assert [y for _, y, _ in pair["lines"] if y is not None] == list(range(6))
    assert "c" not in pair_of(model, model, True)


def test_c_beside_c_is_aligned_as_text() -> None:
    one, other = (
        Source("f", "tdx.c", name, 1, text, "C") for name, text in (("a.c", C), ("b.c", C.replace("kvm) ||", "vm) ||")))
    )
    pair = pair_of(one, other, True)
    assert pair["c"] == {"a": ["a.c", 1], "b": ["b.c", 1]}
    assert [same for _, _, same in pair["lines"]] == [True, True, False, True, True, True]


def test_every_line_of_both_languages_stands_once_and_in_order() -> None:
    a, b = [f"call_{n}(page)" for n in range(9)], [f"x = call_{n}(page)" for n in (0, 3, 1, 7, 8)]
    lines = list(across(a, b))
    assert [x for x, _, _ in lines if x is not None] == list(range(9))
    assert [y for _, y, _ in lines if y is not None] == list(range(5))
