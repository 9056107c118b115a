"""The first screen of the course in a JupyterLab that has never seen it: a picture."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.jupyter import environment, serve
from tests.browser.notebook import Notebook

COURSE = Path(__file__).parents[2] / "notebooks"
FIRST = "00-start-here.ipynb"


@pytest.mark.slow
@pytest.mark.parametrize("signed", [True, False])
def test_what_is_signed_shows_its_pictures_before_anything_ran(browser: Browser, tmp_path: Path, signed: bool) -> None:
    with serve(tmp_path) as server:
        shutil.copy(COURSE / FIRST, server.root)
        if signed:
            code = (
                f"import pathlib\nfrom kvmviz.course.signing import trust\nprint(trust(pathlib.Path({str(COURSE)!r})))"
            )
            env = environment(tmp_path)
            first, again = (subprocess.check_output([sys.executable, "-c", code], env=env, text=True) for _ in range(2))
            assert (int(first), int(again)) == (len(list(COURSE.glob("*.ipynb"))), 0)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        notebook = Notebook(context.new_page(), server, "lab")
        notebook.open_file(FIRST)
        picture = notebook.page.locator(".jp-RenderedSVG img").first
        if signed:
            expect(picture).to_be_visible()
            assert picture.evaluate("image => image.naturalWidth") > 100
            notebook.screenshot("first-screen")
        else:
            expect(notebook.page.get_by_text("Explorer(scenario=").first).to_be_visible()
            expect(picture).to_have_count(0)
        context.close()
