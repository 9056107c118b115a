"""The log and comments of [PATCH 16/17], 27 March 2026."""

from kvmviz.check.experiments import tear_down_without_mirror
from kvmviz.check.propositions.facts import HKID_SITE, Facts
from kvmviz.check.propositions.registry import AFTER, Runs, claim, reads, uses_result, writes
from kvmviz.check.propositions.sampling import TREES
from kvmviz.check.propositions.verdict import Finding, tried

GENERIC = ("handle_removed_pt", "tdp_mmu_free_sp", "tdp_mmu_free_sp_rcu_callback")
"""What a revision has of generic MMU code."""


def generic_never_writes(runs: Runs) -> Finding:
    """Watch who clears external_spt, and look for writes in the generic functions."""
    names = [name for name in AFTER for function in GENERIC if writes(runs.tree(name, function), "external_spt")]
    before = {by for _, f in runs.of("before") for by in f.nulled.values()}
    cleared = [(s, [f.nulled for f in every]) for s, every in runs.all(*AFTER) if any(f.nulled for f in every)]
    found = tried((s, all(by.startswith("tdx.c:") for n in nulled for by in n.values())) for s, nulled in cleared)
    return found.because(
        f"Only TDX code cleared the pointer, in {found} scenarios in which it was cleared; before it was "
        f"{' and '.join(sorted(by.split(':')[1] for by in before))}. Generic code of {len(names)} of the {len(AFTER)} "
        "later revisions writes it."
    )


leaking_is_tdx = claim(
    "S1", "S16", "After the patch, leaking a page that cannot be reclaimed is TDX code's affair alone."
)(generic_never_writes)  # fmt: skip


@claim("S2", "S16", "That TDX code clears external_spt comes to the same as generic code doing it.")
def same_memory(runs: Runs) -> Finding:
    """Compare what leaked and what was freed."""
    leaking = [(s, a, b) for s, a, b in runs.both("before", "v1") if a.leaked_tables() or b.leaked_tables()]
    found = tried((s, a.memory() == b.memory()) for s, a, b in leaking)
    most = max((len(a.leaked_tables()) for _, a, _ in leaking), default=0)
    return found.because(
        f"The same pages leak and the same are freed in {found} scenarios in which table pages leak, up to {most} of "
        "them."
    )


@claim("S3", "S16", "To its caller the op always succeeds, like an ordinary free.")
def like_a_free(runs: Runs) -> Finding:
    """Ask whether the caller looks at a result, and whether the memory comes back."""
    ignored = not uses_result(runs.tree("v1", "handle_removed_pt"), "free_external_spt")
    found = tried((s, not f.leaked_tables()) for s, f in runs.of("v1") if f.ops)
    return found.because(
        f"The caller {'looks at no result' if ignored else 'looks at the result'}. But a free that succeeds gives "
        f"memory back, and every S-EPT page came back in only {found} scenarios."
    )


@claim("S4", "S16", "The level argument was unused.")
def level_unused(runs: Runs) -> Finding:
    """Look for reads of the op's arguments before the patch."""
    tree = runs.tree("before", "tdx_sept_free_private_spt")
    unread = [name for name in ("gfn", "level") if not reads(tree, name)]
    return tried([(None, "level" in unread)]).because(
        f"Of its arguments the function before the patch leaves unread: {', '.join(unread) or 'none'}."
    )


@claim("S5", "S16", "A failure is handled as before; only the place of the code has changed.")
def only_moved(runs: Runs) -> Finding:
    """Compare everything observable wherever a table page cannot be reclaimed."""
    failing = [(s, a, b) for s, a, b in runs.both("before", "v1") if a.leaked_tables() or b.leaked_tables()]
    found = tried((s, (a.log(), a.memory()) == (b.log(), b.memory())) for s, a, b in failing)
    shown = {
        words: next(((a, b) for s, a, b in failing if str(s) == f"tree=1x1x1 {words}"), None)
        for words in ("hkid=key-freeid-error", "hkid=flushvp-not-done", "fail=L1@0x0")
    }
    grid = "; ".join(f"{words} {pair[0].traces()} to {pair[1].traces()}" for words, pair in shown.items() if pair)
    return found.because(
        f"The log is the same in {found} scenarios in which a table page leaks. Traces as the tables of tree=1x1x1 go: "
        f"{grid}."
    )


@claim("S6", "S16", "While the TD runs, KVM frees no mirror table, only leaves.")
def no_table_while_running(runs: Runs) -> Finding:
    """Watch the removal of all guest pages of a running TD for anything that happens to a table."""
    removing = [(s, f, f.removed_leaves()) for s, f in runs.of("v1") if f.removed_leaves()]
    found = tried((s, "gmem_release" not in f.tables_touched_in()) for s, f, _ in removing)
    return found.because(
        f"Taking back every guest page of a TD with its key, up to {max((n for _, _, n in removing), default=0)} of "
        f"them, calls the op for no table and frees none, in {found} scenarios. Fast zap of a memory slot is not "
        "modelled: it takes direct roots only."
    )


@claim("S7", "S16", "The op is called only after the HKID was freed.")
def after_key(runs: Runs) -> Finding:
    """Note at each call whether the HKID was free by then."""
    calling = [(s, f) for s, f in runs.of("v1") if f.ops]
    found = tried((s, all(free for *_, free in f.ops)) for s, f in calling)
    noticed = tried((s, f.true(HKID_SITE) == len(f.ops)) for s, f in calling if not f.hkid_freed)
    return found.because(
        f"It is so in {found} scenarios: all those in which the HKID is released. In the others the op's own check is "
        f"true at every call in {noticed}."
    )


@claim("S8", "S16", "Leaking keeps the kernel from touching a page that is still the module's.")
def leaked_untouched(runs: Runs) -> Finding:
    """Look for a reset, a free or a misuse of a page that leaked."""
    leaking = [(s, every) for s, every in runs.all("before", *AFTER) if every[0].leaked]
    found = tried((s, not any(_touched(f) for f in every)) for s, every in leaking)
    return found.because(f"No leaked page was reset or freed, under any revision, in {found} scenarios with a leak.")


def _touched(f: Facts) -> bool:
    leaked = set(f.leaked)
    return bool(f.bad or leaked.intersection(f.resets) or leaked.intersection(page for _, page, _ in f.frees))


@claim("S9", "S16", "A VM type without the op is unaffected.")
def without_op(runs: Runs) -> Finding:
    """Tear down tables that mirror nothing."""
    lines = [f"tree={tree} zap={zap}" for tree in TREES for zap in ("default", "prove-mmu")]
    found = tried((None, tear_down_without_mirror(runs.revision(n), line)) for n in AFTER for line in lines)
    return found.because(
        f"Tables that mirror nothing are freed without the op being called, and without a word, in {found} trials: "
        f"{len(AFTER)} revisions, {len(lines)} trees and zap orders."
    )


@claim("S10", "S16", "What cannot be removed, and so leaks, is an entry of the S-EPT.")
def entry_removed(runs: Runs) -> Finding:
    """Look for SEAMCALLs that edit an entry as tables are given up."""
    leaking = [(s, f) for s, f in runs.of("v1") if f.leaked_tables()]
    calls = [(s, {call for phase, call, _, _ in f.calls if phase == "mmu_uninit"}) for s, f in leaking]
    asked = {call for _, some in calls for call in some}
    found = tried((s, any(call.startswith("TDH.MEM.") for call in some)) for s, some in calls)
    return found.because(
        f"What leaks is the table page. As tables go KVM asks the module for nothing but {', '.join(sorted(asked))}; "
        f"no entry of the S-EPT is edited in any of the {found.scenarios:,} scenarios."
    )
