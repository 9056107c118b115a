"""The model agrees with every recorded run, event for event."""

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

import pytest

from kvmviz.record.summary import Summary
from kvmviz.revisions import REVISIONS
from tests.reference import expected, model_run, observed, phases_compared, recorded

# How many recorded runs there are of each revision; 0 for one that was never recorded.
LINES = {"before": 2456, "v1": 2456, "v1+17": 2456, "v2": 2456, "landed": 2456}


@pytest.mark.slow
@pytest.mark.parametrize("revision", REVISIONS)
def test_every_recorded_run_agrees(revision: str) -> None:
    assert agree(recorded(revision)) == LINES[revision]


@pytest.mark.parametrize("revision", REVISIONS)
def test_recorded_runs_agree_in_a_sample(revision: str) -> None:
    """Every twelfth, of each revision others."""
    first = list(REVISIONS).index(revision)
    assert agree(islice(recorded(revision), first, None, 12)) == len(range(first, LINES[revision], 12))


def agree(records: Iterable[dict[str, Any]]) -> int:
    """Hold the model against recorded runs and return how many they were."""
    count = 0
    for record in records:
        count += 1
        result = model_run(record)
        assert observed(result, record) == expected(record), record["scenario"]["id"]
        compare_summaries(result.summary, record)
    return count


def compare_summaries(summary: Summary, record: dict[str, Any]) -> None:
    s = record["summary"]
    assert [p for p in summary.leaked if p.startswith("S-EPT")] == s["leaked"]
    assert list(summary.guest_owned) == s["guest_still_tdx_owned"]
    assert summary.vm_bugged == s["vm_bugged"]
    assert not summary.violations and not summary.double_frees and not summary.needless and not summary.unfreed
    if "vm_destroy" in phases_compared(record):
        assert summary.splats == s["splats"]
        assert summary.suppressed == s["suppressed"]
        assert summary.masked == s["masked"]
        assert summary.pr_err == s["pr_err"]


def test_the_recordings_reach_every_kind_of_event() -> None:
    kinds = Counter(event[0] for record in recorded("v1") for event in record["events"])
    assert set(kinds) >= {"OP", "SC", "WARN", "MASKED", "PRERR", "VM_BUGGED", "SET_NULL", "FREE", "RESET"}
