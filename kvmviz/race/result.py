"""What a search comes to: which invariants hold, and of each broken one a shortest schedule.

>>> found = race("landed", threads=2)
>>> found
<kvmviz.race landed with 2 threads, 2 rounds: 584 states, clean>
>>> race("old", threads=2, rounds=1).first.name
'removed_once'
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from kvmviz.race.design import MOST, Design, RaceError, design_of
from kvmviz.race.invariants import INVARIANTS
from kvmviz.race.memory import Memory
from kvmviz.race.own import called
from kvmviz.race.schedules import LETTERS, Step, left, schedule
from kvmviz.race.search import Found, explore
from kvmviz.terms.columns import WIDTH, ascii_only, labelled, paragraph
from kvmviz.terms.words import many
from kvmviz.version import SCHEMA, __version__

if TYPE_CHECKING:
    from kvmviz.schema import races


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant and what became of it.

    `steps` is a shortest schedule that breaks it, empty if none does or if the very
    beginning is broken; `left` says before which step each thread then stands, where
    they do not end.
    """

    name: str
    statement: str
    expected: bool
    broken: bool
    steps: tuple[Step, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """`holds`, `broken`, or `expected` where the design knows what to do with it."""
        return "broken" if self.broken else "expected" if self.expected else "holds"


@dataclass(frozen=True, slots=True)
class End:
    """How a region may be left when every thread has come to its end."""

    count: int
    pair: bool

    def __str__(self) -> str:
        return f"counter {self.count}, {'a' if self.pair else 'no'} pair"


@dataclass(frozen=True, repr=False)
class Race:
    """The result of exploring a design; `findings` has every invariant, in the order of their table."""

    design: type[Design]
    threads: int
    rounds: int
    refuse: int
    states: int
    transitions: int
    findings: tuple[Finding, ...]
    ends: tuple[End, ...]

    @property
    def clean(self) -> bool:
        """Whether no schedule breaks anything."""
        return not self.broken

    @property
    def broken(self) -> tuple[Finding, ...]:
        """Return what is broken, the shortest schedule first."""
        found = (one for one in self.findings if one.broken)
        return tuple(sorted(found, key=lambda one: len(one.steps)))

    @property
    def first(self) -> Finding | None:
        """Return what is broken first; None if nothing is."""
        return next(iter(self.broken), None)

    def __getitem__(self, name: str) -> Finding:
        """Return what became of an invariant; raise RaceError with one sentence if there is none of that name."""
        found = next((one for one in self.findings if one.name == name), None)
        if found is None:
            raise RaceError(f"{name[:60]!r} is no invariant of a race; use {', '.join(INVARIANTS)}.")
        return found

    def to_json(self) -> "races.Race":
        """Return the result as data; its form is the schema `race`."""
        return {
            "kvmviz": __version__, "schema": SCHEMA, "design": self.design.name, "threads": self.threads,
            "rounds": self.rounds, "refuse": self.refuse, "states": self.states, "transitions": self.transitions,
            "clean": self.clean, "invariants": [_finding(one) for one in self.findings],
            "ends": [{"count": end.count, "pair": end.pair} for end in self.ends],
        }  # fmt: skip

    def __repr__(self) -> str:
        said = "clean" if self.clean else f"broken: {', '.join(one.name for one in self.broken)}"
        return f"<kvmviz.race {self.design.name} with {self.bounds}: {many(self.states, 'state')}, {said}>"

    @property
    def bounds(self) -> str:
        """Return what was explored, in words."""
        refused = f", {many(self.refuse, 'REMOVE')} refused" if self.refuse else ""
        return f"{many(self.threads, 'thread')}, {many(self.rounds, 'round')}{refused}"

    def __str__(self) -> str:
        return race_text(self)


def _finding(one: Finding) -> "races.Finding":
    steps = [step.to_json() for step in one.steps] if one.broken else None
    return {"name": one.name, "statement": one.statement, "verdict": one.verdict, "schedule": steps}


def _found(found: Found, name: str) -> Finding:
    said, expected = INVARIANTS[name], name in found.threads.design.expects
    if name not in found.reached:
        return Finding(name, said, expected, broken=False)
    steps = schedule(found, name)
    return Finding(name, said, expected, True, steps, left(found, name) if name == "all_can_finish" else ())


def race(which: str | type[Design], threads: int = 3, rounds: int = 2, refuse: int = 0) -> Race:
    """Explore every interleaving of so many threads, each of which gets, uses and puts a region in so many rounds.

    The first `refuse` REMOVEs that could succeed are refused.  Raises RaceError, with
    one sentence, for what is no design, for one that does not end or fails, and for
    bounds out of reach.  A reader's own design runs in a worker (`kvmviz.race.own`).
    """
    chosen = design_of(which)
    for name, value in (("threads", threads), ("rounds", rounds), ("refuse", refuse)):
        least, most = MOST[name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise RaceError(f"{name}={str(value)[:20]}: use {least} to {most}.")
    assert max(MOST["threads"]) <= len(LETTERS)
    return Race(chosen, threads, rounds, refuse, *called(_explored, chosen, threads, rounds, refuse))


def _explored(
    chosen: type[Design], threads: int, rounds: int, refuse: int
) -> tuple[int, int, tuple[Finding, ...], tuple[End, ...]]:
    """Return states and steps, what was found, and how regions may be left."""
    found = explore(chosen, threads, rounds, refuse)
    ends = {(r.counter, r.pair) for memory in found.ends for r in memory.regions}
    findings = tuple(_found(found, name) for name in INVARIANTS)
    return len(found.states), found.edges, findings, tuple(End(*end) for end in sorted(ends))


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
            lines.append(labelled(one.verdict, f"{one.name}{_after(one)}: {one.statement}", width))
    held = [one.name for one in found.findings if one.verdict == "holds"]
    lines += [labelled("holds", ", ".join(held) or "nothing", width)]
    lines += [labelled("ends with", "; ".join(map(str, found.ends)) or "nothing: no thread comes to its end", width)]
    if shown and shown.steps:
        lines += ["", paragraph(f"A shortest schedule that breaks {shown.name}:", "", width), ""]
        lines += [schedule_text(shown.steps, width), "", paragraph(f"Here: {_here(shown)}", "", width)]
        lines += [paragraph(f"Then the threads stand: {'; '.join(shown.left)}.", "", width)] if shown.left else []
    elif found.clean:
        lines += ["", "No schedule breaks anything."]
    return ascii_only("\n".join(lines))


def _after(one: Finding) -> str:
    return f" after {many(len(one.steps), 'step')}" if one.broken else ", which the design can live with"


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
        said = f"{first.name} after {len(first.steps)} steps" if first else "clean"
        lines.append(labelled(one.design.name, f"{one.states:>9,} states  {said}", width))
    return ascii_only("\n".join(lines))
