"""Whether two revisions behave alike: event for event, phase and call chain included."""

from collections.abc import Iterable

from kvmviz.check.space import scenarios
from kvmviz.machine.journal import Tape
from kvmviz.record.teardown import tear_down
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario
from kvmviz.terms.events import Event

Record = list[tuple[str, Event, tuple[str, ...]]]


def recorded(which: type[Revision], scenario: Scenario) -> Record:
    """Every event with its phase and the kernel functions on the stack."""
    tape = Tape()
    tear_down(which, scenario, tape)
    chains = (tuple(location.function.name for location in where) for where in tape.where)
    return [(phase, event, chain) for (phase, event), chain in zip(tape.entries, chains, strict=True)]


def space(stride: int) -> list[Scenario]:
    """A sample of the quick space, by a step that is prime to its 24 settings."""
    return list(scenarios("quick"))[::stride]


def differing(a: type[Revision], b: type[Revision], scenarios: Iterable[Scenario]) -> list[str]:
    """The scenarios in which two revisions differ."""
    return [str(s) for s in scenarios if recorded(a, s) != recorded(b, s)]
