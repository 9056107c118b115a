"""Docstrings that the product shows, also where Python was started with -OO, which drops them."""

import ast
import inspect
from textwrap import dedent


def docstring(thing: object) -> str:
    """Return the docstring of a module, class or function, read from its source if Python does not have it.

    >>> docstring(docstring).partition(",")[0]
    'Return the docstring of a module'
    """
    if found := inspect.getdoc(thing):
        return found
    try:
        parsed = ast.parse(dedent(inspect.getsource(thing)))  # type: ignore[arg-type]  # what has none raises TypeError
    except (OSError, TypeError):
        return ""
    node = parsed if inspect.ismodule(thing) else parsed.body[0]
    assert isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    return ast.get_docstring(node) or ""
