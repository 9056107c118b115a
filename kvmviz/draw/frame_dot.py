"""One frame as DOT that any Graphviz draws: cells in the colours of their states, with the state in words.

>>> from kvmviz.record.runs import run
>>> "leaked" in draw_dot(run("v1", "fail=L1@0x200"), 63)
True
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from textwrap import wrap

from kvmviz.draw.dot import TDCS_ROOT, VCPUS, Look, pair_name, picture
from kvmviz.draw.looks import changes, subjects, table_of
from kvmviz.draw.palette import tokens
from kvmviz.draw.shelves import how_many, plan, times
from kvmviz.record.runs import Run
from kvmviz.scenario.names import PageName, sept_name
from kvmviz.terms.states import HKID_STATES, PAGE_STATES, State

LINES = {"solid": "", "dashed": "dashed", "dotted": "dotted", "tape": ""}
"""Edge styles of a state as DOT has them; the tape is a thick edge here."""

COLUMNS = 76
"""Characters in a line of the caption."""

POINTERS = {"set": "->", "cut": "-|", "null": "-|", "gone": ""}


def draw_dot(run: Run, step: int, ground: str = "transparent") -> str:
    """Return the picture of a run after `step` steps as DOT."""
    text = picture(run.tree, run.scenario.vcpus, looks(run, step))
    label = _caption(run, step).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\l")
    head = f'digraph td {{\n\tlabel="{label}\\l"; labelloc=t; labeljust=l; fontsize=12; bgcolor={ground};\n'
    apart = text.replace("bgcolor=transparent ", "", 1).replace("pad=0 ", "pad=0.12 ", 1)  # no line on the edge
    return apart.replace("digraph td {\n", head, 1)


def _caption(run: Run, step: int) -> str:
    now, steps = run.frames[step], run.steps
    said = steps[step - 1].text if step else "nothing has happened yet."
    counts = f"traces {now.traces}, error lines {now.lines}, pages leaked {now.leaked_count}"
    if run.summary.pamt:
        counts += f", PAMT pairs pinned {now.pinned}"
    lines = [f"{run.revision}   {run.scenario}", f"step {step} / {len(steps)}: {said}", counts]
    return "\n".join(part for line in lines for part in wrap(line, COLUMNS))


def looks(run: Run, step: int) -> dict[str, Look]:
    """Return how each cell and edge looks after `step` steps."""
    frame, steps = run.frames[step], run.steps[:step]
    here = subjects(steps)[-1] if steps else None
    found = {page: _page(page, state, times(run.tree, page)) for page, state in frame.states.items()}
    found["HKID"] = _look(HKID_STATES[_hkid(run, step)], HKID_STATES[_hkid(run, step)].word)
    found |= dict(_between(run, step))
    found |= dict(_groups(run, frame.states))
    if here in found:
        found[here] = replace(found[here], edge=tokens("light")["now"], width=4, style="")
    return found


def _hkid(run: Run, step: int) -> str:
    return run.frames[step].hkid


def _look(state: State, text: str) -> Look:
    look = state.light
    fill = "" if look.fill == "none" else look.fill
    return Look(fill, look.edge, LINES[state.line], 4 if state.line == "tape" else 1, text, look.text)


def _page(page: str, state: str, times: int) -> Look:
    known, name = PAGE_STATES[state], PageName.parse(page)
    if name.kind == "guest":
        return _look(known, known.letter)
    if name.kind in ("TDCX", "TDCS") and page != TDCS_ROOT:
        return _look(known, f"{name.index[-1]}\n{known.letter}")
    short = f"L{name.level}\n{name.gfn:#x}" if name.table else table_of(page)
    if times > 1 and name.kind == "spt":
        short = f"L{name.level}\nx {times:,}"
    return _look(known, f"{short}\n{known.word}")


def _between(run: Run, step: int) -> Iterator[tuple[str, Look]]:
    """Yield the looks of pointers and links."""
    moved = {element: state for move in changes(run)[:step] for element, state in move}
    colour = tokens("light")
    for level, gfn in run.tree.tables():
        name = pair_name((level, gfn))
        state = moved.get(f"ptr {name}", "set")
        ink = colour["word-leaked"] if state == "cut" else colour["ink"]
        yield f"ptr {name}", Look(text=POINTERS[state], ink=ink)
        gone = moved.get(f"link {name}") == "gone"
        yield f"link {name}", Look(edge=colour["line2"] if gone else colour["ink"], style="dotted" if gone else "")


def _groups(run: Run, states: Mapping[str, str]) -> Iterator[tuple[str, Look]]:
    """Yield what stands in the place of folded tables: how many S-EPT pages are in which state."""
    for group in plan(run.tree).groups:
        counts: dict[str, int] = {}
        for table in group.tables:
            state = states[sept_name(*table)]
            counts[state] = counts.get(state, 0) + times(run.tree, sept_name(*table))
        words = ", ".join(f"{count} {PAGE_STATES[state].word}" for state, count in counts.items())
        yield f"group {group.name}", Look(text=f"{group.name}: {how_many(run.tree, group.tables)} tables\n{words}")
    vcpus = [state for page, state in states.items() if PageName.parse(page).kind in ("TDVPR", "TDCX")]
    words = ", ".join(f"{vcpus.count(state)} {PAGE_STATES[state].word}" for state in dict.fromkeys(vcpus))
    yield VCPUS, Look(text=f"vCPU pages\n{words}")
