"""The skeleton of a revision of one's own: the functions that a patch touches, as the base has them.

>>> print(skeleton("v1", ["tdp_mmu_free_sp_rcu_callback"]))
import kvmviz
<BLANKLINE>
<BLANKLINE>
class MyPatch(kvmviz.Revision, base="v1"):
    def tdp_mmu_free_sp_rcu_callback(vm, sp):
        vm.revision.tdp_mmu_free_sp(vm, sp)
"""

import ast
import io
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator
from inspect import cleandoc, getsource
from textwrap import fill
from typing import Any, Final

from kvmviz.revisions import LEAF_NAMES, REVISIONS
from kvmviz.terms.columns import WIDTH

RENAMED: Final = {
    "tdx_sept_reclaim_private_sp": "tdx_sept_free_private_spt",
    "__tdp_mmu_free_sp": "tdp_mmu_free_sp",
    "tdp_mmu_free_unused_sp": "tdp_mmu_free_sp",
}
"""Functions that some versions have under another name or in two, and the model's one."""


def changeable(base: str, functions: Iterable[str]) -> tuple[str, ...]:
    """Give those of the functions that a revision on `base` can define, by the names of `base`, in its order."""
    known = REVISIONS[base].functions
    wanted = {RENAMED.get(name, name) for name in functions}
    return tuple(name for name in known if name in wanted or (name in LEAF_NAMES and wanted & set(LEAF_NAMES)))


def skeleton(base: str, functions: Iterable[str]) -> str:
    """Write a module with a class that behaves as `base` until somebody edits it; lines of at most 72 columns."""
    chosen = [(name, REVISIONS[base].functions[name]) for name in changeable(base, functions)]
    bodies = [_indented(_source(function)) for _, function in chosen]
    head = f'class MyPatch(kvmviz.Revision, base="{base}"):\n'
    return "import kvmviz\n" + _imports([function for _, function in chosen]) + "\n\n" + head + "\n\n".join(bodies)


def _source(function: Callable[..., Any]) -> str:
    """Give a function's source without its docstring, annotations and decorators."""
    tree = ast.parse(cleandoc("\n" + getsource(function))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise TypeError(f"{function!r} is no plain function")
    tree.decorator_list, tree.returns = [], None
    for argument in tree.args.args:
        argument.annotation = None
    if ast.get_docstring(tree) is not None:
        tree.body = tree.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def _imports(functions: Iterable[Callable[..., Any]]) -> str:
    """Write the import of every name that the functions use, from the module that has them."""
    names: set[str] = set()
    module = ""
    for function in functions:
        module = function.__module__
        used = {node.id for node in ast.walk(ast.parse(_source(function))) if isinstance(node, ast.Name)}
        names |= used & set(vars(sys.modules[module]))
    line = f"from {module} import {', '.join(sorted(names))}"
    if not names or len(line) <= WIDTH:
        return line + "\n" if names else ""
    wrapped = fill(f"{', '.join(sorted(names))},", WIDTH, initial_indent="    ", subsequent_indent="    ")
    return f"from {module} import (\n{wrapped}\n)\n"


def _indented(source: str) -> str:
    return "\n".join(part for line in source.splitlines() for part in _broken(f"    {line}"))


def _broken(line: str) -> Iterator[str]:
    """Break a line of Python inside its brackets, so that no part is wider than a mail's line."""
    places, start, indent = list(_inside_brackets(line)), 0, ""
    while len(indent) + len(line) - start > WIDTH:
        fitting = [place for place in places if start < place <= start + WIDTH - len(indent)]
        if not fitting:
            break
        yield indent + line[start : fitting[-1]]
        start = fitting[-1] + line[fitting[-1] :].startswith(" ")
        indent = " " * (len(line) - len(line.lstrip()) + 8)
    yield indent + line[start:]


def _inside_brackets(line: str) -> Iterator[int]:
    """Give the columns at which a line may be broken: behind an opening bracket or a comma within brackets."""
    depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(line.lstrip()).readline):
            depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
            if depth > 0 and token.string in ("(", "[", "{", ","):
                yield token.end[1] + len(line) - len(line.lstrip())
    except tokenize.TokenError:  # the line heads a block, and the block is not there
        return
