"""What steps change in the picture, held against the run's frames."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.looks import _triangles, changes, row_changes, subjects, table_of, warned
from kvmviz.draw.picture import draw_svg, states_after
from kvmviz.draw.why import meaning
from kvmviz.record.runs import Run, run
from kvmviz.revisions import REVISIONS
from kvmviz.scenario.status import STATUS
from kvmviz.terms import events

NAMES = list(REVISIONS)
SCENARIOS = [
    "",
    "fail=L1@0x200",
    "hkid=assigned",
    "fail=all leaves=present",
    "zap=prove-mmu fail=L2@0x0",
    "panic=on fail=TDR",
]


@given(st.sampled_from(NAMES), st.sampled_from(SCENARIOS), st.data())
def test_changes_lead_to_the_frame(revision: str, scenario: str, data: st.DataObject) -> None:
    result = run(revision, scenario)
    step = data.draw(st.integers(0, len(result.steps)))
    frame, shown = result.frames[step], states_after(changes(result)[:step])
    for page, state in frame.states.items():
        assert shown.get(page, result.frames[0].states[page]) == state
    for page, twin in frame.pointers.items():
        pointer = shown.get(f"ptr {page.removeprefix('spt ')}", "set")
        if page != "spt root" and frame.states[page] != "freed":
            assert (pointer == "set") == (twin is not None)
    assert shown.get("HKID", "assigned") == frame.hkid


def triangles(moves: list[tuple[tuple[str, str], ...]], state: str) -> int:
    return sum(new == state for step in moves for element, new in step if element.startswith("warn "))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_triangle_for_every_trace_and_a_ghost_for_every_one_of_the_other_side(scenario: str) -> None:
    both = Lockstep.of(["before", "v1"], scenario)
    a, b = both.runs["a"], both.runs["b"]
    of_a = row_changes(a, both.indices("a"), b, both.indices("b"))
    of_b = row_changes(b, both.indices("b"), a, both.indices("a"))
    assert triangles(of_a, "full") == a.summary.traces
    assert triangles(of_b, "full") == b.summary.traces
    assert triangles(of_b, "ghost") >= a.summary.traces - b.summary.traces


def steps(result: Run) -> int:
    return len(result.steps)


@pytest.mark.parametrize(
    ("scenario", "causes"),
    [
        ("fail=L1@0x200", {"S-EPT L1 gfn=0x200"}),
        ("fail=L1@0x0,TDVPR[0],TDCS[2]", {"S-EPT L1 gfn=0x0", "TDVPR[0]", "TDCS[2]"}),
        ("fail=TDR", set()),
        ("leaves=present tree=1x1x1", {"guest gfn=0x0", "guest gfn=0x1"}),
    ],
)
def test_a_lost_page_shows_as_the_cause_of_the_lost_tdr(scenario: str, causes: set[str]) -> None:
    shown = states_after(changes(run("v1", scenario)))
    assert {
        name.removeprefix("cause ") for name, state in shown.items() if (name[:5], state) == ("cause", "on")
    } == causes


@pytest.mark.parametrize(
    ("scenario", "element"),
    [
        ("tree=1x1x16 fail=L1@0x200", "cause S-EPT L1 gfn=0x200"),
        ("tree=1x2x58 fail=L1@0x200", "cause group L2 gfn=0x0"),
        ("tree=1x1x3 vcpus=16 fail=TDVPR[3]", "cause group vCPUs"),
    ],
)
def test_the_line_to_the_lost_tdr_begins_at_a_shelf_or_a_folded_group_too(scenario: str, element: str) -> None:
    result = run("v1", scenario)
    drawn = draw_svg(result, steps(result))
    assert drawn.count(f'data-el="{element}" data-state="on"') == 1
    assert f'data-el="{element}" data-state="on"' not in draw_svg(result, 50)


def test_subjects_follow_the_last_page_within_a_phase() -> None:
    result = run("before", "fail=L1@0x200")
    about = subjects(result.steps)
    kinds = [step.event.kind for step in result.steps]
    assert about[kinds.index("warn")] == "S-EPT L1 gfn=0x200"
    assert about[kinds.index("hkid_free")] == "HKID"
    assert about[kinds.index("rcu_barrier")] is None


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_step_has_a_meaning_that_is_text(scenario: str) -> None:
    result = run("landed", scenario)
    for index in range(steps(result)):
        assert "{" not in meaning(result, index)


def test_a_page_has_room_for_two_triangles_and_later_ones_take_the_last() -> None:
    used: Counter[str] = Counter()
    given = [("TDR", None), ("TDR", "TDR"), (None, "TDR"), ("spt root", "TDR")]
    found = [[*_triangles(full, ghost, used)] for full, ghost in given]
    assert found == [
        [("warn TDR 0", "full")], [("warn TDR 1", "full")], [("warn TDR 1", "ghost")],
        [("warn spt root 0", "full"), ("warn TDR 1", "ghost")],
    ]  # fmt: skip
    assert used == {"TDR": 4, "spt root": 1}


@pytest.mark.parametrize("revision", ["before", "v1", "landed"])
@pytest.mark.parametrize("scenario", [*SCENARIOS, "fail=L1@0x0,TDVPR[0],TDCS[2]", "tree=1x1x1 leaves=present"])
def test_each_mark_of_the_picture_changes_in_the_step_that_says_so(revision: str, scenario: str) -> None:
    """Words give way past two losses, a label where a table is forgotten, links where KVM turns to a table."""
    result = run(revision, scenario)
    pointers, caused, forgotten = dict(result.frames[0].pointers), set[str](), False
    for at, (step, moved) in enumerate(zip(result.steps, changes(result), strict=True)):
        before, after = result.frames[at], result.frames[at + 1]
        marks = [change for change in moved if change not in step.changes]
        wanted: list[tuple[str, str]] = []
        match step.event:
            case events.Op(page):
                wanted.append((f"link {table_of(page)}", "gone"))
            case events.SetNull(page):
                twin = pointers[page]
                lost = before.states[str(twin)] in ("tdx-owned", "leaked")
                wanted.append((f"ptr {table_of(page)}", "cut" if lost else "null"))
                wanted += [("label", "off")] if lost else []
                forgotten |= lost
            case events.HkidFree() | events.HkidLeak():
                wanted.append(("HKID", after.hkid))
            case events.Seamcall(_, "TDR", _, status) if status == STATUS["TD_ASSOCIATED_PAGES_EXIST"]:
                kept = {page for page, state in after.states.items() if
                        state == "leaked" or (state == "tdx-owned" and page.startswith("guest"))}  # fmt: skip
                assert {page for page, state in before.states.items() if state == "leaked"} <= kept
                wanted += [(f"cause {page}", "on") for page in kept]
                caused = kept
            case events.Free() | events.CallRcu():
                wanted += [(f"cause {page}", "off") for page in caused]
                caused = set()
        if before.leaked_count <= 2 < after.leaked_count:
            wanted.append(("words", "many"))
        for page, state in step.changes:
            if state == "freed" and page.startswith("spt L"):
                wanted += [(f"ptr {table_of(page)}", "gone"), (f"twin {table_of(page)}", "gone")]
        assert sorted(marks) == sorted(wanted), step


def test_what_a_warning_before_the_first_page_of_a_phase_is_about_is_the_page_that_comes_next() -> None:
    for line in ("fail=TDR", "fail=TDVPR[0]", "hkid=flushvp-not-done", "fail=all"):
        result = run("v1", line)
        about = subjects(result.steps)
        for at, step in enumerate(result.steps):
            page = getattr(step.event, "page", None)
            assert not page or about[at] == page
            if about[at] is None:
                assert not isinstance(step.event, events.Warn | events.PrErr)
            if step.phase == "pre_destroy" and not page:
                assert about[at] is not None
        shown = [page for page in warned(result.steps) if page]
        assert len(shown) == result.summary.traces


@pytest.mark.parametrize(
    ("page", "table"),
    [
        ("HKID", "HKID"),
        ("spt root", "root"),
        ("TDCS[3]", "TDCS[3]"),
        ("S-EPT L2 gfn=0x0", "L2 gfn=0x0"),
        ("TDR", "TDR"),
    ],
)
def test_a_page_is_of_its_table_or_its_own(page: str, table: str) -> None:
    assert table_of(page) == table
