"""Patches in their turn: which claims are asked, and which patches are seen as one series."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from kvmviz.review import running
from kvmviz.review.findings import Claimed, Finding
from kvmviz.review.ran import NotRun
from kvmviz.review.running import SMALLEST, Options, Series, called_for
from kvmviz.review.sides import Loaded
from kvmviz.revisions import REVISIONS
from tests.review import mails, patches
from tests.review.letters import finding_of

NOTHING = finding_of(mails.REPLIED + "hello\n")
PATCH = finding_of(mails.posted(patches.OWN_IDEA))


def test_claims_that_are_made_near_read_into_or_the_patch_s_own_are_asked_once() -> None:
    found = finding_of(mails.replied(patches.LIKE_16_OF_17))
    said = [name for remark in found.remarks for name in remark.heard.said]
    assert {"B1", "B2", "B4", "B6", "B7"} <= set(said)
    names = called_for(found)
    assert len(names) == len(set(names))
    assert {*said, "B3", "B5", *(claimed.claim for claimed in found.claimed)} <= set(names)
    assert called_for(NOTHING) == ()
    assert called_for(replace(NOTHING, claimed=(Claimed("S4", "", (), "", sure=False),))) == ("S4",)


def test_the_code_before_is_looked_at_on_the_smallest_tree_in_a_boot_of_its_own() -> None:
    assert {str(scenario.tree) for scenario in SMALLEST} == {"1x1x1"}
    assert not any(scenario.boot or scenario.panic for scenario in SMALLEST)
    assert len(SMALLEST) == len(set(SMALLEST)) > 20


def loaded(on_top: bool) -> Loaded:
    return Loaded(REVISIONS["v1"], REVISIONS["before"], old_shown=False, functions={}, not_modelled=(), passed_over=(),
                  on_top=on_top)  # fmt: skip


class Fake:
    """What ran, by the number of its patch."""

    def __init__(self, number: int) -> None:
        self.number, self.first = number, number

    def seen_from(self, first: "Fake") -> "Fake":
        other = Fake(self.number)
        other.first = first.number
        return other


def series(monkeypatch: pytest.MonkeyPatch, findings: list[Finding], ons: list[bool | None], chosen: set[int]) -> Any:
    """A series whose patches load as `ons` says: on top of the one before, by itself, or not at all."""
    seen: list[Any] = []
    left = iter(ons)

    def load(found: Finding, before: Loaded | None, kernel: str | None) -> Loaded | NotRun:
        seen.append(before)
        on = next(left)
        return NotRun("No.") if on is None else loaded(on)

    numbers = iter(range(100))
    monkeypatch.setattr(running, "load_sides", load)
    monkeypatch.setattr(Series, "_run", lambda *_: (Fake(next(numbers)), {}))
    monkeypatch.setattr("kvmviz.review.case.Ran", Fake)
    made = Series(findings, frozenset(chosen), Options(path="m"))
    return SimpleNamespace(made=made, cases=made.cases, together=made.together, seen=seen)


def test_a_patch_that_is_put_upon_others_counts_them_and_the_last_is_seen_from_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = series(monkeypatch, [PATCH] * 3, [False, True, True], {0, 1, 2})
    assert [case.earlier for case in found.cases] == [0, 1, 2]
    assert (found.together.number, found.together.first) == (2, 0)
    assert found.seen[0] is None and all(isinstance(before, Loaded) for before in found.seen[1:])


def test_a_patch_by_itself_begins_anew_and_ends_no_series(monkeypatch: pytest.MonkeyPatch) -> None:
    found = series(monkeypatch, [PATCH] * 4, [False, False, True, False], {0, 1, 2, 3})
    assert [case.earlier for case in found.cases] == [0, 0, 1, 0]
    assert found.together is None
    again = series(monkeypatch, [PATCH] * 3, [False, False, True], {0, 1, 2})
    assert (again.together.number, again.together.first) == (2, 1)


def test_a_single_patch_is_no_series_and_what_was_not_chosen_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    found = series(monkeypatch, [PATCH, NOTHING], [False], {0})
    assert found.together is None and len(found.seen) == 1
    assert [case.done is not None for case in found.cases] == [True, False]
    assert found.cases[1].path == "m"


def test_what_is_not_loaded_is_not_built_upon(monkeypatch: pytest.MonkeyPatch) -> None:
    found = series(monkeypatch, [PATCH] * 2, [None, False], {0, 1})
    assert isinstance(found.cases[0].ran, NotRun) and found.seen == [None, None]
