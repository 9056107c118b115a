"""One event of a run, with where it happened and what it changed."""

from dataclasses import fields
from typing import Any, NamedTuple

from kvmviz.machine.callchain import Location
from kvmviz.record.frames import Change
from kvmviz.scenario.status import status_number
from kvmviz.terms import events as e
from kvmviz.terms.kinds import sentence


class Step(NamedTuple):
    """One event, and where it happened: `where` is the call chain, outermost first, with its lines.

    `times` is more than 1 in a folded run, where a table stands for others that are alike.
    """

    phase: str
    event: e.Event
    where: tuple[Location, ...]
    changes: tuple[Change, ...]
    times: int = 1

    @property
    def chain(self) -> tuple[str, ...]:
        """The kernel functions on the stack, outermost first."""
        return tuple(location.function.name for location in self.where)

    @property
    def text(self) -> str:
        """One sentence that says what happened."""
        said = sentence(self.event)
        return said if self.times == 1 else f"{said[:-1]} (x {self.times:,})."

    def to_json(self) -> dict[str, Any]:
        """Return the event as the run contract writes it."""
        function = self.where[-1].function if self.where else None
        return {
            "phase": self.phase, "kind": self.event.kind,
            "function": function.name if function else None, "file": function.file if function else None,
            "chain": list(self.chain), "text": self.text, **event_fields(self.event),
            **({"times": self.times} if self.times > 1 else {}),
        }  # fmt: skip


def event_fields(event: e.Event) -> dict[str, Any]:
    """Return an event's own fields for JSON; a status is written in hex, what is None is left out."""
    found = {f.name: getattr(event, f.name) for f in fields(event)}
    if isinstance(event, e.Seamcall):
        found["status"] = status_number(event.status)
        found["registers"] = [f"{value:#x}" for value in event.registers] if event.registers else None
    return {name: value for name, value in found.items() if value is not None}
