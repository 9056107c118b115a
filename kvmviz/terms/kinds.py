"""What can be said of each kind of event: the one table of sentences, meanings, marks and grounds.

>>> from kvmviz.terms.events import Free
>>> sentence(Free("TDR", "immediate"))
'TDR goes back to the page allocator at once.'
>>> brief(Free("TDR", "immediate")), kind_of(Free("TDR", "immediate")).rests_on
('TDR, immediate', 'recorded runs')

Text, pictures, time line, log and glossary all read this table; whatever reduces
events to a state (`kvmviz.record.frames`, for one) matches on their classes.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from kvmviz.scenario.status import SUCCESS, status_number, status_word
from kvmviz.terms import events as e
from kvmviz.terms.calls import CALLS, Call
from kvmviz.terms.site import Site, function_of
from kvmviz.terms.words import many

Text = Callable[[Any], str]
"""What is said of an event, from its fields."""

READ_PAMT: Final = "read in arch/x86/virt/vmx/tdx/tdx.c, tip x86/tdx of 4 Sep 2026; no recorded runs"
RECORDED: Final = "recorded runs"
A_STEP: Final = "a choice of ours: a step to see it by"
A_CHECK: Final = "a check of ours, never seen in a real revision"
ERROR_PATH: Final = "KVM goes the way of the error all the same."


class Kind(NamedTuple):
    """One kind of event.

    `event` is its class, `meaning` what it is, `rests_on` the ground of that:
    recorded runs of the kernel's own functions, kernel source, a choice of ours.
    `sentence` says what happened in words that need no knowledge of KVM, `brief` in
    the terms of the kernel; `follows` what it means for what comes after, where that
    hangs on nothing else.  Where one side of a comparison takes the step alone,
    `does` is what that side does and `lacks` what is said of the other side.  `mark`
    stands for it on the time line (`dot`, `warn`, `held`, `leak`, `free`, `panic`);
    `logged` is its sign in the kernel log (`full`, `held`, `masked`, `line`,
    `panic`), None if it leaves nothing there.
    """

    event: type[e.Event]
    meaning: str
    rests_on: str
    sentence: Text
    brief: Text = lambda v: str(getattr(v, "page", ""))
    follows: str = ""
    does: Text = lambda v: f"{v.kind.replace('_', ' ')}."
    lacks: Text = lambda _: "has no such step."
    mark: Text = lambda _: "dot"
    logged: Text | None = None


def _seamcall(v: e.Seamcall) -> str:
    asked = CALLS.get(v.seamcall, Call(v.seamcall)).asked.format(page=v.page or "the TDR", object=v.object)
    if v.status == SUCCESS:
        return f"KVM asks the TDX module to {asked}, and it does."
    return f"KVM asks the TDX module to {asked}; it refuses with {status_word(v.status)}."


def _answer(v: e.Seamcall) -> str:
    word = status_word(v.status)
    number = status_number(v.status)
    if number.startswith("<"):
        return f"{v.seamcall} {v.page or v.object} = {word} (its number is not known)"
    shown = "" if v.status == SUCCESS else f" = {number}" if word.startswith("0x") else f" = {number} {word}"
    return f"{v.seamcall} {v.page or v.object}{shown}"


def _line(v: e.PrErr) -> str:
    function = Site.parse(v.site).function
    if v.printed:
        return f"{function} prints an error line."
    return f"The error line of {function} is withheld: ten in five seconds is the limit."


def _pinned(v: e.PamtPin) -> str:
    if v.phantoms > 1:
        why = f", for {v.phantoms:,} phantoms: references that nobody holds"
    else:
        why = ", for a phantom: a reference that nobody holds" if v.phantoms else f": {v.page} keeps its reference"
    if v.pairs > 1:
        return f"The PAMT pairs of {v.pairs:,} regions ({v.pairs * 8:,} KiB), {v.region} first, stay{why}."
    return f"The PAMT pair of {v.region} {'(8 KiB) stays' if v.pairs else 'stays anyway'}{why}."


def _kept(v: e.PamtPin) -> str:
    why = f"{many(v.phantoms, 'phantom reference')} of {v.page}" if v.phantoms else f"{v.page} keeps its reference"
    return f"{many(v.pairs, 'pair')} pinned, {why}"


_TABLE: Final = (
    Kind(
        event=e.Op, meaning="Generic code calls the op `free_external_spt` for this S-EPT page.", rests_on=RECORDED,
        sentence=lambda v: f"Generic code hands {v.page} to TDX code, because its table is being freed.",
        follows="The module owns that page, and only KVM's TDX code knows how to ask for it.",
    ),
    Kind(
        event=e.Seamcall, meaning="KVM asks the TDX module for something; `status` 0 is success.", rests_on=RECORDED,
        sentence=_seamcall, brief=_answer,
    ),
    Kind(
        event=e.Warn, rests_on=RECORDED,
        meaning='A warning\'s condition was true; `printed` is False if "once" withheld it.',
        sentence=lambda v: Site.parse(v.site).short + (
            " prints a trace." if v.printed
            else " is true, but prints nothing: it prints once a boot, and has."
        ),
        brief=lambda v: f"{Site.parse(v.site).short}: {'trace printed' if v.printed else 'withheld by once'}",
        does=lambda v: "warns." if v.printed else "would warn, but its trace was printed before.",
        lacks=lambda v: "prints nothing here." if v.printed else "has no such step.",
        mark=lambda v: "warn" if v.printed else "held", logged=lambda v: "full" if v.printed else "held",
    ),
    Kind(
        event=e.Masked, meaning="A BUG_ON condition was true, but the VM was marked bugged before.", rests_on=RECORDED,
        sentence=lambda v: f"{Site.parse(v.site).short} is true, but says nothing: the VM is marked bugged already.",
        brief=lambda v: f"{Site.parse(v.site).short}: muted, VM bugged already", follows=ERROR_PATH,
        mark=lambda _: "held", logged=lambda _: "masked",
    ),
    Kind(
        event=e.PrErr, meaning="An error line; `printed` is False if the rate limit withheld it.", rests_on=RECORDED,
        sentence=_line, brief=lambda v: v.message if v.printed else f"withheld by the rate limit: {v.message}",
        logged=lambda v: "line" if v.printed else "held",
    ),
    Kind(
        event=e.PrWarn, meaning='The "callbacks suppressed" line of a rate limit.',
        rests_on="read in include/linux/ratelimit.h, lib/ratelimit.c",
        sentence=lambda v: f"The log notes how many lines the rate limit withheld: {v.message}.",
        brief=lambda v: v.message, follows="It comes late: with the first line after the five seconds.",
        logged=lambda _: "line",
    ),
    Kind(
        event=e.VmBugged, meaning="The site set vm_bugged and vm_dead.", rests_on=RECORDED,
        sentence=lambda v: f"{Site.parse(v.site).short} marks the VM as bugged, which would stop it if it still ran.",
        brief=lambda v: f"by {Site.parse(v.site).short}", follows="Later checks that look at this mark stay silent.",
    ),
    Kind(
        event=e.SetNull, rests_on=RECORDED,
        meaning="`external_spt` of this mirror page's sp became NULL; `by` is the function that did it.",
        sentence=lambda v: f"{function_of(v.by)} clears external_spt of {v.page}: KVM forgets the S-EPT page.",
        brief=lambda v: f"external_spt of {v.page}, by {v.by}",
        does=lambda _: "cuts the pointer.", lacks=lambda _: "leaves the pointer as it is.",
    ),
    Kind(
        event=e.CallRcu, meaning="The mirror page waits for a grace period.", rests_on=RECORDED,
        sentence=lambda v: f"{v.page} waits until no reader can still see it.",
        does=lambda _: "queues the page for RCU.",
    ),
    Kind(
        event=e.RcuBarrier, meaning="KVM waits until every callback has run.", rests_on=RECORDED,
        sentence=lambda _: "KVM waits until everything that waits for RCU has been freed.",
        follows="So none of them is on its way when the control pages are asked for.",
    ),
    Kind(
        event=e.RcuCallback, meaning="The callback of this mirror page runs.", rests_on=RECORDED,
        sentence=lambda v: f"No reader can see {v.page} any more: its RCU callback runs.",
    ),
    Kind(
        event=e.Reset, rests_on=RECORDED,
        meaning="KVM overwrites the page, if the processor has the erratum (tdx_quirk_reset_paddr).",
        sentence=lambda v: f"KVM resets {v.page}, which matters on processors with an erratum.",
        follows="There, by a bug of the processor, writing to such a page could raise a machine check later.",
    ),
    Kind(
        event=e.Free, rests_on=RECORDED,
        meaning="The page goes back to the allocator; `how` says whether an RCU callback did it.",
        sentence=lambda v: f"{v.page} goes back to the page allocator"
        + (" at once." if v.how == "immediate" else ", from the callback."),
        brief=lambda v: f"{v.page}, {v.how}",
        does=lambda v: f"frees the page {'at once' if v.how == 'immediate' else 'from the RCU callback'}.",
        lacks=lambda _: "does not free it here.", mark=lambda _: "free",
    ),
    Kind(
        event=e.Leak, meaning="The last reference to a page that the module still owns is dropped.", rests_on=A_STEP,
        sentence=lambda v: f"{v.page} is leaked: the TDX module still owns it, and nobody will ask for it again.",
        follows="4 KiB are lost until reboot: cheaper than using a page that is not ours.",
        does=lambda _: "leaks the page.", mark=lambda _: "leak",
    ),
    Kind(
        event=e.PamtPut, rests_on=READ_PAMT,
        meaning="A page's reference to the PAMT pair of its 2 MiB region is given up; `left` remain (Dynamic PAMT).",
        sentence=lambda v: (
            f"{v.page} no longer needs the PAMT pair of {v.region}; {many(v.left, 'reference')} to it left."
        ),
        brief=lambda v: f"{v.page}: {v.region}, {v.left} left",
    ),
    Kind(
        event=e.PamtPin, rests_on=A_STEP,
        meaning="The PAMT pair of a 2 MiB region stays with the module for good: a leaked page keeps its reference, or "
        "REMOVE was refused and a reference is left that nobody holds, a phantom (Dynamic PAMT).",
        sentence=_pinned, brief=lambda v: f"{v.region}: {_kept(v)}",
        follows="It is lost until reboot.",
        does=lambda _: "pins the pair.", lacks=lambda _: "has no such pair to lose.",
        mark=lambda v: "leak" if v.pairs else "dot",
    ),
    Kind(
        event=e.HkidFree, meaning="The key id went back to the pool.", rests_on=RECORDED,
        sentence=lambda _: "The TD's key goes back to the pool; from now on its pages can be reclaimed.",
        follows="Keys are few: another TD can have this one now.",
    ),
    Kind(
        event=e.HkidLeak, meaning="Releasing the key id was given up.", rests_on=A_STEP,
        sentence=lambda _: "KVM gives up: the key stays assigned until reboot, and no page can be reclaimed.",
        follows="Every page that the module still has will be lost.", mark=lambda _: "leak",
    ),
    Kind(
        event=e.Panic, meaning="panic_on_warn: the host stops at the first printed trace.",
        rests_on="read in kernel/panic.c",
        sentence=lambda _: "The host panics, since panic_on_warn is set and a warning was printed.",
        mark=lambda _: "panic", logged=lambda _: "panic",
    ),
    Kind(
        event=e.Violation, meaning="The code did what must never happen to this page.", rests_on=A_CHECK,
        sentence=lambda v: f"This must never happen: {v.page} is {v.what}.",
        brief=lambda v: f"{v.page}: {v.what}", mark=lambda _: "panic",
    ),
    Kind(
        event=e.DoubleFree, meaning="The page was freed before.", rests_on=A_CHECK,
        sentence=lambda v: f"This must never happen: {v.page} is freed a second time.",
        mark=lambda _: "panic",
    ),
)  # fmt: skip

for _kind in _TABLE:
    _kind.event.__doc__ = f"{_kind.meaning}  {_kind.rests_on.capitalize()}.\n\n{_kind.event.__doc__ or ''}".rstrip()

KINDS: Final[dict[str, Kind]] = {kind.event.kind: kind for kind in _TABLE}
"""Every kind of event by its word."""


def kind_of(event: e.Event) -> Kind:
    """Return what can be said of events such as this one."""
    return KINDS[event.kind]


def sentence(event: e.Event) -> str:
    """Return one sentence that says what happened, in words that need no knowledge of KVM."""
    return KINDS[event.kind].sentence(event)


def brief(event: e.Event) -> str:
    """Return what happened, in the terms of the kernel."""
    return KINDS[event.kind].brief(event)
