"""Python in a browser (Pyodide): what the page lends it, where it can start no program and load no extension.

The folder that `make lite` builds starts Python with a module of these (`docs/lite/start.mjs`).
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

IN_BROWSER: Final = sys.platform == "emscripten"
"""Whether this Python is WebAssembly: it has one thread, no processes, no signals."""


def has_page() -> bool:
    """Say whether the page that started Python lends it anything; another page does not."""
    return IN_BROWSER and find_spec("kvmviz_page") is not None


def _page() -> Any:
    return import_module("kvmviz_page")


def _value(text: str) -> Any:
    """Return the value of the page's JSON; where there is no page, nobody pays for loading what reads it."""
    return import_module("json").loads(text)


def draw(dot: str, file_format: str) -> tuple[str, str]:
    """Return what Graphviz makes of DOT text, and what it complains about."""
    answer = _value(_page().draw(dot, file_format))
    errors = "; ".join(str(one["message"]) for one in answer["errors"])
    return answer.get("output") or "", errors


def parse_c(text: bytes) -> list[list[Any]]:
    """Return the nodes of a text of C, as rows that `kvmviz.c.nodes` reads."""
    rows: list[list[Any]] = _value(_page().parse(text.decode("latin-1")))  # so that its columns count bytes
    return rows


def figures() -> dict[str, str]:
    """Return the pictures that were drawn elsewhere, as HTML by the call that drew them."""
    found: dict[str, str] = _value(_page().figures())
    return found


def keep(line: str) -> None:
    """Give the page a line, an answer's, that it brings again at its next start, in this browser alone."""
    _page().keep(line)
