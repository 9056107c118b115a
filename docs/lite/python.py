"""Python for the browser: Pyodide, the wheels of the folder, and the lock file by which Pyodide loads them."""

import hashlib
import json
import shutil
from email.parser import HeaderParser
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from docs.lite.bring import Brought

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

_LICENSES: Final = {"pyodide": "README.md", "web-tree-sitter": "LICENSE", "tree-sitter-c": "LICENSE"}


def write_python(brought: Brought, folder: Path) -> list[str]:
    """Write everything that Python needs into a folder, and return the names of the packages that it loads."""
    folder.mkdir()
    for package, names in _FILES.items():
        for name in names:
            shutil.copy(brought.packages / package / name, folder)
    shutil.copy(HERE / "start.mjs", folder)
    [own] = brought.own.glob("kvmviz-*.whl")
    wheels = [*brought.wheels.glob("*.whl"), own, *_kernel_wheels(brought.tools)]
    entries = {}
    for wheel in sorted(wheels):
        shutil.copy(wheel, folder)
        one = entry(wheel)
        entries[one["name"]] = one
    theirs = json.loads((brought.packages / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    lock = {"info": theirs["info"], "packages": entries}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock, indent=1), encoding="utf-8")
    return list(entries)


def _kernel_wheels(tools: Path) -> list[Path]:
    [pypi] = tools.glob("share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi")
    return [wheel for name in KERNEL_WHEELS for wheel in pypi.glob(f"{name}-*.whl")]


def entry(wheel: Path) -> dict[str, Any]:
    """Return a wheel as the lock file has it.  All of them are loaded as Python starts, so none depends on another."""
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
