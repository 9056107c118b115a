"""What every figure shares: looks from the table of states, axes with units, a description, stable bytes.

A figure is drawn without pyplot, so that no global state is touched, and comes
with `alt`, a description written from the same numbers as the picture.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from kvmviz.draw.palette import tokens

DPI: Final = 110
COLOUR: Final = tokens("light")
TAPE: Final = COLOUR["tape2"]
"""The pale stripe on what is leaked: it shows on a dark fill even in grey."""

INK: Final = COLOUR["ink"]
QUIET: Final = COLOUR["ink2"]

RC: Final[Any] = {
    "font.family": "DejaVu Sans", "font.size": 12, "axes.titlesize": 13, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": QUIET,
    "axes.labelcolor": INK, "axes.grid": True, "axes.grid.axis": "y", "grid.color": COLOUR["line"],
    "grid.linewidth": 0.8, "axes.axisbelow": True, "xtick.color": INK, "ytick.color": INK, "text.color": INK,
    "legend.frameon": False, "lines.linewidth": 2.2, "lines.markersize": 7, "hatch.linewidth": 1.6,
    "svg.hashsalt": "kvmviz", "svg.fonttype": "none",
}  # fmt: skip
"""Type and lines for a projector: nothing below 10 points."""

LINES: Final[tuple[dict[str, Any], ...]] = (
    {"color": INK, "linestyle": (0, (4, 2)), "marker": "o", "markerfacecolor": "white"},
    {"color": COLOUR["tdx-owned-fill"], "linestyle": "-", "marker": "s"},
    {"color": COLOUR["leaked-fill"], "linestyle": ":", "marker": "^"},
)
"""Looks of the lines of one picture, told apart by dash and marker too, so that grey is enough."""


class Drawn:
    """A figure and its description; a notebook shows the one and reads out the other."""

    def __init__(self, figure: Figure, alt: str, *, tight: bool = True) -> None:
        self.figure = figure
        self._crop: Any = "tight" if tight else None
        self.alt = alt

    def bytes(self, form: Literal["png", "svg", "pdf"]) -> bytes:
        """Return the figure as a file; the same figure gives the same bytes."""
        out = BytesIO()
        metadata = {"Date": None} if form == "svg" else {"CreationDate": None} if form == "pdf" else {"Software": None}
        with mpl.rc_context(RC):
            self.figure.savefig(out, format=form, dpi=DPI, bbox_inches=self._crop, metadata=metadata)
        return _few_colours(out.getvalue()) if form == "png" else out.getvalue()

    def save(self, file: str | Path) -> None:
        """Write the figure to a .png, .svg or .pdf file."""
        form: Any = Path(file).suffix.removeprefix(".")
        Path(file).write_bytes(self.bytes(form))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        coded = base64.b64encode(self.bytes("png")).decode()
        image = f'<img alt="{escape(self.alt)}" style="max-width:100%" src="data:image/png;base64,{coded}">'
        return {"text/html": image, "text/plain": self.alt}

    def __repr__(self) -> str:
        return self.alt


def _few_colours(png: bytes) -> bytes:
    """Return a PNG with a palette, which is a third of the size; colours that few pixels have are kept."""
    out = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE).save(out, "png", optimize=True)
    return out.getvalue()


@contextmanager
def drawing(
    width: float, height: float, columns: int = 1, rows: int = 1, **options: Any
) -> Iterator[tuple[Figure, list[Axes]]]:
    """Give a figure of so many inches with its axes, in the style of the house."""
    with mpl.rc_context(RC):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False, **options)
        yield figure, list(axes.flat)


def at_end(axes: Axes, x: float, y: float, text: str, colour: str = INK, rise: int = 0) -> None:
    """Name a line where it ends, `rise` points higher, which spares the reader a legend."""
    axes.annotate(
        text, (x, y), xytext=(9, rise), textcoords="offset points", va="center", color=colour, fontweight="bold"
    )
