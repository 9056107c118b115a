"""One frame as a picture of its own: SVG that carries its style, DOT with looks, PNG.

>>> from kvmviz.record.runs import run
>>> drawn = draw_svg(run("v1", "fail=L1@0x200"), 63)
>>> 'data-page="S-EPT L1 gfn=0x200" data-state="leaked"' in drawn
True
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile
from textwrap import wrap

from kvmviz.draw.frame_dot import draw_dot
from kvmviz.draw.looks import Changes, row_changes, subjects
from kvmviz.draw.palette import Theme, resolve, tokens
from kvmviz.draw.rendering import DrawError, render
from kvmviz.draw.scene import scene_of
from kvmviz.draw.shelves import Shown
from kvmviz.draw.signs import ID, definitions
from kvmviz.record.folding import FoldedTree
from kvmviz.record.runs import Run
from kvmviz.scenario import ScenarioError
from kvmviz.terms.words import many

PAGE_KIB = 4
"""KiB in a page."""

_CSS_STATE = re.compile(r'\[data-state="([a-z-]+)"\]')


def at_step(run: Run, step: int) -> int:
    """Return `step` if the run has it; raise ScenarioError with one sentence otherwise."""
    last = len(run.steps)
    if not 0 <= step <= last:
        raise ScenarioError(f"step={step}: this run has the steps 0 to {last}.")
    return step


def states_after(moves: Iterable[Changes]) -> dict[str, str]:
    """Return the states that these changes, in order, leave behind."""
    return {element: state for step in moves for element, state in step}


def draw_svg(run: Run, step: int, theme: Theme = "light") -> str:
    """Return the picture of a run after `step` steps as an SVG file that needs nothing else."""
    at_step(run, step)
    moves = row_changes(run, list(range(len(run.steps))))
    picture = frame(run, moves[:step], here_of(run, step))
    head = [
        f"{run.revision}   {run.scenario}",
        f"step {step} / {len(run.steps)}: {_said(run, step)}",
        _counts(run, step),
        *_stands_for(run.tree),
    ]
    return page([picture], head, theme)


def _stands_for(tree: Shown) -> list[str]:
    if not isinstance(tree, FoldedTree):
        return []
    return [f"{tree.count:,} tables stand for all {tree.tree.count:,}; \u00d7 says for how many that behave alike"]


def here_of(run: Run, step: int) -> str | None:
    """Return the page that the last of `step` steps is about."""
    return subjects(run.steps[:step])[-1] if step else None


def _said(run: Run, step: int) -> str:
    return run.steps[step - 1].text if run.steps and step else "nothing has happened yet."


def _counts(run: Run, step: int) -> str:
    now = run.frames[step]
    kib = now.leaked_count * PAGE_KIB
    leaked = f"{many(now.leaked_count, 'page')} leaked ({kib:,} KiB)"
    if run.summary.pamt:
        phantoms = f", {many(now.phantoms, 'phantom reference')}" if now.phantoms else ""
        leaked += f", {many(now.pinned, 'PAMT pair')} pinned ({now.pinned * 2 * PAGE_KIB:,} KiB){phantoms}"
    return f"{many(now.traces, 'trace')}, {many(now.lines, 'error line')}, {leaked}"


def frame(run: Run, moves: Iterable[Changes], here: str | None, prefix: str = "kv-") -> str:
    """Return the picture of a run with the states that `moves` leave, as an `<svg>` without its style."""
    drawn = scene_of(run.tree, run.scenario.vcpus).svg(states_after(moves), here)
    return drawn.replace(ID, prefix)


@cache
def style(theme: Theme) -> str:
    """Return the style rules of a picture on its own: colours resolved, states as classes."""
    css = (files("kvmviz.draw") / "picture.css").read_text(encoding="utf-8")
    return _CSS_STATE.sub(r".s-\1", resolve(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL), theme)).strip()


def page(pictures: Sequence[str], head: Sequence[str], theme: Theme, prefix: str = "kv-") -> str:
    """Return one SVG document with these pictures side by side below lines of text."""
    colour = tokens(theme)
    views = [[float(n) for n in re.search(r'viewBox="([^"]*)"', p)[1].split()] for p in pictures]  # type: ignore[index]
    width = sum(view[2] for view in views) + 16 * (len(views) - 1)
    head = [part for line in head for part in wrap(line, int(width / 7.2))]
    top = 12 + 19 * len(head)
    height = max(view[3] for view in views) + top
    lines = "".join(_caption(line, i, colour) for i, line in enumerate(head))
    placed, x = "", 0.0
    for picture, view in zip(pictures, views, strict=True):
        size = f'<svg x="{x:.0f}" y="{top}" width="{view[2]:.0f}" height="{view[3]:.0f}" '
        placed += picture.replace("<svg ", size, 1)
        x += view[2] + 16
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" style="max-width:100%;height:auto" role="img">'
        f"<title>{escape(head[0])}</title><style>{style(theme)}</style>{definitions(prefix)}"
        f'<rect width="100%" height="100%" fill="{colour["paper"]}"/>{lines}{placed}</svg>\n'
    )


def _caption(line: str, number: int, colour: Mapping[str, str]) -> str:
    font = f"{'13px' if number else '700 15px'} {escape(colour['ui-font'])}"
    style = f"font:{font};font-feature-settings:'calt' 0"  # some fonts would turn 0x200 into a product
    return f'<text x="14" y="{21 + 19 * number}" style="{style}" fill="{colour["ink"]}">{escape(line)}</text>'


def write_picture(run: Run, step: int, path: Path) -> None:
    """Write the picture after `step` steps to `path`, as its suffix says: .svg, .png or .dot.

    Raises DrawError or ScenarioError with one sentence; then nothing has been written.
    """
    kind = path.suffix.lower()
    if kind == ".svg":
        content = draw_svg(run, step).encode()
    elif kind == ".dot":
        content = draw_dot(run, at_step(run, step)).encode()
    elif kind == ".png":
        content = render(draw_dot(run, at_step(run, step), ground="white"), "png")
    else:
        raise DrawError(f"{path.name}: a picture is written as .svg, .png or .dot; name the file so.")
    write_file(path, content)


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, a symbolic link where it leads to; raise DrawError with one sentence."""
    name, path = "", path.resolve()
    if path.exists() and not path.stat().st_mode & 0o222:
        raise DrawError(f"{path} is read-only and stays as it is; make it writable first, or name another file.")
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as half:
            name = half.name
            half.write(content)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise DrawError(f"{path}: cannot be written: {error.strerror}.") from error


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
