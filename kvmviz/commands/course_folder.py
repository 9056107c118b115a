"""Where the course is: in or beside the working directory, in the checkout, or in a copy made of the wheel's."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kvmviz.errors import KvmvizError

FIRST: Final = "00-start-here.ipynb"
"""The course's first notebook, by which its folder is known."""

COPY: Final = "notebooks"
"""What the folder of a copy is called."""

_PACKAGE: Final = Path(__file__).resolve().parents[1]


def brought() -> Path:
    """Return the folder of the course that came with kvmviz: beside the source in a checkout, in it in a wheel."""
    return next((folder for folder in (_PACKAGE.parent / COPY, _PACKAGE / COPY) if is_ours(folder)), _PACKAGE / COPY)


def is_ours(folder: Path) -> bool:
    """Say whether a folder has the course's first notebook."""
    try:
        return "kvmviz" in (folder / FIRST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def first_notebook(*, copy: bool) -> Path | None:
    """Return the course's first notebook; with `copy`, or a yes to the question, of a copy that is made here.

    None after any other answer.  Raises KvmvizError with one sentence where there is
    none and nobody can be asked.
    """
    here, own = Path.cwd(), brought()
    found = [folder for folder in (here, here / COPY) if is_ours(folder)]
    if not found and not copy and own != _PACKAGE / COPY:
        found = [own]  # a checkout's is the reader's to write in
    if found:
        if not os.access(found[0], os.W_OK):
            _say(f"{found[0]} is read-only here; to keep work, copy it and start there.")
        return (found[0] / FIRST).resolve()
    if not is_ours(own):
        raise KvmvizError(f"The course is not here: go where {FIRST} is, or name a view, as in: kvmviz lab fail=all.")
    if not copy and not _wanted(here / COPY, own):
        return None
    return (copied(own, here / COPY) / FIRST).resolve()


def _wanted(folder: Path, own: Path) -> bool:
    """Ask whether the course is to be copied; raise KvmvizError where nobody sits who could answer."""
    files = list(_files(own))
    size = sum(file.stat().st_size for file in files) / 1e6
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        raise KvmvizError(f"The course is not in this folder; to copy it to {folder} and open it: kvmviz lab --copy.")
    question = f"kvmviz: copy the course ({len(files)} files, {size:.1f} MB) to {folder}? [Y/n] "
    print(question, end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    return answer.strip().lower() in ("", "y", "yes") and answer != ""


def copied(own: Path, folder: Path) -> Path:
    """Copy the course into a folder, never over a file, and return it; raise KvmvizError with one sentence."""
    from kvmviz.explorer.offline.writing import write_text

    if (folder / FIRST).exists():
        raise KvmvizError(f"{folder / FIRST} is there and is not the course's; go to an empty folder.")
    kept = []
    try:
        folder.mkdir(exist_ok=True)
        for file in [*_files(own, but=FIRST), own / FIRST]:  # the first, by which it is known, when all is there
            try:
                write_text(folder / file.name, file.read_text(encoding="utf-8"), replace=False)
            except FileExistsError:
                kept.append(file.name)
    except OSError as error:
        raise KvmvizError(f"{folder} takes no copy ({error.strerror}); go to a folder of yours.") from None
    if kept:
        _say(f"left as they were: {', '.join(kept)}")
    return folder


def _files(own: Path, but: str = "") -> Iterator[Path]:
    return (file for file in sorted(own.iterdir()) if file.is_file() and file.name != but)


def _say(text: str) -> None:
    print(f"kvmviz: {text}", file=sys.stderr)
