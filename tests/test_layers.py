"""Imports run one way, down; the model needs nothing but Python and knows nothing of pictures."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "kvmviz"

# Lowest first: a module may import from its own row and from the rows above it in this table.
ROWS = (
    {"version", "errors", "schema"},
    {"scenario"},
    {"terms"},
    {"machine"},
    {"kvm"},
    {"revisions"},
    {"record"},
    {"compare"},
    {"c"},
    {"check"},
    {"draw"},
    {"explorer", "review", "course"},
    {"show"},
    {"cli", "commands", "__main__"},
)  # fmt: skip

ROW_OF = {name: number for number, row in enumerate(ROWS) for name in row}

SPECIFICATION = {"version", "errors", "schema", "scenario", "terms", "machine", "kvm", "revisions"}
"""What is read as the specification: the standard library and nothing else."""


def module_name(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, ast.Module]:
    files = sorted(PACKAGE.rglob("*.py"))
    return {module_name(file): ast.parse(file.read_text()) for file in files if file != PACKAGE / "__init__.py"}


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imports(node: ast.AST, when_loaded: bool = False) -> Iterator[str]:
    """Every module that the code imports; with ``when_loaded``, only those needed before any function runs."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are written out in full here"
            inside = [f"{child.module}.{alias.name}" for alias in child.names]
            yield from (name if name in modules() else str(child.module) for name in inside)
        elif not is_for_types_only(child) and not (when_loaded and isinstance(child, ast.FunctionDef)):
            yield from imports(child, when_loaded)


def room(module: str) -> str:
    """The first name below the package: ``kvmviz.kvm.tdx`` is in ``kvm``."""
    return module.split(".")[1]


def upward(module: str, code: ast.AST) -> list[str]:
    inside = [name for name in imports(code) if name.split(".")[0] == "kvmviz"]
    return [name for name in inside if name == "kvmviz" or ROW_OF[room(name)] > ROW_OF[room(module)]]


def test_every_room_has_a_row() -> None:
    assert {room(module) for module in modules()} <= set(ROW_OF)


@pytest.mark.parametrize("module", modules())
def test_imports_run_down(module: str) -> None:
    assert upward(module, modules()[module]) == []


@pytest.mark.parametrize(
    "line",
    ["import kvmviz.cli", "from kvmviz import draw", "def f():\n    from kvmviz.draw.dot import x", "import kvmviz"],
)
def test_upward_sees_every_form_of_import(line: str) -> None:
    assert upward("kvmviz.check.space", ast.parse(line))


def test_upward_lets_types_and_lower_rows_pass() -> None:
    code = "from kvmviz.record.runs import run\nif TYPE_CHECKING:\n    from kvmviz.draw import Picture"
    assert upward("kvmviz.check.space", ast.parse(code)) == []


def test_no_module_needs_itself_to_load() -> None:
    graph = {name: set(imports(code, when_loaded=True)) & set(modules()) for name, code in modules().items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(graph)


@pytest.mark.parametrize("module", [module for module in modules() if room(module) in SPECIFICATION])
def test_specification_needs_the_standard_library_only(module: str) -> None:
    others = {name.split(".")[0] for name in imports(modules()[module])} - {"kvmviz"}
    assert others <= set(sys.stdlib_module_names)
