"""Python for the browser: Pyodide, and what it imports, compiled and in one file."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from email.parser import HeaderParser
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from docs.lite import packed
from docs.lite.bring import Brought
from docs.lite.compiled import compile_into
from docs.lite.contents import write_figures
from docs.lite.packed import pack

HERE: Final = Path(__file__).parent

KERNEL_WHEELS: Final = ("ipykernel", "piplite", "pyodide_kernel")
"""Wheels of the kernel itself, which jupyterlite-pyodide-kernel brings."""

_FILES: Final = {
    "pyodide": ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"),
    "@viz-js/viz/dist": ("viz.js",),
    "web-tree-sitter": ("web-tree-sitter.js", "web-tree-sitter.wasm"),
    "tree-sitter-c": ("tree-sitter-c.wasm",),
}
"""What is taken from packages of npm."""

_LICENSES: Final = {
    "pyodide": "README.md",
    "@viz-js/viz": "README.md",
    "web-tree-sitter": "LICENSE",
    "tree-sitter-c": "LICENSE",
}
"""What says under which terms each of them may be handed on; it stands beside them."""


def write_python(brought: Brought, folder: Path, notebooks: Sequence[Path]) -> list[str]:
    """Write everything that Python needs into a folder, and return the names of the packages that it loads.

    What it and the notebooks import is compiled.
    """
    folder.mkdir()
    for package, names in _FILES.items():
        for name in names:
            shutil.copy(brought.packages / package / name, folder)
    for package, name in _LICENSES.items():
        shutil.copy(brought.packages / package / name, folder / f"{package.rpartition('/')[2]}-{name}")
    shutil.copy(HERE / "start.mjs", folder)
    [own] = brought.own.glob("kvmviz-*.whl")
    for wheel in [*brought.wheels.glob("*.whl"), own, *_kernel_wheels(brought.tools)]:
        shutil.copy(wheel, folder)
    write_figures([], folder / "figures.json")  # which is asked for at every start
    lock = json.loads((brought.packages / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    loaded = _lock(folder, lock["info"])
    compile_into(folder, notebooks)
    wheels = sorted(folder.glob("*.whl"))
    pack(wheels, folder / packed.NAME)
    for wheel in wheels:
        wheel.unlink()
    _lock(folder, lock["info"])
    return loaded


def _lock(folder: Path, info: Any) -> list[str]:
    """Write the lock file of the wheels in a folder, which Pyodide loads them by, and return their names."""
    entries = {one["name"]: one for one in map(entry, sorted(folder.glob("*.whl")))}
    (folder / "pyodide-lock.json").write_text(
        json.dumps({"info": info, "packages": entries}, indent=1), encoding="utf-8"
    )
    return list(entries)


def _kernel_wheels(tools: Path) -> list[Path]:
    [pypi] = tools.glob("share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi")
    return [wheel for name in KERNEL_WHEELS for wheel in pypi.glob(f"{name}-*.whl")]


def entry(wheel: Path) -> dict[str, Any]:
    """Return a wheel as the lock file has it.  All of them are loaded at once, so none depends on another."""
    with ZipFile(wheel) as files:
        [name] = [name for name in files.namelist() if name.endswith(".dist-info/METADATA")]
        said = HeaderParser().parsestr(files.read(name).decode())
    return {
        "name": said["Name"].lower().replace("_", "-"),
        "version": said["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": [],
        "depends": [],
    }
