"""Dynamic PAMT: what was said of it from May 2025 to July 2026, on get, put and who waits for whom.

`dpamt` was read in source and mail, and no recorded runs stand behind it; what threads
do to one another is asked of `kvmviz.race`, every interleaving explored.
"""

from itertools import product

from kvmviz.check.broken.dpamt import PutInCallback, ZeroOnFailure
from kvmviz.check.experiments import never_linked
from kvmviz.check.experiments.pamt import PutInOp, reuse
from kvmviz.check.outcome import violations
from kvmviz.check.propositions.pamt_runs import BOUNDS, LINES, events, of, race, races, told
from kvmviz.check.propositions.registry import Runs, claim
from kvmviz.check.propositions.verdict import Finding, not_checkable, tried
from kvmviz.machine.module import RECLAIM
from kvmviz.machine.pamt_calls import REMOVE
from kvmviz.record.runs import Run, run
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PAGE_SIZE, PageName
from kvmviz.scenario.status import status_word
from kvmviz.terms.events import Free, HkidFree, PamtPut, Seamcall

SOFTIRQ = "nothing_is_put_in_softirq"


@claim("D1", "DP1", "If REMOVE fails the counter should go up again, since the pair is still there.")
def counter_goes_up_again(runs: Runs) -> Finding:
    """Use a region again after a refused REMOVE, with the counter at one and with it at zero."""
    kept, zero = reuse(runs.revision("dpamt")), reuse(ZeroOnFailure)
    found = tried((None, one) for one in (kept.refused == 0 and kept.small, zero.refused != 0))
    return found.because(
        f"With the counter at zero the next get adds a second pair and is refused with {status_word(zero.refused)}; "
        "with it at one, the region can be used."
    )


@claim("D2", "DP2", "That a region may have its pair already is only since put counts down outside the lock.")
def under_the_lock(_: Runs) -> Finding:
    """Explore the old design and the one with everything under the lock."""
    return tried((None, one) for one in (not all(races("old")), all(races("landed")))).because(
        f"{told('old')}; {told('landed')}: what landed has everything under the lock, and no special case."
    )


@claim("D3", "DP3", "There is no strong reason for a lock: the usual case is one atomic.")
def no_reason_for_a_lock(_: Runs) -> Finding:
    """Explore two designs that count without the lock."""
    return tried((None, all(races(design))) for design in ("old", "v6")).because(
        f"{told('old')}, {told('v6')}: counting up without the lock is safe, going to zero without it is "
        "not. How long a lock is waited for is not modelled."
    )


@claim("D4", "DP4", "The counter of a region is the number of its users.")
def counter_is_users(runs: Runs) -> Finding:
    """Hold every run's counters against the pages that have a reference."""
    which = runs.revision("dpamt")
    found = tried((line, "counters_are_their_users" not in violations(which, Scenario.parse(line))) for line in LINES)
    return found.because(
        f"In {found} scenarios it is the pages in use, those that leaked, and phantom references, which a refused "
        "REMOVE leaves."
    )


@claim("D5", "DP5", "If put and get meet at zero, get wins, sets one, and put sees that and leaves.")
def get_wins(_: Runs) -> Finding:
    """Explore the old design with more and more threads and rounds."""
    return tried((None, one) for one in races("old")).because(
        f"True of one put and one get; with another put after them {told('old')}: two threads wait for the "
        "lock, and both remove."
    )


@claim("D6", "DP6", "Counting down first and handling the special error keeps get and put in step.")
def kept_in_step(_: Runs) -> Finding:
    """Explore the old design with threads that can meet."""
    bounds = BOUNDS[1:]
    first = race("old", 2, 1).first
    return tried((None, race("old", *one).clean) for one in bounds).because(
        f"{told('old')}; the shortest bad schedule of two threads has {len(first.steps) if first else 0} steps."
    )


@claim("D7", "DP7", "Giving a page up cannot fail, and the module is never busy.")
def free_cannot_fail(runs: Runs) -> Finding:
    """Look for a refused REMOVE where the scenario refuses none."""
    asked = [(line, [e.status for e in events(one) if isinstance(e, Seamcall) and e.seamcall == REMOVE])
             for line, one in of(runs)]  # fmt: skip
    found = tried((line, not any(statuses)) for line, statuses in asked if statuses)
    return found.because(
        f"No REMOVE was refused in {found} scenarios that call it; with one lock for all regions nobody else is in the "
        "module's way."
    )


@claim("D8", "DP8", "The only harm of a pair that stays behind is that later calls may fail.")
def later_calls_fail(runs: Runs) -> Finding:
    """Use the region again, page by page and whole."""
    again = reuse(runs.revision("dpamt"))
    return tried((None, not ok) for ok in (again.small, again.large)).because(
        "Of later calls for that region, those for 4 KiB pages work, since the counter is above zero and nobody adds; "
        "the one for 2 MiB fails for good."
    )


@claim("D9", "DP9", "After a failed REMOVE the region can only be mapped by 4 KiB pages.")
def only_small_pages(runs: Runs) -> Finding:
    """Use the region again, page by page and whole."""
    again = reuse(runs.revision("dpamt"))
    return tried([(None, again.small and not again.large)]).because(
        f"4 KiB pages can be mapped, 2 MiB not. He asked for a loud report with the status: there are "
        f"{again.traces} trace and {again.lines} lines, so the status is in none."
    )


@claim("D10", "DP10", "The lock is needed only where the counter goes from or to zero; there are no holes.")
def lock_at_zero(_: Runs) -> Finding:
    """Explore the design that looks again under the lock."""
    return tried((None, one) for one in races("v6")).because(f"{told('v6')}.")


@claim("D11", "DP11", "The lock probably has to disable interrupts.")
def irqs_off(runs: Runs) -> Finding:
    """Ask in which context references are given up."""
    both = (runs.revision("dpamt"), PutInCallback)
    found = [any(SOFTIRQ in violations(one, Scenario.parse(line)) for line in LINES) for one in both]
    return tried((None, one) for one in found).because(
        "Only if a reference is given up in softirq, as by the RCU callback of earlier versions; now it never is."
    )


@claim("D12", "DP12", "Giving references up in the RCU callback makes the lock's state inconsistent.")
def callback_puts(_: Runs) -> Finding:
    """Let the callback give them up."""
    back = [line for line in LINES if "hkid" not in line and "fail=all" not in line]
    found = tried((line, SOFTIRQ in violations(PutInCallback, Scenario.parse(line))) for line in back)
    return found.because(
        f"In {found} scenarios in which a table's page comes back, dpamt_lock is taken in softirq, and in process "
        "context for other pages."
    )


@claim("D13", "DP13", "Freeing the page at once in the op is a way out of that.")
def at_once_is_a_way_out(runs: Runs) -> Finding:
    """Let the op give them up; the other way out, a lock that disables interrupts, is not modelled."""
    which = runs.revision("dpamt")
    found = tried((line, SOFTIRQ not in violations(which, Scenario.parse(line))) for line in LINES)
    return found.because(f"No reference is given up in softirq in {found} scenarios.")


@claim("D14", "DP14", "A RECLAIM that succeeds proves that nobody reads the page any more, so it may be freed at once.")
def reclaim_proves(runs: Runs) -> Finding:
    """Ask whether the key was gone when a table's page came back."""
    found = tried((line, _after_key(one)) for line, one in of(runs) if _reclaims(one))
    return found.because(
        f"In {found} scenarios no page came back before the key was freed, when no processor can walk the S-EPT; KVM "
        "itself never reads it."
    )


def _reclaims(one: Run) -> list[int]:
    return [place for place, e in enumerate(events(one))
            if isinstance(e, Seamcall) and e.seamcall == RECLAIM and e.status == 0]  # fmt: skip


def _after_key(one: Run) -> bool:
    gone = next((place for place, e in enumerate(events(one)) if isinstance(e, HkidFree)), None)
    return gone is not None and _reclaims(one)[0] > gone


@claim("D15", "DP15", "A warning in the common free helper does not work: unused pages have the pointer set.")
def warning_in_helper(runs: Runs) -> Finding:
    """Free a table that was never linked, with the warning in the helper."""
    found = [never_linked(runs.revision("v1+17"), tree) for tree in ("1x1x1", "1x1x3")]
    return tried((None, one.check_fires > 0) for one in found).because(
        "It would fire for a table that lost the race and was never linked, whose page the module never had."
    )


@claim("D16", "DP16", "No raw lock is needed: with PREEMPT_RT callbacks do not run in softirq.")
def preempt_rt(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable("The model has no PREEMPT_RT, in which contexts are others.")


@claim("D17", "DP17", "One lock for all is good enough for now, and can be split later.")
def good_enough(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable("How long threads wait is not modelled; that splitting it is no small step, D20 shows.")


@claim("D18", "DP18", "Giving the reference up in the op, with the page freed by RCU as before, comes to the same.")
def put_in_op(runs: Runs) -> Finding:
    """Compare how both end."""
    pairs = [(line, one.summary, run(PutInOp, line).summary) for line, one in of(runs)]
    found = tried((line, (a.pamt, a.leaked, sorted(p for p, _ in a.freed)) == (b.pamt, b.leaked,
                   sorted(p for p, _ in b.freed)) and not b.violations) for line, a, b in pairs)  # fmt: skip
    return found.because(
        f"The same pages are free and the same pairs have come back in {found} scenarios, if the pointer is cleared "
        "where the reclaim failed, and only there."
    )


@claim("D19", "DP19", "A lock that disables interrupts is to be preferred until there is a real problem.")
def prefers_irqs_off(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable("A preference; it was not followed.")


@claim("D20", "DP20", "With a lock for each region the module can be busy, since a pair may lie in another region.")
def per_region_locks(_: Runs) -> Finding:
    """Explore a design with a lock for each region."""
    bounds = BOUNDS[1:3]
    return tried((None, not race("per-region", *one).clean) for one in bounds).because(
        f"{told('per-region')}: ADD and REMOVE lock the region of the pages as well."
    )


@claim("D21", "DP21", "The one lock keeps the module from being busy.")
def never_busy(_: Runs) -> Finding:
    """Explore the design with one lock."""
    return tried((None, one) for one in races("landed")).because(f"{told('landed')}.")


@claim("D22", "DP22", "Without a fast path one guest that converts memory in a loop holds up all others.")
def holds_up_all(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable("Who waits how long is not modelled; it went in without the fast path.")


@claim("D23", "DP23", "A get takes 2 us on average without the fast path, and 15 us with five TDs.")
def get_takes(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable("A measurement on a machine; the model has no time in that sense.")


@claim("D24", "DP24", "With ten TDs of 16 GiB waiting for the lock is 4 ms of 60 s.")
def waiting_is_small(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable("A measurement on a machine; the model has no time in that sense.")


@claim("D25", "DP25", "Under the lock no atomics are needed.")
def no_atomics(_: Runs) -> Finding:
    """Explore what landed, whose counter is read and written in steps of their own under the lock."""
    return tried((None, one) for one in races("landed")).because(f"{told('landed')}.")


@claim("D26", "DP26", "A pair is needed before the first 4 KiB page of a region, and goes once all have come back.")
def goes_with_the_last(runs: Runs) -> Finding:
    """Ask whether a pair stays at the end."""
    ends = [(line, one.summary.pamt) for line, one in of(runs)]
    found = tried((line, end is not None and not end.pairs_pinned) for line, end in ends)
    return found.because(
        f"No pair of the TD's stays in {found} scenarios; in the others a page leaked, and on purpose its reference "
        "with it."
    )


@claim("D27", "DP27", "S-EPT pages are freed by the partner of a function that did not allocate them.")
def not_allocated_by_partner(runs: Runs) -> Finding:
    """Look for an allocation of S-EPT pages among what the revision has, and for the free."""
    ends = [(line, one) for line, one in of(runs) if _freed(one)]
    found = tried((line, all("tdx_free_control_page" in chain for chain in _freed(one))) for line, one in ends)
    return found.because(
        f"Each S-EPT page that came back goes through tdx_free_control_page in {found} scenarios, and none came from "
        "its partner: lopsided, but each page has one get and one put."
    )


def _freed(one: Run) -> list[tuple[str, ...]]:
    return [s.chain for s in one.steps if isinstance(s.event, Free) and PageName.parse(s.event.page).kind == "S-EPT"]


@claim("D28", "DP28", "Releases are balanced: every page of the TD gives up its reference.")
def balanced(runs: Runs) -> Finding:
    """Count the references that are given up against the pages, where nothing fails and where guest pages are lost."""
    lines = tuple(f"tree={tree}{leaves} region={region}" for tree, region, leaves in product(
        ("1x1x1", "1x1x3"), ("dense", "scattered"), ("", " leaves=present")))  # fmt: skip
    puts = [(line, sum(isinstance(e, PamtPut) for e in events(one))) for line, one in of(runs, lines)]
    found = tried((line, number == _pages(line)) for line, number in puts)
    return found.because(
        f"One put for each page in {found} scenarios. A guest page that cannot be removed keeps its reference by "
        "design, though its file frees the page."
    )


def _pages(line: str) -> int:
    """Return how many pages of a TD with one vCPU the module gets: control and S-EPT pages, two guest pages a table."""
    tree = Scenario.parse(line).tree
    return 13 + tree.count + 2 * tree.level_counts()[1]


@claim("D29", "DP29", "If all memory is in TDs, Dynamic PAMT takes slightly more than the fixed one.")
def slightly_behind(_: Runs) -> Finding:
    """Add up both for each region of a host of so many TiB."""
    fixed, pair, counter = 512 * 16, 2 * PAGE_SIZE, 4
    found = tried((None, (pair + counter) * regions > fixed * regions) for regions in (1, 1 << 19, 1 << 20))
    return found.because(
        f"The pair takes {pair:,} bytes for each 2 MiB, as the fixed ledger does ({fixed:,}); the counters are "
        f"{counter} bytes a region more, {counter * (1 << 19) >> 20} MiB for each TiB."
    )


@claim("D30", "DP30", "Why 2 MiB and not 1 GiB?")
def why_2m(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable("A question, and answered: only the ledger of 4 KiB pages is dynamic.")
