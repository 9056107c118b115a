"""In one browser: the explorer beside a naive widget, which renders again through Graphviz in a Python callback.

Both stand in one notebook of a real JupyterLab and take their turns one after the
other: a click on one, a key in the other.  For the first picture each has a
notebook and a kernel of its own, started anew for every turn.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from benchmarks.explorer import DEFAULT, EXPLORER, LARGE, NAIVE, UNSEEN
from benchmarks.table import Measure, Row, Skipped
from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.still import still_svg
from kvmviz.explorer.offline.document import page as page_text
from kvmviz.explorer.widget import DEFAULT_REVISIONS
from tests.browser.chromium import FLAGS, find_browser, what_is_missing
from tests.browser.jupyter import Server, serve
from tests.browser.notebook import Notebook

REST: Final = 400
"""Milliseconds between two acts, as a hand rests.

Two messages of a kernel within some 100 ms can cost 40 more: the server holds the second
back until the first is acknowledged (Nagle's algorithm), and the system acknowledges late.
"""

PICTURES: Final = {"explorer": "[data-testid=explorer] [data-page]", "naive": "#picture svg"}

TURNS: Final = """async ([turns, rest, unfold]) => {
    const root = document.querySelector('[data-testid=explorer]');
    const naive = Object.fromEntries(['naive', 'toggle', 'picture'].map(id => [id, document.getElementById(id)]));
    UNSEEN
    const label = root.querySelector('[data-testid=step-label]');
    const wait = milliseconds => new Promise(end => setTimeout(end, milliseconds));
    const painted = () => new Promise(done => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(0);
    }));
    const changed = node => new Promise(end => new MutationObserver((_, watcher) => { watcher.disconnect(); end(); })
        .observe(node, {childList: true, characterData: true, subtree: true}));
    const timed = async (node, act) => {
        await wait(rest);
        const start = performance.now(), done = changed(node);
        act();
        await done;
        const dom = performance.now() - start;
        await painted();
        return [dom, performance.now() - start];
    };
    const key = name => root.dispatchEvent(new KeyboardEvent('keydown', {key: name}));
    for (const group of unfold ? root.querySelectorAll('[data-group]') : [])
        group.dispatchEvent(new MouseEvent('click', {bubbles: true}));
    const found = {step: [], toggle: []};
    for (let i = 0; i < turns; i++)
        found.step.push([await timed(naive.picture, () => naive.naive.click()),
                         await timed(label, () => key('ArrowRight'))]);
    for (let i = 0; i < turns; i++) {
        const word = await unseen(i);
        const a = await timed(naive.picture, () => naive.toggle.click());
        const b = await timed(label, () => choose('hkid', word));
        found.toggle.push([a, b]);
        key('End');
    }
    return found;
}""".replace("UNSEEN", UNSEEN)

PAINTED: Final = """() => document.querySelector('svg')
    && performance.getEntriesByName('first-contentful-paint')[0]?.startTime"""

FIRST: Final = """async ([selector]) => {
    const start = performance.now();
    jupyterapp.commands.execute('notebook:run-all-cells');
    while (!document.querySelector(selector)) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return performance.now() - start;
}"""


class Lab:
    """A JupyterLab and a browser, started when the first row needs them."""

    def __init__(self, server: Server, browser: Browser) -> None:
        self.server, self.browser = server, browser
        self.turns = cache(self._turns)

    @contextmanager
    def notebook(self, *cells: str) -> Iterator[Notebook]:
        """Open a notebook of these cells that has not run yet."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        notebook = Notebook(context.new_page(), self.server, "doc")
        notebook.open(cells)
        yield notebook
        context.close()

    def _turns(self, scenario: str, unfold: bool, rest: int, turns: int) -> Mapping[str, Any]:
        """Step and toggle both widgets in turns; return the milliseconds of each."""
        cells = [EXPLORER.format(scenario=scenario), NAIVE.format(scenario=scenario)]
        with self.notebook(*cells) as notebook:
            notebook.run_all()
            for selector in PICTURES.values():
                notebook.page.locator(selector).first.wait_for()
            notebook.page.wait_for_timeout(1500)
            found: Mapping[str, Any] = notebook.page.evaluate(TURNS, [turns, rest, unfold])
            return found

    def first_picture(self, cell: str, which: str) -> float:
        """Return the seconds from running a notebook, whose kernel is fresh, to its picture."""
        with self.notebook(cell) as notebook:
            milliseconds: float = notebook.page.evaluate(FIRST, [PICTURES[which]])
            return milliseconds / 1000


    def painted(self, file: Path) -> float:
        """Return the seconds from the start of a navigation to the first paint that shows a picture."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        page = context.new_page()
        page.goto(file.as_uri())
        while not (milliseconds := page.evaluate(PAINTED)):
            page.wait_for_timeout(20)
        context.close()
        return float(milliseconds) / 1000


def in_turns(lab: Lab, act: str, scenario: str, *, painted: bool, rest: int = REST, turns: int = 20) -> Row:
    """A step or a toggle: to the changed DOM, or until it is painted."""
    pairs = lab.turns(scenario, scenario == LARGE, rest, turns)[act]
    naive, explorer = ([pair[side][painted] / 1000 for pair in pairs] for side in (0, 1))
    return Row("naive", "explorer", naive, explorer)


def first_picture(lab: Lab, turns: int = 5) -> Row:
    """From running the cell to the picture, import of Python modules included."""
    cells = {"naive": NAIVE.format(scenario=DEFAULT), "explorer": EXPLORER.format(scenario=DEFAULT)}
    times: dict[str, list[float]] = {which: [] for which in cells}
    for turn in range(turns + 1):
        for which, cell in cells.items():
            took = lab.first_picture(cell, which)
            if turn:  # the first round starts with cold files
                times[which].append(took)
    return Row("naive", "explorer", times["naive"], times["explorer"])


def exported_page(lab: Lab, turns: int = 20) -> Row:
    """From the start of the navigation until the browser has painted: the default page, and its first picture alone."""
    with tempfile.TemporaryDirectory() as folder:
        whole, still = Path(folder, "whole.html"), Path(folder, "still.html")
        whole.write_text(page_text(), encoding="utf-8")
        lockstep = Lockstep.of(DEFAULT_REVISIONS, DEFAULT)
        still.write_text(f"<!doctype html><meta charset=utf-8>{still_svg(lockstep, 0)}", encoding="utf-8")
        pairs = [[lab.painted(one) for one in (still, whole)] for _ in range(turns + 1)][1:]
    return Row("still", "page", [one for one, _ in pairs], [one for _, one in pairs])


NAMES: Final[Mapping[str, Callable[[Lab], Row]]] = {
    "a step, default tree, to the changed DOM": partial(in_turns, act="step", scenario=DEFAULT, painted=False),
    "the same, until it is painted": partial(in_turns, act="step", scenario=DEFAULT, painted=True),
    "a step, 120 tables a side unfolded, to the changed DOM": partial(
        in_turns, act="step", scenario=LARGE, painted=False
    ),
    "a toggle of the HKID to a view not seen before, to the changed DOM": partial(
        in_turns, act="toggle", scenario=DEFAULT, painted=False
    ),
    "the first picture in JupyterLab, kernel fresh": first_picture,
    "the first picture of the default exported page, from disk": exported_page,
}
"""Every row of the browser by its name, in the order of the table."""


@contextmanager
def rows() -> Iterator[Mapping[str, Measure]]:
    """Give the rows while JupyterLab and browser run; rows that say why where there is no browser."""
    if missing := what_is_missing():
        yield {name: partial(Skipped, missing.partition(":")[0]) for name in NAMES}
        return
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=[*FLAGS, "--no-sandbox"])
        lab = Lab(server, browser)
        yield {name: partial(measure, lab) for name, measure in NAMES.items()}
        browser.close()
