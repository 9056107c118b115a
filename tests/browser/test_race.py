"""A race in JupyterLab: a bad schedule that is stepped through beside its source, and read in both themes."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Open

CELL = "import kvmviz\nkvmviz.race('old', threads=2, rounds=1)"


def test_buttons_and_keys_step_through_the_schedule(open_notebook: Open) -> None:
    page = open_notebook([CELL], app="doc").page
    said = page.locator(".kvrace-said")
    expect(said).to_contain_text("Step 28 of 28. Thread A in put")
    page.get_by_title("A step back", exact=True).click()
    expect(said).to_contain_text("Step 27 of 28.")
    expect(page.locator(".kvrace .row.now")).to_have_attribute("data-step", "27")
    page.get_by_label("step", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("Step 26 of 28.")
    expect(page.locator(".kvrace-source .on")).to_contain_text("yield region.lock()")


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 700])
def test_everybody_can_read_it(open_notebook: Open, theme: Any, width: int) -> None:
    notebook = open_notebook([CELL], app="doc", width=width)
    notebook.set_theme(theme)
    view = notebook.page.locator(".kvrace-view")
    view.locator(".kvrace .row").first.wait_for()
    notebook.screenshot(f"race-{theme}-{width}", view)
    assert view.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
    found = Axe().run(notebook.page, context=".kvrace-view").response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
