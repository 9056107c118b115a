"""The view that the front end puts together, held against the runs."""

import json
from functools import cache
from itertools import permutations
from typing import Any

import pytest

import kvmviz
from kvmviz.draw.elements import Element
from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.looks import row_changes
from kvmviz.draw.narration import texts
from kvmviz.explorer.offline.document import html
from kvmviz.explorer.offline.encode import packed
from kvmviz.explorer.payload import all_but, skeleton_of
from kvmviz.scenario import Scenario
from kvmviz.scenario.faults import Fail
from kvmviz.scenario.names import sept_name
from kvmviz.scenario.tree import Tree
from tests.explorer.views import sent, view, views
from tests.trying import sampled

REVISIONS = list(kvmviz.REVISIONS)
SCENARIOS = [
    "",
    "fail=L1@0x200",
    "hkid=assigned",
    "fail=all leaves=present",
    "boot=second:60s fail=L3@0x0",
    "panic=on fail=TDR",
]
PAIRS = [*([name] for name in REVISIONS), *map(list, permutations(REVISIONS, 2)), ["v1", "v1"]]
EACH = [(line, pair) for n, pair in enumerate(PAIRS) for line in (SCENARIOS[n % 6], SCENARIOS[(n // 6 + n + 1) % 6])]
"""Every revision and every two of them, each in two scenarios."""


@cache
def drawn_of_each() -> list[tuple[Any, Lockstep]]:
    return [(drawn, Lockstep.of(pair, line)) for drawn, (line, pair) in zip(views(EACH), EACH, strict=True)]


def test_a_view_tells_of_every_row() -> None:
    for drawn, lockstep in drawn_of_each():
        rows = len(lockstep)
        assert drawn["rows"] == [
            [-1 if a is None else a, -1 if b is None else b, int(same)] for a, b, same in lockstep.rows
        ]
        assert [len(drawn["texts"][key]) for key in ("why", "events", "rests")] == [rows + 1] * 3
        assert drawn["texts"]["why"] == texts(lockstep)
        assert drawn["phases"][0]["first"] == 1
        assert drawn["phases"][-1]["last"] == rows
        for side in lockstep.sides:
            assert len(drawn[side]["changes"]) == len(drawn[side]["marks"]) == rows
            assert len(drawn[side]["traces"]) == rows + 1


def test_the_pictures_are_those_of_python() -> None:
    for drawn, lockstep in drawn_of_each():
        for side, run in lockstep.runs.items():
            other = next((lockstep.runs[s] for s in lockstep.sides if s != side), None)
            others = lockstep.indices("a" if side == "b" else "b") if other else ()
            wanted = row_changes(run, lockstep.indices(side), other, others)
            for row, moves in zip(drawn[side]["changes"], wanted, strict=True):
                pairs = zip(row[::2], row[1::2], strict=True)
                assert [(drawn["elements"][n]["name"], drawn["states"][s]) for n, s in pairs] == list(moves)


def test_an_element_s_fields_are_what_its_name_says() -> None:
    met: dict[str, set[str]] = {}
    for drawn, lockstep in drawn_of_each():
        first = lockstep.runs["a"].frames[0].states
        for one in drawn["elements"]:
            said = Element.parse(one["name"])
            assert (one["kind"], one["of"], one["first"]) == (said.kind, said.of, said.first)
            assert one["first"] == first.get(one["name"], one["first"])
            met.setdefault(one["kind"], set()).add(one["name"])
    assert {"spt", "S-EPT", "TDCX", "HKID", "ptr", "link", "twin", "warn", "label", "words"} <= met.keys()


def test_counts_end_in_the_summary() -> None:
    for drawn, lockstep in drawn_of_each():
        for side, run in lockstep.runs.items():
            assert drawn[side]["traces"][-1] == run.summary.traces
            assert drawn[side]["lines"][-1] == run.summary.lines
            if not run.summary.panicked:
                assert drawn[side]["leaked"][-1] == run.summary.leaked_count


def test_the_log_holds_what_was_printed() -> None:
    for drawn, lockstep in drawn_of_each():
        for side, run in lockstep.runs.items():
            marks = [entry[side]["mark"] for entry in drawn["log"]]
            assert marks.count("full") == run.summary.traces
            assert marks.count("line") == run.summary.lines + run.summary.notes
            assert marks.count("masked") == sum(run.summary.masked.values())
            for entry in drawn["log"]:
                if entry[side]["mark"] in ("held", "masked"):
                    assert entry[side]["because"]
                    assert 0 < entry[side].get("to", 1) <= entry["row"]


def test_the_lit_line_is_where_the_step_stands() -> None:
    for drawn, lockstep in drawn_of_each():
        code = drawn["code"]
        for side in lockstep.sides:
            for row, step in enumerate(lockstep.steps(side)):
                if step is None or not step.where:
                    continue
                source = lockstep.runs[side].sources[step.where[-1].source]
                lit = code["lit"][side][row]
                line = max(0, step.where[-1].line - source.first_line)
                assert code["pairs"][lit[-2]][side][lit[-1]] == source.text.split("\n")[line]


def test_the_stack_is_the_steps_chain() -> None:
    for drawn, lockstep in drawn_of_each():
        stack = drawn["stack"]
        for side in lockstep.sides:
            for row, step in enumerate(lockstep.steps(side)):
                nodes = stack["episodes"][stack["rows"][row]]["nodes"]
                chain, at = [], stack["at"][side][row]
                while at >= 0:
                    chain.append(stack["functions"][nodes[at][1]][0])
                    at = nodes[at][2]
                assert chain[::-1] == (list(step.chain) if step else [])


def test_an_answer_says_how_many_steps_there_are() -> None:
    for line, pair in EACH:
        assert sent(line, pair)["answer"]["rows"] == len(Lockstep.of(pair, line))


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


@pytest.mark.parametrize("words", sampled(["fail=rate:1/1000:7", "hkid=assigned", "fail=all"], 1))
def test_a_view_of_a_large_tree_is_small_and_its_totals_are_exact(words: str) -> None:
    lockstep = Lockstep.of(["before", "v1"], f"tree=1TiB {words}")
    drawn, under = view(["before", "v1"], f"tree=1TiB {words}"), skeleton_of(lockstep.scenario, lockstep.tree)
    assert len(json.dumps(sent(f"tree=1TiB {words}", ["before", "v1"]))) < 1_000_000
    assert drawn["skeleton"] == under["key"]
    for side in lockstep.sides:
        assert drawn[side]["leaked"][-1] == lockstep.runs[side].summary.leaked_count
        assert drawn[side]["traces"][-1] == lockstep.runs[side].summary.traces
    pages = [drawn["elements"][number] for number in drawn["pages"]]
    sept = [page["name"] for page in pages if page["kind"] == "S-EPT"]
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
    assert html(packed({"name": "</script><script>alert(1)</script>"})).count("</script>") == 3


def test_a_revision_typed_at_a_prompt_is_shown_without_its_text() -> None:
    names: dict[str, Any] = {"kvmviz": kvmviz}
    patch = "    def tdx_sept_free_private_spt(vm, gfn, sp): sp.external_spt = None"
    exec(f'class Typed(kvmviz.Revision, base="v1"):\n{patch}', names)
    assert sent("tree=1TiB fail=all", ["v1", names["Typed"]])["answer"]["revisions"] == ["v1", "Typed"]


def test_a_view_counts_pairs_on_the_side_that_has_them() -> None:
    [drawn] = views([("fail=L1@0x200 region=scattered", ["landed", "dpamt"])])
    lockstep = Lockstep.of(["landed", "dpamt"], "fail=L1@0x200 region=scattered")
    taken = [sum(at is not None for at in lockstep.indices("b")[:step]) for step in range(len(lockstep) + 1)]
    assert drawn["b"]["pinned"] == [lockstep.runs["b"].frames[at].pinned for at in taken]
    assert "pinned" not in drawn["a"]
    assert drawn["texts"]["why"] == texts(lockstep)
    regions = {drawn["elements"][number]["name"] for number in drawn["pairs"]}
    assert {"pair region 0", "pair region 16"} <= regions
    assert all(name.startswith("pair region ") for name in regions)


def test_each_side_says_what_it_rests_on() -> None:
    [drawn] = views([("fail=L1@0x200 region=scattered", ["landed", "dpamt"])])
    rests = drawn["texts"]["rests"]
    assert "recorded runs" not in rests
    assert all(words.startswith(("A, ", "a choice", "read in")) for words in rests[1:])
    assert any(words.startswith("A, recorded runs; B, read in [PATCH v6 09/11]") for words in rests)


def test_without_regions_a_view_has_no_pairs() -> None:
    [drawn] = views([("fail=L1@0x200", ["landed", "dpamt"])])
    assert drawn["pairs"] == []
    assert "pinned" not in drawn["b"]
