"""One notebook in one page of the browser: write it, open it, run it, look at it."""

import json
import os
import re
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import nbformat
from playwright.sync_api import ConsoleMessage, Error, Locator, Page, WebSocket

from tests.browser.jupyter import Server

App = Literal["lab", "doc", "notebooks"]
"""JupyterLab with its side bars, JupyterLab with one document alone, or Notebook 7."""

Theme = Literal["light", "dark"]

THEMES: dict[Theme, str] = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
PATHS: dict[App, str] = {"lab": "lab/tree", "doc": "doc/tree", "notebooks": "notebooks"}

ADDRESS = re.compile(r"(?:https?|blob|file):[^\s)]+")

SECONDS = 60
"""How long anything may take before it counts as hanging."""

KERNEL_IS_READY = """() => {
    const context = window.jupyterapp?.shell.currentWidget?.sessionContext;
    return context?.isReady && context.session?.kernel?.status === "idle";
}"""

READ_AGAIN = """async () => {
    const { context, content } = jupyterapp.shell.currentWidget;
    await context.revert();
    content.mode = "command";
    document.activeElement?.blur();
    document.querySelectorAll(".jp-WindowedPanel-outer").forEach(node => node.scrollTo(0, 0));
}"""

COMMAND = """([name, args, seconds]) => Promise.race([
    jupyterapp.commands.execute(name, args),
    new Promise((_, fail) => setTimeout(() => fail(new Error(`${name} took over ${seconds} s`)), seconds * 1000)),
])"""


class Notebook:
    """A notebook made of the given code cells, open in JupyterLab or Notebook 7.

    ``errors`` collects what the page complains about, ``sent`` every message that goes from the page to a kernel
    (its ``msg_type``): stepping in the explorer must add nothing to it.
    """

    def __init__(self, page: Page, server: Server, app: App = "lab", lent: ExitStack | None = None) -> None:
        page.set_default_timeout(SECONDS * 1000)
        self._lent = lent or ExitStack()
        self.page = page
        self.server = server
        self.app: App = app
        self.errors: list[str] = []
        self.sent: list[str] = []
        self.page.on("console", self._on_console)
        self.page.on("pageerror", self._on_page_error)
        self.page.on("websocket", self._on_websocket)

    def leave(self) -> None:
        """Hear no more of what happens in the page, and give it back."""
        self.page.remove_listener("console", self._on_console)
        self.page.remove_listener("pageerror", self._on_page_error)
        self.page.remove_listener("websocket", self._on_websocket)
        self._lent.close()

    def open(self, cells: Sequence[str], name: str = "test.ipynb") -> None:
        """Write the cells to a notebook file and open it; nothing has run yet."""
        self._write(cells, name)
        self.open_file(name)

    def replace(self, cells: Sequence[str], name: str = "test.ipynb") -> None:
        """Write other cells to the file that is open, and read them; the kernel stays."""
        self.errors, self.sent = [], []
        self._write(cells, name)
        self.page.evaluate(READ_AGAIN)
        self.page.wait_for_function(KERNEL_IS_READY)

    def is_ready(self) -> bool:
        """Say whether a notebook is open in the page, with a kernel that has nothing to do."""
        return bool(self.page.evaluate(f"({KERNEL_IS_READY})()"))

    def _write(self, cells: Sequence[str], name: str) -> None:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.server.root / name)

    def open_file(self, name: str) -> None:
        """Open a notebook that lies under the server's root, and wait until its kernel is ready."""
        reset = "" if self.app == "notebooks" else "?reset"
        self.page.goto(f"{self.server.url}/{PATHS[self.app]}/{name}{reset}")
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        self.page.wait_for_function(KERNEL_IS_READY)

    def run_all(self) -> None:
        """Run every cell and wait for the last one to end; a cell that fails is an error here."""
        self.command("notebook:run-all-cells")
        if (failure := self.page.locator(".jp-OutputArea [data-mime-type='application/vnd.jupyter.stderr']")).count():
            raise AssertionError(f"a cell of the notebook failed:\n{failure.first.inner_text()}")

    def command(self, name: str, **arguments: Any) -> None:
        """Give JupyterLab one of its commands, and wait until it is done."""
        self.page.evaluate(COMMAND, [name, arguments, SECONDS])

    def explorer(self, nth: int = 0) -> Locator:
        """The explorer on the page, visible."""
        explorer = self.page.get_by_test_id("explorer").nth(nth)
        explorer.wait_for()
        return explorer

    def set_theme(self, theme: Theme) -> None:
        """Change the theme of the whole page and wait until it shows."""
        self.command("apputils:change-theme", theme=THEMES[theme])
        light = "true" if theme == "light" else "false"
        self.page.locator(f"body[data-jp-theme-light='{light}']").wait_for(state="attached")

    def screenshot(self, name: str, of: Locator | None = None) -> bytes:
        """A PNG of the element or of the page; also kept under ``name`` in the folder KVMVIZ_SCREENSHOTS, if set."""
        picture = (of or self.page).screenshot(animations="disabled")
        if folder := os.environ.get("KVMVIZ_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / f"{name}.png").write_bytes(picture)
        return picture

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def _on_page_error(self, error: Error) -> None:
        """Count it, but for what a host throws all by itself, as Notebook 7 does now and then while it starts."""
        places = ADDRESS.findall(error.stack or "")
        if not places or not all("/static/lab/" in place or "/static/notebook/" in place for place in places):
            self.errors.append(error.stack or error.message)

    def _on_websocket(self, socket: WebSocket) -> None:
        if "/channels" in socket.url:
            socket.on("framesent", lambda frame: self.sent.append(_message_type(frame)))


def _message_type(frame: str | bytes) -> str:
    """The ``msg_type`` of a message to a kernel, in the text form or the binary one of the v1 protocol."""
    raw = frame.encode() if isinstance(frame, str) else frame
    start = raw.find(b'"msg_type":')
    return str(json.loads(raw[start + len(b'"msg_type":') :].split(b",")[0].rstrip(b"}"))) if start >= 0 else "?"
