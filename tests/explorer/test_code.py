"""The lines that the code panel shows of two functions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.explorer.code import _likeness, _named, across, aligned, docstring, pair_of, slot
from kvmviz.record.sources import Source
from kvmviz.revisions import LEAF_NAMES


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


@given(st.lists(st.sampled_from("abc"), max_size=7), st.lists(st.sampled_from("abc"), max_size=7))
def test_lines_of_one_language_stand_once_in_order_and_beside_their_equals(a: list[str], b: list[str]) -> None:
    lines = list(aligned(a, b))
    assert [x for x, _, _ in lines if x is not None] == list(range(len(a)))
    assert [y for _, y, _ in lines if y is not None] == list(range(len(b)))
    assert (None, None) not in [(x, y) for x, y, _ in lines]
    for x, y, same in lines:
        assert not same or (x is not None and y is not None and a[x] == b[y])
    assert a != b or all(same for _, _, same in lines)


def test_lines_that_differ_stand_side_by_side_as_far_as_they_go() -> None:
    assert list(aligned(["a", "x", "y", "b"], ["a", "z", "b"])) == [
        (0, 0, True), (1, 1, False), (2, None, False), (3, 2, True),
    ]  # fmt: skip
    assert list(aligned(["a", "b"], ["a", "x", "y", "b"])) == [
        (0, 0, True), (None, 1, False), (None, 2, False), (1, 3, True),
    ]  # fmt: skip


NAMES = st.lists(
    st.sampled_from(["gone(page)", "free_page(sp)", "return page", "{", "}", "gone(sp)"]), min_size=1, max_size=5
)


@given(NAMES, NAMES)
def test_across_languages_as_much_is_named_in_common_as_in_any_order_that_keeps_both(
    a: list[str], b: list[str]
) -> None:
    """The first two lines stand side by side always; the rest against every way to pair them."""
    like = [[_likeness(left, right) for right in _named(b)] for left in _named(a)]

    def best(x: int, y: int) -> float:
        if x == len(a) or y == len(b):
            return 0
        return max(best(x + 1, y), best(x, y + 1), like[x][y] + best(x + 1, y + 1))

    lines = list(across(a, b))
    assert lines[0] == (0, 0, False) and not any(same for _, _, same in lines)
    assert [x for x, _, _ in lines if x is not None] == list(range(len(a)))
    assert [y for _, y, _ in lines if y is not None] == list(range(len(b)))
    rest = [(x, y) for x, y, _ in lines[1:] if x is not None and y is not None]
    assert all(like[x][y] > 0 for x, y in rest)
    assert sum(like[x][y] for x, y in rest) == pytest.approx(best(1, 1))  # thirds, added in another order


def test_lines_are_alike_by_the_share_of_words_of_four_letters_and_more() -> None:
    (a,), (b,), (c,) = (_named([line]) for line in ("free_page(NULL); if", "free_page(None)", "x = free_page(other)"))
    assert a == {"free_page", "None"} == b and c == {"free_page", "other"}
    assert _likeness(a, b) == 2 + 1
    assert _likeness(a, c) == 1 + 1 / 3
    assert _likeness(a, set()) == _likeness({"other"}, b) == 0


def test_a_docstring_is_told_by_its_lines_and_one_that_is_not_there_has_none() -> None:
    assert docstring('def f():\n    """Say.\n\n    More.\n    """\n    return 1') == range(1, 5)
    for text in ("def f():\n    return 1", "x = 1", "", "def f(:", "lambda: 'Say.'"):
        assert docstring(text) == range(0)


def test_the_leaf_function_is_paired_under_one_name() -> None:
    assert {slot(name) for name in LEAF_NAMES} == {LEAF_NAMES[0]}
    assert slot("handle_removed_pt") == "handle_removed_pt"


def test_a_function_alone_has_its_own_lines_on_its_side() -> None:
    one = source('"""Say."""', "return 1")
    alone = pair_of(one, None, False)
    assert alone["lines"] == [(0, None, True), (2, None, True)]
    assert (alone["name"], alone["file"], alone["b"]) == ("f", "tdx.c", [])
    assert pair_of(None, one, True)["lines"] == [(None, 0, False), (None, 2, False)]
    assert pair_of(one, None, True)["lines"] == [(0, None, False), (2, None, False)]
    assert pair_of(one, one, True)["lines"] == [(0, 0, True), (2, 2, True)]
