"""The view that goes to the browser, held against the runs."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kvmviz
from kvmviz.draw.lockstep import Lockstep
from kvmviz.explorer.page import page_html, script_json
from kvmviz.explorer.payload import all_but, skeleton_of, view, view_of
from kvmviz.scenario import Scenario
from kvmviz.scenario.faults import Fail
from kvmviz.scenario.names import sept_name
from kvmviz.scenario.tree import Tree

REVISIONS = list(kvmviz.REVISIONS)
SCENARIOS = [
    "",
    "fail=L1@0x200",
    "hkid=assigned",
    "fail=all leaves=present",
    "boot=second:60s fail=L3@0x0",
    "panic=on fail=TDR",
]

few = settings(max_examples=20)
pairs = st.lists(st.sampled_from(REVISIONS), min_size=1, max_size=2)


@few
@given(pairs, st.sampled_from(SCENARIOS))
def test_a_view_tells_of_every_row(revisions: list[str], scenario: str) -> None:
    drawn = json.loads(json.dumps(view(revisions, scenario)))
    rows = len(drawn["rows"])
    assert [len(drawn["texts"][key]) for key in ("why", "events", "rests")] == [rows + 1] * 3
    assert all(drawn["texts"]["why"])
    assert drawn["phases"][0]["first"] == 1
    assert drawn["phases"][-1]["last"] == rows
    for side in "ab"[: len(revisions)]:
        assert len(drawn[side]["changes"]) == len(drawn[side]["marks"]) == rows
        assert len(drawn[side]["traces"]) == rows + 1


@few
@given(pairs, st.sampled_from(SCENARIOS))
def test_counts_end_in_the_summary(revisions: list[str], scenario: str) -> None:
    drawn = view(revisions, scenario)
    for side, run in Lockstep.of(revisions, scenario).runs.items():
        assert drawn[side]["traces"][-1] == run.summary.traces
        assert drawn[side]["lines"][-1] == run.summary.lines
        if not run.summary.panicked:
            assert drawn[side]["leaked"][-1] == run.summary.leaked_count


@few
@given(pairs, st.sampled_from(SCENARIOS))
def test_the_log_holds_what_was_printed(revisions: list[str], scenario: str) -> None:
    drawn = view(revisions, scenario)
    for side, run in Lockstep.of(revisions, scenario).runs.items():
        marks = [entry[side]["mark"] for entry in drawn["log"]]
        assert marks.count("full") == run.summary.traces
        assert marks.count("line") == run.summary.lines + run.summary.notes
        assert marks.count("masked") == sum(run.summary.masked.values())
        for entry in drawn["log"]:
            if entry[side]["mark"] in ("held", "masked"):
                assert entry[side]["because"]
                assert 0 < entry[side].get("to", 1) <= entry["row"]


@few
@given(pairs, st.sampled_from(SCENARIOS))
def test_the_lit_line_is_where_the_step_stands(revisions: list[str], scenario: str) -> None:
    lockstep = Lockstep.of(revisions, scenario)
    drawn = view(revisions, scenario)["code"]
    for side in lockstep.sides:
        for row, step in enumerate(lockstep.steps(side)):
            if step is None or not step.where:
                continue
            source = lockstep.runs[side].sources[step.where[-1].source]
            lit = drawn["lit"][side][row]
            pair = drawn["pairs"][lit[-2]]
            line = max(0, step.where[-1].line - source.first_line)
            assert pair[side][lit[-1]] == source.text.split("\n")[line]


@few
@given(pairs, st.sampled_from(SCENARIOS))
def test_the_stack_is_the_steps_chain(revisions: list[str], scenario: str) -> None:
    lockstep = Lockstep.of(revisions, scenario)
    drawn = view(revisions, scenario)["stack"]
    for side in lockstep.sides:
        for row, step in enumerate(lockstep.steps(side)):
            nodes = drawn["episodes"][drawn["rows"][row]]["nodes"]
            chain, at = [], drawn["at"][side][row]
            while at >= 0:
                chain.append(drawn["functions"][nodes[at][1]][0])
                at = nodes[at][2]
            assert chain[::-1] == (list(step.chain) if step else [])


def test_the_patch_is_two_functions_side_by_side() -> None:
    drawn = view(["before", "v1"], "fail=L1@0x200")
    names = [drawn["code"]["pairs"][number]["name"] for number in drawn["code"]["shown"][61]]
    assert names == ["handle_removed_pt", "tdx_sept_free_private_spt"]
    pair = drawn["code"]["pairs"][drawn["code"]["shown"][61][0]]
    assert any(not same for _, _, same in pair["lines"])


def test_a_withheld_trace_of_a_second_td_names_the_first() -> None:
    drawn = view(["v1"], "fail=L1@0x200 boot=second:60s")
    held = [entry["a"] for entry in drawn["log"] if entry["a"]["mark"] == "held"]
    assert "60 s before" in held[0]["because"]


@pytest.mark.parametrize("words", ["fail=rate:1/1000:7", "hkid=assigned", "fail=all"])
def test_a_view_of_a_large_tree_is_small_and_its_totals_are_exact(words: str) -> None:
    lockstep = Lockstep.of(["before", "v1"], f"tree=1TiB {words}")
    drawn, under = view_of(lockstep), skeleton_of(lockstep.scenario, lockstep.tree)
    assert len(json.dumps([drawn, under])) < 2_000_000
    assert drawn["skeleton"] == under["key"]
    for side in lockstep.sides:
        assert drawn[side]["leaked"][-1] == lockstep.runs[side].summary.leaked_count
        assert drawn[side]["traces"][-1] == lockstep.runs[side].summary.traces
    sept = [drawn["names"][number] for number in drawn["pages"] if drawn["names"][number].startswith("S-EPT")]
    assert sum(drawn["times"].get(page, 1) for page in sept) == lockstep.scenario.tree.count


@pytest.mark.parametrize("tree", ["1x1x1", "3x1x2x16", "2x40x3", "1GiB"])
def test_all_but_one_page_fail(tree: str) -> None:
    shape = Tree.parse(tree)
    for level, gfn in {*list(shape.tables())[:5], *list(shape.tables())[-5:]}:
        fail = Fail.parse(all_but(shape, level, gfn), shape, 1)
        assert set(shape.sept_pages()) - set(fail.sept_pages(shape)) == {sept_name(level, gfn)}


def test_a_view_of_a_small_tree_counts_nothing_twice() -> None:
    assert "times" not in view(["v1"], "tree=1x1x3")


def test_skeleton_counts_every_folded_page() -> None:
    drawn = skeleton_of(Scenario.parse("tree=1x2x64 vcpus=6"))
    assert set(drawn["members"]) == {"L2 gfn=0x0", "L2 gfn=0x40000", "vCPUs"}
    assert len(drawn["whole"]["L2 gfn=0x0"]) == 64 * 4
    assert len(drawn["whole"]["vCPUs"]) == 36


def test_a_page_cannot_be_broken_out_of_by_its_data() -> None:
    assert "</script" not in script_json({"name": "</script><script>alert(1)</script>"})
    assert page_html(["before", "v1"], ["fail=L1@0x200"]).count("</script>") == 2


def test_a_revision_typed_at_a_prompt_is_shown_without_its_text() -> None:
    names: dict[str, Any] = {"kvmviz": kvmviz}
    patch = "    def tdx_sept_free_private_spt(vm, gfn, sp): sp.external_spt = None"
    exec(f'class Typed(kvmviz.Revision, base="v1"):\n{patch}', names)
    assert view(["v1", names["Typed"]], "tree=1TiB fail=all")["revisions"] == ["v1", "Typed"]
