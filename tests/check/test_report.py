"""A report as text and as JSON."""

import json
import re
import shlex
from typing import Any

import pytest

from kvmviz.check.engine import check
from kvmviz.check.report import Report
from kvmviz.cli import main
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario import Scenario
from tests.spaces import counted
from tests.trying import sampled


@pytest.fixture(scope="module")
def report() -> Report:
    return check("v1", "1x1x2", against="before", progress=False)


@pytest.mark.parametrize("revision", sampled(REVISIONS, 2))
def test_text_is_ascii_of_72_columns(revision: str) -> None:
    text = str(check(revision, "1x1x1x1", against="before", progress=False))
    assert text.isascii()
    assert [line for line in text.splitlines() if len(line) > 72] == []


def test_text_says_everything(report: Report) -> None:
    text = str(report)
    assert text.startswith("v1, space 1x1x2: 1,416 scenarios, ")
    for result in report.results:
        assert f"\n{result.name} " in text
    assert "Beside before:" in text
    assert "28 invariants hold in 1,416 scenarios; 3 are broken only as is known of" in text


def test_every_counterexample_is_a_command_to_paste(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    text = str(report).replace("\\\n", " ")
    commands = re.findall(r"^ *kvmviz (.*)$", text, re.MULTILINE)
    assert len(commands) == text.count("Smallest counterexample:") >= 5
    for command in commands:
        assert main(shlex.split(command)) == 0
        assert "--- before\n+++ v1\n" in (out := capsys.readouterr().out) or "revision v1\n" in out


def test_a_class_without_a_file_has_no_command() -> None:
    own = type("Mine", (Revision,), {"tdp_mmu_free_sp": staticmethod(REVISIONS["v1"].tdp_mmu_free_sp)}, base="v1")
    assert "kvmviz run" not in str(check(own, "1x1x1", progress=False))
    assert "--revision 'my file.py:Mine'" in check(own, "1x1x1", progress=False).text(72, "my file.py:Mine")


def test_scenario_lines_in_the_text_show_what_they_are_said_to_show(report: Report) -> None:
    lines = [line.strip() for line in str(report).splitlines() if line.strip().startswith("tree=")]
    assert len(lines) >= 5
    assert all(str(Scenario.parse(line)) == line for line in lines)


def test_json_is_json_and_says_the_same(report: Report) -> None:
    found = json.loads(json.dumps(report.to_json()))
    assert found["scenarios"] == 1416 and found["ok"] is True
    entry = next(i for i in found["invariants"] if i["invariant"] == "leaks_reach_the_log")
    assert entry["broken"]["counterexample"] == report.counterexamples["leaks_reach_the_log"]
    assert entry["newly_broken"]["when"] == ["hkid=flushvp-not-done boot!=first panic=off"]
    assert found["seconds_per_run"] > 0


def test_the_cost_of_a_run_stands_in_its_own_line(report: Report) -> None:
    assert report.cost.startswith("1,416 runs in ") and report.cost.endswith(" ms of a processor for each.")
    assert report.cost not in str(report)


def test_the_same_question_has_the_same_text_and_repr() -> None:
    one, two = (check("before", "1x1x1", progress=False) for _ in range(2))
    assert (str(one), repr(one)) == (str(two), repr(two))


def test_an_invariant_that_was_never_asked_does_not_hold() -> None:
    report = check("v1", ["tree=1x1x1"], progress=False)
    assert report["same_pages_leak"].verdict == "never asked"
    assert report["no_false_alarm"].verdict == "holds"


def test_a_violation_beyond_what_is_known_is_called_a_bug() -> None:
    class Kept(Revision, base="landed"):
        @staticmethod
        def tdp_mmu_free_sp(vm: Any, sp: Any) -> None:
            sp.header = False

    report, every = check(Kept, "1x1x1", progress=False), counted("1x1x1")
    assert report.status == 1 and repr(report) == f"<kvmviz.check Kept in {every:,} scenarios: broken>"
    assert str(report).startswith(f"Kept (on landed), space 1x1x1: {every:,} scenarios, ")
    assert "\nown_pages_are_freed: a bug, in 558 scenarios.\n" in str(report)
    assert str(report).endswith("Kept breaks own_pages_are_freed.")
    assert report.counterexamples["own_pages_are_freed"] == "tree=1x1x1"
