"""A run is a value: same input, same bytes, and frames that agree with the machine's books."""

import json
import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kvmviz
from kvmviz.record.lines import steps_text
from kvmviz.record.runs import run, run_all, shown_tree
from kvmviz.record.text import step_text, summary_text
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import CAUSES, Scenario, ScenarioError
from tests.trying import trying

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
@trying(50, 150)
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
@trying(20, 50)
def test_the_same_question_gets_the_same_answer(revision: str, scenario: str) -> None:
    assert json.dumps(run(revision, scenario).to_json()) == json.dumps(run(revision, scenario).to_json())


@given(st.sampled_from(list(REVISIONS)), SCENARIOS, st.data())
@trying(12, 30)
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


def test_runs_that_are_compared_are_of_the_scenario_that_was_asked_for() -> None:
    wanted = Scenario.parse("fail=L1@0x200 hkid=assigned")
    both = run_all([REVISIONS["before"], REVISIONS["v1"]], wanted)
    assert both == [run("before", wanted), run("v1", wanted)]
    large = Scenario.parse("tree=16GiB fail=L1@0x200")
    for one in run_all([REVISIONS["before"], REVISIONS["v1"]], large):
        assert (one.scenario, one.summary) == (large, run(one.revision, large).summary)
    assert shown_tree([REVISIONS["v1"]], wanted) is wanted.tree
    assert str(shown_tree([REVISIONS["v1"]], large)) == str(run_all([REVISIONS["v1"]], large)[0].tree)


def test_a_step_as_text_is_of_this_run_with_pairs_only_where_there_are_some() -> None:
    result = run("v1", "fail=L1@0x200")
    text = result.step_text(62)
    assert text == step_text(result.title, result.steps, 62, result.frames[62], lambda _: 1)
    assert "PAMT" not in text
    narrow = result.step_text(62, 40)
    assert max(map(len, narrow.split("\n")[4:])) <= 40
    pairs = run("dpamt", "region=scattered fail=L1@0x200")
    assert pairs.step_text(len(pairs.steps)).endswith("PAMT pairs pinned   2 pairs, 0 phantom")
    folded = run("v1", "tree=16GiB").folded
    counted = re.findall(r"pages [a-z-]+ +([\d,]+)", folded.step_text(0))
    assert sum(int(n.replace(",", "")) for n in counted) == sum(folded.times(page) for page in folded.frames[0].states)


def test_a_run_that_was_not_recorded_is_told_folded_and_says_so() -> None:
    large = run("v1", "tree=16GiB fail=L1@0x200")
    text = large.text()
    assert f"{large.scenario.tree.count:,} tables below the root; those alike are counted together" in text
    assert text.startswith("revision v1\ntree=16GiB fail=L1@0x200\n\n")
    assert text.endswith(summary_text(large.summary))
    assert steps_text(large.folded.steps) in text
    assert large.events is None and large.folded.folded is large.folded
    assert run("dpamt").title == "revision dpamt (no recorded runs of it)\ntree=1x1x3"


def test_runs_are_equal_where_they_come_to_the_same() -> None:
    one, same, other = run("v1", "fail=L1@0x200"), run("v1", "fail=L1@0x200"), run("v1", "fail=L1@0x0")
    assert one == same and hash(one) == hash(same) and one != other and one != "v1"
    assert run("v1", "") != run("v2", "")
    found = one.to_json()
    assert (found["revision"], found["scenario"], found["kvmviz"]) == ("v1", str(one.scenario), kvmviz.__version__)
    assert found["events"] == [step.to_json() for step in one.steps] == one.events
    assert found["summary"] == one.summary.to_json()


def test_too_many_tables_are_recorded_only_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kvmviz.record.runs.RECORDED_TABLES", 5)
    for tree, events, recorded in (
        ("1x1x4", None, False), ("1x1x4", True, True), ("1x1x4", False, False),
        ("1x1x3", None, True), ("1x1x3", True, True), ("1x1x3", False, False),
    ):  # fmt: skip
        assert run("v1", f"tree={tree}", events=events).recorded is recorded
