"""Imports run one way, down; the model needs nothing but Python and knows nothing of pictures."""

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.layers import House, circles, functions, report, room

HOUSE = House(Path(__file__).parents[1])

# Lowest first: a module may lean on its own room and on the rows above its own in this table.
ROWS = (
    {"version", "errors", "schema", "browser"},
    {"scenario"},
    {"terms"},
    {"machine"},
    {"kvm"},
    {"revisions"},
    {"apart"},
    {"record", "race"},
    {"compare"},
    {"c", "mail"},
    {"patches"},
    {"check"},
    {"checkout"},
    {"draw"},
    {"explorer", "review", "course"},
    {"show", "cell"},
    {"commands"},
    {"cli", "sphinx"},
    {"__main__"},
)  # fmt: skip

ROW_OF = {name: number for number, row in enumerate(ROWS) for name in row}

SPECIFICATION = {"version", "errors", "schema", "scenario", "terms", "machine", "kvm", "revisions"}
"""What is read as the specification: the standard library and nothing else."""


def upward(module: str, code: ast.AST) -> list[str]:
    """Return what the code leans on that is neither in its own room nor in a row below."""
    here, lower = room(module), {name for name, row in ROW_OF.items() if row < ROW_OF[room(module)]}
    return [name for name in HOUSE.leans_on(code) if room(name) != here and room(name) not in lower]


def test_every_room_has_a_row() -> None:
    assert set(HOUSE.room_graph) <= set(ROW_OF)


@pytest.mark.parametrize("module", HOUSE.modules)
def test_imports_run_down(module: str) -> None:
    assert upward(module, HOUSE.modules[module]) == []


@pytest.mark.parametrize(
    "line",
    [
        "import kvmviz.cli", "from kvmviz import draw", "def f():\n    from kvmviz.draw.dot import x", "import kvmviz",
        "if TYPE_CHECKING:\n    from kvmviz.draw import Picture", "files('kvmviz.draw') / 'picture.css'",
        "import_module('kvmviz.show').attach()",
    ],
)  # fmt: skip
def test_upward_sees_every_way_of_leaning_on_a_room(line: str) -> None:
    assert upward("kvmviz.check.space", ast.parse(line))


def test_upward_sees_a_room_of_the_same_row() -> None:
    assert upward("kvmviz.review.draft", ast.parse("from kvmviz.explorer.page import x"))


def test_upward_lets_the_own_room_and_lower_rows_pass() -> None:
    code = "from kvmviz.record.runs import run\nfrom kvmviz.check.engine import check\nimport json"
    assert upward("kvmviz.check.space", ast.parse(code)) == []


def test_no_circle_between_rooms() -> None:
    assert circles(HOUSE.room_graph) == []


def test_no_circle_between_modules() -> None:
    assert circles(HOUSE.module_graph) == []


def test_no_module_bears_the_name_of_a_function_in_it() -> None:
    assert [name for name, code in HOUSE.modules.items() if name.rpartition(".")[2] in functions(code)] == []


def test_functions_are_those_that_a_module_defines_itself() -> None:
    code = "from a import b\nclass C:\n    def d(self): ...\nasync def e(): ...\nif x:\n    def f(): ..."
    assert functions(ast.parse(code)) == {"e", "f"}


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def test_the_report_names_every_room() -> None:
    assert f"rooms {len(HOUSE.room_graph)}, " in report(HOUSE)


def test_no_module_needs_itself_to_load() -> None:
    loads = {name: set(HOUSE.leans_on(code, when_loaded=True)) for name, code in HOUSE.modules.items()}
    graph = {name: needed & set(loads) for name, needed in loads.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(graph)


@pytest.mark.parametrize("module", [module for module in HOUSE.modules if room(module) in SPECIFICATION])
def test_specification_needs_the_standard_library_only(module: str) -> None:
    code = ast.walk(HOUSE.modules[module])
    named = {name for node in code if isinstance(node, ast.Import) for name in (alias.name for alias in node.names)}
    named |= {str(node.module) for node in ast.walk(HOUSE.modules[module]) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in named} - {"kvmviz"} <= set(sys.stdlib_module_names)
