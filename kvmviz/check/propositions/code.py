"""Comments in the code around the op, and what follows from the TDX module's source."""

from kvmviz.check.experiments import (
    busy_page,
    cascade,
    freeid_with_dirty_caches,
    seamcalls_for_guest_pages,
)
from kvmviz.check.propositions.facts import RECLAIM_SITE, Facts, observe
from kvmviz.check.propositions.registry import AFTER, Runs, claim
from kvmviz.check.propositions.sampling import TREES
from kvmviz.check.propositions.verdict import Finding, tried
from kvmviz.machine.module import RECLAIM
from kvmviz.machine.printk import Boot
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PageName, vcpu_names
from kvmviz.scenario.status import STATUS, WBCACHE_NOT_COMPLETE
from kvmviz.scenario.tree import Tree

VCPU_PAGES = tuple(vcpu_names(0))


@claim("K1", "CODE", "RECLAIM cannot find a page busy, so no retry is needed.")
def never_busy(runs: Runs) -> Finding:
    """Look for refusals that nobody injected; then let another thread hold a page."""
    asking = [(s, f) for s, f in runs.of("landed") if not s.fail and f.hkid_freed]
    found = tried((s, all(status != STATUS["OPERAND_BUSY"] for *_, status in f.calls)) for s, f in asking)
    asked, leaked = busy_page("tree=1x1x3")
    return found.because(
        f"With one thread nothing is ever busy, in {found} scenarios without an injected failure. If another thread "
        f"did hold a page, KVM would ask for it {asked} time and leak {leaked} pages for good, it and the TDR."
    )


@claim("K2", "CODE", "That is so because the control pages have been released by then.")
def control_pages_first(runs: Runs) -> Finding:
    """Note which control pages were reclaimed before the first table page was asked for."""
    asking = [(s, f) for s, f in runs.of("landed") if f.reclaimed_tables() or f.refused_tables()]
    found = tried((s, {"TDR", "TDCS[0]"} <= _before_tables(f)) for s, f in asking)
    vcpus = tried((s, set(VCPU_PAGES) <= _before_tables(f)) for s, f in asking)
    return found.because(
        f"The pages of vCPUs had all been asked for by then in {vcpus} scenarios, but TDCS and TDR in {found}: their "
        "turn comes after the tables'."
    )


def _before_tables(f: Facts) -> set[str]:
    asked = [page for _, call, page, _ in f.calls if call == RECLAIM]
    first = next(n for n, page in enumerate(asked) if PageName.parse(page).kind == "S-EPT")
    return set(asked[:first])


@claim("K3", "CODE", "If the cache write-back failed, KEY.FREEID will fail.")
def freeid_fails(runs: Runs) -> Finding:
    """Look at the status of KEY.FREEID after a failed write-back."""
    failing = [(s, f) for s, f in runs.of("landed") if f.status_of("TDH.PHYMEM.CACHE.WB")]
    found = tried((s, f.status_of("TDH.MNG.KEY.FREEID") == WBCACHE_NOT_COMPLETE) for s, f in failing)
    return found.because(f"It answered WBCACHE_NOT_COMPLETE in {found} scenarios in which the write-back failed.")


@claim("K4", "CODE", "No need to warn of an assigned HKID at the control pages: its release has warned.")
def already_warned(runs: Runs) -> Finding:
    """Look for anything printed as the key's release failed."""
    kept = [(s, f) for s, f in runs.of("landed") if not f.hkid_freed]
    found = tried((s, f.printed("pre_destroy") > 0) for s, f in kept)
    quiet = sorted({s.hkid for s, f in kept if not f.printed("pre_destroy")})
    mute = sum(not any(map(f.printed, f.phases())) for _, f in kept)
    return found.because(
        f"The release printed something in {found} scenarios with the HKID assigned; with "
        f"{', '.join(quiet) or 'no cause'} it leaves without a word. In {mute:,} nothing at all is printed in the "
        "whole teardown."
    )


@claim("K5", "CODE", "With the HKID assigned, the pages of vCPUs are leaked.")
def vcpu_pages_leak(runs: Runs) -> Finding:
    """Look for them among the leaked."""
    kept = [(s, f) for s, f in runs.of("landed") if not f.hkid_freed]
    found = tried((s, set(VCPU_PAGES) <= set(f.leaked)) for s, f in kept)
    return found.because(f"All {len(VCPU_PAGES)} pages of the vCPU leak in {found} scenarios with the HKID assigned.")


@claim("K6", "CODE", 'What the line "HKID is leaked" means is the key id.')
def key_is_leaked(runs: Runs) -> Finding:
    """Look for a key id that went back after all."""
    told = [(s, f) for s, f in runs.of("landed") if _says_leaked(f)]
    found = tried((s, not f.hkid_freed) for s, f in told)
    return found.because(
        f"The key id never went back to the pool in {found} scenarios with that line. The charge to the cgroup, which "
        "is returned with it, is not modelled."
    )


def _says_leaked(f: Facts) -> bool:
    """Say whether the release printed the line of the leaked HKID, which no rate limit withholds."""
    return any("is leaked" in message for message in f.messages)


@claim("K7", "CODE", "All private guest pages are gone before the HKID is released.")
def leaves_first(runs: Runs) -> Finding:
    """Ask for every guest page before the release begins."""
    removing = [(s, f) for s, f in runs.of("landed") if f.removed_leaves()]
    found = tried((s, not f.guest_owned) for s, f in removing)
    odd = observe(runs.revision("landed"), Scenario.parse("tree=1x1x3 leaves=present"), Boot())
    return found.because(
        f"They are, in {found} scenarios: an open guest_memfd file pins the VM. In the counterfactual leaves=present, "
        f"{odd.guest_owned} guest pages of tree=1x1x3 would never come back."
    )


@claim("K8", "OLD", "The HKID is free, so the caches have been flushed and the op need not flush.")
def flushed_by_then(runs: Runs) -> Finding:
    """Look for the write-back before the key went, and try without it."""
    freed = [(s, f) for s, f in runs.of("before") if f.hkid_freed]
    found = tried((s, f.status_of("TDH.PHYMEM.CACHE.WB") == 0) for s, f in freed)
    dirty = freeid_with_dirty_caches("tree=1x1x1", dirty=True)
    return found.because(
        f"The write-back succeeded in {found} scenarios in which the HKID was freed; without one the module answers "
        f"KEY.FREEID with {dirty:#x}."
    )


@claim("K9", "MOD", "One failed reclaim of a table page makes the TDR's reclaim fail.")
def tdr_too(runs: Runs) -> Finding:
    """Look at the TDR's status wherever a table page was refused."""
    refused = [(s, every) for s, every in runs.all("before", *AFTER) if every[0].refused_tables()]
    wanted = STATUS["TD_ASSOCIATED_PAGES_EXIST"]
    found = tried((s, all(f.status_of(RECLAIM, "TDR") == wanted for f in every)) for s, every in refused)
    one = cascade("tree=1x1x3 fail=L1@0x200")
    return found.because(
        f"The TDR was refused with {one.tdr or 'nothing'} in {found} scenarios, under all revisions: after one failure "
        f"the module still counts {one.children} child. This was not run on hardware."
    )


@claim("K10", "KVM", "The helper's one trace may be used up by a vCPU page, before any table page.")
def trace_used_up(runs: Runs) -> Finding:
    """Let a vCPU page and a table page fail together, in a fresh boot."""
    lines = [
        f"tree={tree} fail=L{level}@{gfn:#x},{page}"
        for tree in TREES for level, gfn in Tree.parse(tree).tables() for page in VCPU_PAGES
    ]  # fmt: skip
    seen = [(s, observe(runs.revision("landed"), s, Boot())) for s in map(Scenario.parse, lines)]
    found = tried(
        (s, f.traces(RECLAIM_SITE, phase="vcpu_free") == 1 and not f.traces(RECLAIM_SITE))
        for s, f in seen if f.refused_tables()
    )  # fmt: skip
    return found.because(
        f"It was, in {found} scenarios in which a vCPU page and a table page fail in a fresh boot. A compiler that "
        "keeps a copy of the helper for each caller would give each a trace."
    )


@claim("K11", "KVM", "Leaked S-EPT pages show neither in the page-table counter nor in the count of tables.")
def invisible(runs: Runs) -> Finding:
    """Look at KVM's own count where pages leaked."""
    leaking = [(s, f) for s, f in runs.of("landed") if f.leaked_tables()]
    site = "tdp_mmu.c:kvm_mmu_uninit_tdp_mmu:WARN_ON"
    found = tried((s, f.counted == 0 and not f.true(site)) for s, f in leaking)
    return found.because(
        f"KVM's count stood at zero, and its check was satisfied, in {found} scenarios in which S-EPT pages leak: "
        "only spt is counted, and it is taken off before the op runs."
    )


@claim("K12", "T", "Releasing the HKID first makes teardown faster.")
def fewer_calls(_: Runs) -> Finding:
    """Count SEAMCALLs for the guest's pages, with the key and without."""
    calls = {t: [seamcalls_for_guest_pages(f"tree={t}", key_first=first) for first in (False, True)] for t in TREES}
    found = tried((None, without < with_key) for with_key, without in calls.values())
    ratios = sorted({with_key // without for with_key, without in calls.values()})
    return found.because(
        f"It takes {' or '.join(map(str, ratios))} SEAMCALLs for a guest page with the key and 1 without, on {found} "
        "trees; the seconds that the log gives cannot be repeated here."
    )
