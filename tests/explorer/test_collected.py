"""Pieces of runs once each: numbers lead back to the steps, whoever collected them."""

from kvmviz.explorer.collected import Collected
from kvmviz.record.runs import run
from kvmviz.terms.phases import PHASES

RUNS = [run(name, line) for line in ("fail=none", "fail=L1@0x200", "fail=all") for name in ("before", "v1")]


def steps(found: Collected, number: int) -> list[tuple[str, object]]:
    return [(found.atoms[at].phase, found.atoms[at].event) for one in found.runs[number].segments for at in one]


def test_a_run_is_what_its_segments_lead_to() -> None:
    found = Collected()
    for one in RUNS:
        number = found.add(one)
        assert steps(found, number) == [(step.phase, step.event) for step in one.steps]
        assert len(found.runs[number].segments) == len(PHASES)
        assert found.runs[number].lost == one.summary.leaked


def test_what_is_there_is_not_taken_in_again() -> None:
    found = Collected()
    first = [found.add(one) for one in RUNS]
    atoms = len(found.atoms)
    assert [found.add(one) for one in RUNS] == first
    assert (len(found.atoms), len(found.runs)) == (atoms, len(set(first)))
    assert atoms < sum(len(one.steps) for one in RUNS)


def test_what_others_collected_is_renumbered_and_shared() -> None:
    here, there, both = Collected(), Collected(), Collected()
    for found, runs in ((here, RUNS[:4]), (there, RUNS[2:]), (both, RUNS)):
        for one in runs:
            found.at.setdefault(one.revision, []).append(found.add(one))
    merged = Collected()
    merged.merge(here.bare())
    merged.merge(there.bare())
    for name in ("before", "v1"):
        expected = [one for part in (RUNS[:4], RUNS[2:]) for one in part if one.revision == name]
        assert [steps(merged, number) for number in merged.at[name]] == [
            [(step.phase, step.event) for step in one.steps] for one in expected
        ]
    assert (len(merged.runs), len(merged.atoms)) == (len(both.runs), len(both.atoms))
