"""Graphviz at the edge: find an engine, run it, say in one sentence what is missing.

The DOT text is built purely (`kvmviz.draw.dot`); this file alone starts a process.
The engine is `dot` if it is on PATH, else `graphviz-pure`, which pip brings; in a
browser it is the Graphviz that the page brings.
"""

import shutil
import subprocess
import sysconfig
from functools import lru_cache
from pathlib import Path

from kvmviz import browser
from kvmviz.browser import IN_BROWSER, has_page
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
    """Return what the engine makes of the DOT text `source` in `file_format` ("svg", "png").

    Raises DrawError with one sentence, also where the engine hangs; then it is ended.
    """
    if IN_BROWSER:
        return _on_the_page(source, file_format)
    program = program or engine()
    command = [str(program), "-Kdot", f"-T{file_format}"]
    try:
        done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise DrawError(
            f"{program.name} did not draw the {file_format} within {TIMEOUT} s and was ended; try a smaller tree, or "
            "another Graphviz."
        ) from None
    except OSError as error:
        raise DrawError(f"{program.name} could not draw the {file_format}: {error.strerror or error}") from error
    if done.returncode:
        raise DrawError(f"{program.name} could not draw the {file_format}: {_last_line(done.stderr)}")
    return done.stdout


def _on_the_page(source: str, file_format: str) -> bytes:
    if not has_page():
        raise DrawError("this page brings no Graphviz, so nothing can be drawn; the folder that make lite builds does")
    drawn, wrong = browser.draw(source, file_format)
    if not drawn:
        raise DrawError(f"Graphviz could not draw the {file_format}: {wrong or 'it said nothing'}")
    return drawn.encode()


def _last_line(said: bytes) -> str:
    return (said.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
