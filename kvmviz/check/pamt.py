"""What has to hold with Dynamic PAMT: of pairs, of counters, of the lock, of what is said of a loss.

>>> from kvmviz.check.observation import observe
>>> from kvmviz.revisions import revision
>>> seen = observe(revision("dpamt"), Scenario.parse("tree=1x1x1 region=dense remove=fails boot=second:60s"))
>>> validate_pairs_are_there_while_counted(seen)
True
>>> validate_lost_pairs_leave_a_trace(seen)
Traceback (most recent call last):
  ...
kvmviz.check.invariant_error.InvariantError: the pair of region 0 is lost and the log says nothing of it

These are asked of revisions whose kernel turns Dynamic PAMT on, beside all others;
what only the machine sees is noted by `kvmviz.machine.dpamt`.
"""

from kvmviz.check.invariant_error import InvariantError
from kvmviz.check.observation import Observation, no_violation
from kvmviz.check.rule import invariant
from kvmviz.machine.pamt_calls import REMOVE
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PageName
from kvmviz.scenario.status import STATUS, SUCCESS, status_word
from kvmviz.terms.events import Free, PamtPut, Reset, Seamcall, Warn

__all__ = ["Scenario"]

SITE = "tdx.c:tdx_pamt_put:WARN_ON_ONCE"
"""Where the loss of a pair is reported, for all kinds of pages."""


def _removals(seen: Observation) -> list[Seamcall]:
    return [call for _, call in seen.of(Seamcall) if call.seamcall == REMOVE]


def _counted(seen: Observation) -> bool:
    return bool(seen.of(PamtPut))


@invariant(
    "A region has its pair of PAMT pages exactly while its counter is above zero.", "a reference is given up or refused"
)
def validate_pairs_are_there_while_counted(seen: Observation) -> bool:
    no_violation(seen, "in a region whose pair")
    no_violation(seen, "in a region without a pair")
    return _counted(seen) or bool(_removals(seen))


@invariant(
    "A region's counter is its pages in use, its leaked pages and its phantom references: each page is put once.",
    "a reference is given up, or a pair is pinned",
)
def validate_counters_are_their_users(seen: Observation) -> bool:
    for words in ("put twice", "in a region whose counter is", "still held"):
        no_violation(seen, words)
    return _counted(seen) or bool(seen.summary.pamt and seen.summary.pamt.pairs_pinned)


@invariant(
    "The TDX module has a page, or is asked about it, only between the page's get and its put.",
    "a reference is given up",
)
def validate_pages_are_used_between_get_and_put(seen: Observation) -> bool:
    no_violation(seen, "put while")
    no_violation(seen, "outside of get and put")
    return _counted(seen)


@invariant(
    "No reference is given up in softirq, where dpamt_lock may interrupt its own holder.", "a reference is given up"
)
def validate_nothing_is_put_in_softirq(seen: Observation) -> bool:
    no_violation(seen, "in softirq")
    return _counted(seen)


@invariant("Counters change, and REMOVE is called, with dpamt_lock held.", "a reference is given up or refused")
def validate_counters_are_locked(seen: Observation) -> bool:
    no_violation(seen, "without dpamt_lock")
    return _counted(seen) or bool(_removals(seen))


@invariant(
    "REMOVE finds a pair, and no page of the module in the region: it is refused only where the scenario says so.",
    "REMOVE is called",
)
def validate_removals_are_called_for(seen: Observation) -> bool:
    expected = (SUCCESS, STATUS["OPERAND_BUSY"]) if seen.scenario.remove != "works" else (SUCCESS,)
    calls = _removals(seen)
    for call in calls:
        if call.status not in expected:
            raise InvariantError(f"the pair of {call.object} is asked for: {status_word(call.status)}")
    return bool(calls)


@invariant("The pages of a pair that came back are reset before anyone else gets them.", "a pair comes back")
def validate_pairs_are_reset_before_use(seen: Observation) -> bool:
    reset = {event.page: place for place, event in seen.of(Reset)}
    freed = [(place, free.page) for place, free in seen.of(Free) if PageName.parse(free.page).kind == "PAMT"]
    for place, page in freed:
        if not reset.get(page, place) < place:
            raise InvariantError(f"{page} is given away without a reset")
    return bool(freed)


@invariant(
    "A TD that loses a pair, since REMOVE is refused, leaves a trace.", "REMOVE is refused and the host lives on"
)
def validate_lost_pairs_leave_a_trace(seen: Observation) -> bool:
    refused = [call for call in _removals(seen) if call.status != SUCCESS]
    if not refused or seen.summary.panicked:
        return False
    if not any(warn.printed for _, warn in seen.of(Warn) if warn.site == SITE):
        raise InvariantError(f"the pair of {refused[0].object} is lost and the log says nothing of it")
    return True
