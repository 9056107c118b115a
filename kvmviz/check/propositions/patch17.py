"""[PATCH 17/17], its replies, and the thread on Dynamic PAMT (RFC v5 20/45), January to May 2026."""

from kvmviz.check.experiments import late_reader, lock_contexts, never_linked, pending, reclaim_in, worst_wait
from kvmviz.check.experiments.bench import td
from kvmviz.check.experiments.readers import FreedAtOnce
from kvmviz.check.propositions.facts import CALLBACK_SITE, Facts
from kvmviz.check.propositions.registry import Runs, claim
from kvmviz.check.propositions.sampling import TREES
from kvmviz.check.propositions.verdict import Finding, not_checkable, tried
from kvmviz.machine.module import LIFECYCLE
from kvmviz.machine.pamt import EPT
from kvmviz.revisions import REVISIONS
from kvmviz.scenario.names import PageName

LINES = [f"tree={tree} zap={zap}" for tree in TREES for zap in ("default", "prove-mmu")]
"""A line for each small tree and zap order, for experiments."""


@claim("F1", "S17", "A mirror table must wait for RCU before it is freed, since somebody may be walking it.")
def tables_wait(runs: Runs) -> Finding:
    """Let a reader hold every table over the zap, with and without the wait."""
    deferred = {line: late_reader(runs.revision("v1+17"), line) for line in LINES}
    at_once = {line: late_reader(FreedAtOnce, line) for line in LINES}
    found = tried((None, not deferred[line] and at_once[line] > 0) for line in LINES)
    return found.because(
        f"A reader that holds the tables over the zap finds {sum(deferred.values())} of them freed if they wait, and "
        f"{sum(at_once.values())} if they do not, on {found} trees and zap orders."
    )


@claim("F2", "S17", "In practice nobody walks the mirror without a lock.")
def nobody_walks(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable(
        "The model has no lockless walkers of its own, so it cannot say which of KVM's accept a mirror root."
    )


@claim("F3", "S17", "After a RECLAIM nothing can read the S-EPT page any more, so it may be freed at once.")
def nothing_reads(runs: Runs) -> Finding:
    """Ask what had been done by the time of the first RECLAIM that gave a table page back."""
    giving = [(s, f) for s, f in runs.of("v1+17") if f.reclaimed_tables()]
    found = tried((s, f.succeeded_before_tables() >= NEEDED and not f.bad) for s, f in giving)
    states = [state for state in LIFECYCLE.values() if reclaim_in(state) == 0]
    return found.because(
        f"All vCPUs flushed, caches written back and the key freed came first in {found} scenarios. RECLAIM flushes "
        f"nothing itself; what protects is that it succeeds in {' and '.join(states)} only."
    )


NEEDED = {"TDH.VP.FLUSH", "TDH.MNG.VPFLUSHDONE", "TDH.PHYMEM.CACHE.WB", "TDH.MNG.KEY.FREEID"}
"""What has to succeed before the TD is in TEARDOWN."""


@claim("F4", "R20s1", "Freeing at once is safe because the module forces TLB flushes and exits.")
def forced_flush(runs: Runs) -> Finding:
    """Ask for a flush of every vCPU before the first table page is given back."""
    giving = [(s, f) for s, f in runs.of("v1+17") if f.reclaimed_tables()]
    found = tried((s, "TDH.VP.FLUSH" in f.succeeded_before_tables()) for s, f in giving)
    return found.because(
        f"Every vCPU was flushed before the first table page came back in {found} scenarios, by VP.FLUSH as the key "
        "was released and not by RECLAIM."
    )


@claim("F5", "S17", "Whether a page is freed at once or after RCU, the end is the same.")
def same_end(runs: Runs) -> Finding:
    """Compare what is free as the control pages' turn comes."""
    pairs = [*runs.both("v1", "v1+17")]
    found = tried((s, _free_by_then(a) == _free_by_then(b) and a.memory() == b.memory()) for s, a, b in pairs)
    return found.because(
        f"The same pages are free when vm_destroy begins, and at the end, in {found} scenarios: rcu_barrier comes "
        "first."
    )


def _free_by_then(f: Facts) -> list[str]:
    return sorted(page for phase, page, _ in f.frees if phase != "vm_destroy")


@claim("F6", "DERIVED", "Freeing at once lowers the peak of pages that wait for RCU.")
def lower_peak(runs: Runs) -> Finding:
    """Compare how many S-EPT pages wait at the barrier."""
    pairs = [(s, a, b) for s, a, b in runs.both("v1", "v1+17") if a.reclaimed_tables()]
    found = tried((s, _late(a) > _late(b)) for s, a, b in pairs)
    a, b = (max(pending(runs.revision(name), "tree=1x1x8")) for name in ("v1", "v1+17"))
    return found.because(
        f"Fewer S-EPT pages wait in {found} scenarios in which one comes back; on tree=1x1x8 at most {a} wait under v1 "
        f"and {b} under v1+17. A walk that yields, which the model's does not, makes the gain smaller."
    )


def _late(f: Facts) -> int:
    return sum(how == "rcu" and PageName.parse(page).kind == "S-EPT" for _, page, how in f.frees)


@claim("F7", "S17", "A page that was never linked needs no reclaim and can be freed directly.")
def unlinked_freed(runs: Runs) -> Finding:
    """Make a table that loses the race, and free it."""
    lost = [never_linked(runs.revision("v1+17"), tree) for tree in TREES]
    found = tried((None, not (one.seamcalls or one.violations or one.children)) for one in lost)
    return found.because(
        f"Freed directly, it harmed nothing in {found} lost races: the module never counted it, and would have refused "
        f"to give it back in {sum(one.refused for one in lost)}."
    )


@claim("F8", "R20s2", "When the RCU callback runs, external_spt is always NULL.")
def always_null(runs: Runs) -> Finding:
    """Ask each callback, under the revisions that free at once."""
    every = [*runs.all("v1+17", "landed")]
    found = tried((s, all(null for f in both for _, null in f.callbacks)) for s, both in every)
    fired = sum(f.true(CALLBACK_SITE) for _, both in every for f in both)
    valid = tried((s, all(null for _, null in f.callbacks)) for s, f in runs.of("v1"))
    return found.because(
        f"It was NULL at every callback of v1+17 and landed in {found} scenarios, and the callback's check was true "
        f"{fired} times. Under v1, which keeps the pointer of a page it got back, it was so in {valid}."
    )


@claim("F9", "R20s3", "That check would fire on unused pages if it were in the shared free helper.")
def check_in_helper(runs: Runs) -> Finding:
    """Put the check there and free a table that was never linked."""
    lost = [never_linked(runs.revision("v1+17"), tree) for tree in TREES]
    found = tried((None, one.check_fires > 0) for one in lost)
    return found.because(f"It fired for a table that lost the race in {found} trials, though nothing was wrong.")


def _contexts(runs: Runs) -> dict[str, list[frozenset[str]]]:
    return {name: [lock_contexts(runs.revision(name), line) for line in LINES] for name in REVISIONS}


@claim("F10", "R20y1", "With Dynamic PAMT, the RCU callback takes a lock in softirq that process context takes too.")
def softirq_lock(runs: Runs) -> Finding:
    """Note in which contexts the lock would be taken, under the revisions that free by callback."""
    seen = _contexts(runs)
    late = [name for name, one in REVISIONS.items() if not one.frees_at_once]
    early = [name for name in REVISIONS if name not in late]
    found = tried((None, len(contexts) > 1) for name in late for contexts in seen[name])
    clean = tried((None, len(contexts) == 1) for name in early for contexts in seen[name])
    return found.because(
        f"Under {', '.join(late)} both contexts take it in {found} trials; under {' and '.join(early)} only one does, "
        f"in {clean}. The lock itself is not modelled, only who would take it."
    )


@claim("F11", "R20y2", "Given 18 us for each holder, the last of four contenders waits about 3 x 18 us.")
def longest_wait(_: Runs) -> Finding:
    """Let the contenders come in every order."""
    wait = worst_wait(contenders=4, hold=18)
    return tried([(None, wait == 3 * 18)]).because(
        f"Over all orders of four the longest wait is {wait} us. That is arithmetic; the 18 us were measured by the "
        "author, and not here."
    )


@claim("F12", "R20y2", "The S-EPT's root is a control page, and no sp has it as external_spt.")
def root_page(runs: Runs) -> Finding:
    """Look at every TD as it is built."""
    built = [td(line, runs.revision("landed"))[0] for line in LINES]
    found = tried(
        (None, vm.tdp_mmu_roots[0].external_spt is None
         and all(sp.external_spt not in vm.tdcs_pages for sp in vm.sps)
         and all(page.pamt is not None and page.pamt.type != EPT for page in vm.tdcs_pages))
        for vm in built
    )  # fmt: skip
    return found.because(
        f"The mirror's root has none in {found} TDs, and of its {len(built[0].tdcs_pages)} TDCS pages none is an sp's. "
        "That it is the one with index 3 is read in the module's source."
    )


@claim("F13", "R20y2", "After a successful reclaim the page is as good as unused, so the ordinary RCU free would do.")
def rcu_free_would_do(runs: Runs) -> Finding:
    """Compare v2, which frees by callback, with what landed."""
    pairs = [(s, a, b) for s, a, b in runs.both("v2", "landed") if a.reclaimed_tables()]
    found = tried((s, a.memory() == b.memory() and not a.bad) for s, a, b in pairs)
    return found.because(
        f"Without Dynamic PAMT v2 and landed free and leak the same pages, and harm none, in {found} scenarios in "
        "which a table page comes back."
    )


@claim("F14", "Y17b", "As a clean-up alone 17/17 is weakly justified; the reason for it is Dynamic PAMT.")
def weak_reason(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable(
        "It is an opinion. That the end is the same (F5) and that the lock is a problem (F10) agree with it."
    )


@claim("F15", "D6", "TDX code does not support freeing from RCU callbacks.")
def no_rcu_frees(runs: Runs) -> Finding:
    """Free by callback with Dynamic PAMT's lock and without it."""
    seen = _contexts(runs)["v1"]
    locked = tried((None, len(contexts) > 1) for contexts in seen)
    plain = tried((s, bool(f.bad)) for s, f in runs.of("v1") if _late(f))
    return (locked + plain).because(
        f"With Dynamic PAMT's lock the contexts clash in {locked} trials; without it a free from the callback did harm "
        f"in {plain} scenarios."
    )


@claim("F16", "R20", "With Dynamic PAMT, leaking also avoids a failure to remove ledger memory still in use.")
def ledger_in_use(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable("The model's ledger is always there: memory for it that comes and goes is not modelled.")


@claim("F17", "R20k", "The free should stay in common code, with a safer lock.")
def common_code(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable("It is an opinion on where code should be; both ways leave the same pages free (F5).")
