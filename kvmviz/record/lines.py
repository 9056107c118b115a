"""A run as a log of steps: every event in a line or two, what repeats left out and said so."""

from collections.abc import Iterable, Iterator, Sequence

from kvmviz.machine.pamt_calls import REMOVE
from kvmviz.record.step import Step
from kvmviz.scenario.names import PageName
from kvmviz.terms import events as e
from kvmviz.terms.columns import WIDTH, paragraph
from kvmviz.terms.kinds import brief
from kvmviz.terms.phases import PHASES

_BEGINS = (e.Op, e.RcuCallback, e.RcuBarrier, e.CallRcu)
_LOST = ("leak", "pamt_pin")
Block = list[tuple[int, Step]]


def step_lines(number: int, step: Step, mark: str = "", width: int = WIDTH, *, stack: bool = True) -> list[str]:
    """Return the lines of one step; a printed trace brings its `stack`, one function a line."""
    head = f"{mark}{number:>5}  {step.event.kind:<12} "
    often = f" (x {step.times:,})" if step.times > 1 else ""
    body = paragraph(brief(step.event) + often, f"{mark}{'':<{len(head) - len(mark)}}", width)
    lines = (head + body[len(head) :]).rstrip().split("\n")
    if stack and isinstance(step.event, e.Warn) and step.event.printed:
        lines += [f"{mark}{'':>7}{'at' if n == 0 else '<-'} {name}" for n, name in enumerate(reversed(step.chain))]
    return lines


def steps_text(steps: Sequence[Step], width: int = WIDTH) -> str:
    """Return all steps; blocks that repeat with another page are counted instead of printed."""
    lines: list[str] = []
    phase = ""
    for alike in _runs_of_alike(_blocks(steps)):
        first = alike[0]
        if first[0][1].phase != phase:
            phase = first[0][1].phase
            lines += ["", f"{phase}: {PHASES[phase].happens}"]
        for number, step in first:
            lines += step_lines(number, step, width=width)
        if len(alike) > 1:
            lines += _elided(alike[1:])
    return "\n".join(lines[1:])


def _elided(blocks: list[Block]) -> list[str]:
    first, last = blocks[0], blocks[-1]
    count = sum(block[0][1].times for block in blocks)
    pages = f"{count:,} more page{'s' if count > 1 else ''} alike"
    steps = f"steps {first[0][0]} to {last[-1][0]}" if first[0][0] < last[-1][0] else f"step {first[0][0]}"
    return [f"       ... {pages}, {steps}"]


def _blocks(steps: Sequence[Step]) -> Iterator[Block]:
    """Cut the steps where something new is begun: an op, a RECLAIM of its own, a guest page, a callback."""
    block: Block = []
    for number, step in enumerate(steps, 1):
        if block and (step.phase != block[-1][1].phase or _begins(step.event, block)):
            yield block
            block = []
        block.append((number, step))
    if block:
        yield block


def _begins(event: e.Event, block: Block) -> bool:
    if isinstance(event, e.CallRcu):
        kinds = [step.event.kind for _, step in block]
        return "op" not in kinds or "call_rcu" in kinds
    if isinstance(event, e.Seamcall):
        asked = event.seamcall in ("TDH.MEM.RANGE.BLOCK", "TDH.PHYMEM.PAGE.RECLAIM")
        return asked and not isinstance(block[-1][1].event, e.Op)
    return isinstance(event, _BEGINS) or (event.kind == "leak" and block[-1][1].event.kind in _LOST)


def _runs_of_alike(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    alike: list[Block] = []
    for block in blocks:
        if alike and _shape(block) != _shape(alike[0]):
            yield alike
            alike = []
        alike.append(block)
    if alike:
        yield alike


def _shape(block: Block) -> tuple[object, ...]:
    """What a block does, whichever page it is about."""
    return tuple((step.phase, step.event.kind, *_details(step)) for _, step in block)


def _details(step: Step) -> tuple[object, ...]:
    skip = {"page", "message", "registers", "region", "left"}
    if isinstance(step.event, e.Seamcall) and step.event.seamcall == REMOVE:
        skip |= {"object"}
    details = tuple(getattr(step.event, name) for name in step.event.__dataclass_fields__ if name not in skip)
    page: str | None = getattr(step.event, "page", None)
    kind = PageName.parse(page).kind if page else ""
    return (kind, *details, step.chain if isinstance(step.event, e.Warn) else ())
