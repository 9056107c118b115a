"""A frame as DOT: each cell in the colours and words of its state, pointers and links, the caption."""

import re

import pytest

from kvmviz.draw.frame_dot import draw_dot, looks
from kvmviz.draw.looks import subjects, table_of
from kvmviz.draw.palette import tokens
from kvmviz.record.runs import run
from kvmviz.terms.events import Op, SetNull
from kvmviz.terms.states import HKID_STATES, PAGE_STATES

RESULT = run("v1", "fail=L1@0x200 vcpus=2")
CUT = next(n for n, one in enumerate(RESULT.steps, 1) if isinstance(one.event, SetNull))
STEPS = (0, 20, 45, CUT, CUT + 1, len(RESULT.steps))


@pytest.mark.parametrize("step", STEPS)
def test_every_page_has_the_colours_and_the_word_of_its_state(step: int) -> None:
    found = looks(RESULT, step)
    here = subjects(RESULT.steps[:step])[-1] if step else None
    for page, state in RESULT.frames[step].states.items():
        look, known = found[page], PAGE_STATES[state]
        assert look.fill == ("" if known.light.fill == "none" else known.light.fill), page
        assert look.ink == known.light.text
        small = page.startswith("guest") or (page.startswith(("TDCX", "TDCS")) and page != "TDCS[3]")
        assert look.text.split("\n")[-1] == (known.letter if small else known.word)
        if page == here:
            assert (look.edge, look.width, look.style) == (tokens("light")["now"], 4, "")
        else:
            assert look.edge == known.light.edge
            assert look.width == (4 if known.line == "tape" else 1)
            assert look.style == (known.line if known.line in ("dashed", "dotted") else "")


def test_a_cell_says_which_page_it_is() -> None:
    found = looks(RESULT, 0)
    first = {page: look.text.split("\n")[:-1] for page, look in found.items()}
    assert first["S-EPT L1 gfn=0x200"] == first["spt L1 gfn=0x200"] == ["L1", "0x200"]
    assert (first["TDR"], first["TDCS[3]"], first["TDCX[1][4]"], first["TDCS[5]"]) == (
        ["TDR"],
        ["TDCS[3]"],
        ["4"],
        ["5"],
    )
    assert first["guest gfn=0x0"] == []


@pytest.mark.parametrize("step", STEPS)
def test_pointers_and_links_are_what_the_events_made_of_them(step: int) -> None:
    found, frame = looks(RESULT, step), RESULT.frames[step]
    asked = {table_of(one.event.page) for one in RESULT.steps[:step] if isinstance(one.event, Op)}
    cut = {table_of(one.event.page) for one in RESULT.steps[:step] if isinstance(one.event, SetNull)}
    assert bool(cut) == (step >= CUT)
    for level, gfn in RESULT.tree.tables():
        name = f"L{level} gfn={gfn:#x}"
        gone = frame.states[f"spt {name}"] == "freed"
        lost = name in cut and frame.states[f"S-EPT {name}"] in ("leaked", "tdx-owned")
        assert found[f"ptr {name}"].text == ("" if gone else "-|" if name in cut else "->"), name
        if not gone:
            assert found[f"ptr {name}"].ink == tokens("light")["word-leaked" if lost else "ink"]
        link = found[f"link {name}"]
        ended = ("dotted", tokens("light")["line2"]) if name in asked else ("", tokens("light")["ink"])
        assert (link.style, link.edge) == ended


@pytest.mark.parametrize("step", STEPS)
def test_the_key_and_the_vcpu_pages_are_said_in_words(step: int) -> None:
    found, frame = looks(RESULT, step), RESULT.frames[step]
    assert found["HKID"].text == HKID_STATES[frame.hkid].word
    states = [state for page, state in frame.states.items() if page.startswith(("TDVPR", "TDCX"))]
    first, counts = found["group vCPUs"].text.split("\n")
    assert first == "vCPU pages"
    assert sorted(counts.split(", ")) == sorted(f"{states.count(s)} {PAGE_STATES[s].word}" for s in set(states))


def test_a_group_counts_its_s_ept_pages() -> None:
    large = run("v1", "tree=1x1x100 fail=L1@0x200,L1@0x600")
    text = looks(large, len(large.steps))["group L2 gfn=0x0"].text
    assert text.split("\n")[0] == "L2 gfn=0x0: 100 tables"
    assert sorted(text.split("\n")[1].split(", ")) == [
        f"2 {PAGE_STATES['leaked'].word}",
        f"98 {PAGE_STATES['freed'].word}",
    ]


def test_a_table_that_stands_for_many_says_for_how_many() -> None:
    folded = run("v1", "tree=16GiB").folded
    found = looks(folded, 0)
    for page in folded.frames[0].states:
        times = folded.times(page)
        if times > 1 and page.startswith("spt L"):
            assert found[page].text.split("\n")[0] == f"{page.split()[1]}"
            assert found[page].text.split("\n")[1] == f"x {times:,}"
            assert f"gfn={found[page.replace('spt', 'S-EPT')].text.split()[1]}" == page.split()[-1]


def caption(text: str) -> list[str]:
    found = re.search(r'\tlabel="(.*?[^\\])";', text)
    assert found
    return found[1].removesuffix("\\l").split("\\l")


@pytest.mark.parametrize("step", STEPS)
def test_the_caption_is_run_step_and_counts_in_lines_of_a_mail(step: int) -> None:
    lines, frame = caption(draw_dot(RESULT, step)), RESULT.frames[step]
    assert lines[0] == f"v1   {RESULT.scenario}"
    said = RESULT.steps[step - 1].text if step else "nothing has happened yet."
    assert " ".join(lines[1:-1]) == f"step {step} / {len(RESULT.steps)}: {said}"
    counts = f"traces {frame.traces}, error lines {frame.lines}, pages leaked {frame.leaked_count}"
    assert lines[-1] == counts
    assert max(map(len, lines)) <= 76


def test_the_caption_counts_pairs_where_there_are_some() -> None:
    found = run("dpamt", "tree=1x1x1 region=scattered fail=L1@0x0")
    last = caption(draw_dot(found, len(found.steps)))[-1]
    assert found.summary.pamt is not None
    assert last.endswith(f", PAMT pairs pinned {found.summary.pamt.pairs_pinned}")


def test_a_name_with_quotes_and_a_ground_of_its_own_stay_one_label() -> None:
    odd = run("v1", "")
    odd.revision = 'a "b" \\c'
    text = draw_dot(odd, 0, "white")
    assert 'label="a \\"b\\" \\\\c' in text
    assert "bgcolor=white;" in text and "bgcolor=transparent" not in text
    assert "bgcolor=transparent;" in draw_dot(odd, 0)
    assert draw_dot(odd, 0).count("digraph td {") == 1
