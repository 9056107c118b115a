"""What each function of the teardown owes: to the page, to the lock, to whoever reads the log.

>>> from kvmviz.check.observation import REVISIONS, observe
>>> from kvmviz.scenario import Scenario
>>> validate_refused_reclaims_bug_nobody(observe(REVISIONS["v1"], Scenario.parse("fail=L1@0x200")))
True

As in `invariants`, each says when it is put to the test.  Where a fault can be seen by
the machine alone (a header used after it was freed), `kvmviz.machine.memory` notes it.
"""

from collections import Counter
from typing import Final

from kvmviz.check.invariant_error import InvariantError
from kvmviz.check.observation import Observation, no_violation
from kvmviz.check.rule import invariant
from kvmviz.machine.module import RECLAIM
from kvmviz.revisions import LEAF_NAMES
from kvmviz.scenario.names import PageName
from kvmviz.scenario.status import SUCCESS
from kvmviz.terms.events import (
    CallRcu,
    HkidFree,
    HkidLeak,
    Masked,
    Op,
    PrErr,
    RcuBarrier,
    RcuCallback,
    Reset,
    Seamcall,
    VmBugged,
    Warn,
)

REMOVE: Final = "TDH.MEM.PAGE.REMOVE"
WBINVD: Final = "TDH.PHYMEM.PAGE.WBINVD"

_OF_GUEST_PAGES: Final = (*LEAF_NAMES, "tdx_track", "handle_changed_spte")
"""Functions that report about guest pages, which may still be mapped when the key is gone."""


def _function(site: str) -> str:
    return site.split(":")[1]


@invariant(
    "The op forgets a page that it does not hand over: no table is queued that points at a page which is free or "
    "which the TDX module owns.",
    "a table is queued for RCU",
)
def validate_queued_tables_point_at_nothing_lost(seen: Observation) -> bool:
    no_violation(seen, "pointed at by a table")
    return bool(seen.of(CallRcu))


@invariant("The RCU callback finds nothing to warn of.", "an RCU callback runs")
def validate_callbacks_have_nothing_to_warn_of(seen: Observation) -> bool:
    for _, warn in seen.of(Warn):
        if _function(warn.site) in ("tdp_mmu_free_sp_rcu_callback", "tdp_mmu_free_sp"):
            raise InvariantError(f"{warn.site} is true")
    return bool(seen.of(RcuCallback))


@invariant(
    "An HKID that stays assigned marks the VM as bugged once a table's page is given up for it (KVM_BUG_ON).",
    "the HKID stays assigned, the op is called and the host lives on",
)
def validate_kept_hkid_bugs_the_vm(seen: Observation) -> bool:
    met = bool(seen.of(HkidLeak) and seen.of(Op)) and not seen.summary.panicked
    if met and not seen.summary.vm_bugged:
        raise InvariantError("the HKID stays assigned, and no VM is marked bugged")
    return met


@invariant("A refused reclaim marks no VM as bugged (it is reported with NULL).", "the HKID is gone")
def validate_refused_reclaims_bug_nobody(seen: Observation) -> bool:
    gone = next((place for place, _ in seen.of(HkidFree)), None)
    for place, bugged in seen.of(VmBugged):
        if gone is not None and place > gone and _function(bugged.site) not in _OF_GUEST_PAGES:
            raise InvariantError(f"{bugged.site} marks the VM as bugged, though no key was left behind")
    return gone is not None


@invariant(
    "A guest page is taken back in order: blocked, tracked, removed, written back, reset; the TDX module refuses no "
    "step of it.",
    "a guest page is taken back while the key is assigned",
)
def validate_guest_pages_go_in_order(seen: Observation) -> bool:
    gone = next((place for place, _ in seen.of(HkidFree)), len(seen.entries))
    calls = [(place, call) for place, call in seen.of(Seamcall) if place < gone and call.seamcall != RECLAIM]
    written = {str(call.page): place for place, call in calls if call.seamcall == WBINVD and call.status == SUCCESS}
    reset = {event.page: place for place, event in seen.of(Reset)}
    met = False
    for place, call in calls:
        if (call.seamcall.startswith("TDH.MEM.") or call.seamcall == WBINVD) and call.status != SUCCESS:
            raise InvariantError(f"{call.seamcall} of {call.page or 'the TD'} is refused, for want of what comes first")
        if call.seamcall == REMOVE and not seen.summary.panicked:
            met, page = True, str(call.page)
            if not place < written.get(page, -1) < reset.get(page, len(seen.entries)):
                raise InvariantError(f"{page} is removed and reset without being written back in between")
    return met


@invariant("Nothing is asked about guest memory once the key is gone.", "guest pages are mapped when the key is gone")
def validate_guest_memory_needs_the_key(seen: Observation) -> bool:
    gone = next((place for place, _ in seen.of(HkidFree)), len(seen.entries))
    for place, call in seen.of(Seamcall):
        if place > gone and call.seamcall.startswith("TDH.MEM."):
            raise InvariantError(f"{call.seamcall} is asked for though the key is gone")
    return bool(seen.of(HkidFree)) and seen.scenario.leaves == "present"


@invariant(
    "TDX code reports guest pages that it cannot take back, and generic code hears of each.",
    "guest pages are mapped when the key is gone, and the host lives on",
)
def validate_lost_guest_pages_are_reported(seen: Observation) -> bool:
    lost = len(seen.summary.guest_owned)
    if seen.summary.panicked or not lost or not seen.of(HkidFree) or seen.scenario.leaves != "present":
        return False
    sites = [warn.site for _, warn in seen.of(Warn)] + [masked.site for _, masked in seen.of(Masked)]
    heard = sum(_function(site) == "handle_changed_spte" for site in sites)
    if not any(_function(site) in LEAF_NAMES for site in sites):
        raise InvariantError(f"{lost} guest pages cannot be taken back, and TDX code says nothing of it")
    if heard < lost:
        raise InvariantError(f"{lost} guest pages cannot be taken back, and handle_changed_spte hears of {heard}")
    return True


@invariant("A guest page belongs to the guest's memory file, and KVM never frees it.", "a guest page is taken back")
def validate_guest_pages_are_not_kvms_to_free(seen: Observation) -> bool:
    no_violation(seen, "freed by KVM")
    return any(call.seamcall == REMOVE for _, call in seen.of(Seamcall))


@invariant(
    "An entry is written before its change is handled; a table that is removed has its entries frozen.",
    "the op is called",
)
def validate_entries_are_frozen(seen: Observation) -> bool:
    for words in ("changed ", "not frozen", "still present"):
        no_violation(seen, words)
    return bool(seen.of(Op))


@invariant("Nothing waits for RCU while mmu_lock is held, nor in an RCU callback.", "KVM waits for RCU")
def validate_nothing_waits_under_the_lock(seen: Observation) -> bool:
    no_violation(seen, "while KVM waits")
    no_violation(seen, "callback waits")
    return bool(seen.of(RcuBarrier))


@invariant(
    "The page of a table is asked for in process context, with mmu_lock held for write.",
    "the page of a table is reclaimed",
)
def validate_tables_are_reclaimed_under_the_lock(seen: Observation) -> bool:
    no_violation(seen, "asked for")
    return any(
        call.seamcall == RECLAIM and call.page is not None and PageName.parse(call.page).kind == "S-EPT"
        for _, call in seen.of(Seamcall)
    )


@invariant(
    "Nothing is reported when nothing went wrong, and nothing twice of guest pages that were left mapped.",
    "the HKID is released and no reclaim fails",
)
def validate_no_false_alarm(seen: Observation) -> bool:
    scenario = seen.scenario
    if scenario.hkid != "released" or scenario.fail or scenario.remove != "works":
        return False
    alarms = [event for _, event in seen.entries if isinstance(event, Warn | PrErr)]
    for alarm in alarms:
        if scenario.leaves == "gone" or _function(alarm.site) not in (*_OF_GUEST_PAGES, "__tdx_reclaim_page"):
            raise InvariantError(f"{alarm.site} reports a failure where there is none")
    often = Counter(alarm.site for alarm in alarms if alarm.printed)
    for site, count in often.items():
        if count > 1:
            raise InvariantError(f"{site} prints {count} times of guest pages that were left mapped")
    return True
