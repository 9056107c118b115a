"""The explorer where no widgets run: a picture of both sides, and text.

>>> from kvmviz.draw.lockstep import Lockstep
>>> print(still_text(Lockstep.of(["before", "v1"], "fail=L1@0x200"), 117))
tree=1x1x3 fail=L1@0x200 step=117 revisions=before,v1
<BLANKLINE>
Step 117 of 117:
TDR is leaked: the TDX module still owns it, and nobody will ask for it
again. Done: on both sides 2 pages (8 KiB) leaked; before printed 2
traces and 2 error lines, v1 printed 1 trace and 2 error lines.
<BLANKLINE>
                before                      v1
traces          2                           1
error lines     2                           2
pages leaked    2                           2
"""

from textwrap import wrap

from kvmviz.draw.lockstep import Lockstep, Side
from kvmviz.draw.looks import row_changes
from kvmviz.draw.narration import texts
from kvmviz.draw.palette import Theme
from kvmviz.draw.picture import frame, page
from kvmviz.terms.words import many

WIDTH = 72
"""Columns of a mail."""


def link(lockstep: Lockstep, step: int) -> str:
    """Return the line that leads back to this view."""
    names = ",".join(run.revision for run in lockstep.runs.values())
    return f"{lockstep.scenario} step={step} revisions={names}"


def counts(lockstep: Lockstep, side: Side, step: int) -> tuple[int, int, int, int]:
    """Return traces, error lines, leaked pages and pinned PAMT pairs of a side after `step` rows."""
    taken = sum(at is not None for at in lockstep.indices(side)[:step])
    now = lockstep.runs[side].frames[taken]
    return now.traces, now.lines, now.leaked_count, now.pinned


def still_text(lockstep: Lockstep, step: int) -> str:
    """Return the view as text of at most 72 columns."""
    rows = [("", [run.revision for run in lockstep.runs.values()])]
    numbers = [counts(lockstep, side, step) for side in lockstep.sides]
    for i, word in enumerate(("traces", "error lines", "pages leaked")):
        rows.append((word, [str(number[i]) for number in numbers]))
    paired = [lockstep.runs[side].summary.pamt is not None for side in lockstep.sides]
    if any(paired):
        cells = [str(number[3]) if has else "none to lose" for number, has in zip(numbers, paired, strict=True)]
        rows.append(("PAMT pairs lost", cells))
    table = [(f"{head:16}" + "".join(f"{cell[:26]:28}" for cell in cells)).rstrip() for head, cells in rows]
    said = wrap(texts(lockstep)[step], WIDTH)
    return "\n".join([link(lockstep, step), "", f"Step {step} of {len(lockstep)}:", *said, "", *table])


def still_svg(lockstep: Lockstep, step: int, theme: Theme = "light") -> str:
    """Return a picture of both sides after `step` rows that needs nothing else."""
    pictures = [_side(lockstep, side, step) for side in lockstep.sides]
    names = " | ".join(_caption(lockstep, side, step) for side in lockstep.sides)
    head = [str(lockstep.scenario), names, f"step {step} / {len(lockstep)}: {texts(lockstep)[step]}"]
    return page(pictures, head, theme)


def _caption(lockstep: Lockstep, side: Side, step: int) -> str:
    traces, lines, leaked, pinned = counts(lockstep, side, step)
    run = lockstep.runs[side]
    pairs = f", {many(pinned, 'PAMT pair')} pinned" if run.summary.pamt else ""
    return f"{run.revision}: {many(traces, 'trace')}, {many(lines, 'error line')}, {leaked} leaked{pairs}"


def _side(lockstep: Lockstep, side: Side, step: int) -> str:
    other: Side | None = next((s for s in lockstep.sides if s != side), None)
    run = lockstep.runs[side]
    moves = row_changes(
        run, lockstep.indices(side), lockstep.runs[other] if other else None, lockstep.indices(other) if other else ()
    )
    here = lockstep.about[step - 1] if step else None
    return frame(run, moves[:step], here)
