"""The revision modules stay comparable: same functions, same order, and a list of all that may differ."""

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import kvmviz.revisions as package
from kvmviz.record.runs import run
from kvmviz.revisions import CHANGEABLE, LEAF_NAMES, MODULES, REVISIONS, Revision

FILES = {import_module(f"kvmviz.revisions.{module}").IDENTITY.name: module for module in MODULES}

ALIKE = {
    "handle_removed_pt": ("before", "v1", "v2"),
    "tdx_sept_free_private_spt": ("before", "v1", "v1+17", "v2", "landed"),
    "tdp_mmu_free_sp": ("before", "v1+17"),
    "tdp_mmu_free_sp_rcu_callback": ("before", "v1+17"),
    "leaf function": ("before", "v2"),
}
"""For each function the revisions that brought a new form of it; every other has it from one of these."""

SAME_BODY = {"tdx_sept_free_private_spt": ("before", "v1", "v1+17"), "leaf function": ("before",)}
"""The same without name and signature."""

MAY_DIFFER = {"handle_removed_pt": {2}}
"""Where one function alone is long: which of its statements may differ."""

MAY_IMPORT = {"WARN_ON", "WARN_ON_ONCE", "private_spt"}
"""What a module may import besides what all of them import."""


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


def new_forms(dumps: dict[str, str]) -> tuple[str, ...]:
    """The revisions whose text no earlier one has."""
    texts = list(dumps.values())
    return tuple(name for number, (name, dump) in enumerate(dumps.items()) if dump not in texts[:number])


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
def test_a_module_holds_docstring_imports_identity_and_functions_only(revision: str) -> None:
    assert {type(node) for node in tree(revision).body} == {ast.ImportFrom, ast.Assign, ast.FunctionDef}
    assigned = [ast.unparse(node.targets[0]) for node in tree(revision).body if isinstance(node, ast.Assign)]
    assert assigned == ["IDENTITY"]


@pytest.mark.parametrize("name", ALIKE)
def test_functions_differ_only_between_these_new_forms(name: str) -> None:
    assert new_forms({r: ast.dump(functions(r)[name]) for r in FILES}) == ALIKE[name]


@pytest.mark.parametrize("name", SAME_BODY)
def test_bodies_differ_only_between_these_new_forms(name: str) -> None:
    assert new_forms({r: ast.dump(ast.Module(functions(r)[name].body, [])) for r in FILES}) == SAME_BODY[name]


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
    assert imported(revision) - common <= MAY_IMPORT


def test_section_comments_stand_in_the_same_places() -> None:
    sections = {tuple(re.findall(r"^(?:# .*|def \w+)$", re.sub(r"\(.*", "", text(r)), re.M)) for r in FILES}
    plain = {tuple("leaf" if any(n in line for n in LEAF_NAMES) else line for line in lines) for lines in sections}
    assert len(plain) == 1 and sum(line.startswith("#") for line in next(iter(plain))) == 4


@pytest.mark.parametrize("revision", FILES)
def test_every_docstring_opens_with_the_revision_and_functions_have_one(revision: str) -> None:
    module = ast.parse(text(revision))
    assert str(ast.get_docstring(module)).startswith(f"`{revision}`: ")
    assert all(ast.get_docstring(node) for node in module.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("name", REVISIONS)
def test_a_revision_is_what_it_says_of_itself(name: str) -> None:
    this, end = REVISIONS[name], run(name, "fail=L1@0x200").summary
    assert this.patched == ("tdp_mmu.c:handle_removed_pt:WARN_ON" not in end.splats)
    freed = {how for page, how in end.freed if page.startswith("S-EPT")}
    assert freed == ({"immediate"} if this.frees_at_once else {"rcu"})
    arguments = [a.arg for a in functions(name)["tdx_sept_free_private_spt"].args.args]
    assert list(this.op_arguments) == arguments[1:]


def test_a_readers_revision_is_what_its_base_is() -> None:
    class Own(Revision, base="landed"):
        pass

    assert (Own.patched, Own.frees_at_once, Own.op_arguments) == (True, True, ("sp",))
