"""A step with all its words, as a view shows it: the smallest piece of a page's runs.

>>> from kvmviz.run import run
>>> atom = Writer().atoms(run("v1", "fail=L1@0x200"))[62]
>>> atom.value["kind"], atom.value["about"], atom.value["counted"]
('leak', 'S-EPT L1 gfn=0x200', (0, 0, 1))

What depends on the names of the revisions, on a row's number or on how long ago
the first TD was torn down holds a mark in its place: `@1@`, `@2@`, `@S@`, `@B@`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, pairwise
from types import SimpleNamespace
from typing import Any

from kvmviz import events as e
from kvmviz.draw import texts
from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.looks import Changes, changes, subjects, table_of
from kvmviz.draw.why import meaning, rests_on
from kvmviz.explorer import log
from kvmviz.explorer.code import slot
from kvmviz.explorer.payload import _mark
from kvmviz.machine.callchain import Location
from kvmviz.run import Run, Step
from kvmviz.words import short_site

THIS, OTHER, ROW, BEFORE = "@1@", "@2@", "@S@", "@B@"
_AT = 987_654_321

Counts = tuple[int, int, int]


@dataclass(frozen=True)
class Atom:
    """A step's `phase` and `event`, which align it, and `value`, which shows it."""

    phase: str
    event: e.Event
    value: dict[str, Any]


class Writer:
    """Writes runs down as atoms; runs are alike for the most part, so a step's words are put together once."""

    def __init__(self) -> None:
        self._known: dict[Any, Atom] = {}

    def atoms(self, run: Run) -> list[Atom]:
        """Return the atoms of a run."""
        steps = run.steps or ()
        return [self._atom(run, *each) for each in zip(count(), steps, subjects(steps), changes(run), _counts(run))]

    def _atom(self, run: Run, at: int, step: Step, about: str | None, moves: Changes, counted: Counts) -> Atom:
        means = meaning(run, at)
        key = (run.revision, step.phase, step.event, tuple(map(id, step.where)), about, moves, counted, means)
        if key not in self._known:
            self._known[key] = _written(run, at, step, about, moves, counted)
        return self._known[key]


def _written(run: Run, at: int, step: Step, about: str | None, moves: Changes, counted: Counts) -> Atom:
    value = {
        **_words(run, at, about), **_logged(step), **_asked(step), "counted": counted,
        "phase": step.phase, "kind": step.event.kind, "mark": _mark(step.event), "about": about,
        "episode": _episode(step, about), "changes": moves, "chain": tuple(map(_location, step.where)),
    }  # fmt: skip
    return Atom(step.phase, step.event, value)


def _location(location: Location) -> tuple[str, str, str, int]:
    """Return function, file, source and line."""
    return location.function.name, location.function.file, location.source, location.line


def _episode(step: Step, about: str | None) -> str:
    page = table_of(about) or about if about and "gfn" in about else about
    return f"{step.phase} {page} {step.where[0].source if step.where else ''}"


def _words(run: Run, at: int, about: str | None) -> dict[str, Any]:
    """Return a step's sentences: where both sides take it alike, alone, and where it comes out differently."""
    step = (run.steps or ())[at]
    names = {"a": SimpleNamespace(revision=THIS), "b": SimpleNamespace(revision=OTHER)}
    return {
        "text": step.text,
        "same": texts._why(_row(step, (at, None, True), {"a": run}), 0, step),
        "only": texts._why(_row(step, (at, None, False), names), 0, step),
        "differ": texts._why(_row(step, (at, 0, False), {"a": run, "b": run}), 0, step),
        "does": texts._side_line(_row(step, (0, 0, False), names), 0, "a"),
        "event": texts._event(step, about),
        "rests": rests_on(step.event),
    }


def _row(step: Step | None, row: tuple[int | None, int | None, bool], runs: dict[str, Any]) -> Any:
    """Return what the sentences read of a lockstep, with one row."""
    return SimpleNamespace(rows=[row], runs=runs, sides=tuple(runs), steps=lambda _side: [step])


def waits() -> str:
    """Return what a side says that does not take a step."""
    names = {"a": SimpleNamespace(revision=THIS), "b": SimpleNamespace(revision=OTHER)}
    return texts._side_line(_row(None, (None, 0, False), names), 0, "a")


def _logged(step: Step) -> dict[str, Any]:
    """Return what the log holds of a step, and why it is withheld where it is."""
    event = step.event
    found: dict[str, Any] = {"logged": None, "held": None, "site": getattr(event, "site", None)}
    if isinstance(event, e.VmBugged):
        found["bugged"] = _held(e.Masked(event.site), {}, (_AT - 1, event.site))
    if isinstance(event, log._LOGGED):
        found["logged"] = (*log._head(step), log._mark(event))
    if isinstance(event, e.Warn | e.PrErr) and not event.printed:
        found["held"] = (_held(event, {event.site: _AT - 1}), _held(event, {}))
    found["printed"] = isinstance(event, e.Warn | e.PrErr) and event.printed
    return found


def _held(event: e.Event, printed: dict[str, int], bugged: tuple[int, str] | None = None) -> str:
    side = SimpleNamespace(printed=printed, bugged=bugged, run=SimpleNamespace(scenario=SimpleNamespace(boot=BEFORE)))
    side.used = lambda site, rule: log._Side.used(side, site, rule)  # type: ignore[arg-type]
    said = log._Side.withheld(side, event)["because"]  # type: ignore[arg-type]
    return str(said).replace(str(_AT), ROW)


def absent(revision_source: str | None, site: str, function: str) -> str:
    """Return why a side has no such step, by the text of the function that would take it (None: it did not run)."""
    sources = {} if revision_source is None else {"": SimpleNamespace(function=function, text=revision_source)}
    side = SimpleNamespace(run=SimpleNamespace(revision=THIS, sources=sources))
    side.source_of = lambda name: log._Side.source_of(side, name)  # type: ignore[arg-type]
    other = SimpleNamespace(event=SimpleNamespace(site=site))
    return str(log._Side.absent(side, other)["because"])  # type: ignore[arg-type]


def slot_of(site: str) -> str:
    """Return the function of a site, under the name by which sides are paired."""
    return slot(log.site_parts(site)[1])


def _asked(step: Step) -> dict[str, Any]:
    """Return what predict mode asks a step for."""
    event = step.event
    match event:
        case e.Free(page, how):
            return {"page": page, "how": how}
        case e.SetNull(page):
            return {"page": page, "by": event.by}
        case e.Seamcall(name, page):
            return {"page": page, "call": name}
        case e.Warn(site, _):
            return {"page": None, "short": short_site(site)}
        case _:
            return {"page": getattr(event, "page", None)}


def _counts(run: Run) -> Iterator[Counts]:
    """Yield what each step adds to traces, lines and leaked pages."""
    figures = [(frame.traces, frame.lines, frame.leaked_count) for frame in run.frames]
    for before, after in pairwise(figures):
        yield after[0] - before[0], after[1] - before[1], after[2] - before[2]


def verdict_words(run: Run) -> tuple[str, str, str, int, int, bool]:
    """Return what the end of the story is made of: pages, prints, both, and the figures that compare."""
    s = run.summary
    return texts._pages(run), texts._printed(run), texts._came_to(run), s.traces, s.lines, s.panicked


def starts(lockstep: Lockstep) -> str:
    """Return the words before the first step."""
    return texts._start(lockstep)
