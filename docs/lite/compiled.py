"""Compiled files beside the sources: a browser keeps none that Python writes, so each start would compile all anew."""

import ast
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

import nbformat

HERE: Final = Path(__file__).parent


def compile_into(folder: Path, notebooks: Sequence[Path]) -> None:
    """Put compiled files into the archives that Python starts from; what the notebooks import is among them.

    Raises SystemExit with what was said if they cannot be made.
    """
    with tempfile.TemporaryDirectory() as made:
        into = Path(made)
        (into / "imports.txt").write_text("\n".join(dict.fromkeys(imports(notebooks))), encoding="utf-8")
        command = [shutil.which("node") or "node", str(HERE / "compile.mjs"), str(folder), made]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
            raise SystemExit("lite: the browser's Python compiled nothing; what it said stands above.")
        add(folder / "python_stdlib.zip", into / "stdlib")
        for wheel in folder.glob("*.whl"):
            add(wheel, into / "site")


def imports(notebooks: Sequence[Path]) -> Iterator[str]:
    """Yield the imports of the notebooks, each as a line."""
    for path in notebooks:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and not cell.source.startswith("%"):
                yield from (ast.unparse(one) for one in ast.walk(ast.parse(cell.source)) if _imports(one))


def _imports(one: ast.AST) -> bool:
    return isinstance(one, ast.Import | ast.ImportFrom)


def add(archive: Path, compiled: Path) -> None:
    """Add to an archive what was compiled of the sources in it."""
    with ZipFile(archive, "a", ZIP_DEFLATED) as files:
        sources = set(files.namelist())
        for file in sorted(compiled.rglob("*.pyc")):
            name = file.relative_to(compiled)
            if source_of(PurePosixPath(name)) in sources:
                files.write(file, name)


def source_of(compiled: PurePosixPath) -> str:
    """Return the source of a compiled file.

    >>> source_of(PurePosixPath("a/__pycache__/b.cpython-314.pyc")), source_of(PurePosixPath("a/b.pyc"))
    ('a/b.py', 'a/b.py')
    """
    folder = compiled.parent.parent if compiled.parent.name == "__pycache__" else compiled.parent
    return str(folder / f"{compiled.name.partition('.')[0]}.py")
