"""The table of names taken apart: every row of it, by what the row itself says."""

import ast

import pytest

from kvmviz.c import lookup, names
from kvmviz.c.types import Pointer, Struct


@pytest.mark.parametrize("row", names.FUNCTIONS, ids=lambda row: row.c)
def test_a_row_is_found_by_its_name_and_reads_as_its_prototype(row: names.Row) -> None:
    head, _, rest = row.c.partition("(")
    name = head.split()[-1].lstrip("*")
    (found,) = [one for one in lookup.functions(name) if one.row is row]
    parameters = [one for one in rest.removesuffix(")").split(", ") if one != "void"]
    assert [name for name, _ in found.parameters] == [one.split()[-1].lstrip("*") for one in parameters]
    for (_, known), text in zip(found.parameters, parameters, strict=True):
        for _ in range(text.count("*")):
            assert isinstance(known, Pointer)
            known = known.to
        assert isinstance(known, Struct) == text.startswith(("struct ", "const struct "))
    assert ast.unparse(found.python) == ast.unparse(ast.parse(row.python, mode="eval").body)


def test_rows_of_one_name_are_tried_in_the_table_s_order() -> None:
    for name in {one.c.partition("(")[0].split()[-1].lstrip("*") for one in names.FUNCTIONS}:
        rows = [one.row for one in lookup.functions(name)]
        assert rows == [row for row in names.FUNCTIONS if row in rows] and rows
    assert lookup.functions("no_such_name") == ()


def test_a_type_without_qualifiers_and_with_every_star() -> None:
    page = lookup.c_type("const volatile struct page *")
    assert page == Pointer(Struct("page")) and lookup.c_type("struct page **") == Pointer(page)
    with pytest.raises(KeyError):
        lookup.c_type("struct_of_nobody")


def test_members_and_constants_are_those_of_the_table() -> None:
    for member in names.MEMBERS:
        found = lookup.member(member.struct, member.name)
        assert found is not None and (found.struct, found.name) == (member.struct, member.name)
        assert lookup.is_bound(member.struct)
    assert lookup.member("page", "no_such_member") is None and not lookup.is_bound("nobody")
    for constant in names.CONSTANTS:
        assert lookup.constant(constant.name) is not None
    assert lookup.constant("NO_SUCH") is None


def test_a_name_is_replaced_where_it_is_meant_and_the_table_s_syntax_stays_as_it_is() -> None:
    given = lookup.syntax("f(a, [b, a.b], -a)")
    before = ast.dump(given)
    made = lookup.filled(given, lambda id: ast.Name("it", ast.Load()) if id == "a" else None)
    assert ast.unparse(made) == "f(it, [b, it.b], -it)"
    assert ast.dump(given) == before


def test_a_struct_is_found_behind_one_pointer() -> None:
    page = Struct("page")
    assert lookup.struct_of(page) == lookup.struct_of(Pointer(page)) == "page"
    assert lookup.struct_of(Pointer(Pointer(page))) is None


def test_what_the_table_may_name_has_no_inner_names() -> None:
    space = lookup.namespace()
    assert "__tdx_reclaim_page" in space and "page_reclaim" in space
    assert [name for name in space if name.startswith("__")] == ["__tdx_reclaim_page"]
