"""What the JSON of a race is to Python; see `kvmviz.schema.answers`."""

from typing import TypedDict

from kvmviz.schema.answers import Headed


class Region(TypedDict):
    """A region after a step of a race."""

    count: int
    pair: bool
    pages: int


class Step(TypedDict):
    """A step of a schedule."""

    number: int
    thread: str
    section: str
    step: str
    kernel: str
    answer: int | bool | str | None
    text: str
    line: int
    region: int
    regions: list[Region]


class Finding(TypedDict):
    """An invariant of a race; `schedule` is null where nothing breaks it."""

    name: str
    statement: str
    verdict: str
    schedule: list[Step] | None


class End(TypedDict):
    """How a region may be left."""

    count: int
    pair: bool


class Race(Headed):
    """What the search of a design came to."""

    design: str
    threads: int
    rounds: int
    refuse: int
    states: int
    transitions: int
    clean: bool
    invariants: list[Finding]
    ends: list[End]
