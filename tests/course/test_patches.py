"""The patch exercise: the notebook's own cells are marked, and only a patch that does something is an answer."""

import re
from pathlib import Path
from typing import Final

import nbformat
import pytest

import kvmviz
from kvmviz.c.revision import from_c
from kvmviz.course import answers
from kvmviz.course.patches import QUIETEST, goals, mark_patch
from kvmviz.course.puzzles import PUZZLES
from kvmviz.scenario import CAUSES

NOTEBOOK: Final = Path(__file__).parents[2] / "notebooks/09-write-your-own-patch.ipynb"


def defined(source: str) -> type[kvmviz.Revision]:
    """Return the revision that a cell with this C defines."""
    return from_c(source, base="v1", name="MyPatch")


def given() -> str:
    cell = next(str(cell.source) for cell in nbformat.read(NOTEBOOK, 4).cells if "%%kernel_c MyPatch" in cell.source)
    magic, _, source = cell.partition("\n")
    assert magic == "%%kernel_c MyPatch --base v1"
    return source


def solutions() -> list[str]:
    """The solution of the task, of a line for each TD, and of one at its source."""
    return [text for summary, text in folded() if summary == "A solution"]


def folded() -> list[tuple[str, str]]:
    """What C is folded up, by the line that unfolds it."""
    text = "".join(cell.source for cell in nbformat.read(NOTEBOOK, 4).cells if cell.cell_type == "markdown")
    return re.findall(r"<summary>([^<]*)</summary>\s*```c\n(.*?)```", text, re.DOTALL)


def release() -> str:
    """The function that gives the key back, as a reader finds it."""
    return next(text for summary, text in folded() if "to begin with" in summary)


@pytest.fixture(autouse=True)
def _room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(answers.VARIABLE, str(tmp_path))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_notebooks_solutions_reach_every_goal(number: int) -> None:
    assert "All goals are reached." in str(mark_patch(defined(solutions()[number]), "1x1x1"))
    assert answers.class_results().rows() == [("09-own-patch", 1, 1, 1, "")]


def test_the_patch_as_given_misses_a_goal_and_is_no_answer() -> None:
    patch = defined(given())
    assert [goal.right for goal in goals(patch, "1x1x1")] == [True, True, True, False, True]
    assert "Not yet." in str(mark_patch(patch, "1x1x1"))
    assert answers.class_results().rows() == []


def test_a_trace_for_each_page_is_no_way_out() -> None:
    """The goals are not all met by wrapping everything in WARN_ON."""
    wrapped = given().replace("if (", "if (WARN_ON(").replace(")))\n", "))))\n")
    assert wrapped.count("WARN_ON") == 1
    assert [goal.right for goal in goals(defined(wrapped), "1x1x1")] == [True, True, True, True, False]


def test_the_quieter_solution_has_a_line_for_each_td() -> None:
    line = "tree=1x1x12 hkid=flushvp-not-done boot=second:60s"
    first, *quieter = (kvmviz.run(defined(text), line).summary.lines for text in solutions())
    assert (first, quieter) == (kvmviz.run("v1", line).scenario.tree.count, [1, 1])


@pytest.mark.parametrize("boot", ["first", "second:60s"])
@pytest.mark.parametrize("key", ["released", *CAUSES])
def test_the_function_to_begin_with_does_what_the_models_does(key: str, boot: str) -> None:
    line = f"tree=1x1x1 vcpus=2 hkid={key} boot={boot}"
    assert kvmviz.compare("v1", defined(release()), line).alike


def test_a_line_at_the_source_alone_leaves_a_burst() -> None:
    """And it comes before the first page is lost, where a line of the op comes after those of the vCPUs."""
    alone = defined(solutions()[2].partition("\nstatic void tdx_sept_free")[0])
    assert [goal.counterexample for goal in goals(alone, "1x1x1") if not goal.right] == [QUIETEST[1]]
    kinds = [step.event.kind for step in kvmviz.run(alone, QUIETEST[0]).steps]
    assert kinds.index("pr_err") < kinds.index("leak")


def test_a_limited_line_runs_out_within_seconds() -> None:
    """The hint says that one of the two is enough: a page beyond the limit has no word of its own."""
    limited = defined(solutions()[0].replace("pr_err(", "pr_err_ratelimited("))
    assert [goal.words for goal in goals(limited, "1x1x1") if not goal.right] == [
        "No table page is lost without a word in the log"
    ]


def test_a_dangerous_patch_is_saved_with_what_it_misses() -> None:
    mark_patch(PUZZLES["A"], "1x1x1")
    mistake = answers.class_results().rows()[0][-1]
    assert mistake.startswith("misses: Nothing dangerous happens to any page; The same pages leak as before")


def test_a_revision_of_the_project_is_no_answer() -> None:
    mark_patch("landed", "1x1x1")
    assert answers.class_results().rows() == []


def test_a_patch_is_marked_where_no_answer_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(answers.VARIABLE, str(tmp_path / "file"))
    marked = str(mark_patch(PUZZLES["A"], "1x1x1"))
    assert "Not yet." in marked
    assert "could not be saved" in marked
