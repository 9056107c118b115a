"""The figures of a run are the recorder's and the books', each under its own field."""

import pytest

from kvmviz.compare.figures import LABELS, Figures
from kvmviz.record.runs import run

NOISY = "tree=1x1x20 fail=all boot=second:1s"
MUTED = "fail=all hkid=flushvp-not-done"


@pytest.mark.parametrize("line", ["", NOISY, MUTED, "fail=TDR", "panic=on fail=all"])
@pytest.mark.parametrize("revision", ["before", "v1", "landed"])
def test_figures_agree_with_the_summary_and_the_events(revision: str, line: str) -> None:
    result = run(revision, line)
    found, steps, end = Figures.of(result), result.steps, result.summary
    printed = {kind: [s for s in steps if s.event.kind == kind] for kind in ("warn", "pr_err", "masked")}
    held = [s for kind in ("warn", "pr_err") for s in printed[kind] if not getattr(s.event, "printed")]  # noqa: B009
    assert found.withheld == len(held) + len(printed["masked"])
    assert found.traces + found.lines == len(printed["warn"]) + len(printed["pr_err"]) - len(held)
    assert (found.leaked, found.leaked_bytes) == (end.leaked_count, 4096 * end.leaked_count)
    assert found.control == sum(page.startswith("TD") for page in end.leaked)
    assert found.silent == end.silent


def test_withheld_counts_all_three_ways_of_saying_nothing() -> None:
    for line, field in ((NOISY, "pr_err_ratelimited"), (NOISY, "suppressed"), (MUTED, "masked")):
        assert sum(getattr(run("v1", line).summary, field).values()) > 0, field


def test_who_decides_and_who_frees_is_told_apart() -> None:
    before, landed = Figures.of(run("before", "fail=L1@0x200")), Figures.of(run("landed", "fail=L1@0x200"))
    assert (before.deciders, landed.deciders) == (("handle_removed_pt",), ("tdx_sept_free_private_spt",))
    assert (before.freers, landed.freers) == (("by the RCU callback",), ("by tdx_sept_free_private_spt",))
    assert Figures.of(run("v1")).cell("deciders") == "nobody"


def test_a_figure_is_said_with_its_bytes_only_where_pages_leaked() -> None:
    assert Figures.of(run("v1")).said()["leaked"] == "0"
    assert Figures.of(run("v1", "fail=TDR")).said()["leaked"] == "1 (4,096 bytes)"
    assert list(Figures.of(run("v1")).said()) == list(LABELS)
