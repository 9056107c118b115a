"""The course with nothing installed, from a plain server: each notebook runs to its end and asks nobody else."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from docs.lite.__main__ import build
from tests.browser.notebook import COMMAND, KERNEL_IS_READY

pytestmark = [pytest.mark.slow, pytest.mark.marathon]

NOTEBOOKS = [path.name for path in sorted(Path("notebooks").glob("*.ipynb"))]
LONGEST = 400
"""Seconds that a notebook may take on a machine that does much else; two of them hold every scenario against claims."""

UNRUN = "() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].filter(e => /[ *]/.test(e.textContent))"
MEGABYTES = 60


class Quiet(SimpleHTTPRequestHandler):
    """`python -m http.server` without its log."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("built") / "lite"
    build(target)
    return target


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Lite:
    """A browser that has the folder open; `asked` and `errors` are what it asked of others, and complained about."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.asked: list[str] = []
        self.errors: list[str] = []
        context.set_default_timeout(LONGEST * 1000)
        context.on("request", lambda one: self._note(one.url))
        context.route(lambda url: not url.startswith((address, "data:", "blob:")), lambda route: route.abort())

    def _note(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.asked.append(url)

    def _on_console(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.errors.append(f"{said.text} ({said.location.get('url')})")

    def open(self, name: str) -> Page:
        page = self.context.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(error.stack or error.message))
        page.goto(f"{self.address}/lab/index.html?path={name}")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        page.wait_for_function(KERNEL_IS_READY)
        return page


@pytest.fixture(scope="module")
def lite(browser: Browser, address: str) -> Iterator[Lite]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield Lite(context, address)
    context.close()


def step_and_toggle(explorer: Locator) -> None:
    """Go a step on, and let another page fail."""
    label = explorer.get_by_test_id("step-label")
    before = label.text_content() or ""
    explorer.get_by_test_id("step-next").click()
    assert (label.text_content() or "") != before
    none = explorer.get_by_test_id("fail-none")
    none.click()
    expect(none).to_have_attribute("aria-pressed", "true", timeout=60_000)


def answer_one(page: Page) -> None:
    """Answer the first question of a notebook with its first choice, or with a number."""
    question = page.locator(".jp-OutputArea-output .widget-vbox").first
    question.scroll_into_view_if_needed()
    choice = question.locator("input[type=radio]").first
    if choice.count():
        choice.check()
    else:
        question.locator("input[type=text]").first.fill("1")
    question.locator("button").first.click()
    question.get_by_text("\u2713").or_(question.get_by_text("\u2717")).first.wait_for()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_to_its_end_and_asks_nobody_else(name: str, lite: Lite) -> None:
    page = lite.open(name)
    page.evaluate(COMMAND, ["notebook:run-all-cells", {}, LONGEST])
    complaints = page.locator(".jp-OutputArea-output[data-mime-type$='stderr'], [data-mime-type$='.error']")
    assert [one.inner_text() for one in complaints.all()] == []
    assert page.locator(".jp-CodeCell .jp-InputPrompt").count() > 3
    assert page.evaluate(f"({UNRUN})().length") == 0
    for explorer in page.get_by_test_id("explorer").all():
        explorer.scroll_into_view_if_needed()
        step_and_toggle(explorer)
    answer_one(page)
    if name.endswith("write-your-own-patch.ipynb"):
        page.get_by_text("Nothing dangerous happens to any page").first.wait_for()
    page.close()
    assert lite.errors == []
    assert lite.asked == []


def test_an_endless_loop_of_a_reader_comes_to_its_end(lite: Lite) -> None:
    page = lite.open(NOTEBOOKS[0])
    said = page.evaluate(
        """async (code) => {
            const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const future = kernel.requestExecute({ code });
            const reply = await future.done;
            return `${reply.content.ename}: ${reply.content.evalue}`;
        }""",
        "import kvmviz\n"
        "class Endless(kvmviz.Revision, base='v1'):\n"
        "    def tdx_sept_free_private_spt(vm, gfn, sp):\n"
        "        while sp: pass\n"
        "kvmviz.run(Endless, 'tree=1x1x1')\n",
    )
    assert "does not end and was stopped after 4,000 lines" in said
    page.close()


def test_the_folder_is_small_enough_to_be_put_anywhere(folder: Path) -> None:
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < MEGABYTES * 1e6
