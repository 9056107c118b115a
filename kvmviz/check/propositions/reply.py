"""Binbin Wu's reply to [PATCH 16/17], 8 April 2026: the message that began it all."""

from kvmviz.check.experiments import burst
from kvmviz.check.experiments.arguments import gfn_agrees
from kvmviz.check.propositions.facts import MIRROR_SITE, RECLAIM_SITE
from kvmviz.check.propositions.registry import AFTER, Runs, claim, reads
from kvmviz.check.propositions.sampling import TREES
from kvmviz.check.propositions.verdict import Finding, Tried, tried
from kvmviz.record.runs import run
from kvmviz.revisions import REVISIONS


@claim("B1", "B16", "Before the patch, an error of the reclaim makes generic code warn.")
def warns_for_each(runs: Runs) -> Finding:
    """Count the generic warning's traces against refused reclaims."""
    pairs = [(s, f.traces(MIRROR_SITE), len(f.refused_tables())) for s, f in runs.of("before") if f.refused_tables()]
    found = tried((s, traces == refused) for s, traces, refused in pairs)
    most = max((refused for _, _, refused in pairs), default=0)
    return found.because(
        f"The warning printed one trace for each refused page in {found} scenarios with a refusal, up to {most} in one "
        'teardown: it has no "once".'
    )


@claim("B2", "B16", "After the patch, the warning deeper in the reclaim helper covers that failure.")
def covered_by_helper(runs: Runs) -> Finding:
    """Ask the helper's site for a trace, and for its condition, at each refusal."""
    refusing = [(s, f, len(f.refused_tables())) for s, f in runs.of("v1") if f.refused_tables()]
    found = tried((s, f.traces(RECLAIM_SITE) == k) for s, f, k in refusing)
    true = tried((s, f.true(RECLAIM_SITE) == k) for s, f, k in refusing)
    first = tried((s, f.traces(RECLAIM_SITE) == 1) for s, f, _ in refusing if s.boot is None)
    return found.because(
        f"Its condition is true for every refused page in {true} scenarios, but it prints a trace once a boot: each "
        f"failure has its own trace in {found}. The first one of a boot has it in {first}, with {_callers(runs)} among "
        "its callers."
    )


def _callers(runs: Runs) -> str:
    """Return which of the two functions of interest stand in the call chain of the helper's trace."""
    steps = run(runs.revision("v1"), "tree=1x1x1 fail=L1@0x0").steps
    chain = next((step.chain for step in steps if getattr(step.event, "site", "") == RECLAIM_SITE), ())
    named = [name for name in ("handle_removed_pt", "tdx_sept_free_private_spt") if name in chain]
    return " and ".join(named) or "neither caller"


@claim("B3", "B16i", "The helper's warning is new with the patch: it takes the generic warning's place.")
def helper_is_new(runs: Runs) -> Finding:
    """Compare the helper's traces and conditions of both revisions."""
    both = [(s, a, b) for s, a, b in runs.both("before", "v1") if b.true(RECLAIM_SITE)]
    found = tried((s, a.true(RECLAIM_SITE) == 0) for s, a, b in both)
    same = tried(
        (s, (a.true(RECLAIM_SITE), a.traces(RECLAIM_SITE)) == (b.true(RECLAIM_SITE), b.traces(RECLAIM_SITE)))
        for s, a, b in both
    )
    line, a, b = next(((s, a, b) for s, a, b in both if b.traces(RECLAIM_SITE)), both[0])
    return found.because(
        f"It was true as often and printed as much before, in {same} scenarios; {line} prints {a.traces()} traces "
        f"before ({a.traces(RECLAIM_SITE)} of them the helper's) and {b.traces()} after."
    )


def left_in_log(runs: Runs, *names: str) -> tuple[Tried, Tried]:
    """Ask whether the log holds something of each refused table page, and of the TD, under all these revisions.

    Each refusal tries an error line, and a trace is printed only beside one; so a
    page left nothing exactly if its line was withheld.
    """
    refusing = [(s, every) for s, every in runs.all(*names) if every[0].refused_tables()]
    per_page = tried((s, not any(f.error_lines(printed=False) for f in every)) for s, every in refusing)
    per_td = tried((s, all(any(map(f.printed, f.phases())) for f in every)) for s, every in refusing)
    return per_page, per_td


@claim("B4", "B16", "So a failed reclaim is not silent after the patch.")
def not_silent(runs: Runs) -> Finding:
    """Look for failures of table pages that left neither trace nor line."""
    per_page, per_td = left_in_log(runs, *AFTER)
    fast, slow = burst(runs.revision("v1"), 20, 1), burst(runs.revision("v1"), 20, 60)
    return per_page.because(
        f"Every refused page left a line or a trace in {per_page} scenarios, and the TD as a whole left something in "
        f"{per_td}. Of {fast.failures} failures within one second {fast.mute} leave nothing, of as many within a "
        f"minute {slow.mute}."
    )


@claim("B5", "B16", "The reply is about reclaim errors: it says nothing of an HKID that stayed assigned.")
def says_nothing_of_hkid(runs: Runs) -> Finding:
    """Look for the helper where the HKID is still assigned."""
    kept = [(s, a, b) for s, a, b in runs.both("before", "v1") if not a.hkid_freed]
    found = tried((s, b.true(RECLAIM_SITE) == 0 and not list(b.reclaims())) for s, _, b in kept)
    mute = tried((s, a.traces() > 0) for s, a, b in kept if not b.printed("mmu_uninit"))
    return found.because(
        f"With the HKID assigned the helper is reached in none of {found.scenarios:,} scenarios. In "
        f"{mute.scenarios:,} of them v1 prints nothing at all as tables are taken down, where before there were traces "
        f"in {mute.holds:,}."
    )


@claim("B6", "B16", "The TDX function does not use the gfn that it is passed.")
def gfn_unused(runs: Runs) -> Finding:
    """Look for reads of `gfn` in the syntax trees of the revisions that pass it."""
    names = [name for name, one in REVISIONS.items() if "gfn" in one.op_arguments]
    used = {name: reads(runs.tree(name, "tdx_sept_free_private_spt"), "gfn") for name in names}
    return tried((None, not read) for read in used.values()).because(
        f"{sum(used.values())} of the {len(used)} functions that take it ({', '.join(used)}) read it."
    )


@claim("B7", "B16", "sp->gfn holds the same value, so that passing gfn is redundant.")
def gfn_redundant(runs: Runs) -> Finding:
    """Compare both at every call of the op."""
    lines = [f"tree={tree}{zap}" for tree in TREES for zap in ("", " zap=prove-mmu")]
    found = tried((line, same) for line in lines for same in gfn_agrees(runs.revision("v1"), line))
    return found.because(f"The two are equal in {found} calls of the op, on {len(TREES)} trees in either zap order.")
