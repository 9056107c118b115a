"""The kernel log's words: what stands in it of an event, and why something does not.

>>> absent_because("v1", "tdp_mmu.c:handle_removed_pt:WARN_ON", "def handle_removed_pt(): ...")
'v1 has no such check: WARN_ON is not in its handle_removed_pt.'
"""

import re

from kvmviz.record.step import Step
from kvmviz.terms import events as e
from kvmviz.terms.kinds import kind_of
from kvmviz.terms.site import Site


def masked_because(site: str, step: int | str) -> str:
    """Return why a masked warning says nothing: the VM was bugged by that site at that step."""
    return f"the VM was marked bugged at step {step} by {Site.parse(site).short}"


def used_because(event: e.Warn | e.PrErr, step: int | str) -> str:
    """Return why a warning or line was withheld that this TD printed before, at that step."""
    return f"{_rule(event)}, and step {step} printed it"


def used_before_because(event: e.Warn | e.PrErr, seconds: str) -> str:
    """Return why one was withheld that an earlier TD used up, so many seconds before."""
    return f"{_rule(event)}, and the TD that was torn down {seconds} s before used it up"


def _rule(event: e.Warn | e.PrErr) -> str:
    return "it prints one trace a boot" if isinstance(event, e.Warn) else "ten lines in five seconds are the limit"


def absent_because(revision: str, site: str, text: str | None) -> str:
    """Return why a revision has nothing at a site; `text` is its function there, None if that did not run."""
    function, macro = Site.parse(site).function, Site.parse(site).macro
    if text is not None and not re.search(rf"\b{re.escape(macro.removesuffix('_ratelimited'))}", text):
        return f"{revision} has no such check: {macro} is not in its {function}."
    return f"in {revision} the condition of {Site.parse(site).short} is not true here."


def mark(event: e.Event) -> str:
    """Return how a side's share of an entry is shown: the sign of its kind; what a log does not have is no entry."""
    logged = kind_of(event).logged
    assert logged is not None, f"{event.kind} leaves nothing in a log"
    return logged(event)


def head(step: Step) -> tuple[str, str]:
    """Return what the log shows of an event: its first line, and a line on it."""
    event = step.event
    match event:
        case e.Warn(site, _) | e.Masked(site):
            at = Site.parse(site)
            return f"WARNING: {at.file} {at.function}", at.macro
        case e.PrErr(_, _, message) | e.PrWarn(_, message):
            return message, ""
        case _:
            return "Kernel panic: panic_on_warn set", ""
