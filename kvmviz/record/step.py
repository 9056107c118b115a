"""One event of a run, with where it happened and what it changed."""

from dataclasses import fields
from typing import TYPE_CHECKING, NamedTuple, cast

from kvmviz.machine.callchain import Location
from kvmviz.record.frames import Change
from kvmviz.scenario.status import status_number
from kvmviz.terms import events as e
from kvmviz.terms.kinds import sentence

if TYPE_CHECKING:
    from kvmviz.schema import answers


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

    def to_json(self) -> "answers.Event":
        """Return the event as the run contract writes it."""
        function = self.where[-1].function if self.where else None
        event: answers.Happened = {
            "phase": self.phase, "kind": self.event.kind,
            "function": function.name if function else None, "file": function.file if function else None,
            "chain": list(self.chain), "text": self.text,
        }  # fmt: skip
        found: answers.Event = {**event, **event_fields(self.event)}
        if self.times > 1:
            found["times"] = self.times
        return found


def event_fields(event: e.Event) -> "answers.EventFields":
    """Return an event's own fields for JSON; a status is written in hex, what is None is left out."""
    found = {f.name: getattr(event, f.name) for f in fields(event)}
    if isinstance(event, e.Seamcall):
        found["status"] = status_number(event.status)
        found["registers"] = [f"{value:#x}" for value in event.registers] if event.registers else None
    return cast("answers.EventFields", {name: value for name, value in found.items() if value is not None})
