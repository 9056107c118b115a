"""The recorded runs of the kernel's own functions, and how they are held against the model.

`tests/data/traces.jsonl.gz` is recorded reference data.  What differs, and why:

- the recording has no `gmem_release` and no vCPU control pages, and two TDCS pages
  where the model has six: those steps of the model are left out of the comparison;
- it keeps no child count, so the TDR is refused in the model wherever another page
  of the TD stays with the module: there the phase `vm_destroy` is not compared;
- the steps `leak` and `hkid_leak` are the model's own.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kvmviz.record.runs import Run, run
from kvmviz.schema.answers import Event

DATA = Path(__file__).parent / "data" / "traces.jsonl.gz"
TREES = {"chain": "1x1x1", "two-gig": "1x2x2"}
OURS = {"leak", "hkid_leak"}


def recorded(*revisions: str) -> Iterator[dict[str, Any]]:
    """Yield the recorded runs of these revisions."""
    heads = tuple(f'{{"rev":"{name}",' for name in revisions)
    with gzip.open(DATA, "rt") as lines:
        yield from (json.loads(line) for line in lines if line.startswith(heads))


def scenario_of(record: dict[str, Any]) -> str:
    """Return the scenario line that sets the model up as the recording was."""
    s = record["scenario"]
    hkid = s["hkid"].removeprefix("assigned:").replace("_", "-")
    fail = ",".join(name.removeprefix("S-EPT ").replace(" gfn=", "@") for name in s["fail"]) or "none"
    words = {
        "tree": TREES[s["shape"]],
        "hkid": hkid,
        "fail": fail,
        "boot": "first" if s["boot"] == "fresh" else "second:60s",
        "leaves": "present" if s["leaf_present"] else "gone",
        "zap": "prove-mmu" if s["prove_mmu"] else "default",
        "vcpus": "1" if hkid == "vp-flush-error" else "0",
    }
    if s["fail"]:
        words["status"] = s["reclaim_err"]
    return " ".join(f"{key}={word}" for key, word in words.items())


def phases_compared(record: dict[str, Any]) -> set[str]:
    s = record["scenario"]
    phases = {"pre_destroy", "mmu_uninit"}
    if not s["fail"] and not (s["leaf_present"] and s["hkid"] == "released"):
        phases.add("vm_destroy")
    return phases


def expected(record: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the recorded events as tuples, each with its phase."""
    phase, found, chains = "", [], [tuple(chain.split(">")) for chain in record["chains"]]
    for kind, *rest in record["events"]:
        if kind == "PH":
            phase = rest[0]
            continue
        if kind in ("WARN", "MASKED"):
            rest[-1] = chains[rest[-1]]
        if phase in phases_compared(record):
            found.append((phase, kind, *rest))
    return found


def observed(result: Run, record: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the model's events in the same form."""
    phases = phases_compared(record)
    return [
        (event["phase"], *_tuple(event))
        for event in result.events or []
        if event["phase"] in phases and event["kind"] not in OURS and not _extra_tdcs(event)
    ]


def _extra_tdcs(event: Event) -> bool:
    return event.get("page", "") in {f"TDCS[{i}]" for i in range(2, 6)}


def _tuple(e: Event) -> tuple[Any, ...]:
    said = "printed" if e.get("printed") else {"warn": "suppressed", "pr_err": "ratelimited"}.get(e["kind"])
    match e["kind"]:
        case "op":
            return ("OP", "free_external_spt", e["page"])
        case "seamcall":
            return ("SC", e["seamcall"], e.get("page") or e["object"], e["status"])
        case "warn":
            return ("WARN", said, e["site"], tuple(e["chain"]))
        case "masked":
            return ("MASKED", e["site"], tuple(e["chain"]))
        case "pr_err":
            return ("PRERR", said, e["site"])
        case "pr_warn":
            return ("PRWARN", e["message"])
        case "vm_bugged":
            return ("VM_BUGGED", e["site"])
        case "free":
            return ("FREE", e["page"], e["how"])
        case "rcu_callback":
            return ("RCU_CB", e["page"])
        case kind:
            return (kind.upper(), e["page"]) if "page" in e else (kind.upper(),)


def model_run(record: dict[str, Any]) -> Run:
    return run(record["rev"], scenario_of(record))
