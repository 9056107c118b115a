"""A bad schedule as DOT: a lane for each thread, a row for each step, and beside them what all threads share.

>>> from kvmviz.race.result import race
>>> text = lanes_dot(race("naive", 2, 1))
>>> 'ID="step-3"' in text, "MISSING_PAMT_PAGE_PAIR" in text
(True, True)

Cells have fixed sizes, so that the geometry depends on no font and hardly on the
engine.  With a theme's colours it is the whole picture, which any Graphviz draws;
`kvmviz.draw.lanes` takes the places of its cells and draws them itself.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

import graphviz

from kvmviz.draw.palette import Theme, tokens
from kvmviz.race.result import HEADS, Finding, Race, shared
from kvmviz.race.schedules import Step

NUMBER: Final = 30
LANE: Final = 264
BAR: Final = 7
"""Width of the bar that says that a thread has a lock."""
CELL: Final = 52
ROW: Final = 22
TALL: Final = 36
"""Height of a row whose text takes two lines."""
MARK: Final = 28
"""Width kept for the word that marks a call into the module."""
GAP: Final = 9
"""Height between two rows where another thread goes on."""

LONG: Final = 29
"""Characters that stand on one line of a cell."""

MODULE: Final = ("add_pair", "remove_pair", "use", "done")
"""Steps that call into the TDX module."""


def shown(found: Race, name: str | None) -> Finding:
    """Return the finding whose schedule is drawn; raise RaceError if there is no such invariant."""
    one = found[name] if name else found.first
    assert one is not None
    return one


def threads_of(steps: Sequence[Step]) -> list[str]:
    """Return the threads that a schedule moves."""
    return sorted({step.thread for step in steps})


def kind(step: Step, steps: Sequence[Step]) -> str:
    """Return how a step looks: `bad` for the one that breaks something, `module` for a call, else `step`."""
    if step is steps[-1]:
        return "bad"
    return "module" if step.step in MODULE else "step"


def holders(step: Step) -> set[str]:
    """Return the threads that have a lock after a step."""
    return {"ABCDEFGH"[owner] for owner in step.memory.locks if owner >= 0}


def said(step: Step) -> str:
    """Return what stands in a step's cell."""
    return f"{step.section}  {step.text}"


def lines(step: Step) -> list[str]:
    """Return the lines of a step's cell: a long answer has one of its own, so that it is read from afar."""
    text = said(step)
    head, colon, answer = text.partition(": ")
    return [f"{head}{colon}", answer] if len(text) > LONG and answer else [text]


def points(step: Step, *, bold: bool = False) -> float:
    """Return the type size at which a step's text fits its cell, beside the mark if it has one."""
    room = LANE - 14 - (MARK if step.step in MODULE else 0)
    return max(6.5, min(11.5, room / ((0.7 if bold else 0.58) * max(map(len, lines(step))))))


def lanes_dot(found: Race, name: str | None = None, theme: Theme = "light") -> str:
    """Return the picture of a schedule as DOT; by default of the first invariant that is broken."""
    one = shown(found, name)
    steps = one.steps
    colour = tokens(theme)
    graph = graphviz.Digraph(
        "race", graph_attr={"bgcolor": colour["paper"], "margin": "0", "pad": "0.1", "fontname": "Helvetica"},
        node_attr={"shape": "plain", "fontname": "Helvetica", "fontcolor": colour["ink"]},
    )  # fmt: skip
    graph.attr(label=_caption(found, one), labelloc="t", labeljust="l", fontsize="13", fontcolor=colour["ink"])
    rows = "".join(f"<TR>{''.join(row)}</TR>" for row in _rows(steps, theme))
    table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0">{rows}</TABLE>'
    graph.node("lanes", label=f"<{table}>", id="lanes")
    return str(graph.source)


def _caption(found: Race, one: Finding) -> str:
    return f"{found.design.name}, {found.bounds}: {one.name} is broken after {len(one.steps)} steps\\l"


def _rows(steps: Sequence[Step], theme: Theme) -> Iterator[list[str]]:
    colour = tokens(theme)
    threads = threads_of(steps)
    heads = [_cell(f"head {one}", LANE, ROW, colour["paper"], f"thread {one}", 12) for one in threads]
    yield [_space(NUMBER), *(c for head in heads for c in (_space(BAR), head)),
           *(_cell(f"head {word}", CELL, ROW, colour["paper"], word, 11) for word in HEADS)]  # fmt: skip
    before = None
    for step in steps:
        if before not in (None, step.thread):
            yield [_space(NUMBER, GAP)]
        before = step.thread
        yield list(_row(step, steps, threads, theme))


def _row(step: Step, steps: Sequence[Step], threads: Sequence[str], theme: Theme) -> Iterator[str]:
    colour = tokens(theme)
    looks = {"step": ("in-use-fill", "in-use-text"), "module": ("tdx-owned-fill", "tdx-owned-text"),
             "bad": ("leaked-fill", "leaked-text")}  # fmt: skip
    fill, ink = (colour[role] for role in looks[kind(step, steps)])
    text, high = lines(step), TALL if len(lines(step)) > 1 else ROW
    yield _cell(f"number {step.number}", NUMBER, high, colour["paper"], str(step.number), 10)
    for one in threads:
        held = colour["ink2"] if one in holders(step) else colour["paper"]
        yield _cell(f"lock {one} {step.number}", BAR, high, held)
        if one == step.thread:
            size = points(step, bold=kind(step, steps) == "bad")
            yield _cell(f"step {step.number}", LANE, high, fill, "\n".join(text), size, ink)
        else:
            yield _cell(f"wait {one} {step.number}", LANE, high, colour["paper"])
    for word, value in zip(HEADS, shared(step.memory), strict=True):
        yield _cell(f"{word} {step.number}", CELL, high, colour["paper"], value, 11)


def _cell(name: str, width: int, height: int, fill: str, text: str = "", size: float = 11, ink: str = "") -> str:
    colour = f' COLOR="{ink}"' if ink else ""
    said = escape(text).replace("\n", "<BR/>")
    label = f'<FONT POINT-SIZE="{size:.1f}"{colour}>{said}</FONT>' if text else ""
    return (
        f'<TD FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{height}" BGCOLOR="{fill}" ID="{name.replace(" ", "-")}" '
        f'HREF="#" TITLE="{name}">{label}</TD>'
    )


def _space(width: int, height: int = ROW) -> str:
    return f'<TD FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{height}"></TD>'
