"""A run is a value: same input, same bytes, and frames that agree with the machine's books."""

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kvmviz
from kvmviz.record.runs import run
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import CAUSES, ScenarioError

SCENARIOS = st.builds(
    "tree={} hkid={} fail={} boot={} leaves={} zap={} panic={}".format,
    st.sampled_from(["1x1x3", "1x2x2", "1x1x1x2", "2x1x1"]),
    st.sampled_from(["released", *CAUSES]),
    st.sampled_from(["none", "all", "L1@0x0", "TDR", "TDVPR[0],L3@0x0", "TDCS[3]"]),
    st.sampled_from(["first", "second:1s", "second:60s"]),
    st.sampled_from(["gone", "present"]),
    st.sampled_from(["default", "prove-mmu"]),
    st.sampled_from(["off", "on"]),
)


@given(st.sampled_from(list(REVISIONS)), SCENARIOS)
@settings(max_examples=150, deadline=None)
def test_the_last_frame_agrees_with_the_summary(revision: str, scenario: str) -> None:
    result = run(revision, scenario)
    s, frame = result.summary, result.frames[-1]
    assert set(frame.leaked) == set(s.leaked) or s.panicked
    assert frame.traces == s.traces
    assert frame.lines == s.lines
    assert frame.vm_bugged == s.vm_bugged
    assert {p for p, state in frame.states.items() if state == "freed"} == {p for p, _ in s.freed}
    assert s.panicked or frame.hkid == s.hkid
    assert len(set(frame.leaked)) == len(frame.leaked)


@given(st.sampled_from(list(REVISIONS)), SCENARIOS)
@settings(max_examples=50, deadline=None)
def test_the_same_question_gets_the_same_answer(revision: str, scenario: str) -> None:
    assert json.dumps(run(revision, scenario).to_json()) == json.dumps(run(revision, scenario).to_json())


@given(st.sampled_from(list(REVISIONS)), SCENARIOS, st.data())
@settings(max_examples=30, deadline=None)
def test_frames_can_be_asked_for_in_any_order(revision: str, scenario: str, data: st.DataObject) -> None:
    frames = run(revision, scenario).frames
    every = list(frames)
    for index in data.draw(st.lists(st.integers(-len(every), len(every) - 1), max_size=8)):
        assert frames[index] == every[index]


def test_a_frame_that_does_not_exist() -> None:
    with pytest.raises(IndexError):
        run().frames[10_000]


@pytest.mark.parametrize("seed", ["0", "1"])
def test_same_bytes_in_another_process(seed: str) -> None:
    line = "tree=1x2x2 hkid=cache-wb-error fail=all boot=second:1s"
    code = f"import kvmviz, json; print(json.dumps(kvmviz.run('v1', {line!r}).to_json()), end='')"
    env = {**os.environ, "PYTHONHASHSEED": seed}
    out = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert out.stdout == json.dumps(run("v1", line).to_json())


def test_the_changes_of_a_step_lead_from_frame_to_frame() -> None:
    result = run("landed", "tree=1x2x2 fail=L2@0x0")
    states = dict(result.frames[0].states)
    for number, step in enumerate(result.steps, 1):
        states.update(step.changes)
        assert states == result.frames[number].states


def test_every_line_of_a_chain_lies_in_the_source_shown_for_it() -> None:
    for revision in REVISIONS:
        result = run(revision, "fail=all hkid=released leaves=present")
        for step in result.steps:
            for place in step.where:
                shown = result.sources[place.source]
                assert shown.function == place.function.name
                offset = place.line - shown.first_line
                assert -2 <= offset < len(shown.text.split("\n")), (place, shown)


def test_the_lit_line_is_the_one_that_ran() -> None:
    result = run("v1", "fail=L1@0x200")
    step = next(s for s in result.steps if s.event.kind == "set_null")
    place = step.where[-1]
    shown = result.sources[place.source]
    assert shown.text.split("\n")[place.line - shown.first_line].strip() == "sp.external_spt = None"


def test_large_trees_are_recorded_only_when_asked() -> None:
    assert (run("v1", "tree=16GiB").recorded, run("v1", "tree=16GiB").steps) == (False, ())
    assert run("v1", "tree=1GiB").steps is not None
    with pytest.raises(ScenarioError, match="50,000"):
        run("v1", "tree=128GiB", events=True)


@pytest.mark.parametrize("line", ["fail=none", "fail=all", "hkid=assigned", "fail=rate:1/7:x", "fail=L1@0x0-0x3e00"])
def test_an_unrecorded_run_comes_to_the_same_as_a_recorded_one(line: str) -> None:
    small = f"tree=1x1x64 {line}"
    assert run("v1", small, events=False).summary == run("v1", small, events=True).summary


def test_lists_stop_at_a_thousand_and_counts_do_not() -> None:
    s = run("v1", "tree=3GiB fail=all").summary
    assert (len(s.leaked), s.leaked_count, s.leaked_bytes) == (1000, 1540 + 1, 4096 * 1541)
    assert len(s.freed) == 1000 < s.freed_count


def test_prints_as_text_and_has_a_plain_repr() -> None:
    result = run("v1", "fail=L1@0x200")
    assert repr(result) == "kvmviz.run('v1', 'tree=1x1x3 fail=L1@0x200')"
    assert "leaked" in str(result)


def test_the_functions_stay_functions_whatever_is_imported() -> None:
    import importlib

    for name in ("compare", "check"):
        importlib.import_module(f"kvmviz.{name}")
        assert callable(getattr(kvmviz, name))
