"""The summary against the events: the recorder and the books count one way, this test the other."""

from collections import Counter
from dataclasses import replace
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from kvmviz.record.runs import Run, run
from kvmviz.record.summary import Pinned
from kvmviz.revisions import REVISIONS
from kvmviz.terms import events as e
from tests.record.steps import RECLAIM
from tests.record.test_runs import SCENARIOS

KEPT = {"in-use", "reclaimed", "rcu-pending"}
"""States in which a page is the host's and was not freed."""


def by_site(result: Run, kind: type[e.Warn | e.PrErr | e.Masked], printed: bool = True) -> Counter[str]:
    events = [s.event for s in result.steps if isinstance(s.event, kind)]
    return Counter(event.site for event in events if getattr(event, "printed", True) is printed)


@given(st.sampled_from(list(REVISIONS)), SCENARIOS)
@settings(max_examples=60, deadline=None)
def test_figures_by_site_are_counts_of_events(revision: str, scenario: str) -> None:
    result = run(revision, scenario)
    s = result.summary
    assert s.splats == by_site(result, e.Warn)
    assert s.suppressed == by_site(result, e.Warn, printed=False)
    assert s.masked == by_site(result, e.Masked)
    assert s.pr_err == by_site(result, e.PrErr)
    assert s.pr_err_ratelimited == by_site(result, e.PrErr, printed=False)
    kinds = Counter(step.event.kind for step in result.steps)
    assert (s.notes, s.vm_bugged, s.panicked) == (kinds["pr_warn"], kinds["vm_bugged"] > 0, kinds["panic"] > 0)
    assert (s.traces, s.lines) == (sum(s.splats.values()), sum(s.pr_err.values()))


@given(st.sampled_from(list(REVISIONS)), SCENARIOS)
@settings(max_examples=60, deadline=None)
def test_pages_in_the_books_are_where_the_events_left_them(revision: str, scenario: str) -> None:
    result = run(revision, scenario)
    s, events, states = result.summary, [step.event for step in result.steps], result.frames[-1].states
    assert s.freed == tuple((event.page, event.how) for event in events if isinstance(event, e.Free))
    assert (s.freed_count, s.leaked_bytes) == (len(s.freed), 4096 * s.leaked_count)
    assert not s.violations and not s.double_frees
    if not s.panicked:
        assert sorted(s.leaked) == sorted(event.page for event in events if isinstance(event, e.Leak))
        assert sorted(s.unfreed) == sorted(
            page for page, state in states.items() if state in KEPT and page[:5] != "guest"
        )
        guests = [page for page, state in states.items() if page.startswith("guest") and state != "reclaimed"]
        assert sorted(s.guest_owned) == sorted(guests)
        assert s.lost == bool(s.leaked)
    refused = {event.page for event in events if isinstance(event, e.Seamcall) and event.seamcall == RECLAIM}
    assert set(s.needless) <= set(s.leaked) - refused


@given(st.sampled_from(list(REVISIONS)), SCENARIOS)
@settings(max_examples=60, deadline=None)
def test_the_key_the_queue_and_silence_are_what_the_events_say(revision: str, scenario: str) -> None:
    result = run(revision, scenario)
    s, kinds = result.summary, [step.event.kind for step in result.steps]
    kept = "assigned" if s.panicked else "leaked"
    assert s.hkid == ("released" if "hkid_free" in kinds else kept)
    assert s.panicked or (s.hkid == "leaked") == ("hkid_leak" in kinds)
    assert s.most_rcu_pending == max(
        accumulate(({"call_rcu": 1, "rcu_callback": -1}.get(kind, 0) for kind in kinds), initial=0)
    )
    assert s.silent == (bool(s.leaked) and not (s.traces or s.lines or s.notes))


def test_the_td_is_named_and_a_panic_leaves_nothing_behind() -> None:
    assert run("v1", "boot=second:1s").summary.td == "second"
    stopped = run("v1", "fail=all leaves=present panic=on").summary
    assert (stopped.td, stopped.panicked, stopped.hkid) == ("first", True, "released")
    assert not stopped.leaked and not stopped.unfreed and not stopped.guest_owned and not stopped.lost


def test_pairs_without_a_leaked_page_are_a_loss_too() -> None:
    quiet = run("dpamt", "tree=1x1x1 region=scattered").summary
    assert quiet.pamt is not None and not quiet.lost
    assert replace(quiet, pamt=replace(quiet.pamt, pairs_pinned=1)).lost


def test_a_pair_is_two_pages_and_the_figures_of_pairs_are_those_of_events() -> None:
    for line in ("fail=L1@0x0", "remove=fails", "remove=fails fail=all", ""):
        result = run("dpamt", f"tree=1x1x2 region=scattered {line}")
        pins = [step.event for step in result.steps if isinstance(step.event, e.PamtPin)]
        pamt = result.summary.pamt
        assert isinstance(pamt, Pinned)
        assert pamt.pairs_pinned == sum(pin.pairs for pin in pins)
        assert pamt.phantom_references == sum(pin.phantoms for pin in pins)
        assert pamt.leaked_references == sum(not pin.phantoms for pin in pins)
        assert pamt.pinned_bytes == 2 * 4096 * pamt.pairs_pinned
        assert result.summary.to_json()["pamt"]["pairs_pinned"] == pamt.pairs_pinned
    assert "pamt" not in run("v1").summary.to_json()


def test_after_a_panic_no_pair_is_pinned_though_the_books_have_lost_ones() -> None:
    stopped = run("dpamt", "tree=1x1x3 region=scattered fail=all panic=on").summary
    assert stopped.panicked and stopped.pamt is not None
    assert (stopped.pamt.pairs_pinned, stopped.pamt.leaked_references, stopped.pamt.phantom_references) == (0, 0, 0)
    going_on = run("dpamt", "tree=1x1x3 region=scattered fail=all").summary
    assert going_on.pamt is not None and going_on.pamt.pairs_pinned > 0
