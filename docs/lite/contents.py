"""What the folder shows: the notebooks as they are, and the figures that they have stored."""

import ast
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat

import kvmviz.draw
from kvmviz.draw.elsewhere import call


def write_contents(notebooks: Sequence[Path], target: Path) -> None:
    """Write the notebooks as they are, and list them where JupyterLite looks for a list."""
    (target / "files").mkdir(exist_ok=True)
    for path in notebooks:
        # Texts in one piece, as a server hands them out; JupyterLite hands out files.
        whole = json.dumps(nbformat.read(path, as_version=4), indent=1)
        (target / "files" / path.name).write_text(whole, encoding="utf-8")
    listed = target / "api" / "contents" / "all.json"
    listed.parent.mkdir(parents=True, exist_ok=True)
    folder = _model("", "directory") | {"format": "json", "content": [_model(p.name, "notebook") for p in notebooks]}
    listed.write_text(json.dumps(folder), encoding="utf-8")


def _model(name: str, kind: str) -> dict[str, Any]:
    when = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
    empty = dict.fromkeys(("content", "format", "mimetype", "size", "hash", "hash_algorithm"))
    return {"name": name, "path": name, "type": kind, "created": when, "last_modified": when, "writable": True} | empty


def write_figures(notebooks: Sequence[Path], file: Path) -> None:
    """Store the figures of the notebooks by the call that draws them, for where nothing can draw them."""
    found = {key: html for path in notebooks for key, html in _figures(nbformat.read(path, as_version=4))}
    file.write_text(json.dumps(found, indent=1), encoding="utf-8")


def _figures(notebook: Any) -> Iterator[tuple[str, str]]:
    """Yield the calls of figures that end a cell, with the picture that was stored below it."""
    for cell in notebook.cells:
        last = ast.parse(cell.source).body[-1:] if cell.cell_type == "code" and "%" not in cell.source[:2] else []
        for one in last:
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call) and (key := _key(one.value)):
                yield key, "".join(output["data"]["text/html"] for output in cell.outputs)


def _key(made: ast.Call) -> str | None:
    if not isinstance(made.func, ast.Name) or made.func.id not in kvmviz.draw.__all__:
        return None
    named = {word.arg: ast.literal_eval(word.value) for word in made.keywords if word.arg}
    return call(made.func.id, *map(ast.literal_eval, made.args), **named)
