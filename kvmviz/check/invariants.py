"""What has to hold in every scenario, whatever a patch does: one `validate_*` function each.

>>> seen = observe(REVISIONS["before"], Scenario.parse("fail=L1@0x200"))
>>> validate_generic_code_leaves_external_spt_alone(seen)
Traceback (most recent call last):
  ...
kvmviz.check.invariant_error.InvariantError: tdp_mmu.c:handle_removed_pt clears external_spt of spt L1 gfn=0x200

A validator takes an `Observation`.  It returns whether its premise was met, that
is, whether the run could have broken it, and raises `InvariantError` with one
sentence if it did.  Here is what must not happen to pages and tables; what each
function owes is in `duties`, what must be said of a leak in `reporting`.
"""

from kvmviz.check.invariant_error import InvariantError
from kvmviz.check.observation import REFERENCE, REVISIONS, Observation, no_violation, observe, parents
from kvmviz.check.rule import invariant
from kvmviz.machine.module import RECLAIM
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PageName
from kvmviz.scenario.status import SUCCESS
from kvmviz.terms.events import (
    DoubleFree,
    Free,
    HkidFree,
    HkidLeak,
    Op,
    Reset,
    Seamcall,
    SetNull,
)

__all__ = ["REVISIONS", "Scenario", "observe"]

HAD_BACK = (RECLAIM, "TDH.MEM.PAGE.REMOVE")
"""The SEAMCALLs that give a page back to the host."""


@invariant("A page that the TDX module still owns is never freed.", "the module kept a page")
def validate_owned_pages_are_not_freed(seen: Observation) -> bool:
    no_violation(seen, "freed while")
    return bool(seen.summary.leaked or seen.summary.guest_owned)


@invariant("A page that the TDX module still owns is never written.", "the module kept a page")
def validate_owned_pages_are_not_written(seen: Observation) -> bool:
    no_violation(seen, "written while")
    return bool(seen.summary.leaked or seen.summary.guest_owned)


@invariant("Nothing is freed twice, no page and no table's header, nor queued for that twice.", "something is freed")
def validate_nothing_is_freed_twice(seen: Observation) -> bool:
    for _, again in seen.of(DoubleFree):
        raise InvariantError(f"{again.page} is freed twice")
    no_violation(seen, "twice")
    return bool(seen.of(Free))


@invariant("Nothing is used after it was freed: no page, no entry of a table, no table's header.", "something is freed")
def validate_nothing_is_used_after_free(seen: Observation) -> bool:
    no_violation(seen, "after it was freed")
    return bool(seen.of(Free))


@invariant(
    "A mirror table and its header are freed only when every reader under RCU is done.",
    "a mirror table is freed",
)
def validate_tables_wait_for_readers(seen: Observation) -> bool:
    no_violation(seen, "grace period")
    tables = [free for _, free in seen.of(Free) if PageName.parse(free.page).kind == "spt"]
    for free in tables:
        if free.how != "rcu":
            raise InvariantError(f"{free.page} is freed without waiting for a grace period")
    return bool(tables)


@invariant("A page of KVM's stays with the TDX module only if that would not give it back.", "a page leaks")
def validate_no_needless_leak(seen: Observation) -> bool:
    for page in seen.summary.needless:
        raise InvariantError(f"{page} stays with the TDX module, which would have given it back")
    return bool(seen.summary.leaked)


@invariant(
    "A page that KVM has, or has back, is freed in the end, and so is each table's header.",
    "the teardown comes to its end",
)
def validate_own_pages_are_freed(seen: Observation) -> bool:
    for page in seen.summary.unfreed:
        raise InvariantError(f"{page} is KVM's and is never freed")
    if seen.headers and not seen.summary.panicked:
        raise InvariantError(f"the headers of {seen.headers} tables are never freed")
    return not seen.summary.panicked


@invariant(
    "No page is reclaimed before the HKID is gone.",
    "a page is reclaimed, or the HKID stays and the op is called",
)
def validate_no_reclaim_before_the_hkid_is_gone(seen: Observation) -> bool:
    calls = [(place, call) for place, call in seen.of(Seamcall) if call.seamcall == RECLAIM]
    gone = next((place for place, _ in seen.of(HkidFree)), None)
    for place, call in calls:
        if gone is None or place < gone:
            raise InvariantError(f"{call.page} is asked for while the HKID is still assigned")
    return bool(calls) or bool(seen.of(HkidLeak) and seen.of(Op))


@invariant(
    "A table's S-EPT page is given up only after those below it.",
    "an S-EPT page and the one above it are given up",
)
def validate_children_before_parents(seen: Observation) -> bool:
    above, gone = parents(seen.scenario.tree), set[str]()
    for _, op in seen.of(Op):
        parent = above.get(op.page)
        if parent in gone:
            raise InvariantError(f"{op.page} is given up after {parent}, which is above it")
        gone.add(op.page)
    return any(above.get(page) in gone for page in gone)


@invariant("No page is asked for twice: a refusal is final, and a success too.", "a page is reclaimed")
def validate_each_page_is_asked_for_once(seen: Observation) -> bool:
    asked = [call.page for _, call in seen.of(Seamcall) if call.seamcall == RECLAIM]
    if len(set(asked)) < len(asked):
        raise InvariantError(f"{next(page for page in asked if asked.count(page) > 1)} is asked for twice")
    return bool(asked)


@invariant("The op is called for tables that have an S-EPT page, never for the root.", "the op is called")
def validate_op_gets_no_root(seen: Observation) -> bool:
    for _, op in seen.of(Op):
        if PageName.parse(op.page).kind != "S-EPT":
            raise InvariantError(f"the op is called for {op.page}, which has no S-EPT page")
    return bool(seen.of(Op))


@invariant("The op is called with mmu_lock held for write.", "the op is called")
def validate_op_holds_the_mmu_lock(seen: Observation) -> bool:
    for _, op in seen.of(Op):
        if op.mmu_lock != "write":
            raise InvariantError(f"the op is called for {op.page} without mmu_lock")
    return bool(seen.of(Op))


@invariant(
    "A page that was reclaimed is reset before anyone else gets it (tdx_quirk_reset_paddr).",
    "a page is reclaimed and freed",
)
def validate_pages_are_reset_before_use(seen: Observation) -> bool:
    freed = {free.page: place for place, free in seen.of(Free)}
    reset = {event.page: place for place, event in seen.of(Reset)}
    met = False
    for place, call in seen.of(Seamcall):
        if call.seamcall in HAD_BACK and call.status == SUCCESS and call.page:
            end = len(seen.entries) if call.seamcall != RECLAIM else freed.get(call.page, -1)
            met = met or end >= 0
            if end >= 0 and not place < reset.get(call.page, -1) < end:
                raise InvariantError(f"{call.page} is given away without a reset")
    return met


@invariant(
    "Guest pages are taken back when the guest's memory file is closed.",
    "leaves=gone, and the teardown comes to its end",
)
def validate_guest_pages_are_taken_back(seen: Observation) -> bool:
    met = seen.scenario.leaves == "gone" and not seen.summary.panicked
    if met:
        for page in seen.summary.guest_owned:
            raise InvariantError(f"{page} stays with the TDX module, though its file is closed")
    return met


@invariant(
    "The same pages leak in every revision.",
    "the teardown comes to its end, and a page leaks under the reference or here",
)
def validate_same_pages_leak(seen: Observation) -> bool:
    if seen.summary.panicked:
        return False
    here, there = frozenset(seen.summary.leaked), seen.reference_leaks
    for page in sorted(here - there):
        raise InvariantError(f"{page} leaks, but not under {REFERENCE}")
    for page in sorted(there - here):
        raise InvariantError(f"{page} leaks under {REFERENCE}, but not here")
    return bool(here)


@invariant(
    "Generic MMU code does not write external_spt; it belongs to TDX code.",
    "somebody clears an external_spt",
)
def validate_generic_code_leaves_external_spt_alone(seen: Observation) -> bool:
    for _, event in seen.of(SetNull):
        if not event.by.startswith("tdx.c:"):
            raise InvariantError(f"{event.by} clears external_spt of {event.page}")
    return bool(seen.of(SetNull))
