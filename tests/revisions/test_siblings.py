"""The five revision modules stay comparable: same functions, same order, and a list of all that may differ."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import kvmviz.revisions as package
from kvmviz.revisions import CHANGEABLE, LEAF_NAMES, REVISIONS

FILES = {"before": "before", "v1": "v1", "v1+17": "v1_17", "v2": "v2", "landed": "landed"}

ALIKE = {
    "handle_removed_pt": ("before", "v1 v1+17", "v2 landed"),
    "tdx_sept_free_private_spt": ("before", "v1", "v1+17", "v2", "landed"),
    "tdp_mmu_free_sp": ("before v1 v2", "v1+17 landed"),
    "tdp_mmu_free_sp_rcu_callback": ("before v1 v2 landed", "v1+17"),
    "leaf function": ("before v1 v1+17", "v2 landed"),
}
"""For each function the groups of revisions in which it is the same; between groups it differs."""

SAME_BODY = {"tdx_sept_free_private_spt": ("before", "v1 v2", "v1+17 landed"), "leaf function": (" ".join(FILES),)}
"""The same without name and signature."""

MAY_DIFFER = {"handle_removed_pt": {2}}
"""Where one function alone is long: which of its statements may differ."""

IMPORTS = {
    "before": {"WARN_ON"}, "v1": {"private_spt"}, "v1+17": {"WARN_ON_ONCE", "private_spt"}, "v2": {"private_spt"},
    "landed": {"private_spt"},
}  # fmt: skip
"""What a module imports besides what all of them import."""


@cache
def text(revision: str) -> str:
    return (Path(package.__file__).parent / f"{FILES[revision]}.py").read_text()


@cache
def tree(revision: str) -> ast.Module:
    """The module without docstrings."""
    module = ast.parse(text(revision))
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return module


def functions(revision: str) -> dict[str, ast.FunctionDef]:
    found = [node for node in tree(revision).body if isinstance(node, ast.FunctionDef)]
    return {"leaf function" if node.name in LEAF_NAMES else node.name: node for node in found}


def groups(dumps: dict[str, str]) -> tuple[str, ...]:
    """The revisions whose text is the same, in order of age."""
    found: dict[str, list[str]] = {}
    for revision, dump in dumps.items():
        found.setdefault(dump, []).append(revision)
    return tuple(" ".join(group) for group in found.values())


def imported(revision: str) -> set[str]:
    nodes = [node for node in tree(revision).body if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in nodes for alias in node.names}


def test_every_revision_has_its_module() -> None:
    assert list(FILES) == list(REVISIONS)


@pytest.mark.parametrize("revision", FILES)
def test_same_functions_in_the_same_order(revision: str) -> None:
    assert list(functions(revision)) == list(ALIKE)
    assert {node.name for node in functions(revision).values()} <= set(CHANGEABLE)


@pytest.mark.parametrize("revision", FILES)
def test_a_module_holds_docstring_imports_and_functions_only(revision: str) -> None:
    assert {type(node) for node in tree(revision).body} == {ast.ImportFrom, ast.FunctionDef}


@pytest.mark.parametrize("name", ALIKE)
def test_functions_differ_only_between_these_groups(name: str) -> None:
    assert groups({r: ast.dump(functions(r)[name]) for r in FILES}) == ALIKE[name]


@pytest.mark.parametrize("name", SAME_BODY)
def test_bodies_differ_only_between_these_groups(name: str) -> None:
    assert groups({r: ast.dump(ast.Module(functions(r)[name].body, [])) for r in FILES}) == SAME_BODY[name]


@pytest.mark.parametrize("name", MAY_DIFFER)
def test_only_these_statements_differ(name: str) -> None:
    bodies = [functions(r)[name].body for r in FILES]
    for number, statements in enumerate(zip(*bodies, strict=True)):
        assert (len({ast.dump(s) for s in statements}) > 1) == (number in MAY_DIFFER[name])


@pytest.mark.parametrize("name", ALIKE)
def test_a_function_stands_in_one_kernel_file(name: str) -> None:
    assert len({ast.dump(ast.Module(functions(r)[name].decorator_list, [])) for r in FILES}) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("revision", FILES)
def test_imports_differ_only_in_these_names(revision: str) -> None:
    common = set.intersection(*map(imported, FILES))
    assert imported(revision) - common == IMPORTS[revision]


def test_section_comments_stand_in_the_same_places() -> None:
    sections = {tuple(re.findall(r"^(?:# .*|def \w+)$", re.sub(r"\(.*", "", text(r)), re.M)) for r in FILES}
    plain = {tuple("leaf" if any(n in line for n in LEAF_NAMES) else line for line in lines) for lines in sections}
    assert len(plain) == 1 and sum(line.startswith("#") for line in next(iter(plain))) == 4


@pytest.mark.parametrize("revision", FILES)
def test_every_docstring_opens_with_the_revision_and_functions_have_one(revision: str) -> None:
    module = ast.parse(text(revision))
    assert str(ast.get_docstring(module)).startswith(f"`{revision}`: ")
    assert all(ast.get_docstring(node) for node in module.body if isinstance(node, ast.FunctionDef))
