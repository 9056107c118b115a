"""The site's page of explorers holds what the cases and the course show, and every page of the site leads somewhere."""

from pathlib import Path

import nbformat
import pytest

from docs import live
from docs.links import broken
from kvmviz import run
from kvmviz.check.cases import CASES
from kvmviz.course.puzzles import PUZZLES
from kvmviz.explorer.offline import space
from kvmviz.scenario import Scenario
from kvmviz.scenario.link import Link
from kvmviz.sphinx.view import own_names, read

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("line", ["vcpus=2", "tree=1x1x12", "fail=TDCS[1]", "status=0x7 fail=all"])
def test_what_the_page_does_not_hold_is_not_led_to(line: str) -> None:
    assert live.watch(line, "before", "v1") == ""
    assert live.watch("fail=all", "before", "v1") != ""
    assert live.watch("fail=all", "before", "MyPatch") == ""


def test_a_page_carries_what_is_numbered_in_it() -> None:
    carried = {*space.combinations("1x1x1"), *space.single(["1x1x1"])}
    assert all(space.carries(["1x1x1"], one) for one in carried)
    others = [one for one in space.single(["1x1x3"]) if one not in carried]
    assert others and not any(space.carries(["1x1x1"], one) for one in others)


def test_every_small_case_can_be_watched() -> None:
    small = [case for case in CASES.values() if Scenario.parse(case.scenario).tree.count <= space.LARGEST_CASE]
    assert len(small) > 10
    assert all(live.watch(case.scenario, *case.revisions) for case in small)


def test_the_puzzles_of_the_course_are_known_by_their_names(tmp_path: Path) -> None:
    live.write_puzzles(tmp_path)
    told: dict[str, list[str]] = {}
    exec(live.settings(), told)
    own = own_names(told["kvmviz_revisions"], tmp_path)
    assert {*own} == {one.name for one in PUZZLES.values()}
    view = read("fail=L1@0x200 revisions=v1,puzzle-A", folder=tmp_path, own=own)
    assert view.link(tmp_path).revisions == ("v1", "puzzle-A")
    shown, puzzle = view.lockstep(tmp_path).runs["b"], run(PUZZLES["A"], "fail=L1@0x200")
    assert [one.event for one in shown.steps] == [one.event for one in puzzle.steps]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_explorer_of_the_course_can_be_shown_but_those_of_own_revisions(path: Path) -> None:
    outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", ())]
    explorers = [one for one in outputs if one.get("data", {}).get("text/plain", "").startswith("Explorer(")]
    links = [Link.parse(one.metadata.kvmviz.link) for one in explorers]
    known = {one.name for one in (*live.REVISIONS_HELD, *PUZZLES.values())}
    own = {"v1-in-C"}  # what a cell of notebook 04 makes
    assert {name for link in links for name in link.revisions or ()} <= known | own


def test_a_frame_that_leads_nowhere_is_a_broken_link(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    where = "../_static/kvmviz.html#tree=1x1x3&fail=all"
    (tmp_path / "notebooks" / "page.html").write_text(f'<iframe src="{where}"></iframe><a href="{where}">alone</a>')
    assert len(broken(tmp_path)) == 2  # the frame, and the link under it
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "kvmviz.html").write_text("<html></html>")
    assert broken(tmp_path) == []
