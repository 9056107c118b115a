"""A step with all its words, against the step itself and against the end of the run."""

from typing import Any

import pytest

from kvmviz.draw.looks import changes, subjects
from kvmviz.explorer.atoms import BEFORE, ROW, Atom, Writer, _of_pairs, slot_of, verdict_words
from kvmviz.record.runs import Run, run
from kvmviz.terms import events as e
from kvmviz.terms.kinds import KINDS
from kvmviz.terms.site import Site

RUNS = [run(*asked) for asked in (
    ("v1", "fail=L1@0x200"), ("before", "fail=all leaves=present"), ("v1", "tree=1x1x20 fail=all boot=second:1s"),
    ("landed", "hkid=flushvp-not-done fail=all"), ("dpamt", "region=scattered fail=L1@0x0 remove=fails"),
)]  # fmt: skip


def both(result: Run) -> list[tuple[Any, Atom]]:
    return list(zip(result.steps, Writer().atoms(result), strict=True))


@pytest.mark.parametrize("result", RUNS, ids=lambda one: f"{one.revision} {one.scenario}")
def test_counts_of_all_steps_come_to_the_summary(result: Run) -> None:
    found = [atom.value["counted"] for _, atom in both(result)]
    s = result.summary
    pairs = s.pamt.pairs_pinned if s.pamt else 0
    assert [sum(column) for column in zip(*found, strict=True)] == [s.traces, s.lines, s.leaked_count, pairs]
    for (step, atom), counted in zip(both(result), found, strict=True):
        said = step.event.kind in ("warn", "pr_err", "leak", "pamt_pin") and getattr(step.event, "printed", True)
        assert bool(any(counted)) <= said, atom


@pytest.mark.parametrize("result", RUNS, ids=lambda one: f"{one.revision} {one.scenario}")
def test_words_and_places_are_the_step_s_own(result: Run) -> None:
    moves, pages = changes(result), subjects(result.steps)
    for at, (step, atom) in enumerate(both(result)):
        value, kind = atom.value, KINDS[step.event.kind]
        assert (atom.phase, atom.event) == (value["phase"], step.event) == (step.phase, step.event)
        assert (value["kind"], value["text"], value["about"]) == (step.event.kind, step.text, pages[at])
        assert (value["lacks"], value["does"]) == (kind.lacks(step.event), kind.does(step.event))
        assert value["mark"] == kind.mark(step.event)
        assert value["who"] == step.where[-1].function.name
        assert value["changes"][: len(moves[at])] == moves[at]
        places = [(w.function.name, w.function.file, w.source, w.line) for w in step.where]
        assert list(value["chain"]) == places
        if not isinstance(step.event, e.Seamcall):
            assert value["event"] == (step.event.kind, pages[at] or "")


@pytest.mark.parametrize("result", RUNS, ids=lambda one: f"{one.revision} {one.scenario}")
def test_the_log_of_a_step_is_there_where_its_kind_leaves_one_and_held_where_nothing_was_printed(result: Run) -> None:
    for step, atom in both(result):
        event, value = step.event, atom.value
        assert (value["logged"] is not None) == (KINDS[event.kind].logged is not None)
        assert value["site"] == getattr(event, "site", None)
        loud = isinstance(event, e.Warn | e.PrErr)
        assert value["printed"] == (loud and event.printed)
        assert (value["held"] is not None) == (loud and not event.printed)
        if value["held"]:
            now, before = value["held"]
            assert now.endswith(f"step {ROW} printed it") and f"{BEFORE} s before" in before
        assert (value["bugged"] is not None) == isinstance(event, e.VmBugged)
        if isinstance(event, e.VmBugged):
            assert value["bugged"] == f"the VM was marked bugged at step {ROW} by {Site.parse(event.site).short}"
        if isinstance(event, e.PrErr):
            assert value["logged"] and value["logged"][:2] == (event.message, "")


@pytest.mark.parametrize("result", RUNS, ids=lambda one: f"{one.revision} {one.scenario}")
def test_what_predict_mode_asks_for_is_in_the_step_that_answers(result: Run) -> None:
    for step, atom in both(result):
        event, value = step.event, atom.value
        if isinstance(event, e.Free):
            assert (value["page"], value["how"]) == (event.page, event.how)
        elif isinstance(event, e.SetNull):
            twin = event.page.replace("spt", "S-EPT")
            by = "tdx" if event.by.startswith("tdx.c:") else "mmu"
            assert (value["page"], value["by"], value["twin"]) == (event.page, by, twin)
        elif isinstance(event, e.Seamcall):
            assert (value["page"], value["call"]) == (event.page, event.seamcall)
        elif isinstance(event, e.Warn):
            assert (value["page"], value["short"]) == (None, Site.parse(event.site).short)
        else:
            assert value["page"] == getattr(event, "page", None)


def test_an_episode_is_what_happens_to_one_table_in_one_place() -> None:
    atoms = [atom for _, atom in both(RUNS[0])]
    told: dict[str, set[tuple[str, str | None, str]]] = {}
    for atom in atoms:
        page = atom.value["about"]
        table = page.split(" ", 1)[1] if page and page.startswith(("spt L", "S-EPT")) else page
        told.setdefault(atom.value["episode"], set()).add((atom.phase, table, atom.value["chain"][0][2]))
    assert all(len(found) == 1 for found in told.values())
    assert len(told) == len({one for found in told.values() for one in found})


def test_what_becomes_of_a_pair_stands_in_the_ledger() -> None:
    region = "region 3"
    put, gone = (_of_pairs(e.PamtPut("TDR", region, left)) for left in (1500, 0))
    assert put == (("pair region 3", "tdx-owned"), ("refs region 3", "1,500 left"))
    assert gone == (("pair region 3", "reclaimed"), ("refs region 3", ""))
    many = _of_pairs(e.PamtPin("TDR", region, 1001, 1))
    assert many == (("pair region 3", "leaked"), ("refs region 3", "a phantom reference, and so in 1,000 more regions"),
                    ("bytes region 3", str(8192 * 1001)))  # fmt: skip
    assert _of_pairs(e.PamtPin("TDR", region, 0, 0)) == (
        ("pair region 3", "leaked"),
        ("refs region 3", "a leaked page"),
    )
    assert _of_pairs(e.Free("TDR", "immediate")) == ()
    home = run("dpamt", "region=scattered")
    freed = [step.event for step in home.steps if isinstance(step.event, e.Free) and "PAMT" in step.event.page]
    assert {len(_of_pairs(event)) for event in freed} == {0, 1}, "of a pair's two pages the second ends it"


def test_steps_that_are_alike_are_one_atom_and_others_are_not() -> None:
    writer = Writer()
    first = writer.atoms(RUNS[0])
    count = len(writer)
    again = writer.atoms(run("v1", "fail=L1@0x200"))
    assert len(writer) == count
    assert all(a is b for a, b in zip(first, again, strict=True))
    other = writer.atoms(run("v1", "fail=none"))
    assert 0 < sum(any(a is b for b in first) for a in other) < len(other)


def test_a_step_of_a_folded_run_says_how_often_in_the_log() -> None:
    folded = run("before", "tree=16GiB fail=all").folded
    for step, atom in both(folded):
        if isinstance(step.event, e.Warn):
            often = f" (x {step.times:,})" if step.times > 1 else ""
            assert atom.value["logged"] and atom.value["logged"][1] == f"{Site.parse(step.event.site).macro}{often}"
    assert any(step.times > 1 and isinstance(step.event, e.Warn) for step in folded.steps)


def test_the_end_of_a_story_has_the_figures_that_compare() -> None:
    for result in RUNS:
        s = result.summary
        assert verdict_words(result)[3:] == (s.traces, s.lines, s.panicked)
    lost, printed, came, *_ = verdict_words(RUNS[0])
    assert "2 pages" in lost and "trace" in printed and lost in came
    assert slot_of("tdx.c:f:WARN_ON") == "f"
