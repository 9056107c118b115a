"""Key claims once more, from the recorded runs of the kernel's own functions alone, without the model."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from kvmviz.check.propositions import CLAIMS, Runs
from tests.reference import recorded
from tests.trying import sampled

Record = dict[str, Any]
HKID_SITE = "tdx.c:tdx_sept_free_private_spt:KVM_BUG_ON/hkid"
MIRROR_SITE = "tdp_mmu.c:handle_removed_pt:WARN_ON"
RECLAIM_SITE = "tdx.c:__tdx_reclaim_page:TDX_BUG_ON_3/TDH_PHYMEM_PAGE_RECLAIM"
RECLAIM = "TDH.PHYMEM.PAGE.RECLAIM"


@cache
def runs(revision: str) -> list[Record]:
    return list(recorded(revision))


def pairs(a: str, b: str) -> Iterator[tuple[Record, Record]]:
    for left, right in zip(runs(a), runs(b), strict=True):
        assert left["scenario"]["id"] == right["scenario"]["id"]
        yield left, right


def phase(record: Record, wanted: str) -> list[list[Any]]:
    now, found = "", []
    for event in record["events"]:
        now = event[1] if event[0] == "PH" else now
        if now == wanted:
            found.append(event)
    return found


def printed(events: list[list[Any]], *sites: str) -> int:
    return sum(e[0] == "WARN" and e[1] == "printed" and (not sites or e[2] in sites) for e in events)


def refused(record: Record) -> int:
    events = phase(record, "mmu_uninit")
    return sum(e[0] == "SC" and e[1] == RECLAIM and e[3] != "0x0" for e in events)


def released(record: Record) -> bool:
    return bool(record["scenario"]["hkid"] == "released")


def plain(record: Record) -> bool:
    return not record["scenario"]["leaf_present"]


def warns_for_each() -> list[bool]:
    asked = [r for r in runs("before") if released(r) and refused(r)]
    return [printed(phase(r, "mmu_uninit"), MIRROR_SITE) == refused(r) for r in asked]


def helper_has_a_trace_for_each() -> list[bool]:
    asked = [r for r in runs("v1") if released(r) and refused(r)]
    return [printed(phase(r, "mmu_uninit"), RECLAIM_SITE) == refused(r) for r in asked]


def helper_is_new() -> list[bool]:
    def true(r: Record) -> int:
        return sum(e[0] == "WARN" and e[2] == RECLAIM_SITE for e in phase(r, "mmu_uninit"))

    return [true(a) == 0 for a, b in pairs("before", "v1") if true(b)]


def same_leak() -> list[bool]:
    return [
        a["summary"]["leaked"] == b["summary"]["leaked"] for a, b in pairs("before", "v1") if a["summary"]["leaked"]
    ]


def same_log() -> list[bool]:
    def log(r: Record) -> list[list[Any]]:
        return [e[:3] for e in r["events"] if e[0] in ("WARN", "PRERR", "PRWARN") and e[1] == "printed"]

    return [log(a) == log(b) for a, b in pairs("before", "v1") if a["summary"]["leaked"]]


def op_after_key() -> list[bool]:
    kinds = [[e[0] for e in r["events"]] for r in runs("v1")]
    return ["HKID_FREE" in k[: k.index("OP")] for k in kinds]


def warned_on_any_error() -> list[bool]:
    asked = [r for r in runs("v2") if r["summary"]["leaked"] and plain(r)]
    return [printed(phase(r, "mmu_uninit"), HKID_SITE, RECLAIM_SITE) > 0 for r in asked]


def stopped_on_any_error() -> list[bool]:
    return [r["summary"]["vm_bugged"] for r in runs("v2") if r["summary"]["leaked"] and plain(r)]


def null_at_every_callback() -> list[bool]:
    found = []
    for record in (*runs("v1+17"), *runs("landed")):
        nulled, good = {"spt root"}, True
        for event in record["events"]:
            nulled |= {event[1]} if event[0] == "SET_NULL" else set()
            good &= event[0] != "RCU_CB" or event[1] in nulled
        found.append(good)
    return found


def free_by_vm_destroy() -> list[bool]:
    def free(r: Record) -> list[str]:
        return sorted(e[1] for e in phase(r, "mmu_uninit") if e[0] == "FREE")

    return [free(a) == free(b) for a, b in pairs("v1", "v1+17")]


def nothing_but_reclaim() -> list[bool]:
    leaking = [phase(r, "mmu_uninit") for r in runs("v1") if r["summary"]["leaked"] and plain(r)]
    return [any(e[0] == "SC" and e[1].startswith("TDH.MEM.") for e in events) for events in leaking]


def release_has_warned() -> list[bool]:
    kept = [phase(r, "pre_destroy") for r in runs("landed") if not released(r)]
    return [any(e[0] in ("WARN", "PRERR") and e[1] == "printed" for e in events) for events in kept]


@pytest.mark.parametrize(
    ("id", "answers"),
    sampled([
        ("B1", warns_for_each), ("B2", helper_has_a_trace_for_each), ("B3", helper_is_new), ("S2", same_leak),
        ("S5", same_log), ("S7", op_after_key), ("S10", nothing_but_reclaim), ("V1", warned_on_any_error),
        ("V2", stopped_on_any_error), ("F5", free_by_vm_destroy), ("F8", null_at_every_callback),
        ("K4", release_has_warned),
    ], 6),
)  # fmt: skip
def test_recorded_runs_come_to_the_same_verdict(id: str, answers: Callable[[], list[bool]]) -> None:
    held = answers()
    assert len(held) > 100
    word = "holds" if all(held) else "holds partly" if any(held) else "does not hold"
    assert CLAIMS[id].verdict(Runs()).verdict == word
