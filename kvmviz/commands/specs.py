"""What may stand where a command takes a revision.

A name; `PATH.c` or `PATH.c:BASE`; `PATH.patch`, `PATH.diff`, `PATH.eml`, `PATH.mbox`
or `-`, with `:old` or `:new` behind it; `kernel:DIR`; `PATH.py:CLASS`.
"""

import re
import sys
from functools import cache
from pathlib import Path
from typing import Final, Literal

from kvmviz.revisions import EVERY, Revision, RevisionError, revision

FORMS: Final = "NAME, mine.c, mine.patch:new, kernel:DIR or mine.py:MyPatch"

_C: Final = re.compile(r"(.+\.[ch])(?::([^:]*))?")
_PATCH: Final = re.compile(r"(-|/dev/stdin|.+\.(?:patch|diff|eml|mbox))(?::([^:]*))?", re.IGNORECASE)
_INPUT: Final = ("-", "/dev/stdin")
_SIDES: Final[dict[str, Literal["old", "new"]]] = {"old": "old", "new": "new", "": "new"}


def revision_of(text: str, kernel: str | None = None) -> type[Revision]:
    """Return the revision that a text names; `kernel` is the tree that completes a patch.

    Raises RevisionError, or the error of what was read, each with one sentence.
    A class's file is run as Python.
    """
    if text.startswith("kernel:"):
        return _tree(text.removeprefix("kernel:"))
    if text not in EVERY:
        if (patch := _PATCH.fullmatch(text)) is not None:
            return _patch(patch[1], patch[2] or "", kernel)
        if (c := _C.fullmatch(text)) is not None:
            from kvmviz.c.revision import from_c

            return from_c(Path(c[1]), base=c[2] or None)
        if re.search(r"\.py:[^:]*$", text):
            from kvmviz.check.loading import load_revision

            return load_revision(text)
    return revision(text)


def _tree(folder: str) -> type[Revision]:
    from kvmviz.patches.making import from_tree
    from kvmviz.patches.tree import name_of, read_tree

    if not folder:
        raise RevisionError("kernel: names no folder; give a Linux tree, as in kernel:linux-7.3.")
    path = Path(folder).expanduser()
    return from_tree(read_tree(path), name=name_of(path)).revision


def _patch(path: str, side: str, kernel: str | None) -> type[Revision]:
    from kvmviz.patches.reading import from_bytes, from_patch

    if side not in _SIDES:
        raise RevisionError(f"{path}:{side:.40}: a patch has the sides old and new; say {path}:old or {path}:new.")
    if path in _INPUT and sys.stdin.isatty():
        raise RevisionError("- is standard input, and that is a terminal; pipe a patch in, or name a file.")
    if path in _INPUT:
        return from_bytes(_standard_input(), "patch", side=_SIDES[side], kernel=kernel).revision
    return from_patch(path, side=_SIDES[side], kernel=kernel)


@cache
def _standard_input() -> bytes:
    """Return what is piped in, read once, so that both sides of a patch can be named."""
    from kvmviz.mail.mailbox import load

    return load("-")
