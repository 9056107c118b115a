"""The site opens the live explorer at the view that a notebook stored, and every page of it leads somewhere."""

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from docs import live
from docs.links import broken
from kvmviz.check.cases import CASES
from kvmviz.explorer import Explorer
from kvmviz.explorer.offline import space
from kvmviz.scenario import Scenario
from kvmviz.scenario.link import Link

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def shown(link: str) -> NotebookNode:
    """A notebook of one cell whose stored output shows the explorer."""
    data, metadata = Explorer(link)._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", data=data, metadata=metadata)
    found: NotebookNode = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output])])
    return found


def test_a_stored_explorer_comes_to_life_at_its_step() -> None:
    notebook = shown("fail=L1@0x200 step=62 revisions=before,v1")
    assert live.enliven(notebook) == 1
    assert "../explorer.html#tree=1x1x3&amp;fail=L1@0x200&amp;step=62" in notebook.cells[0].outputs[0].data["text/html"]


@pytest.mark.parametrize("link", ["vcpus=2", "tree=1x1x12", "fail=TDCS[1]", "status=0x7 fail=all"])
def test_what_no_page_holds_keeps_its_picture(link: str) -> None:
    notebook = shown(link)
    assert live.enliven(notebook) == 0
    assert "image/svg+xml" in notebook.cells[0].outputs[0].data


def test_a_page_carries_what_is_numbered_in_it() -> None:
    carried = {*space.combinations("1x1x1"), *space.single(["1x1x1"])}
    assert all(space.carries(["1x1x1"], one) for one in carried)
    others = [one for one in space.single(["1x1x3"]) if one not in carried]
    assert others and not any(space.carries(["1x1x1"], one) for one in others)


def test_every_small_case_can_be_watched() -> None:
    small = [case for case in CASES.values() if Scenario.parse(case.scenario).tree.count <= space.LARGEST_CASE]
    assert len(small) > 10
    assert all(live.address(f"{case.scenario} revisions={','.join(case.revisions)}") for case in small)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_explorer_of_the_course_comes_to_life_but_those_of_own_revisions(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    explorers = [one for one in outputs if one.get("data", {}).get("text/plain", "").startswith("Explorer(")]
    links = [Link.parse(one.metadata.kvmviz.link) for one in explorers]
    known = {one.name for page in live.PAGES for one in page.revisions}
    assert live.enliven(notebook) == sum({*(link.revisions or ())} <= known for link in links)


def test_a_frame_that_leads_nowhere_is_a_broken_link(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "page.html").write_text(live.frame("explorer.html#tree=1x1x3&fail=all"))
    assert len(broken(tmp_path)) == 2  # the frame, and the link under it
    (tmp_path / "explorer.html").write_text("<html></html>")
    assert broken(tmp_path) == []
