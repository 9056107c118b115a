"""What the project's own revisions do in every scenario of a space, from a sixth of the runs.

>>> from kvmviz.check.space import scenarios
>>> every = list(scenarios("1x1x1"))
>>> len(trails_digest("v1", every)) == 8 * len(every)
True

Whether a host panics, and what its boot has printed before, decides in these
revisions only which lines are printed and where the run is cut off, never what
they do.  So one run, as the first TD of a boot, gives them all: the log is played
again.  A test holds this against runs of the scenarios themselves.  It is not said of
a reader's revision, which is always run.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from kvmviz.check.trail import Trail, digest, pieces
from kvmviz.machine.printk import Boot
from kvmviz.record.teardown import tear_down
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario
from kvmviz.terms.events import Panic, PrErr, PrWarn, Warn

Line = Warn | PrErr | PrWarn
"""What depends on what the boot has printed before."""


def trails_digest(name: str, scenarios: Iterable[Scenario]) -> bytes:
    """Return the digests, chains included, of what a project's revision does in these scenarios, one behind another."""
    found, last = bytearray(), _First(name, Scenario())
    for scenario in scenarios:
        setup = replace(scenario, boot=None, panic=False)
        if setup != last.setup:
            last = _First(name, setup)
        found += last.played(scenario.boot, scenario.panic)
    return bytes(found)


class _First:
    """A scenario run as the first TD of a boot, to be played again in other logs."""

    def __init__(self, name: str, setup: Scenario) -> None:
        self.setup = setup
        trail = Trail()
        tear_down(REVISIONS[name], setup, trail)
        trail.close()
        self.parts = [whole for _, whole, _ in pieces(trail.entries, trail.chains)]
        self.lines = [
            (place, phase, event, chain)
            for place, ((phase, event), chain) in enumerate(zip(trail.entries, trail.chains, strict=True))
            if isinstance(event, Line)
        ]
        self.quiet = b"" if self.lines else digest(self.parts)

    def played(self, boot: int | None, panic: bool) -> bytes:
        """Return the digest that the run has with this boot and panic_on_warn."""
        if self.quiet:
            return self.quiet
        log = Boot()
        found, panicked = self._again(log, panic)
        if boot is not None and not panicked:
            log.now += boot
            found, _ = self._again(log, panic)
        return digest(found)

    def _again(self, log: Boot, panic: bool) -> tuple[list[bytes], bool]:
        """Return the digests of the events with what this log prints, and whether the host panics at the last."""
        found = self.parts.copy()
        for place, phase, event, chain in self.lines:
            said = _said(event, log)
            panics = panic and isinstance(said[0], Warn) and said[0].printed if said else False
            found[place] = _line(phase, said, chain, panics)
            if panics:
                return found[: place + 1], True
        return found, False


@lru_cache(maxsize=10_000)
def _line(phase: str, said: tuple[Line, ...], chain: str, panics: bool) -> bytes:
    """Return the digests of what is printed, one behind another, and of the panic that it may lead to."""
    events = [(phase, event) for event in (*said, *((Panic(),) if panics else ()))]
    return b"".join([whole for _, whole, _ in pieces(list(events), [chain] * len(events))])


@lru_cache(maxsize=1_000)
def _warning(site: str, printed: bool) -> tuple[Line, ...]:
    return (Warn(site, printed),)


def _said(event: Line, log: Boot) -> tuple[Line, ...]:
    """Return what becomes of a line in this log; the note of lines withheld comes from the log itself."""
    if isinstance(event, Warn):
        return _warning(event.site, event.site.endswith(":WARN_ON") or log.once(event.site))
    if isinstance(event, PrWarn):
        return ()
    if not event.site.endswith(":pr_err_ratelimited"):
        return (event,)
    printed, missed = log.limit(event.site).allow(log.now)
    note = f"{event.site.split(':')[1]}: {missed} callbacks suppressed"
    line = PrErr(event.site, printed, event.message)
    return (PrWarn(event.site, note), line) if missed else (line,)
