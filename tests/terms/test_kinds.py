"""The table of event kinds: whole, and the one place that speaks of a kind."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from kvmviz.record.runs import run
from kvmviz.terms import events as e
from kvmviz.terms.calls import CALLS
from kvmviz.terms.kinds import KINDS, kind_of, sentence
from kvmviz.terms.phases import PARTS, PHASES

RUNS = ("fail=L1@0x200", "fail=all hkid=flushvp-not-done panic=on", "tree=1x1x20 fail=all boot=second:60s",
        "leaves=present hkid=vp-flush-error")  # fmt: skip
SCHEMA = json.loads((Path(__file__).parents[2] / "kvmviz" / "schema" / "run.json").read_text())


def test_every_event_has_one_row() -> None:
    assert {kind.event for kind in KINDS.values()} == set(get_args(e.Event))
    assert all(name == kind.event.kind for name, kind in KINDS.items())


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_kind_says_what_it_means_and_what_it_rests_on(kind: object) -> None:
    row = KINDS[kind.event.kind]  # type: ignore[attr-defined]  # parametrize gives objects
    assert row.meaning.endswith(".") and row.rests_on and not row.rests_on.endswith(".")
    assert (row.event.__doc__ or "").startswith(f"{row.meaning}  {row.rests_on.capitalize()}.")


@pytest.mark.parametrize("line", RUNS)
def test_what_happens_is_said_in_a_sentence_with_no_blank_left(line: str) -> None:
    for step in run("before", line).steps:
        said = sentence(step.event)
        assert re.fullmatch(r"[A-Za-z_].*\.", said) and "None" not in said and "{" not in said


@pytest.mark.parametrize("line", RUNS)
def test_what_a_log_shows_is_what_the_kernel_prints_or_holds_back(line: str) -> None:
    for step in run("before", line).steps:
        kind = kind_of(step.event)
        assert bool(kind.logged) == (step.event.kind in ("warn", "masked", "pr_err", "pr_warn", "panic"))
        assert kind.mark(step.event) in ("dot", "warn", "held", "leak", "free", "panic")


def test_warnings_are_told_apart_by_whether_they_printed() -> None:
    printed, held = e.Warn("a.c:f:WARN_ON", True), e.Warn("a.c:f:WARN_ON", False)
    kind = kind_of(printed)
    assert (kind.mark(printed), kind.mark(held)) == ("warn", "held")
    assert (kind.lacks(printed), kind.lacks(held)) == ("prints nothing here.", "has no such step.")
    assert (kind.does(printed), kind.does(held)) == ("warns.", "would warn, but its trace was printed before.")


def test_every_call_of_a_run_is_in_the_table() -> None:
    steps = [step for line in RUNS for step in run("v1", line).steps]
    assert {step.event.seamcall for step in steps if isinstance(step.event, e.Seamcall)} <= set(CALLS)


def test_phases_are_those_of_the_contract_in_the_order_of_a_run() -> None:
    assert list(PHASES) == SCHEMA["$defs"]["event"]["properties"]["phase"]["enum"]
    met = list(dict.fromkeys(step.phase for step in run("v1", "leaves=gone").steps))
    assert [phase for phase in PHASES if phase in met] == met
    assert [name for name in PARTS if name != "rcu"] == list(PHASES)


SITE = "a.c:f:WARN_ON"
SAID = (
    (e.Seamcall("TDH.MEM.TRACK", None, "TD", 0), "TDH.MEM.TRACK TD", None),
    (e.Seamcall("X", "TDR", None, 0x8000020000000001), "X TDR = 0x8000020000000001 OPERAND_BUSY", None),
    (e.Seamcall("X", "TDR", None, 0x5), "X TDR = 0x5", None),
    (e.Warn(SITE, True), "WARN_ON in f: trace printed", "full"),
    (e.Warn(SITE, False), "WARN_ON in f: withheld by once", "held"),
    (e.Masked(SITE), "WARN_ON in f: muted, VM bugged already", "masked"),
    (e.PrErr(SITE, True, "no"), "no", "line"),
    (e.PrErr(SITE, False, "no"), "withheld by the rate limit: no", "held"),
    (e.Free("TDR", "rcu"), "TDR, rcu", None),
)


@pytest.mark.parametrize(("event", "text", "sign"), SAID)
def test_an_event_in_the_terms_of_the_kernel_and_its_sign_in_the_log(event: e.Event, text: str, sign: str) -> None:
    kind = kind_of(event)
    assert kind.brief(event) == text
    assert (kind.logged(event) if kind.logged else None) == sign


def test_what_was_printed_and_what_was_not_are_told_apart_in_words() -> None:
    assert sentence(e.Warn(SITE, True)) == "WARN_ON in f prints a trace."
    assert sentence(e.Warn(SITE, False)).startswith("WARN_ON in f is true, but prints nothing")
    assert sentence(e.PrErr(SITE, True, "no")) == "f prints an error line."
    assert sentence(e.PrErr(SITE, False, "no")).startswith("The error line of f is withheld")
    assert sentence(e.Seamcall("TDH.MEM.TRACK", None, "TD", 5)).endswith("; it refuses with 0x5.")


BESIDE: dict[str, tuple[e.Event, str, str]] = {
    "set_null": (e.SetNull("spt L1 gfn=0x0", "tdx.c:f"), "cuts the pointer.", "leaves the pointer as it is."),
    "call_rcu": (e.CallRcu("spt L1 gfn=0x0"), "queues the page for RCU.", "has no such step."),
    "free": (e.Free("TDR", "immediate"), "frees the page at once.", "does not free it here."),
    "leak": (e.Leak("TDR"), "leaks the page.", "has no such step."),
    "pamt_pin": (e.PamtPin("TDR", "region 1", 1, 0), "pins the pair.", "has no such pair to lose."),
}


@pytest.mark.parametrize("kind", BESIDE)
def test_where_one_side_acts_alone_it_is_said_to_and_the_other_not_to(kind: str) -> None:
    """A table by hand: what is said of the side that waits must never read as if it had acted."""
    event, does, lacks = BESIDE[kind]
    assert (kind_of(event).does(event), kind_of(event).lacks(event)) == (does, lacks)
    assert kind_of(e.Free("TDR", "rcu")).does(e.Free("TDR", "rcu")) == "frees the page from the RCU callback."


def test_what_a_side_lacks_is_said_with_a_word_that_denies() -> None:
    for name, row in KINDS.items():
        if name not in ("warn", "pamt_pin"):
            said = row.lacks(BESIDE[name][0] if name in BESIDE else None)
            assert re.search(r"\b(no|not|nothing|leaves)\b", said), name
