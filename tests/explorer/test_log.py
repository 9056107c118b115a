"""The kernel log's words: what stands in it of a step, and why something does not, per event of whole runs."""

import pytest

from kvmviz.explorer import log
from kvmviz.record.runs import run
from kvmviz.terms import events as e
from kvmviz.terms.kinds import kind_of

WARN = e.Warn("tdp_mmu.c:handle_removed_pt:WARN_ON", True)
LINE = e.PrErr("tdx.c:tdx_reclaim_page:pr_err", False, "SEAMCALL failed")


def test_why_something_was_withheld() -> None:
    assert log.masked_because("tdx.c:f:KVM_BUG_ON", 7) == "the VM was marked bugged at step 7 by KVM_BUG_ON in f"
    assert log.used_because(WARN, 3) == "it prints one trace a boot, and step 3 printed it"
    assert log.used_because(LINE, 3) == "ten lines in five seconds are the limit, and step 3 printed it"
    assert log.used_before_because(WARN, "60") == (
        "it prints one trace a boot, and the TD that was torn down 60 s before used it up"
    )


@pytest.mark.parametrize("macro", ["pr_err_ratelimited", "WARN_ON"])
def test_a_revision_has_no_such_check_or_its_condition_is_not_true(macro: str) -> None:
    site, name = f"tdx.c:f:{macro}", macro.removesuffix("_ratelimited")
    assert log.absent_because("v1", site, "def f(): x()") == f"v1 has no such check: {macro} is not in its f."
    assert "is not true here" in log.absent_because("v1", site, f"def f(): {name}(1)")
    assert "is not true here" in log.absent_because("v1", site, None)
    assert "no such check" in log.absent_because("v1", site, f"def f(): MY_{name}(1)")


def test_what_the_log_shows_of_each_step_that_leaves_something() -> None:
    seen = set()
    for one in (
        run("before", "fail=all panic=on"),
        run("v1", "fail=all"),
        run("before", "hkid=assigned fail=L1@0x200"),
    ):
        for step in one.steps:
            event = step.event
            if kind_of(event).logged is None:
                with pytest.raises(AssertionError, match="leaves nothing in a log"):
                    log.mark(event)
                continue
            seen.add(event.kind)
            first, detail = log.head(step)
            if isinstance(event, e.Warn | e.Masked):
                file, function, macro = event.site.split(":")
                assert (first, detail) == (f"WARNING: {file} {function}", macro.partition("/")[0])
            elif isinstance(event, e.Panic):
                assert (first, detail) == ("Kernel panic: panic_on_warn set", "")
            assert log.mark(event)
    assert {"warn", "panic", "pr_err"} <= seen
