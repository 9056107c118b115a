"""The folder with nothing installed, served as plain files and open in a browser that can reach nothing else.

Everything is asked of it in words that every browser knows (`engines.py`).
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage

from docs import twin
from tests.browser.engines import Engine, started
from tests.browser.notebook import KERNEL_IS_READY

HERE = "127.0.0.1"

LONGEST = 400
"""Seconds that a notebook may take on a machine that does much else; one holds every scenario against claims."""

START = """command => {
    window.kvmvizDone = "";
    const say = what => { window.kvmvizDone = what; };
    jupyterapp.commands.execute(command).then(() => say("done"), error => say(`failed: ${error}`));
}"""

SHOWN = "jupyterapp.shell.currentWidget.node"

OPENED = """async () => {
    await jupyterapp.serviceManager.sessions.refreshRunning();
    return [...jupyterapp.serviceManager.sessions.running()].map(one => one.path);
}"""

LEFT = f"""() => ({{
    prompts: [...{SHOWN}.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map(one => one.textContent),
    complaints: [...{SHOWN}.querySelectorAll(
        ".jp-OutputArea-output[data-mime-type$='stderr'], [data-mime-type$='.error']")].map(one => one.textContent),
}})"""

UNTIL = """const until = async (what, ask) => {
    for (const end = Date.now() + 60000; !ask(); await new Promise(done => setTimeout(done, 20)))
        if (Date.now() > end) throw new Error(`no ${what}`);
};"""

# What the explorers of a notebook show at the end of the run in which nothing fails, after a step and a toggle.
STEP_AND_TOGGLE = f"""async () => {{
    {UNTIL}
    const shown = [];
    for (const explorer of {SHOWN}.querySelectorAll("[data-testid=explorer]")) {{
        const part = name => explorer.querySelector(`[data-testid="${{name}}"]`);
        explorer.scrollIntoView();
        const label = part("step-label");
        const [before, steps] = label.textContent.split(" / ").map(Number);
        part("step-next").click();
        await until("step", () => label.textContent.startsWith(`${{Math.min(before + 1, steps)}} /`));
        part("fail-none").click();
        await until("toggle", () => part("fail-none").getAttribute("aria-pressed") === "true");
        part("go-to-step").value = label.textContent.split(" / ")[1];
        part("go-to-step").dispatchEvent(new Event("change"));
        await until("end", () => new Set(label.textContent.split(" / ")).size === 1);
        shown.push(part("summary-a").textContent);
    }}
    return shown;
}}"""

# Its first question gets its first choice, or a number.
ANSWER = f"""async () => {{
    {UNTIL}
    const question = {SHOWN}.querySelector(".jp-OutputArea-output .kvmviz-ask");
    question.scrollIntoView();
    const choice = question.querySelector("input[type=radio]");
    if (choice) choice.click();
    else {{
        const field = question.querySelector("input[type=text]");
        field.value = "1";
        for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, {{ bubbles: true }}));
    }}
    question.querySelector("button").click();
    await until("mark", () => /[\\u2713\\u2717]/.test(question.textContent));
}}"""

RUN = """async code => {
    const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const reply = await kernel.requestExecute({ code }).done;
    return `${reply.content.ename}: ${reply.content.evalue}`;
}"""


class _Files(SimpleHTTPRequestHandler):
    """`python -m http.server` without its log."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[int]:
    """Serve on a port of this machine, and yield it."""
    server = ThreadingHTTPServer((HERE, 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder's files, and yield the address."""
    with serving(partial(_Files, directory=str(folder))) as port:
        yield f"http://{HERE}:{port}"


@contextmanager
def closed() -> Iterator[tuple[int, list[str]]]:
    """Serve a proxy that leads nowhere: its port, and the list of all that was asked of it."""
    asked: list[str] = []

    class Nowhere(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def handle_one_request(self) -> None:
            line = self.rfile.readline(1000).decode("latin-1").strip()
            if not MAKERS.search(line):
                asked.append(line)
            self.close_connection = True

    with serving(Nowhere) as port:
        yield port, asked


class Opened:
    """The folder, open in a browser; `asked` and `errors` say what was asked of others, and complained about."""

    def __init__(self, engine: Engine, address: str, asked: list[str], errors: Callable[[], list[str]]) -> None:
        self.address, self.ask, self.asked, self.errors = address, engine.ask, asked, errors
        self._open = engine.open

    def open(self, name: str, *, lab: bool = False) -> None:
        """Open a notebook as the site's link does, or in JupyterLab, and wait until its kernel is ready."""
        where = f"lab/index.html?path={name}" if lab else twin.page(name)
        self._open(f"{self.address}/{where}")
        here = f"window.jupyterapp?.shell.currentWidget?.context?.path === {name!r}"
        self.wait(f"() => {here} && ({KERNEL_IS_READY})()")

    def run_all(self) -> None:
        """Run every cell, whether it fails or not."""
        self.ask(START, "notebook:run-all-cells")
        self.wait("() => window.kvmvizDone")
        assert self.ask("() => window.kvmvizDone", None) == "done"

    def wait(self, script: str) -> None:
        """Wait until a function of the page returns what is true."""
        end = time.monotonic() + LONGEST
        while not self.ask(script, None):
            assert time.monotonic() < end, f"{LONGEST} s are over and it is still not so: {script}"
            time.sleep(0.2)


@contextmanager
def in_chromium(browser: Browser, address: str) -> Iterator[Opened]:
    """The folder in Chromium, which is started so that it finds no other address (`chromium.py`)."""
    errors: list[str] = []

    def on_console(said: ConsoleMessage) -> None:
        if said.type == "error":
            errors.append(f"{said.text} ({said.location.get('url')})")

    asked: list[str] = []
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(LONGEST * 1000)
    context.on(
        "request", lambda one: None if one.url.startswith((address, "data:", "blob:")) else asked.append(one.url)
    )
    page = context.new_page()
    page.on("console", on_console)
    page.on("pageerror", lambda error: errors.append(error.stack or error.message))

    def fresh(url: str) -> None:
        page.goto("about:blank")
        page.goto(url)

    yield Opened(Engine(fresh, page.press, page.evaluate), address, asked, lambda: errors)
    context.close()


@contextmanager
def in_firefox(folder: Path, address: str) -> Iterator[Opened]:
    """The folder in Firefox, which reaches other addresses by a proxy that leads nowhere; it logs into `folder`."""
    log = folder / "gecko.log"
    with closed() as (port, asked):
        proxy = {f"network.proxy.{kind}": HERE for kind in ("http", "ssl")}
        ports = {f"network.proxy.{kind}_port": port for kind in ("http", "ssl")}
        ways = {"network.proxy.type": 1, "network.proxy.no_proxies_on": HERE, **proxy, **ports}
        with started("firefox", folder, {**ways, **SAYS}) as engine:

            def errors() -> list[str]:
                lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
                return [
                    one for one in lines if one.startswith(COMPLAINTS) and not any(map(one.__contains__, OWN_WORDS))
                ]

            def ask(script: str, argument: Any) -> Any:
                return json.loads(engine.ask(WITHIN, f"({script})({json.dumps(argument)})"))

            yield Opened(replace(engine, ask=ask), address, asked, errors)


SAYS = {
    "devtools.console.stdout.content": True,
    "javascript.options.showInConsole": True,
    "browser.dom.window.dump.enabled": True,
}
"""Settings by which Firefox writes into its log what pages complain about."""

COMPLAINTS = ("console.error:", "JavaScript error:")

OWN_WORDS = ("resource://", "RSLoader")
"""What stands in Firefox's complaints about itself."""

MAKERS = re.compile(r"[./](?:mozilla|firefox)\.(?:com|org|net)[:/ ]")
"""Where Firefox asks of its own accord, which no setting of a release ends; the course asks nothing there."""

# A driver's scripts see a page from outside; this one runs within, as if the page had it.
WITHIN = """script => window.wrappedJSObject.eval(
    `Promise.resolve(${script}).then(value => JSON.stringify(value ?? null))`)"""
