"""A notebook that is saved and opened again, with nothing behind it: a picture or the question, and what to do."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.jupyter import Server
from tests.browser.test_explorer_answers import Lenient

CELLS = [
    "import kvmviz\nkvmviz.Explorer('fail=L1@0x200', step=62)",
    "from kvmviz.course import ask\nask('01-traces-v1')",
    "kvmviz.compare('before', 'v1', 'fail=L1@0x200')",
]
SAID = "Run the cell again to have it live."


@pytest.mark.slow
def test_what_is_stored_is_seen_where_no_widget_is(open_notebook: Open, server: Server) -> None:
    notebook = open_notebook(CELLS, app="doc", height=2600)
    page = notebook.page
    notebook.explorer()
    stand_ins = page.locator(".kvmviz-stand-in")
    expect(stand_ins).to_have_count(3)
    page.wait_for_timeout(2500)
    for at in range(3):
        expect(stand_ins.nth(at)).to_be_hidden()
    notebook.command("docmanager:save")
    stored = json.loads((server.root / "test.ipynb").read_text())
    assert [len(cell["outputs"]) for cell in stored["cells"]] == [2, 2, 2]
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    notebook.errors = Lenient()
    notebook.open_file("test.ipynb")
    for at in range(3):
        expect(stand_ins.nth(at)).to_contain_text(SAID)
        expect(stand_ins.nth(at)).to_be_visible()
        expect(stand_ins.nth(at)).to_have_css("max-height", "none")
    expect(stand_ins.nth(0).locator("svg [data-page='S-EPT L1 gfn=0x200']").first).to_be_visible()
    expect(stand_ins.nth(1)).to_contain_text("Predict")
    bare = page.get_by_text("model not found")
    expect(bare).to_have_count(3)
    expect(bare.filter(visible=True)).to_have_count(0)
    notebook.screenshot("reopened")
    notebook.run_all()
    notebook.explorer()
    for at in range(3):
        expect(stand_ins.nth(at)).to_be_hidden()
