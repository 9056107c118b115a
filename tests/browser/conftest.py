"""One server and one browser for a whole session of tests, one fresh page for each."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import FLAGS, find_browser, what_is_missing
from tests.browser.jupyter import Server, serve
from tests.browser.notebook import App, Notebook
from tests.browser.pages import Pages

Open = Callable[..., Notebook]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if missing := what_is_missing():
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Iterator[Pages]:
    pages = Pages(browser)
    yield pages
    pages.close()


@pytest.fixture(scope="session")
def shelf(pages: Pages) -> Iterator[list[Notebook]]:
    """A notebook that stays open, for the next test: JupyterLab takes two seconds of processor time to load."""
    shelf: list[Notebook] = []
    yield shelf
    for notebook in shelf:
        notebook.leave()


@pytest.fixture
def open_notebook(pages: Pages, server: Server, shelf: list[Notebook]) -> Iterator[Open]:
    """Open a notebook of the given cells and run it; at the end no page may have complained.

    One in `doc` is what the test before had open, with other cells; a `fresh` one is loaded anew.
    """
    opened: list[Notebook] = []
    others: list[Notebook] = []

    def open_(
        cells: Sequence[str], *, app: App = "lab", width: int = 1280, height: int = 900, script: str = "",
        fresh: bool = False,
    ) -> Notebook:  # fmt: skip
        if app == "doc" and shelf and not script and not fresh:
            opened.append(notebook := shelf.pop())
            notebook.page.set_viewport_size({"width": width, "height": height})
            notebook.replace(cells)
        else:
            while shelf:  # what this test does to the kernel must not happen to a page that waits
                shelf.pop().leave()
            lent = ExitStack()
            page = lent.enter_context(pages.lent(width, height, script, reduced_motion="reduce"))
            opened.append(notebook := Notebook(page, server, app, lent))
            if app != "doc" or script:
                others.append(notebook)
            notebook.open(cells)
        notebook.run_all()
        return notebook

    yield open_
    errors = [error for notebook in opened for error in notebook.errors]
    for notebook in opened:
        if not errors and not shelf and notebook not in others and notebook.is_ready():
            shelf.append(notebook)
        else:
            notebook.leave()
    assert not errors
