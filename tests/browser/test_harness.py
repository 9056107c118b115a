"""The harness itself: a plain slider in both hosts, both themes, and what it must notice."""

import pytest

from tests.browser.conftest import Open
from tests.browser.notebook import App

SLIDER = """
import ipywidgets
slider = ipywidgets.IntSlider(value=3, max=9, description="steps")
slider
"""


@pytest.mark.parametrize("app", ["lab", "doc", "notebooks"])
def test_open_notebook_runs_its_cells_and_shows_the_widget(open_notebook: Open, app: App) -> None:
    notebook = open_notebook([SLIDER], app=app)
    notebook.page.get_by_role("slider").wait_for()
    assert notebook.page.locator(".widget-readout").inner_text() == "3"


def test_sent_records_what_a_moved_slider_tells_the_kernel(open_notebook: Open) -> None:
    notebook = open_notebook([SLIDER])
    handle = notebook.page.get_by_role("slider")
    handle.wait_for()
    before = len(notebook.sent)
    handle.press("ArrowRight")
    notebook.page.wait_for_function("document.querySelector('.widget-readout').innerText === '4'")
    assert "comm_msg" in notebook.sent[before:]


def test_set_theme_changes_the_picture(open_notebook: Open) -> None:
    notebook = open_notebook([SLIDER], app="doc", width=760)
    light = notebook.screenshot("harness-light")
    notebook.set_theme("dark")
    assert notebook.screenshot("harness-dark") != light


def test_run_all_reports_a_failing_cell(open_notebook: Open) -> None:
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        open_notebook(["1 / 0"])


def test_errors_records_a_request_to_another_host(open_notebook: Open) -> None:
    notebook = open_notebook(["1 + 1"])
    assert notebook.errors == []
    notebook.page.evaluate("fetch('http://example.org/x').catch(() => null)")
    assert any("example.org" in error for error in notebook.errors)
    notebook.errors.clear()


def test_errors_records_what_a_page_throws(open_notebook: Open) -> None:
    notebook = open_notebook(["1 + 1"])
    notebook.page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    notebook.page.wait_for_timeout(100)
    assert any("thrown" in error for error in notebook.errors)
    notebook.errors.clear()
