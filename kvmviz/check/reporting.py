"""What has to be said of a leak, in three strengths.

>>> seen = observe(REVISIONS["v1"], Scenario.parse("hkid=assigned boot=second:60s"))
>>> validate_leaks_reach_the_log(seen)
Traceback (most recent call last):
  ...
kvmviz.check.invariant_error.InvariantError: 18 pages leak and the log says nothing at all

A page counts as reported if anything is printed between the moment it is asked for,
by the op or by RECLAIM, and the moment it leaks.  What is printed need not name the
page; no line of KVM's does.
"""

from kvmviz.check.invariant_error import InvariantError
from kvmviz.check.observation import REVISIONS, Observation, observe
from kvmviz.check.rule import invariant
from kvmviz.machine.module import RECLAIM
from kvmviz.scenario import Scenario
from kvmviz.terms.events import Leak, Op, PrErr, PrWarn, Seamcall, Warn

__all__ = ["REVISIONS", "Scenario", "observe"]


def _pages(seen: Observation) -> str:
    count = seen.summary.leaked_count
    return "a page leaks" if count == 1 else f"{count} pages leak"


@invariant("No leak goes unreported: something in the log for each TD.", "a page leaks")
def validate_leaks_reach_the_log(seen: Observation) -> bool:
    if seen.summary.silent and seen.summary.leaked:
        raise InvariantError(f"{_pages(seen)} and the log says nothing at all")
    return bool(seen.summary.leaked)


@invariant("No leak goes unreported: something in the log for each page.", "a page leaks")
def validate_each_leak_reaches_the_log(seen: Observation) -> bool:
    if not seen.summary.leaked:
        return False
    asked, told = "", set[str]()
    for _, event in seen.entries:
        if isinstance(event, Op) or (isinstance(event, Seamcall) and event.seamcall == RECLAIM):
            asked = event.page or ""
        elif isinstance(event, PrWarn) or (isinstance(event, Warn | PrErr) and event.printed):
            told.add(asked)
        elif isinstance(event, Leak):
            if event.page not in told:
                raise InvariantError(f"{event.page} leaks and the log says nothing of it")
            asked = ""
    return True


@invariant("No leak goes unreported: a trace for each TD.", "a page leaks")
def validate_leaks_leave_a_trace(seen: Observation) -> bool:
    if seen.summary.leaked and not seen.summary.splats:
        raise InvariantError(f"{_pages(seen)} without a trace")
    return bool(seen.summary.leaked)
