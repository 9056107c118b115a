"""RFC v5 of January 2026 and its replies: what the op should be called, and what if it is not there."""

from kvmviz.check.experiments import call_absent_op, reclaim_in
from kvmviz.check.experiments.rfc import Rfc
from kvmviz.check.propositions.facts import observe
from kvmviz.check.propositions.patch16 import generic_never_writes
from kvmviz.check.propositions.patch17 import LINES
from kvmviz.check.propositions.registry import Runs, claim
from kvmviz.check.propositions.verdict import Finding, not_checkable, tried
from kvmviz.machine.module import LIFECYCLE
from kvmviz.machine.printk import Boot

leaking_is_a_detail = claim(
    "N1", "R09", "Leaking a page by forgetting it is TDX code's detail; the TDP MMU need not know of it."
)(generic_never_writes)  # fmt: skip


@claim("N2", "R09s", 'Readers of "free" or "remove" assume that it cannot fail.')
def readers_assume(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable("It is about readers, and would take a poll; what such a free does when it fails is under S3.")


@claim("N3", "R09y", "A table page might one day be freed before the HKID is released.")
def before_the_key(_: Runs) -> Finding:
    """Ask for a page in every state of a TD's life before TEARDOWN."""
    early = {state: reclaim_in(state) for state in LIFECYCLE.values() if state != "TEARDOWN"}
    found = tried((None, status == 0) for status in early.values())
    return found.because(
        f"Not by RECLAIM: it succeeds in {found} states before TEARDOWN. The module has a MEM.SEPT.REMOVE for a "
        "running TD, which the model leaves out."
    )


@claim("N4", "R09", "The RFC's patch and v1 do the same.")
def rfc_is_v1(runs: Runs) -> Finding:
    """Compare the op rebuilt from its description with v1's."""
    fresh = [(s, f, observe(Rfc, s, Boot())) for s, f in runs.of("v1") if s.boot is None]
    found = tried((s, (a.log(), a.memory()) == (b.log(), b.memory())) for s, a, b in fresh)
    return found.because(
        f"Log and memory come out the same in {found} scenarios in a fresh boot for the op rebuilt "
        "from its description; the RFC's own text was not compared."
    )


@claim("N5", "R04s", "With RET0, a call to an op that is absent yields 0 instead of garbage.")
def absent_is_zero(_: Runs) -> Finding:
    """Tear a TD down whose op is absent, before the patch."""
    seen = [call_absent_op(line) for line in LINES]
    found = tried((None, one.freed_while_owned == one.tables) for one in seen)
    return found.because(
        f"It reads as success: in {found} trials the RCU callback then freed every S-EPT page unreclaimed, "
        f"{sum(one.freed_while_owned for one in seen)} pages that the module still owned."
    )


@claim("N6", "R04r", "As it is, nobody notices such a call.")
def absent_unnoticed(_: Runs) -> Finding:
    """Count reports at the calls, and later."""
    seen = [call_absent_op(line) for line in LINES]
    then = tried((None, one.reports_then == 0) for one in seen)
    later = tried((None, one.reports_later == 0) for one in seen)
    return (then + later).because(
        f"Nothing is printed at the calls in {then} trials. But the pages still count as the TD's children, so that "
        f"the TDR is refused later and reported: in the phase after, nothing is printed in {later}."
    )
