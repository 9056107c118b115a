"""What the JSON of a review is to Python; see `kvmviz.schema.answers`."""

from typing import TypedDict

from kvmviz.schema.answers import Claim, Headed

Function = TypedDict("Function", {"name": str, "from": str})
"""A function that ran, and where it is from."""


class Broken(TypedDict):
    """An invariant that a patch breaks where its base does not."""

    invariant: str
    statement: str
    scenarios: int
    of: int
    scenario: str


class NotModelled(TypedDict):
    """What a patch changes that the model does not have."""

    name: str
    file: str
    line: int | None
    why: str


class Ran(TypedDict):
    """What came of running a patch."""

    functions: list[Function]
    scenarios: int
    same_as: list[str]
    nearest: str
    differs: int
    first: str | None
    broken: list[Broken]
    not_modelled: list[NotModelled]
    passed_over: list[str]


class Patch(TypedDict):
    """A patch in a message."""

    depth: int
    author: str
    posted_by: str
    files: list[str]
    added: int
    removed: int
    whole: bool
    mended: dict[str, int]
    functions: list[str]


class Reason(TypedDict):
    """What speaks for a known posting, or against it."""

    agrees: bool
    text: str


class Recognised(TypedDict):
    """Which known posting a message is or answers."""

    name: str | None
    base: str | None
    revision: str | None
    confidence: str
    reasons: list[Reason]
    lines: dict[str, int] | None


class Older(TypedDict):
    """What in a patch is older than the model, or beyond it."""

    what: str
    when: str


class Comment(TypedDict):
    """What somebody says below a quoted line."""

    author: str
    text: list[str]
    below: str | None
    file: str
    function: str
    claims: list[str]
    near: list[str]


class Shift(TypedDict):
    """Figures of both sides of a patch in a scenario."""

    scenario: str
    traces: tuple[int, int]
    lines: tuple[int, int]
    leaked: tuple[int, int]
    at_once: tuple[int, int]
    bugged: tuple[str, str]
    same_pages: bool


class Message(TypedDict):
    """A message of a mailbox, what ran of it, and the reply."""

    author: str
    date: str | None
    subject: str
    message_id: str
    modelled: bool
    patch: Patch | None
    recognised: Recognised | None
    ran: Ran | None
    not_run: str | None
    older: list[Older]
    comments: list[Comment]
    claims: list[Claim]
    behaviour: list[Shift]
    reply: str


class Review(Headed):
    """What was found in each message."""

    exit_status: int
    messages: list[Message]
    together: Ran | None
    refused: list[str]
