"""Say what kvmviz finds on this machine, what is missing, and the command that fixes it.

Examples:
  kvmviz doctor

"""

import argparse
import platform
import shutil

from kvmviz.commands import course_folder
from kvmviz.terms.columns import labelled
from kvmviz.version import __version__

HELP = "what is found, what is missing, how to fix it"

_PACKAGES = {
    "graphviz": "kvmviz", "unidiff": "kvmviz", "tree-sitter": "kvmviz", "cloudpickle": "kvmviz",
    "jupyterlab": "kvmviz[notebook]", "ipywidgets": "kvmviz[notebook]", "anywidget": "kvmviz[notebook]",
    "matplotlib": "kvmviz[notebook]", "pytest": "kvmviz[test]", "nbval": "kvmviz[test]",
}  # fmt: skip
_BROWSERS = ("chromium", "google-chrome", "chromium-browser", "firefox", "firefox-esr")


def arguments(parser: argparse.ArgumentParser) -> None:
    """`kvmviz doctor` takes none."""


def execute(args: argparse.Namespace) -> int:
    """Print the findings; exit status 1 if something is missing that a command needs."""
    missing = []
    print(labelled("kvmviz", __version__))
    print(labelled("Python", platform.python_version()))
    for package, extra in _PACKAGES.items():
        found = _version(package)
        tests_only = extra == "kvmviz[test]"
        mend = f"pip install '{extra}'"
        print(
            labelled(
                package,
                found or (f"none; only the tests want it: {mend}" if tests_only else f"missing; fix with: {mend}"),
            )
        )
        missing += [] if found or tests_only else [package]
    engine = "dot, on PATH" if shutil.which("dot") else "graphviz-pure" if _version("graphviz-pure") else None
    print(labelled("Graphviz engine", engine or "missing; fix with: pip install graphviz-pure"))
    browser = next((name for name in _BROWSERS if shutil.which(name)), None)
    print(labelled("course", _course()))
    print(labelled("browser", browser or "none on PATH; only the tests and JupyterLab want one"))
    return 1 if missing or not engine else 0


def _course() -> str:
    """Say where `kvmviz lab` has the course from."""
    found = course_folder.is_ours(folder := course_folder.brought())
    return str(folder) if found else "missing; fix with: pip install --force-reinstall kvmviz"


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version  # slow to load, and the list of commands waits for it

    try:
        return version(package)
    except PackageNotFoundError:
        return None
