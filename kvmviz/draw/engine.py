"""Graphviz at the edge: find an engine, run it, say in one sentence what is missing.

The DOT text is built purely (`kvmviz.draw.dot`); this file alone starts a process.
The engine is `dot` if it is on PATH, else `graphviz-pure`, which pip brings.
"""

import shutil
import subprocess
import sysconfig
from functools import lru_cache
from pathlib import Path

import graphviz
from graphviz.backend import dot_command

from kvmviz.errors import KvmvizError

PURE = "graphviz-pure"
"""The command of the pip package that draws without a Graphviz installation."""

TIMEOUT = 60
"""Seconds that a layout may take; the default tree needs some 30 ms."""


class DrawError(KvmvizError):
    """A picture could not be made; the message is one sentence that says what would help."""


def engine(prefer: str | None = None) -> Path:
    """Return the program that draws: `dot`, else `graphviz-pure`; raise DrawError if there is neither.

    `prefer` names one of the two and takes no other.
    """
    for name in (prefer,) if prefer else ("dot", PURE):
        found = shutil.which(name) or shutil.which(name, path=sysconfig.get_path("scripts"))
        if found:
            return Path(found)
    raise DrawError(
        f"no {prefer or 'Graphviz'} was found: pip install graphviz-pure, or install Graphviz so that dot is on PATH"
    )


@lru_cache(maxsize=64)
def render(source: str, file_format: str, program: Path | None = None) -> bytes:
    """Return what the engine makes of the DOT text `source` in `file_format` ("svg", "png")."""
    program = program or engine()
    dot_command.DOT_BINARY = program
    try:
        return bytes(graphviz.pipe("dot", file_format, source.encode(), quiet=True))
    except (graphviz.CalledProcessError, graphviz.ExecutableNotFound, OSError, subprocess.SubprocessError) as error:
        raise DrawError(f"{program.name} could not draw the {file_format}: {_last_line(error)}") from error


def _last_line(error: Exception) -> str:
    said = getattr(error, "stderr", None) or str(error)
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return (text.strip().splitlines() or ["it said nothing"])[-1]
