"""A notebook's stored explorer is a view like a directive's; what nobody but the notebook knows stays a picture."""

import html
from pathlib import Path

import nbformat

from kvmviz.explorer import Explorer
from tests.sphinx.projects import built, project, scenarios

CONF = 'extensions = ["myst_nb", "kvmviz.sphinx"]\nnb_execution_mode = "off"\n'
LINE = "tree=1x1x1 fail=L1@0x0 step=40 revisions=before,v1"


def notebook(*lines: str) -> str:
    """A notebook whose stored outputs are these views."""
    cells = []
    for line in lines:
        data, metadata = Explorer(line)._repr_mimebundle_()
        output = nbformat.v4.new_output("execute_result", data=data, metadata=metadata)
        cells.append(nbformat.v4.new_code_cell("explorer", outputs=[output]))
    head = nbformat.v4.new_markdown_cell("# Guest")
    python = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=[head, *cells], metadata=python)))


def source(folder: Path, text: str, conf: str = "") -> Path:
    return project(folder, {"index.rst": ".. toctree::\n\n   one\n", "one.ipynb": text}, CONF + conf)


def test_a_stored_explorer_comes_to_life_at_its_step(tmp_path: Path) -> None:
    out, warnings = built(source(tmp_path, notebook(LINE)))
    page = html.unescape((out / "one.html").read_text())
    assert warnings == ""
    assert page.count("<iframe") == 1
    assert 'src="_static/kvmviz.html#tree=1x1x1&fail=L1@0x0&step=40&revisions=before,v1"' in page
    assert scenarios(out) == ["tree=1x1x1 fail=L1@0x0"]


def test_what_is_text_gets_the_text(tmp_path: Path) -> None:
    out, warnings = built(source(tmp_path, notebook(LINE)), "text")
    assert warnings == ""
    assert "pages leaked" in (out / "one.txt").read_text()


def test_a_revision_of_the_notebook_stays_the_stored_picture(tmp_path: Path) -> None:
    text = notebook(LINE).replace("revisions=before,v1", "revisions=v1,Mine")
    out, warnings = built(source(tmp_path, text))
    assert warnings == ""
    assert "<iframe" not in (out / "one.html").read_text()
    assert not (out / "_static" / "kvmviz.html").exists()


def test_a_file_of_the_project_is_known_as_it_calls_itself(tmp_path: Path) -> None:
    text = notebook(LINE).replace("revisions=before,v1", "revisions=v1,Mine")
    folder = source(tmp_path, text, 'kvmviz_revisions = ["Mine.c"]\n')
    quieter = Path(__file__).parents[2] / "docs" / "examples" / "quieter.c"
    (folder / "Mine.c").write_text(quieter.read_text())
    out, warnings = built(folder)
    assert warnings == ""
    assert "revisions=v1,Mine" in html.unescape((out / "one.html").read_text())


def test_without_the_extension_an_output_is_myst_nb_s_own(tmp_path: Path) -> None:
    out, _ = built(source(tmp_path, notebook(LINE), 'extensions = ["myst_nb"]\n'))
    assert "<iframe" not in (out / "one.html").read_text()
