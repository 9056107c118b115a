"""Why a step matters: said of every kind of step, and told by what came of it, not by its name."""

import pytest

from kvmviz.draw.why import meaning
from kvmviz.record.runs import Run, run
from kvmviz.scenario.names import PageName
from kvmviz.terms import events as e
from kvmviz.terms.calls import CALLS

LINES = ("fail=none", "fail=L1@0x200", "fail=all", "hkid=assigned", "hkid=cache-wb-error", "fail=TDR", "fail=TDVPR[0]")
OTHERS = ("TDH.PHYMEM.PAGE.RECLAIM", "TDH.MNG.KEY.FREEID")
RUNS = [run(name, line) for name in ("before", "v1", "landed") for line in LINES]


def told(one: Run, kind: type[e.Event]) -> list[tuple[int, e.Event, str]]:
    return [(at, step.event, meaning(one, at)) for at, step in enumerate(one.steps) if isinstance(step.event, kind)]


@pytest.mark.parametrize("one", RUNS, ids=lambda one: f"{one.revision} {one.scenario}")
def test_a_pointer_that_is_cleared_saves_what_is_lost_and_changes_nothing_else(one: Run) -> None:
    leaked = set(one.summary.leaked)
    for _, event, said in told(one, e.SetNull):
        assert isinstance(event, e.SetNull)
        lost = str(PageName.parse(event.page)).replace("spt", "S-EPT", 1) in leaked
        assert said.startswith("From here nobody can free it" if lost else "It is free already"), event


@pytest.mark.parametrize("one", RUNS, ids=lambda one: f"{one.revision} {one.scenario}")
def test_a_call_that_is_granted_says_what_it_grants_and_a_refused_one_what_stays(one: Run) -> None:
    for at, event, said in told(one, e.Seamcall):
        assert isinstance(event, e.Seamcall)
        if event.status == 0:
            assert said == CALLS[event.seamcall].granted
        elif event.page == "TDR" and one.frames[at].leaked_count:
            assert f"still counts {one.frames[at].leaked_count} leaked page" in said
        else:
            assert said.endswith(".")


def test_what_a_refusal_means_depends_on_the_call() -> None:
    (busy,) = [s for _, ev, s in told(run("v1", "fail=L1@0x200"), e.Seamcall)
               if isinstance(ev, e.Seamcall) and ev.status and ev.page == "S-EPT L1 gfn=0x200"]  # fmt: skip
    assert busy == "The page stays the module's, and the host must not touch it."
    key = [s for _, ev, s in told(run("v1", "hkid=key-freeid-error"), e.Seamcall)
           if isinstance(ev, e.Seamcall) and ev.seamcall == "TDH.MNG.KEY.FREEID" and ev.status]  # fmt: skip
    assert key == ["It stays with this TD."]
    flush = [s for _, ev, s in told(run("v1", "hkid=flushvp-not-done"), e.Seamcall)
             if isinstance(ev, e.Seamcall) and ev.status and "FLUSHDONE" in ev.seamcall]  # fmt: skip
    assert flush and all(s.startswith("So the key cannot be given back") for s in flush)


def test_a_tdr_that_is_refused_is_kept_by_pages_that_leaked_or_by_some_that_were_never_asked_for() -> None:
    def refused(line: str) -> str:
        one = run("v1", line)
        return next(said for _, ev, said in told(one, e.Seamcall)
                    if isinstance(ev, e.Seamcall) and ev.status and ev.page == "TDR")  # fmt: skip

    assert refused("fail=L1@0x200") == "It still counts 1 leaked page as this TD's: a lost page costs the TDR too."
    assert "5 leaked pages" in refused("fail=all")


def test_a_warning_that_printed_says_whether_it_comes_again() -> None:
    warned = {said for one in RUNS for _, ev, said in told(one, e.Warn) if isinstance(ev, e.Warn) and ev.printed}
    assert warned == {"It does so each time.", "It does so once a boot: later failures here print no trace."}
    lines = {said for one in RUNS for _, ev, said in told(one, e.PrErr) if isinstance(ev, e.PrErr) and ev.printed}
    assert lines == {"It has no trace and does not count as one."}


def test_rcu_frees_what_kvm_still_points_to() -> None:
    queued = {name: {said for _, _, said in told(run(name, "fail=none"), e.CallRcu)} for name in ("v1", "landed")}
    assert queued["landed"] == {"RCU, which lets readers go without a lock, frees it then."}
    assert queued["v1"] >= {"RCU, which lets readers go without a lock, frees it and its S-EPT page then."}
    run_ = {said for _, _, said in told(run("v1", "fail=none"), e.RcuCallback)}
    assert run_ == {"It frees the table.", "It frees the table, and the S-EPT page if KVM still points to it."}


@pytest.mark.parametrize("hkid", ["flushvp-not-done", "vp-flush-error", "vpflushdone-error", "cache-wb-error"])
@pytest.mark.parametrize("name", ["before", "v1"])
def test_a_key_that_cannot_be_given_back_says_whether_kvm_prints_anything(name: str, hkid: str) -> None:
    one = run(name, f"hkid={hkid}")
    refused = [(at, said) for at, ev, said in told(one, e.Seamcall)
               if isinstance(ev, e.Seamcall) and ev.status and ev.seamcall not in OTHERS]  # fmt: skip
    assert refused
    for at, said in refused:
        silent = not isinstance(one.steps[at + 1].event, e.Warn | e.Masked)
        assert said == f"So the key cannot be given back{', and KVM prints nothing about it' if silent else ''}."


def test_a_tdr_is_kept_by_guest_pages_that_nobody_asked_for() -> None:
    one = run("v1", "leaves=present")
    said = [said for _, ev, said in told(one, e.Seamcall) if isinstance(ev, e.Seamcall) and ev.status]
    assert said == ["It still counts pages as this TD's that were never taken back."]
