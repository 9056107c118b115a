"""What the harness has to notice, or the explorer's tests could not fail."""

import pytest

from tests.browser.conftest import Open

pytestmark = pytest.mark.slow

SLIDER = """
import ipywidgets
ipywidgets.IntSlider(value=3, max=9)
"""


def test_sent_records_what_a_moved_slider_tells_the_kernel(open_notebook: Open) -> None:
    notebook = open_notebook([SLIDER], app="doc")
    handle = notebook.page.get_by_role("slider")
    handle.wait_for()
    before = len(notebook.sent)
    handle.press("ArrowRight")
    notebook.page.wait_for_function("document.querySelector('.widget-readout').innerText === '4'")
    assert "comm_msg" in notebook.sent[before:]


def test_run_all_reports_a_failing_cell(open_notebook: Open) -> None:
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        open_notebook(["1 / 0"])


def test_errors_records_what_a_page_throws_and_asks_of_other_hosts(open_notebook: Open) -> None:
    notebook = open_notebook(["1 + 1"])
    assert notebook.errors == []
    notebook.page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    notebook.page.evaluate("fetch('http://example.org/x').catch(() => null)")
    notebook.page.wait_for_timeout(100)
    for what in ("thrown", "example.org"):
        assert any(what in error for error in notebook.errors)
    notebook.errors.clear()
