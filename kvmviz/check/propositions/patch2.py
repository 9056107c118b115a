"""The second and third version of the series, 9 and 28 May 2026, and the comments that landed."""

from kvmviz.check.experiments import vm_pointer
from kvmviz.check.propositions.facts import HKID_SITE, RECLAIM_SITE
from kvmviz.check.propositions.registry import AFTER, Runs, claim, uses_result
from kvmviz.check.propositions.reply import left_in_log
from kvmviz.check.propositions.sampling import TREES
from kvmviz.check.propositions.verdict import Finding, not_checkable, tried
from kvmviz.record.runs import run


@claim("V1", "V14", "On any error, the HKID check or the reclaim helper warns.")
def any_error_warns(runs: Runs) -> Finding:
    """Look for a trace of either site as tables go, wherever the op failed."""
    failing = [(s, f, len(f.leaked_tables())) for s, f in runs.of("v2") if f.leaked_tables()]
    found = tried((s, f.traces(HKID_SITE, RECLAIM_SITE) > 0) for s, f, _ in failing)
    each = tried((s, f.traces(HKID_SITE, RECLAIM_SITE) == k) for s, f, k in failing)
    mute = [f.bugged_in == "pre_destroy" for _, f, _ in failing if not f.traces(HKID_SITE, RECLAIM_SITE)]
    return found.because(
        f"One of them printed a trace in {found} scenarios in which the op failed, and one for each page in {each}. "
        f"In {sum(mute):,} of the others the VM was bugged before, which mutes the check; in {mute.count(False):,} the "
        "trace had been used up in this boot."
    )


@claim("V2", "V14", "On any error, the HKID check or the reclaim helper stops the VM.")
def any_error_stops(runs: Runs) -> Finding:
    """Look for the mark on the VM, wherever the op failed."""
    failing = [(s, f) for s, f in runs.of("v2") if f.leaked_tables()]
    found = tried((s, bool(f.bugged_in)) for s, f in failing)
    kept = tried((s, bool(f.bugged_in)) for s, f in failing if not f.hkid_freed)
    refused = tried((s, bool(f.bugged_in)) for s, f in failing if f.hkid_freed)
    null, real = vm_pointer(null=True, failures=3), vm_pointer(null=False, failures=3)
    return found.because(
        f"The VM is marked in {kept} scenarios with the HKID assigned, and in {refused} with refused reclaims: the "
        f"helper passes NULL for the VM. Passed the VM it would mark it ({_yes(real.vm_bugged)}; with NULL "
        f"{_yes(null.vm_bugged)}) and print {real.lines} error line for 3 failures instead of {null.lines}."
    )


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


@claim("V3", "V14", "As errors are handled inside the op, returning nothing loses nothing.")
def nothing_lost(runs: Runs) -> Finding:
    """Compare memory, and then the log, with what there was before."""
    failing = [(s, a, b) for s, a, b in runs.both("before", "v2") if a.leaked_tables() or b.leaked_tables()]
    memory = tried((s, a.memory() == b.memory()) for s, a, b in failing)
    log = tried((s, a.log() == b.log()) for s, a, b in failing)
    return (memory + log).because(
        f"For memory this is so in {memory} scenarios, for the log in {log}: each lost trace was one of "
        "generic code's."
    )


@claim("V4", "V14", "The log now tells readers that a failure is not silent.")
def log_says(runs: Runs) -> Finding:
    """The words are there; ask whether they are true of v2."""
    per_page, per_td = left_in_log(runs, "v2")
    return per_page.because(
        f"The words were added; under v2 itself every refused page left a line or a trace in {per_page} scenarios, and "
        f"the TD something in {per_td} (see B4)."
    )


@claim("V5", "V14", "The op runs with mmu_lock held for write.")
def under_lock(runs: Runs) -> Finding:
    """Note the lock at every call."""
    calling = [(s, every) for s, every in runs.all("before", *AFTER) if any(f.ops for f in every)]
    found = tried((s, all(lock == "write" for f in every for _, _, lock, _ in f.ops)) for s, every in calling)
    return found.because(
        f"It was held for write at every call, under all five revisions, in {found} scenarios: the only way there is "
        "the zap of invalidated roots."
    )


@claim("V6", "CODE", "The op is for tables that go away, and cannot fail.")
def for_tables(runs: Runs) -> Finding:
    """Hold the calls against the tables, one by one, and look at what the caller does with a result."""
    called = [(s, sorted(page for _, page, _, _ in f.ops), sorted(s.tree.sept_pages())) for s, f in runs.of("landed")]
    found = tried((s, ops == pages) for s, ops, pages in called)
    used = [name for name in AFTER if uses_result(runs.tree(name, "handle_removed_pt"), "free_external_spt")]
    return found.because(
        f"It is called once for each table, and for nothing else, in {found} scenarios; its caller uses a result in "
        f"{len(used)} of the {len(AFTER)} later revisions. What fails is handled inside (S3)."
    )


@claim("V7", "V3C", "All other changes go through set_external_spte; only giving up a table has its own op.")
def own_op(runs: Runs) -> Finding:
    """Collect every call from generic code into TDX code."""
    crossings = {tree: _crossings(runs, tree) for tree in TREES}
    expected = {"tdx_sept_set_private_spte", "tdx_sept_free_private_spt"}
    found = tried((f"tree={tree}", into == expected) for tree, into in crossings.items())
    return found.because(
        f"On {found} trees generic code enters TDX code at {' and '.join(sorted(set().union(*crossings.values())))} "
        "alone. The kernel's table of ops itself was read, not run."
    )


def _crossings(runs: Runs, tree: str) -> set[str]:
    steps = run(runs.revision("landed"), f"tree={tree}").steps
    pairs = [(a, b) for step in steps for a, b in zip(step.where, step.where[1:], strict=False)]
    return {b.function.name for a, b in pairs if (a.function.file, b.function.file) == ("tdp_mmu.c", "tdx.c")}


@claim("V8", "V3C", "v3 is v2 on a newer base, with a trace fixed.")
def only_rebased(_: Runs) -> Finding:
    """Nothing to run."""
    return not_checkable("Only the cover letter of v3 was readable, so there is no code of it to run.")
