"""The explorer without widgets: text of a mail's width, a picture of both sides, the same figures in both."""

import re

import pytest

from kvmviz.draw.lockstep import Lockstep, Side
from kvmviz.draw.narration import texts
from kvmviz.draw.still import counts, link, still_svg, still_text
from kvmviz.record.runs import run
from kvmviz.scenario.link import Link
from kvmviz.terms.events import Warn

LINE = "fail=L1@0x200"
BOTH = Lockstep.of(["before", "v1"], LINE)
STEPS = (0, 40, 62, 63, len(BOTH))


def test_the_link_leads_back_to_this_view() -> None:
    found = Link.parse(link(BOTH, 62))
    assert (str(found.scenario), found.step, found.revisions) == (str(BOTH.scenario), 62, ("before", "v1"))


@pytest.mark.parametrize("side", ["a", "b"])
def test_counts_are_those_of_the_events_up_to_here(side: Side) -> None:
    name = {"a": "before", "b": "v1"}[side]
    for step in STEPS:
        taken = [one for one in BOTH.steps(side)[:step] if one]
        traces = sum(isinstance(one.event, Warn) and one.event.printed for one in taken)
        leaks = sum(one.event.kind == "leak" for one in taken)
        assert counts(BOTH, side, step)[::2] == (traces, leaks)
    last = run(name, LINE).summary
    assert counts(BOTH, side, len(BOTH)) == (last.traces, last.lines, last.leaked_count, 0)


@pytest.mark.parametrize("step", STEPS)
def test_the_text_fits_a_mail_and_says_what_the_explorer_says(step: int) -> None:
    first, _, head, *rest = still_text(BOTH, step).splitlines()
    assert (first, head) == (link(BOTH, step), f"Step {step} of {len(BOTH)}:")
    assert " ".join(" ".join(rest[: rest.index("")]).split()) == texts(BOTH)[step]
    assert max(map(len, rest)) <= 72
    assert [line.split() for line in rest[-3:]] == [
        [*word.split(), *(str(counts(BOTH, side, step)[at]) for side in BOTH.sides)]
        for at, word in enumerate(("traces", "error lines", "pages leaked"))
    ]


@pytest.mark.parametrize("step", STEPS)
def test_the_picture_has_each_side_as_its_own_run_leaves_it(step: int) -> None:
    drawn = still_svg(BOTH, step)
    states = re.findall(r'data-page="(S-EPT L1 gfn=0x200|TDR)" data-state="([^"]*)"', drawn)
    taken = [sum(at is not None for at in BOTH.indices(side)[:step]) for side in BOTH.sides]
    frames = [BOTH.runs[side].frames[at] for side, at in zip(BOTH.sides, taken, strict=True)]
    assert sorted(states) == sorted((page, frame.states[page]) for frame in frames
                                    for page in ("S-EPT L1 gfn=0x200", "TDR"))  # fmt: skip
    assert f"step {step} / {len(BOTH)}" in drawn


def test_one_side_alone_has_one_column_and_one_picture() -> None:
    alone = Lockstep.of(["v1"], LINE)
    assert still_text(alone, 3).splitlines()[-3].split() == ["traces", "0"]
    assert still_svg(alone, 3).count('data-page="TDR"') == 1


def test_the_picture_s_head_counts_each_side_and_marks_the_page_of_the_step() -> None:
    drawn = still_svg(BOTH, len(BOTH))
    assert "before: 2 traces, 2 error lines, 2 leaked | v1: 1 trace, 2 error lines, 2 leaked" in drawn
    assert f"step {len(BOTH)} / {len(BOTH)}: {texts(BOTH)[-1]}"[:40] in drawn
    marks = [re.findall(r'data-el="here" data-state="([a-z]+)"', still_svg(BOTH, step)) for step in (0, 62)]
    assert marks == [["none"] * 2, ["now"] * 2]


def test_pairs_that_are_lost_have_a_row_where_a_side_can_lose_any() -> None:
    both = Lockstep.of(["v1", "dpamt"], "tree=1x1x3 region=dense fail=L1@0x200")
    last = len(both)
    rows = {line[:16].strip(): line[16:].split() for line in still_text(both, last).split("\n")}
    assert rows["PAMT pairs lost"] == ["none", "to", "lose", str(counts(both, "b", last)[3])]
    assert counts(both, "b", last)[3] > 0 and "PAMT" not in still_text(BOTH, len(BOTH))


def test_a_trace_that_only_the_other_side_prints_is_a_ghost_here() -> None:
    drawn = still_svg(BOTH, len(BOTH))
    full, ghost = (len(re.findall(rf'data-el="warn [^"]*" data-state="{state}"', drawn)) for state in ("full", "ghost"))
    traces = {name: run(name, LINE).summary.traces for name in ("before", "v1")}
    assert (full, ghost) == (sum(traces.values()), traces["before"] - traces["v1"])


@pytest.mark.parametrize("names", [("v1", "dpamt"), ("dpamt", "before")])
def test_the_picture_s_head_counts_pairs_of_the_side_that_can_lose_any(names: tuple[str, str]) -> None:
    both = Lockstep.of(names, "tree=1x1x3 region=scattered fail=L1@0x200")
    said = []
    for side, name in zip(both.sides, names, strict=True):
        traces, lines, leaked, pinned = counts(both, side, len(both))
        pairs = f", {pinned} PAMT pair{'s' * (pinned != 1)} pinned" if name == "dpamt" else ""
        said.append(f"{name}: {traces} trace{'s' * (traces != 1)}, {lines} error line{'s' * (lines != 1)}, "
                    f"{leaked} leaked{pairs}")  # fmt: skip
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", still_svg(both, len(both)))
    assert " ".join(drawn[:6]).startswith(f"{both.scenario} {' | '.join(said)} step ")
