"""A comparison in JupyterLab: a diff to read, and buttons that lead into the explorer."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kvmviz.compare.comparison import compare
from kvmviz.compare.unified import hunks
from tests.browser.conftest import Open

BOTH = compare("before", "landed", "fail=L1@0x200")
CELL = "import kvmviz\nkvmviz.compare('before', 'landed', 'fail=L1@0x200')"


@pytest.mark.slow
def test_buttons_open_and_move_one_explorer_by_key(open_notebook: Open) -> None:
    notebook = open_notebook([CELL], app="doc")
    for hunk in hunks(BOTH)[:2]:
        button = notebook.page.get_by_role("button", name=f"Open at step {hunk.step}", exact=True)
        button.focus()
        notebook.page.keyboard.press("Enter")
        label = notebook.explorer().get_by_test_id("step-label")
        expect(label).to_have_text(f"{hunk.step} / {len(BOTH.rows)}")
    expect(notebook.page.get_by_test_id("explorer")).to_have_count(1)


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_the_diff_is_marked_by_sign_and_everybody_can_read_it(open_notebook: Open, theme: Any) -> None:
    notebook = open_notebook([CELL], app="doc", width=700)
    notebook.set_theme(theme)
    notebook.page.locator(".kvmviz-diff").first.wait_for()
    for element, sign in (("del", "-"), ("ins", "+")):
        lines = notebook.page.locator(f".kvmviz-diff {element}").all_text_contents()
        assert lines
        assert {line[0] for line in lines} == {sign}
    found = Axe().run(notebook.page, context=".jp-OutputArea-output").response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
