"""A report as a picture: a row for each invariant, bars as long as it was asked and broken."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from kvmviz.check.engine import check
from kvmviz.check.results import Result
from kvmviz.draw.palette import tokens
from kvmviz.draw.report import BAR, report_svg

SVG = "{http://www.w3.org/2000/svg}"
REPORT = check("v1", "1x1x1", progress=False)
ROWS = {row.get("data-invariant"): row for row in ElementTree.fromstring(report_svg(REPORT)).iter(f"{SVG}g")}


def width(row: ElementTree.Element, kind: str) -> float:
    return sum(float(bar.get("width", 0)) for bar in row.iter(f"{SVG}rect") if bar.get("class") == kind)


def test_every_invariant_has_a_row_with_its_verdict_in_the_report_s_order() -> None:
    assert list(ROWS) == [result.name for result in REPORT.results]
    assert [row.get("data-verdict") for row in ROWS.values()] == [result.verdict for result in REPORT.results]


@pytest.mark.parametrize("result", REPORT.results, ids=lambda result: result.name)
def test_bars_are_as_long_as_an_invariant_was_asked_and_broken(result: Result) -> None:
    row, broken = ROWS[result.name], result.broken.count if result.broken else 0
    assert width(row, "asked") == pytest.approx(BAR[1] * result.met / REPORT.scenarios, abs=0.06)
    assert width(row, "broken") == pytest.approx(max(2, BAR[1] * broken / REPORT.scenarios) if broken else 0, abs=0.06)
    said = f"{result.verdict}, {broken:,} of {result.met:,}" if broken else f"{result.verdict}, {result.met:,}"
    assert "".join(row.itertext()) == result.name + said


def test_rows_stand_one_below_the_other_within_the_picture() -> None:
    tops = [float(next(row.iter(f"{SVG}rect")).get("y", 0)) for row in ROWS.values()]
    assert {b - a for a, b in pairwise(tops)} == {24}
    height = int(re.findall(r'viewBox="0 0 860 (\d+)"', report_svg(REPORT))[0])
    assert tops[-1] + 14 < height < tops[-1] + 40


def test_the_head_says_what_was_checked_once_to_see_and_once_to_hear() -> None:
    root = ElementTree.fromstring(report_svg(REPORT))
    title = f"v1: {REPORT.scenarios:,} scenarios, {REPORT.behaviours:,} distinct behaviours"
    assert [one.text for one in root.iter() if one.text == title] == [title] * 2
    said = "".join(text for one in root if one.tag in (f"{SVG}text", f"{SVG}title") for text in one.itertext())
    assert said.startswith(title * 2 + "A bar is as long as the invariant was asked; ")
    assert [one.tail for one in root.iter() if (one.tail or "").strip()] == []


def test_a_theme_has_its_own_colours() -> None:
    assert tokens("dark")["paper"] in report_svg(REPORT, "dark")
    assert tokens("dark")["paper"] not in report_svg(REPORT)
