"""What a revision does in scenario after scenario, from a sixth of the runs where only the log differs.

>>> from kvmviz.check.space import scenarios
>>> every = list(scenarios("1x1x1"))
>>> len(trails_digest("v1", every)) == 8 * len(every)
True

Whether a host panics, and what its boot has printed before, decides only which lines
are printed and where the run is cut off, never what the project's revisions do, nor
what functions from C do, which have no way to ask.  So one run, as the first TD of a
boot, gives them all: the log is played again.  Tests hold this against runs of the
scenarios themselves.  A reader's own Python might ask the boot, and is always run.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from itertools import accumulate
from typing import Any, Final

from kvmviz.check.behaviour import UNMARKED, Behaviour
from kvmviz.check.observation import Observation, followed, watch
from kvmviz.check.trail import SIZE, Entry, Piece, digest, pieces
from kvmviz.machine.pamt_calls import REMOVE
from kvmviz.machine.printk import Boot
from kvmviz.machine.recorder import LISTED
from kvmviz.record.summary import Pinned, Summary
from kvmviz.revisions import EVERY, Revision
from kvmviz.scenario import Scenario
from kvmviz.terms.events import (
    CallRcu,
    DoubleFree,
    Free,
    HkidFree,
    Masked,
    Panic,
    PrErr,
    PrWarn,
    RcuCallback,
    Seamcall,
    Violation,
    VmBugged,
    Warn,
)

Answer = tuple[bool, int]
"""What the log makes of a trace or a line: whether it is printed, and how many have been withheld before it."""

Answers = tuple[Answer, ...]

_PANIC: Final = Panic()


def trails_digest(name: str, scenarios: Iterable[Scenario]) -> bytes:
    """Return the digests, chains included, of what a project's revision does in these scenarios, one behind another."""
    runs = Runs(EVERY[name])
    return b"".join([runs.of(scenario).whole for scenario in scenarios])


def trails_beside(name: str, scenarios: Iterable[Scenario], digests: bytes, marks: bytes) -> bytes:
    """Return the same as `trails_digest`, sooner where another revision is alike, with these `digests` and `marks`.

    Two runs with the same mark are the same in every log in which they are played.
    """
    runs, found = Runs(EVERY[name]), bytearray()
    for number, scenario in enumerate(scenarios):
        place = slice(number * SIZE, (number + 1) * SIZE)
        same = marks[place] != UNMARKED and marks[place] == runs.mark(scenario)
        found += digests[place] if same else runs.of(scenario).whole
    return bytes(found)


class Runs:
    """What a revision does, for scenarios in the order of a space: those that differ in the boot stand together."""

    def __init__(self, which: type[Revision]) -> None:
        self._which = which
        self._setup: Scenario | None = None
        self._playback: Playback | None = None

    def of(self, scenario: Scenario) -> Behaviour:
        """Return what happens in this scenario; raises PatchError as `run` does."""
        playback = self._playback_of(scenario)
        if playback is not None:
            return playback.played(scenario)
        seen, trail = watch(self._which, scenario)
        return Behaviour(pieces(trail.entries, trail.chains), trail.ran, lambda: seen)

    def mark(self, scenario: Scenario) -> bytes:
        """Return the mark of the run that is played again in this scenario, UNMARKED where none is."""
        playback = self._playback_of(scenario)
        return UNMARKED if playback is None else playback.mark

    def _playback_of(self, scenario: Scenario) -> "Playback | None":
        """Return the run that can be played again in this scenario."""
        if self._which.is_python:
            return None
        setup = scenario
        if scenario.panic or scenario.boot is not None:
            setup = replace(scenario, boot=None, panic=False)
        if setup != self._setup:
            # A run that comes to nothing is told of in the scenario that was asked for.
            begins = setup is scenario or self._which.base is None
            self._setup, self._playback = setup, Playback(self._which, setup) if begins else None
        return self._playback if self._playback is not None and self._playback.holds else None


class Playback:
    """One run as the first TD of a boot, to be played again in other logs.

    `holds` is False where that cannot be said: a leak was taken back, which a panic
    may prevent, a line comes once a boot and leaves no event after that, or the books
    have what no event tells.
    """

    def __init__(self, which: type[Revision], setup: Scenario) -> None:
        self._setup = setup
        self._vm, self._td, self._trail = followed(which, setup)
        entries, boot = self._trail.entries, self._vm.host.boot
        self._parts = pieces(entries, self._trail.chains)
        self._lines = [
            (place, event, event.site in (boot.used if isinstance(event, Warn) else boot.limits))
            for place, (_, event) in enumerate(entries)
            if isinstance(event, Warn | PrErr)
        ]
        self._first: dict[bool, tuple[Boot, Answers, bool]] = {}
        self._played: dict[tuple[Answers, bool], Behaviour] = {}
        own = tuple((event.printed, 0) for _, event, _ in self._lines)
        once = any(isinstance(event, PrErr) and event.site.endswith(":pr_err_once") for _, event, _ in self._lines)
        bugged = any(isinstance(event, VmBugged) for _, event in entries)
        self.holds = (
            not (self._trail.dropped or self._trail.panicked or self._trail.notes or once)
            and bugged == self._vm.vm_bugged
            and self._as_first(panic=False)[1] == own
        )

    def played(self, scenario: Scenario) -> Behaviour:
        """Return what happens with this boot and panic_on_warn, the same object wherever that is the same."""
        log, answers, panics = self._as_first(scenario.panic)
        td = "first"
        if scenario.boot is not None and not panics:
            td, log = "second", log.copy()
            log.now += scenario.boot
            answers, panics = self._answers(log, scenario.panic)
        key = answers, panics
        if key not in self._played:
            self._played[key] = self._behaviour(scenario, answers, panics, td)
        return self._played[key]

    @cached_property
    def mark(self) -> bytes:
        """A digest of all that `played` makes its answers of: events and chains, and which lines the boot counts."""
        counted = bytes([counts for _, _, counts in self._lines])
        return digest([*(whole for _, whole, _ in self._parts), b"/", counted])

    @cached_property
    def _seen(self) -> Observation:
        return Observation.after(self._setup, self._vm, self._td, self._trail)

    def _as_first(self, panic: bool) -> tuple[Boot, Answers, bool]:
        """Return the log after this TD as the first of a boot, what it made of the lines, whether the host panics."""
        if panic not in self._first:
            log = Boot()
            self._first[panic] = (log, *self._answers(log, panic))
        return self._first[panic]

    def _answers(self, log: Boot, panic: bool) -> tuple[Answers, bool]:
        """Return what a log makes of the lines, up to the trace at which the host panics, and whether it does."""
        found: list[Answer] = []
        for _, event, counts in self._lines:
            if isinstance(event, PrErr):
                found.append(log.limit(event.site).allow(log.now) if counts else (True, 0))
                continue
            printed = log.once(event.site) if counts else True
            found.append((printed, 0))
            if panic and printed:
                return tuple(found), True
        return tuple(found), False

    def _behaviour(self, scenario: Scenario, answers: Answers, panics: bool, td: str) -> Behaviour:
        trail, parts, at, ran = self._trail, list[Piece](), 0, self._trail.ran
        for (place, event, _), answer in zip(self._lines, answers, strict=False):
            parts += self._parts[at:place]
            parts += _said(trail.entries[place][0], event, answer, trail.chains[place])
            at = place + 1
        if panics:
            parts += pieces([(trail.entries[at - 1][0], _PANIC)], [trail.chains[at - 1]])
            ran = trail.ran_before.get(at - 1, Counter())
        else:
            parts += self._parts[at:]
        return Behaviour(parts, ran, partial(self._observation, scenario, parts, panics, td), self.mark)

    def _observation(self, scenario: Scenario, parts: list[Piece], panics: bool, td: str) -> Observation:
        seen, entries = self._seen, [entry for _, _, entry in parts]
        return Observation(scenario, _summary(seen.summary, entries, panics, td), entries, seen.headers)


@lru_cache(maxsize=10_000)
def _said(phase: str, event: Warn | PrErr, answer: Answer, chain: str) -> list[Piece]:
    """Return what becomes of a trace or a line: there is a note before it, if lines have been withheld."""
    printed, missed = answer
    events: list[Warn | PrErr | PrWarn] = []
    if missed:
        events.append(PrWarn(event.site, f"{event.site.split(':')[1]}: {missed} callbacks suppressed"))
    events.append(Warn(event.site, printed) if isinstance(event, Warn) else PrErr(event.site, printed, event.message))
    return pieces([(phase, one) for one in events], [chain] * len(events))


def _summary(first: Summary, entries: list[Entry], panics: bool, td: str) -> Summary:
    """Return the summary of a run played again: what is printed is counted anew, and what happens if it is cut off."""
    events = [event for _, event in entries]
    warns = [event for event in events if type(event) is Warn]
    lines = [event for event in events if type(event) is PrErr]
    notes = sum([type(event) is PrWarn for event in events])
    splats = Counter(warn.site for warn in warns if warn.printed)
    printed = Counter(line.site for line in lines if line.printed)
    said = replace(
        first, td=td, splats=dict(splats), suppressed=dict(Counter(warn.site for warn in warns if not warn.printed)),
        pr_err=dict(printed), pr_err_ratelimited=dict(Counter(line.site for line in lines if not line.printed)),
        notes=notes, silent=first.lost and not (splats or printed or notes),
    )  # fmt: skip
    return replace(said, **_cut_off(events), pamt=_pinned(first.pamt, events)) if panics else said


def _pinned(whole: Pinned | None, events: list[Any]) -> Pinned | None:
    """Return what Dynamic PAMT came to in a run that ends in a panic: the pairs that were back by then."""
    back = [event for event in events if isinstance(event, Seamcall) and event.seamcall == REMOVE and not event.status]
    return whole and Pinned(len(back), 0, 0, 0, 0)


def _cut_off(events: list[Any]) -> dict[str, Any]:
    """Return what the summary of a run says that ends in a panic: nothing has leaked, and what happened is counted."""
    freed = [(event.page, event.how) for event in events if isinstance(event, Free)]
    waiting = accumulate(isinstance(event, CallRcu) - isinstance(event, RcuCallback) for event in events)
    return {
        "masked": dict(Counter(event.site for event in events if isinstance(event, Masked))),
        "vm_bugged": any(isinstance(event, VmBugged) for event in events),
        "leaked": (), "leaked_count": 0, "leaked_bytes": 0, "needless": (), "unfreed": (), "guest_owned": (),
        "freed": tuple(freed[:LISTED]), "freed_count": len(freed), "silent": False, "panicked": True,
        "violations": tuple([(event.page, event.what) for event in events if isinstance(event, Violation)][:LISTED]),
        "double_frees": tuple([event.page for event in events if isinstance(event, DoubleFree)][:LISTED]),
        "hkid": "released" if any(isinstance(event, HkidFree) for event in events) else "assigned",
        "most_rcu_pending": max(waiting, default=0),
    }  # fmt: skip
