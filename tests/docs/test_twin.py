"""A page of the site leads to the notebook that runs in the browser, where there is one."""

from pathlib import Path
from typing import Any

import nbformat

from docs import twin
from docs.links import broken


def notebook() -> Any:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# The title\n\nThe text.")])


def test_a_page_leads_to_its_twin_and_the_link_is_checked_with_all_others(tmp_path: Path) -> None:
    lite, site = tmp_path / "built", tmp_path / "site"
    for file in ("files/00-x.ipynb", "notebooks/index.html"):
        (lite / file).parent.mkdir(parents=True)
        (lite / file).write_text("")
    one = notebook()
    assert twin.join(one, "00-x.ipynb", lite)
    assert one.cells[0].source.startswith("# The title\n\n<p><a href=")
    assert one.cells[0].source.endswith("The text.")
    (site / "notebooks").mkdir(parents=True)
    (site / "notebooks" / "00-x.html").write_text(twin.link("00-x.ipynb"))
    assert broken(site)
    assert twin.bring(site, lite)
    assert broken(site) == []


def test_without_the_folder_there_is_no_link(tmp_path: Path) -> None:
    one = notebook()
    assert not twin.join(one, "00-x.ipynb", tmp_path / "not-there")
    assert "href" not in one.cells[0].source
    assert not twin.bring(tmp_path, tmp_path / "not-there")
