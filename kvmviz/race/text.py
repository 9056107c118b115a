"""A race as text of at most 72 columns: what holds, what does not, and the bad schedule with a lane for each thread.

>>> from kvmviz.race.result import race
>>> print(schedule_text(race("naive", 2, 1).first.steps))
     A                        B                         count pair pages
  1  get inc: 1                                             1 no       0
<BLANKLINE>
  2                           get inc: 2                    2 no       0
  3                           use give a page:              2 no       0
                                MISSING_PAMT_PAGE_PAIR
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Final

from kvmviz.race.memory import Memory
from kvmviz.race.result import Finding, Race
from kvmviz.race.schedule import Step
from kvmviz.terms.columns import WIDTH, ascii_only, columns, paragraph
from kvmviz.terms.words import many

HEADS: Final = ("count", "pair", "pages")
NUMBER: Final = 5


def race_text(found: Race, name: str | None = None, width: int = WIDTH) -> str:
    """Return the whole answer; `name` is the invariant whose schedule is shown, by default the first broken one."""
    shown = found[name] if name else found.first
    size = f"{many(found.states, 'state')}, {many(found.transitions, 'step')} between them"
    lines = [paragraph(f"{found.design.name}, {found.bounds}: {size}.", "", width), ""]
    if found.design.about:
        lines = [paragraph(found.design.about, "", width), "", *lines]
    for one in found.findings:
        if one.verdict != "holds":
            lines.append(columns(one.verdict, f"{one.name}{_after(one)}: {one.statement}", width))
    held = [one.name for one in found.findings if one.verdict == "holds"]
    lines += [columns("holds", ", ".join(held) or "nothing", width)]
    lines += [columns("ends with", "; ".join(map(str, found.ends)) or "nothing: no thread comes to its end", width)]
    if shown and shown.steps:
        lines += ["", paragraph(f"A shortest schedule that breaks {shown.name}:", "", width), ""]
        lines += [schedule_text(shown.steps, width), "", paragraph(f"Here: {_here(shown)}", "", width)]
        lines += [paragraph(f"Then the threads stand: {'; '.join(shown.left)}.", "", width)] if shown.left else []
    elif found.clean:
        lines += ["", "No schedule breaks anything."]
    return ascii_only("\n".join(lines))


def _after(one: Finding) -> str:
    return ", which the design can live with" if one.steps is None else f" after {many(len(one.steps), 'step')}"


def _here(one: Finding) -> str:
    return f"{one.name} is broken. What should hold: {one.statement}"


def schedule_text(steps: Sequence[Step], width: int = WIDTH) -> str:
    """Return a schedule as lanes, an empty line where another thread goes on."""
    threads = sorted({step.thread for step in steps})
    states = [shared(step.memory) for step in steps]
    wide = [max(map(len, column)) for column in zip(HEADS, *states, strict=True)]
    lane = (width - NUMBER - sum(wide) - len(wide)) // len(threads)
    right = " ".join(f"{head:>{w}}" for head, w in zip(HEADS, wide, strict=True))
    lines = [" " * NUMBER + "".join(f"{one:<{lane}}" for one in threads) + f" {right}"]
    before = None
    for step, state in zip(steps, states, strict=True):
        lines += [""] if before not in (None, step.thread) else []
        before = step.thread
        lines += _rows(step, state, threads.index(step.thread), lane, len(threads), wide)
    return "\n".join(line.rstrip() for line in lines)


def _rows(step: Step, state: Sequence[str], lane: int, size: int, lanes: int, wide: Sequence[int]) -> Iterator[str]:
    said = _wrapped(f"{step.section} {step.text}", size - 1)
    shown = " ".join(
        f"{cell:<{w}}" if i == 1 else f"{cell:>{w}}" for i, (cell, w) in enumerate(zip(state, wide, strict=True))
    )
    for number, part, right in zip_longest([f"{step.number:>3}"], said, [shown], fillvalue=""):
        middle = " " * (size * lane) + f"{part:<{size}}" + " " * (size * (lanes - lane - 1))
        yield f"{number:<{NUMBER}}{middle} {right}"


def _wrapped(text: str, width: int) -> list[str]:
    """Return text in lines, a long name broken behind an underscore."""
    lines = wrap(text, width, subsequent_indent="  ", break_long_words=False)
    if len(lines[-1]) <= width:
        return lines
    at = lines[-1].rfind("_", 0, width) + 1 or width
    return [*lines[:-1], lines[-1][:at], *_wrapped(f"  {lines[-1][at:]}", width)]


def shared(memory: Memory) -> tuple[str, str, str]:
    """Return counter, pair and pages in use, as the columns have them; of two regions both, with a stroke between."""
    regions = memory.regions
    return (
        "/".join(str(r.counter) for r in regions), "/".join("yes" if r.pair else "no" for r in regions),
        "/".join(str(len(r.pages)) for r in regions),
    )  # fmt: skip


def table_text(found: Sequence[Race], width: int = WIDTH) -> str:
    """Return several designs, a line each."""
    lines = [f"{found[0].bounds}, every interleaving:", ""] if found else []
    for one in found:
        first = one.first
        said = f"{first.name} after {len(first.steps or ())} steps" if first else "clean"
        lines.append(columns(one.design.name, f"{one.states:>9,} states  {said}", width))
    return ascii_only("\n".join(lines))
