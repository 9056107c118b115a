"""Run by the browser's Python as the folder is built (`compile.mjs`): compile what the kernel and the course import.

Compiled files name the sources that they are made from, which stay beside them for
whoever reads a traceback, and are taken without a look at those.
"""

import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from importlib.util import cache_from_source
from pathlib import Path, PurePosixPath
from py_compile import PycInvalidationMode
from py_compile import compile as compile_file
from typing import Final

INTO: Final = Path("/into")
SITE: Final = PurePosixPath(f"/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages")
STDLIB: Final = PurePosixPath(f"/lib/python{sys.version_info[0]}{sys.version_info[1]}.zip")

KERNEL: Final = (
    *("piplite.piplite", "pyodide_kernel", "jedi", "anywidget", "ipywidgets"),
    *("kvmviz.explorer", "kvmviz.course"),
)
"""What is imported as the kernel starts, and behind the course's own imports."""


def main() -> None:
    """Import, then compile what was imported, and all of kvmviz."""
    for name in KERNEL:
        import_module(name)
    for line in (INTO / "imports.txt").read_text(encoding="utf-8").splitlines():
        with suppress(ImportError):  # what the browser has not, it need not load
            exec(line, {})
    files = {file: source for file, source in loaded() if file.is_relative_to(STDLIB) or file.is_relative_to(SITE)}
    ours = {PurePosixPath(file): file.read_bytes() for file in Path(SITE / "kvmviz").rglob("*.py")}
    for file, source in {**files, **ours}.items():
        compile_one(file, source)


def loaded() -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield file and source of every module that is loaded."""
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        if (
            spec
            and spec.origin
            and spec.origin.endswith(".py")
            and (source := spec.loader.get_source(name)) is not None
        ):
            yield PurePosixPath(spec.origin), source.encode()


def compile_one(file: PurePosixPath, source: bytes) -> None:
    """Compile a module to where its archive is to have it: beside the source, where Python reads it from a zip."""
    if file.is_relative_to(STDLIB):
        target = INTO / "stdlib" / file.relative_to(STDLIB).with_suffix(".pyc")
    else:
        target = INTO / "site" / cache_from_source(str(file.relative_to(SITE)))
    target.parent.mkdir(parents=True, exist_ok=True)
    text = INTO / "source.py"
    text.write_bytes(source)
    mode = PycInvalidationMode.UNCHECKED_HASH
    compile_file(str(text), cfile=str(target), dfile=str(file), doraise=True, invalidation_mode=mode)


if __name__ == "__main__":
    main()
