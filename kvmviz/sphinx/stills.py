"""A view where nothing can be live: a picture, and the same as text.  This file knows nothing of Sphinx."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kvmviz.draw.frame_dot import draw_dot
from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.narration import texts
from kvmviz.draw.rendering import render
from kvmviz.draw.still import still_svg, still_text

DPI: Final = 192
"""Dots an inch of a picture that is printed."""


class Still:
    """One view, not moving.

    >>> from kvmviz.sphinx.view import read
    >>> view = read("fail=L1@0x200")
    >>> Still(view.lockstep(Path()), view.step).said[:38]
    'Only before: WARN_ON in handle_removed'
    """

    def __init__(self, rows: Lockstep, step: int) -> None:
        self.rows, self.step = rows, step

    @property
    def said(self) -> str:
        """What is said of the step."""
        return texts(self.rows)[self.step]

    @property
    def text(self) -> str:
        """The view in at most 72 columns."""
        return still_text(self.rows, self.step)

    def svg(self) -> bytes:
        """Return both sides as one picture."""
        return still_svg(self.rows, self.step).encode()

    def pngs(self) -> Iterator[bytes]:
        """Yield a picture of each side, for what takes no SVG."""
        for side in self.rows.sides:
            taken = sum(at is not None for at in self.rows.indices(side)[: self.step])
            source = draw_dot(self.rows.runs[side], taken, ground="white")
            yield render(source.replace("digraph td {\n", f"digraph td {{\n\tdpi={DPI};\n", 1), "png")


def kept(content: bytes, folder: Path, suffix: str) -> Path:
    """Return the file with this content, written if it is not there: the same name for the same picture."""
    file = folder / f"kvmviz-{hashlib.sha256(content).hexdigest()[:16]}{suffix}"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return file
