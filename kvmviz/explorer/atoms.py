"""A step with all its words, as a view shows it: the smallest piece of a page's runs.

>>> from kvmviz.record.runs import run
>>> atom = Writer().atoms(run("v1", "fail=L1@0x200"))[62]
>>> atom.value["kind"], atom.value["about"], atom.value["counted"]
('leak', 'S-EPT L1 gfn=0x200', (0, 0, 1, 0))

What depends on the names of the revisions, on a row's number or on how long ago
the first TD was torn down holds a mark in its place: `@1@`, `@S@`, `@B@`.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any, TypedDict

from kvmviz.draw import narration
from kvmviz.draw.looks import Changes, changes, subjects, table_of
from kvmviz.draw.why import meaning
from kvmviz.explorer import log
from kvmviz.explorer.code import slot
from kvmviz.machine.callchain import Location
from kvmviz.record.frames import FrameBuilder
from kvmviz.record.runs import Run
from kvmviz.record.step import Step
from kvmviz.record.summary import PAIR_BYTES
from kvmviz.revisions.evidence import grounds
from kvmviz.scenario.names import PageName
from kvmviz.terms import events as e
from kvmviz.terms.kinds import kind_of
from kvmviz.terms.site import Site, file_of

THIS, ROW, BEFORE = "@1@", "@S@", "@B@"

TDX = "tdx.c"
"""KVM's own code for TDX (arch/x86/kvm/vmx); what else cuts a pointer is generic MMU code."""

Counts = tuple[int, int, int, int]
"""Traces, error lines, leaked pages, pairs of Dynamic PAMT's pages that stay for good."""
Place = tuple[str, str, str, int]


class Words(TypedDict):
    """A step's sentences."""

    text: str
    means: str
    lacks: str
    who: str
    does: str
    rests: str
    event: tuple[str, str]


class Logged(TypedDict):
    """What the log holds of a step; `held` says why it is withheld, if this TD printed it before or an earlier one."""

    logged: tuple[str, str, str] | None
    held: tuple[str, str] | None
    printed: bool
    site: str | None
    bugged: str | None


class Asked(TypedDict, total=False):
    """What predict mode asks a step for."""

    page: str | None
    twin: str
    how: str
    by: str
    call: str
    short: str


class Told(Words, Logged, Asked):
    """Everything that a view shows of a step."""

    counted: Counts
    phase: str
    kind: str
    mark: str
    about: str | None
    episode: str
    changes: Changes
    chain: tuple[Place, ...]


@dataclass(frozen=True)
class Atom:
    """A step's `phase` and `event`, which align it, and `value`, which shows it."""

    phase: str
    event: e.Event
    value: Told


class Writer:
    """Writes runs down as atoms; runs are alike for the most part, so a step's words are put together once."""

    def __init__(self) -> None:
        self._known: dict[Any, Atom] = {}
        """By what is seen of a step under a revision."""
        self._atoms: dict[Any, Atom] = {}
        """By what is said of it, which is the same under most revisions."""
        self._chains: dict[tuple[int, ...], tuple[tuple[Location, ...], tuple[Place, ...]]] = {}
        """By the identities of locations, which are kept here so that none is another's later."""

    def __len__(self) -> int:
        return len(self._known)

    def atoms(self, run: Run) -> list[Atom]:
        """Return the atoms of a run."""
        steps = run.steps
        return [self._atom(run, *each) for each in zip(count(), steps, subjects(steps), changes(run))]

    def _atom(self, run: Run, at: int, step: Step, about: str | None, moves: Changes) -> Atom:
        where = tuple(map(id, step.where))  # a `Location` is one object for each line of the model
        key = (run._which, step.phase, step.event, step.times, where, about, moves, meaning(run, at))
        if key not in self._known:
            self._known[key] = self._said(key, step, grounds(run._which, step.event, step.chain))
        return self._known[key]

    def _said(self, key: Any, step: Step, rests: str) -> Atom:
        """Return the atom of a step that is new under its revision."""
        _, _, _, _, where, about, moves, means = key
        said = (*key[1:], rests)
        if said not in self._atoms:
            if where not in self._chains:
                self._chains[where] = step.where, tuple(map(_location, step.where))
            self._atoms[said] = _written(step, about, moves, (means, rests), self._chains[where][1])
        return self._atoms[said]


def _written(step: Step, about: str | None, moves: Changes, said: tuple[str, str], chain: tuple[Place, ...]) -> Atom:
    value: Told = {
        **_words(step, about, *said), **_logged(step), **_asked(step),
        "counted": _counts(step.event, step.times),
        "phase": step.phase, "kind": step.event.kind, "mark": kind_of(step.event).mark(step.event), "about": about,
        "episode": _episode(step, about), "changes": (*moves, *_of_pairs(step.event)), "chain": chain,
    }  # fmt: skip
    return Atom(step.phase, step.event, value)


def _location(location: Location) -> Place:
    """Return function, file, source and line."""
    return location.function.name, location.function.file, location.source, location.line


def _episode(step: Step, about: str | None) -> str:
    page = table_of(about) if about else about
    return f"{step.phase} {page} {step.where[0].source if step.where else ''}"


def _of_pairs(event: e.Event) -> Changes:
    """Return what becomes of a pair of Dynamic PAMT's pages, for the ledger: its state, who keeps it, the bytes lost.

    >>> _of_pairs(e.PamtPin("TDR", "region 3", 1, 0))
    (('pair region 3', 'leaked'), ('refs region 3', 'a leaked page'), ('bytes region 3', '8192'))
    """
    match event:
        case e.PamtPut(_, region, left):
            state = "tdx-owned" if left else "reclaimed"
            return (f"pair {region}", state), (f"refs {region}", f"{left:,} left" if left else "")
        case e.Free(page) if (name := PageName.parse(page)).kind == "PAMT" and name.index[1]:
            return ((f"pair region {name.index[0]}", "freed"),)
        case e.PamtPin(_, region, pairs, phantoms):
            why = "a phantom reference" if phantoms else "a leaked page"
            more = f", and so in {pairs - 1:,} more regions" if pairs > 1 else ""
            kept = ((f"bytes {region}", str(PAIR_BYTES * pairs)),) if pairs else ()
            return (f"pair {region}", "leaked"), (f"refs {region}", why + more), *kept
    return ()


def _words(step: Step, about: str | None, means: str, rests: str) -> Words:
    """Return a step's sentences: what happens, what it means, what it rests on, and who does what on either side."""
    kind = kind_of(step.event)
    who, does = narration.side_words(step)
    return {
        "text": step.text, "means": means, "lacks": kind.lacks(step.event), "who": who, "does": does,
        "rests": rests, "event": narration.event_words(step, about),
    }  # fmt: skip


def _logged(step: Step) -> Logged:
    """Return what the log holds of a step, and why it is withheld where it is."""
    event = step.event
    site: str | None = getattr(event, "site", None)
    found: Logged = {"logged": None, "held": None, "printed": False, "site": site, "bugged": None}
    if kind_of(event).logged:
        first, detail = log.head(step)
        detail = f"{detail} (x {step.times:,})".strip() if step.times > 1 else detail
        found["logged"] = (first, detail, log.mark(event))
    if isinstance(event, e.VmBugged):
        found["bugged"] = log.masked_because(event.site, ROW)
    if isinstance(event, e.Warn | e.PrErr):
        found["printed"] = event.printed
        if not event.printed:
            found["held"] = (log.used_because(event, ROW), log.used_before_because(event, BEFORE))
    return found


def slot_of(site: str) -> str:
    """Return the function of a site, under the name by which sides are paired."""
    return slot(Site.parse(site).function)


def _asked(step: Step) -> Asked:
    """Return what predict mode asks a step for."""
    event = step.event
    match event:
        case e.Free(page, how):
            return {"page": page, "how": how}
        case e.SetNull(page):
            return {"page": page, "by": "tdx" if file_of(event.by) == TDX else "mmu", "twin": f"S-EPT {table_of(page)}"}
        case e.Seamcall(name, page):
            return {"page": page, "call": name}
        case e.Warn(site, _):
            return {"page": None, "short": Site.parse(site).short}
        case _:
            return {"page": getattr(event, "page", None)}


@lru_cache(8192)
def _counts(event: e.Event, times: int) -> Counts:
    """Return what an event adds to traces, lines, leaked pages and pairs, whatever was before."""
    fold = FrameBuilder(())
    fold.apply(event, times)
    return fold.traces, fold.lines, fold.leaked_count, fold.pinned


def verdict_words(run: Run) -> tuple[str, str, str, int, int, bool]:
    """Return what the end of the story is made of: pages, prints, both, and the figures that compare."""
    s = run.summary
    return (
        narration.lost_words(run),
        narration.printed_words(run),
        narration.came_to(run),
        s.traces,
        s.lines,
        s.panicked,
    )
