"""A text's functions by name, each with its line; one that cannot be read hurts no other."""

import sys
from typing import Any

import pytest

from kvmviz.c import syntax
from kvmviz.c.refuse import CError
from kvmviz.c.syntax import Unit, broken, depth_of, parse, parser

TEXT = """int a;
static int *one(int n)
{
	return 0;
}

extern "C" {
void two(void) { }
}
struct own { int a; };
"""


def lines(unit: Unit) -> dict[str, list[int]]:
    return {name: [one.line for one in found] for name, found in unit.functions.items()}


def test_functions_are_found_with_their_line_their_file_and_their_text() -> None:
    unit = parse(TEXT, "mine.c")
    assert lines(unit) == {"one": [2], "two": [8]}
    (one,) = unit.functions["one"]
    assert (one.name, one.file, one.text) == ("one", "mine.c", "static int *one(int n)\n{\n\treturn 0;\n}")
    assert {"declaration", "struct_specifier"} <= {node.type for node in unit.others}
    assert unit.line(one.node) == 2


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_a_text_of_other_systems_has_the_same_lines(end: str) -> None:
    other, ours = parse(TEXT.replace("\n", end), "a.c"), parse(TEXT, "a.c")
    assert lines(other) == lines(ours)
    assert other.functions["one"][0].text == ours.functions["one"][0].text


def test_two_of_a_name_are_both_kept() -> None:
    assert lines(parse("int f(void) { return 1; }\n\nint f(void) { return 2; }\n", "a.c")) == {"f": [1, 3]}


HIDDEN = """int first(void)
{
	return 1;
}

int broken(int n)
{
	if (n {
	return n;
}

static int
hidden(int n, int (*with)(int a))
{
	return n + 1;
}
"""


def test_a_function_that_cannot_be_read_hides_no_other() -> None:
    found = parse(HIDDEN, "a.c").functions
    assert set(found) == {"first", "broken", "hidden"}
    assert {name: [one.node.has_error for one in of] for name, of in found.items()} == {
        "first": [False], "broken": [True], "hidden": [False],
    }  # fmt: skip
    assert [one.text.split("\n")[-2:] for one in found["hidden"]] == [["\treturn n + 1;", "}"]]
    assert found["broken"][0].line == 6


def test_only_so_many_are_looked_at_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syntax, "MOST_RESCUED", 1)
    assert "hidden" not in parse(HIDDEN, "a.c").functions


@pytest.mark.parametrize(
    ("body", "at", "line"),
    [("return 1;", None, 0), ("n = ;\nreturn 1 +;", "n", 1), ("return\n1 + ;", None, 2), ("\nreturn 1", "", 2)],
)
def test_the_first_place_that_cannot_be_read_is_found(body: str, at: str | None, line: int) -> None:
    (one,) = parse(f"int f(int n) {{ {body} }}\n", "a.c").functions["f"]
    found = broken(one.node)
    assert (found is None) == (line == 0)
    if found is not None:
        assert found.start_point.row + 1 == line
        assert found.type == "ERROR" or found.is_missing


def test_depth_is_counted_up_to_what_is_asked_for() -> None:
    flat, deep = (parse(f"int f(int n) {{ {body} }}", "a.c").functions["f"][0].node
                  for body in ("n;", "{ { { n; } } }"))  # fmt: skip
    assert depth_of(flat, 100) == 4  # its head: declarator, parameters, one of them, its name
    assert depth_of(deep, 100) == 6  # its body: four braces, a statement, a name
    assert depth_of(deep, 3) == 3
    assert depth_of(flat.named_children[0], 100) == 0


@pytest.mark.parametrize(
    ("head", "name"),
    [("int f(void)", "f"), ("int **f(void)", "f"), ("int (*f(void))(int)", None), ("int f", None)],
)
def test_a_function_has_the_name_that_its_head_says(head: str, name: str | None) -> None:
    found: Any = parser().parse(f"{head} {{ }}".encode()).root_node.children
    names = [syntax.function_name(node) for node in found if node.type == "function_definition"]
    assert [one for one in names if one] == ([name] if name else [])


def test_without_the_parser_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tree_sitter_c", None)
    with pytest.raises(CError, match=r"^Reading C needs tree-sitter: pip install tree-sitter tree-sitter-c\.$"):
        parser.__wrapped__()


def test_a_page_without_a_parser_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syntax, "IN_BROWSER", True)
    monkeypatch.setattr(syntax, "has_page", lambda: False)
    with pytest.raises(CError, match="needs a parser that this page does not bring"):
        parser.__wrapped__()
