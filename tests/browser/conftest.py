"""One server and one browser for a whole session of tests, one fresh page for each."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import FLAGS, find_browser, what_is_missing
from tests.browser.jupyter import Server, serve
from tests.browser.notebook import App, Notebook

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


@pytest.fixture
def open_notebook(browser: Browser, server: Server) -> Iterator[Open]:
    """Open a notebook of the given cells and run it; at the end no page may have complained."""
    opened: list[Notebook] = []

    def open_(
        cells: Sequence[str], *, app: App = "lab", width: int = 1280, height: int = 900, script: str = ""
    ) -> Notebook:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        if script:
            context.add_init_script(script)
        opened.append(notebook := Notebook(context, server, app))
        notebook.open(cells)
        notebook.run_all()
        return notebook

    yield open_
    for notebook in opened:
        notebook.page.context.close()
    assert not [error for notebook in opened for error in notebook.errors]
