"""One test asks every case; the others hold the table itself in order."""

import re

import pytest

from kvmviz.check.cases import CASES, FIGURES, Case, Figure
from kvmviz.scenario import Scenario
from kvmviz.scenario.link import Link


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_case_comes_out_as_expected(case: Case) -> None:
    assert case.figures() == case.expected
    assert case.holds()


def test_case_notices_a_wrong_figure_and_a_wrong_alike() -> None:
    case = CASES["one-page-fails"]
    wrong = Figure("traces", 1, 1)
    assert not Case(case.name, case.question, case.scenario, (wrong,)).holds()
    assert not Case(case.name, case.question, case.scenario, case.expected, alike=True).holds()


def test_names_are_slugs_questions_are_questions_scenarios_are_canonical() -> None:
    assert 18 <= len(CASES) <= 26
    for name, case in CASES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name) and name == case.name
        assert case.question.endswith("?")
        assert str(Scenario.parse(case.scenario)) == case.scenario
        link = Link.parse(case.link)
        assert str(link.scenario) == case.scenario


def test_every_figure_is_asked_for_by_some_case_and_the_table_has_no_twins() -> None:
    assert {figure.name for case in CASES.values() for figure in case.expected} == set(FIGURES)
    assert len({case.link for case in CASES.values()}) == len({case.question for case in CASES.values()}) == len(CASES)
