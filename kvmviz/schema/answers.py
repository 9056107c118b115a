"""What kvmviz's JSON answers are to Python: a type for each object of the published schemas, under its keys.

A test holds each type against its schema, so that a field is said in both or in none.
"""

from typing import NotRequired, TypedDict


class Headed(TypedDict):
    """The start of every answer: the version of kvmviz, and that of the schemas."""

    kvmviz: str
    schema: int


class EventFields(TypedDict, total=False):
    """What an event has of its own, by its kind."""

    page: str
    object: str
    seamcall: str
    status: str
    registers: list[str]
    site: str
    printed: bool
    message: str
    by: str
    how: str
    mmu_lock: str
    region: str
    left: int
    pairs: int
    phantoms: int
    what: str
    times: int


class Happened(TypedDict):
    """What every event has."""

    phase: str
    kind: str
    function: str | None
    file: str | None
    chain: list[str]
    text: str


class Event(Happened, EventFields):
    """An event of a run."""


class Pamt(TypedDict):
    """What Dynamic PAMT came to."""

    pairs_back: int
    pairs_pinned: int
    pinned_bytes: int
    leaked_references: int
    phantom_references: int


class Summary(TypedDict):
    """What a teardown came to."""

    splats: dict[str, int]
    suppressed: dict[str, int]
    masked: dict[str, int]
    pr_err: dict[str, int]
    pr_err_ratelimited: dict[str, int]
    notes: int
    vm_bugged: bool
    leaked: list[str]
    leaked_count: int
    leaked_bytes: int
    needless: list[str]
    unfreed: list[str]
    guest_owned: list[str]
    freed: list[list[str]]
    freed_count: int
    violations: list[list[str]]
    double_frees: list[str]
    silent: bool
    panicked: bool
    hkid: str
    most_rcu_pending: int
    td: str
    pamt: NotRequired[Pamt]


class Run(Headed):
    """A run; `events` is null where it was not recorded."""

    revision: str
    scenario: str
    events: list[Event] | None
    summary: Summary


class FrameTimes(TypedDict, total=False):
    """How many pages stand behind a name, where some stand for several."""

    times: dict[str, int]


class Frame(FrameTimes):
    """The picture after a step."""

    states: dict[str, str]
    pointers: dict[str, str | None]
    hkid: str
    vm_bugged: bool
    traces: int
    lines: int
    leaked: list[str]


class Step(Headed):
    """One step of a run, and the picture after it."""

    revision: str
    scenario: str
    step: int
    event: Event | None
    frame: Frame


class PassedOver(TypedDict):
    """A call, or a part, of C that was not run."""

    name: str
    file: str
    line: int
    why: str


class Choice(TypedDict):
    """How an `#if` was settled."""

    file: str
    line: int
    directive: str
    kept: bool


OriginFunction = TypedDict("OriginFunction", {"name": str, "from": str, "file": str | None, "line": int | None})
"""A function, and where it came from: C, or the name of the base."""


class Origin(TypedDict):
    """What a revision from C is made of."""

    base: str
    base_by: str
    functions: list[OriginFunction]
    unused: list[str]
    passed_over: list[PassedOver]
    choices: list[Choice]


class Compared(Headed):
    """Two revisions; where one is from C, what it is made of."""

    a: str
    b: str
    origin_a: NotRequired[Origin | None]
    origin_b: NotRequired[Origin | None]


class Difference(TypedDict):
    """A lockstep step in which two runs differ."""

    step: int
    a: Event | None
    b: Event | None


class Comparison(Compared):
    """Two runs of a scenario."""

    scenario: str
    steps: int
    alike: bool
    differences: list[Difference]
    summary_a: Summary
    summary_b: Summary


class Group(TypedDict):
    """Scenarios in which two revisions differ in the same things."""

    count: int
    alike: bool
    only_a: list[str]
    only_b: list[str]
    moved: bool
    witness: str


class Spread(Compared):
    """A comparison over many scenarios."""

    scenarios: int
    groups: list[Group]


class Likeness(TypedDict):
    """Which revisions one is equal to, and the nearest."""

    same_as: list[str]
    nearest: str
    differs: int
    first: str | None
    step: int
    sampled: NotRequired[int]


class Counted(Likeness):
    """The same, with the number of scenarios."""

    scenarios: int


class Aside(Counted):
    """What was looked at besides the space."""

    constants: list[str]


class Broken(TypedDict):
    """Where an invariant is broken."""

    count: int
    counterexample: str
    what: str
    when: list[str] | None


class Result(TypedDict):
    """An invariant in a space."""

    invariant: str
    statement: str
    premise: str
    verdict: str
    met: int
    beyond_known: int
    why: str
    besides: bool
    broken: Broken | None
    newly_broken: Broken | None
    mended: Broken | None
    quieter: Broken | None


class Check(Headed, Counted):
    """A revision over a space of scenarios."""

    revision: str
    base: str | None
    space: str
    against: str | None
    less_reported: int
    more_reported: int
    ok: bool
    behaviours: int
    own: dict[str, int]
    origin: NotRequired[Origin | None]
    besides: Aside | None
    invariants: list[Result]
    seconds_per_run: float


class Claim(TypedDict):
    """What somebody said, and whether it holds."""

    id: str
    who: str
    when: str
    where: str
    proposition: str
    verdict: str
    scenarios: int
    holds: int
    witness_for: str | None
    witness_against: str | None
    why: str


class Claims(Headed):
    """Every claim."""

    claims: list[Claim]


class Followed(TypedDict):
    """A function of the model, and whether a kernel tree's own ran in its place."""

    name: str
    file: str | None
    line: int | None
    ran: bool
    why: str


class Place(TypedDict):
    """A line of a kernel tree, and the function that it is in."""

    file: str
    line: int
    function: str


class Kernel(Headed, Counted):
    """What was found in a kernel tree."""

    version: str
    revision: str
    base: str
    base_by: str
    space: str
    functions: list[Followed]
    parts_at: Place | None
    passed_over: list[PassedOver]
