"""How long the explorer takes from key to picture, beside a naive widget; `python -m benchmarks.explorer`.

Everything is measured in one run of a real JupyterLab in Chromium: the explorer
at the default tree and at 120 tables a side unfolded, toggles of the scenario at a
hand's pace, and a naive widget, which renders again through Graphviz in a Python callback.
Times are milliseconds, the median and the 95th of 100; a busy machine shows in both.
"""

import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import FLAGS, find_browser, what_is_missing
from tests.browser.jupyter import Server, serve
from tests.browser.notebook import Notebook

EXPLORER = "from kvmviz import Explorer\nexplorer = Explorer({scenario!r})\nexplorer"

NAIVE = """
import anywidget, traitlets
from kvmviz.draw.rendering import render
from kvmviz.draw.frame_dot import draw_dot
from kvmviz.record.runs import run

class Naive(anywidget.AnyWidget):
    _esm = '''export default {{ render({{ model, el }}) {{
        const made = id => Object.assign(document.createElement(id === "picture" ? "div" : "button"), {{ id }});
        const [button, toggle, picture] = ["naive", "toggle", "picture"].map(made);
        const draw = () => {{ picture.innerHTML = model.get("svg"); }};
        button.onclick = () => {{ model.set("step", model.get("step") + 1); model.save_changes(); }};
        toggle.onclick = () => {{ model.set("key", !model.get("key")); model.save_changes(); }};
        model.on("change:svg", draw); draw(); el.append(button, toggle, picture);
    }} }}'''
    step = traitlets.Int(0).tag(sync=True)
    key = traitlets.Bool(False).tag(sync=True)
    svg = traitlets.Unicode("").tag(sync=True)

    def __init__(self):
        super().__init__()
        self.draw()

    @traitlets.observe("step", "key")
    def draw(self, change=None):
        line = {scenario!r} + (" hkid=key-freeid-error" if self.key else "")
        if not change or change["name"] == "key":
            self.runs = [run(name, line) for name in ("before", "v1")]
        drawn = [render.__wrapped__(draw_dot(one, self.step), "svg").decode() for one in self.runs]
        self.svg = "".join(drawn)

Naive()
"""

STEPS = """async ([open]) => {
    const root = document.querySelector('[data-testid=explorer]');
    const groups = open ? root.querySelectorAll('[data-group]') : [];
    for (const group of groups) group.dispatchEvent(new MouseEvent('click', {bubbles: true}));
    const painted = () => new Promise(done => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(0);
    }));
    const changed = [], frames = [];
    for (let i = 0; i < 100; i++) {
        await painted();
        const start = performance.now();
        root.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));
        changed.push(performance.now() - start);
        await painted();
        frames.push(performance.now() - start);
    }
    return {changed, frames};
}"""

CLICKS = """async () => {
    const [button, picture] = ['naive', 'picture'].map(id => document.getElementById(id));
    const times = [];
    for (let i = 0; i < 30; i++) {
        const start = performance.now();
        const done = new Promise(end => new MutationObserver((_, watcher) => { watcher.disconnect(); end(); })
            .observe(picture, {childList: true}));
        button.click();
        await done;
        times.push(performance.now() - start);
    }
    return times;
}"""

UNSEEN = """
    const select = name => root.querySelector(`[data-testid=${name}]`);
    const choose = (name, word) => { select(name).value = word; select(name).dispatchEvent(new Event('change')); };
    const words = name => [...select(name).options].map(option => option.value);
    // What was computed before is at hand in the kernel, so each turn asks for a view that was not.
    const unseen = async turn => {
        const keys = words('hkid'), codes = words('status');
        if (turn % keys.length === 0) {
            choose('status', codes[(turn / keys.length + 1) % codes.length]);
            await new Promise(end => setTimeout(end, 700));
        }
        return keys[(turn + 1) % keys.length];
    };
"""

TOGGLES = """async ([rest]) => {
    const root = document.querySelector('[data-testid=explorer]');
    UNSEEN
    const times = [];
    for (let i = 0; i < 20; i++) {
        const word = await unseen(i);
        await new Promise(end => setTimeout(end, rest));
        const summary = root.querySelector('[data-testid=step-label]');
        const start = performance.now();
        const done = new Promise(end => new MutationObserver((_, watcher) => { watcher.disconnect(); end(); })
            .observe(summary, {childList: true, characterData: true, subtree: true}));
        choose('hkid', word);
        await done;
        times.push(performance.now() - start);
        root.dispatchEvent(new KeyboardEvent('keydown', {key: 'End'}));
    }
    return times;
}""".replace("UNSEEN", UNSEEN)

DEFAULT = "tree=1x1x3 fail=L1@0x200"
LARGE = "tree=1x2x58 fail=L1@0x200"


def in_notebook(browser: Browser, server: Server, cell: str, script: str, *arguments: Any, wait: str) -> Any:
    """Run a cell in a fresh notebook and a script in its page; return what the script returns."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    notebook = Notebook(context.new_page(), server, "doc")
    notebook.open([cell])
    notebook.run_all()
    notebook.page.locator(wait).first.wait_for()
    notebook.page.wait_for_timeout(1500)
    found = notebook.page.evaluate(script, list(arguments))
    context.close()
    return found


def row(name: str, times: list[float], least: float | None = None) -> float:
    """Print a line of the table; return the median."""
    middle, late = median(times), sorted(times)[int(len(times) * 0.95)]
    ratio = f"{least / max(middle, 0.05):8.0f}x" if least else ""
    print(f"{name:52}{middle:9.1f}{late:9.1f}{ratio}")
    return middle


def measure(browser: Browser, server: Server) -> None:
    """Measure and print everything."""
    root = "[data-testid=explorer]"
    print(f"{'milliseconds':52}{'median':>9}{'95th':>9}   naive/this")
    for name, scenario, opened in (("default tree", DEFAULT, 0), ("120 tables a side, unfolded", LARGE, 1)):
        naive = in_notebook(browser, server, NAIVE.format(scenario=scenario), CLICKS, wait="#naive")
        cell = EXPLORER.format(scenario=scenario)
        steps = in_notebook(browser, server, cell, STEPS, opened, wait=root)
        least = median(naive)
        row(f"{name}: naive widget, click to DOM", naive)
        row(f"{name}: explorer, key to DOM", steps["changed"], least)
        row(f"{name}: explorer, key to painted", steps["frames"], least)
    cell = EXPLORER.format(scenario=DEFAULT)
    row("toggle to a view not seen before", in_notebook(browser, server, cell, TOGGLES, 400, wait=root))


def main() -> None:
    """Start a server and a browser and measure."""
    if missing := what_is_missing():
        raise SystemExit(missing)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=[*FLAGS, "--no-sandbox"])
        measure(browser, server)
        browser.close()


if __name__ == "__main__":
    main()
