"""Open JupyterLab on the notebooks, or on one view.

The course is opened from any folder. Where kvmviz came as a wheel, a copy of it in
./notebooks is offered first; no file is ever written over. After a no the exit
status is 1. A view becomes a notebook in the current folder; the same view again
opens the same notebook. What follows -- goes to JupyterLab, as on a server or in a
container; it is allowed to run as root.

Examples:
  kvmviz lab
  kvmviz lab --copy
  kvmviz lab 'tree=1x1x3 fail=L1@0x200 step=62 revisions=before,v1'
  kvmviz lab -- --no-browser --ip=0.0.0.0 --port=8888

"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from urllib.parse import quote

from kvmviz.commands import common, course_folder
from kvmviz.errors import KvmvizError
from kvmviz.revisions import revision
from kvmviz.scenario.link import Link

HELP = "JupyterLab on the notebooks, or on a view"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz lab`."""
    parser.add_argument(
        "scenario", nargs="*", metavar="LINK",
        help="a scenario line, with step= and revisions=; behind -- JupyterLab's own options",
    )  # fmt: skip
    parser.add_argument("--copy", action="store_true", help="copy the course into ./notebooks first, without asking")


def execute(args: argparse.Namespace) -> int:
    """Become JupyterLab on a notebook; return 1 if the offer of one was declined."""
    if find_spec("jupyterlab") is None:
        raise KvmvizError("JupyterLab is not installed; install it with: pip install 'kvmviz[notebook]'.")
    args.scenario, options = _split(args.scenario)
    if args.copy and args.scenario:
        raise KvmvizError("--copy is for the course; leave it out, or the view.")
    notebook = _view(common.link(args)) if args.scenario else course_folder.first_notebook(copy=args.copy)
    if notebook is None:  # an offer was declined, which is no wrong question
        print("kvmviz: nothing was copied; to see one view, name it, as in: kvmviz lab fail=all.", file=sys.stderr)
        return 1
    return _become_jupyterlab(notebook, options)


def _become_jupyterlab(notebook: Path, options: Sequence[str]) -> int:
    _trust_ours()
    # -P: a `random.py` in the current folder is not Python's; a kernel sees to that itself, and finds what lies beside.
    command = [sys.executable, "-P", "-m", "jupyterlab", *_options(notebook, options)]
    print(f"kvmviz: opening {notebook}", file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, command)


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words of the link and the options of JupyterLab behind them; no word of a link begins with `-`."""
    link = list(takewhile(lambda word: not word.startswith("-"), words))
    return link, list(words[len(link) :])


def _options(notebook: Path, given: Sequence[str]) -> list[str]:
    """Return the options that show a notebook, whatever the user's settings say; those given come last.

    The address is set rather than a file named, so that the line that JupyterLab prints
    leads to the notebook, too, where no browser can be started.
    """
    theirs = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    theirs.add_argument("--notebook-dir", "--ServerApp.root_dir", dest="root", type=Path)
    known, others = theirs.parse_known_args(given)
    root = (known.root or notebook.parent).resolve()
    if root not in notebook.parents:
        raise KvmvizError(f"{notebook} is not in {root}; name a folder above it, or none.")
    address = quote(notebook.relative_to(root).as_posix())
    ours = [
        f"--ServerApp.root_dir={root}",
        f"--FileContentsManager.preferred_dir={root}",
        f"--LabApp.default_url=/lab/tree/{address}",
    ]
    as_root = ["--allow-root"] if os.geteuid() == 0 and "--allow-root" not in others else []
    return [*ours, *as_root, *others]


def _trust_ours() -> None:
    """Let the pictures of the notebooks that came with kvmviz be seen before they are run."""
    from kvmviz.course.signing import trust

    try:
        trust(course_folder.brought())
    except OSError as error:
        print(f"kvmviz: pictures show once their cells are run; Jupyter takes no signature ({error}).", file=sys.stderr)


def _view(link: Link) -> Path:
    """Return the notebook of the working directory that shows this view; write it if there is none."""
    for name in link.revisions or ():
        revision(name)
    code = f"import kvmviz\n\nkvmviz.Explorer({str(link)!r})"
    number = 1
    while True:
        notebook = Path.cwd() / f"kvmviz-view{f'-{number}' if number > 1 else ''}.ipynb"
        try:
            with notebook.open("x", encoding="utf-8") as file:
                file.write(_notebook(code))
        except FileExistsError:
            if _first_cell(notebook) != code:
                number += 1
                continue
        except OSError as error:
            where = f"{notebook.parent} takes no notebook ({error.strerror})"
            raise KvmvizError(f"{where}; go to a folder of yours.") from None
        return notebook.resolve()


def _notebook(code: str) -> str:
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "view",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": code,
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def _first_cell(notebook: Path) -> str | None:
    """Return the source of a notebook's first cell, None if that file is no notebook."""
    try:
        return "".join(json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]["source"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
