"""Python starts with the page: each page of JupyterLite gets a script that begins it, before a kernel is asked for."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
KERNELS: Final = "extensions/@jupyterlite/pyodide-kernel-extension/static/comlink.worker.*.js"
"""The script of JupyterLite's that a kernel's worker runs."""

TAG: Final = '<script src="../python/early.js"></script>'
HEAD: Final = "<head>"


def start_early(target: Path, apps: Iterable[str]) -> None:
    """Let the pages of a built folder begin Python as they open.

    Raises SystemExit where JupyterLite has another kernel or other pages than these files know.
    """
    workers = sorted(target.glob(KERNELS))
    if len(workers) != 1:
        raise SystemExit(f"lite: one {KERNELS} was expected, and there are {len(workers)}; see docs/lite/early.py.")
    worker = f'import "../{workers[0].relative_to(target)}";\nimport {{ begin }} from "./start.mjs";\n\nbegin();\n'
    (target / "python" / "worker.mjs").write_text(worker, encoding="utf-8")
    shutil.copy(HERE / "early.js", target / "python")
    for page in (target / app / "index.html" for app in apps):
        text = page.read_text(encoding="utf-8")
        if text.count(HEAD) != 1:
            raise SystemExit(f"lite: {page.parent.name}/{page.name} has no head to put a script into.")
        page.write_text(text.replace(HEAD, f"{HEAD}\n    {TAG}"), encoding="utf-8")
