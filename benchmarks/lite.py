"""How long the folder with nothing installed takes to its first picture: `make lite`, then `python -m benchmarks.lite`.

The first notebook is opened from a plain server in Chromium and its first cell run
as soon as it can be: with a profile that has seen nothing (cold), then with the same profile in
a browser that is started anew (warm).  Seconds from the address to

- kernel: Python is ready;
- live: the explorer shows its pages, computed in the browser.

A busy machine shows in all of them; `processor` is the time on a core that server, driver and all of the browser's
processes took up to then, which on a machine of many cores is more than a clock shows.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from statistics import median
from typing import Final

import psutil
from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks.machine import machine
from docs import twin
from docs.lite.__main__ import TARGET
from tests.browser.chromium import FLAGS, find_browser, what_is_missing
from tests.browser.lite import served
from tests.browser.notebook import KERNEL_IS_READY

TURNS: Final = 3
"""How often the browser is started anew with the profile that has seen the folder."""

MOMENTS: Final = {
    "kernel": KERNEL_IS_READY,
    "live": "() => document.querySelector('[data-testid=explorer] [data-page]')",
}

RUN_FIRST: Final = """() => {
    const { content } = jupyterapp.shell.currentWidget;
    content.activeCellIndex = content.widgets.findIndex(cell => cell.model.type === "code");
    jupyterapp.commands.execute("notebook:run-cell");
}"""

NOTEBOOK: Final = "00-start-here.ipynb"


def main() -> int:
    """Measure and print."""
    if not TARGET.exists():
        raise SystemExit(f"benchmarks: {TARGET} is not there; make it first: make lite")
    if missing := what_is_missing():
        raise SystemExit(f"benchmarks: {missing}")
    with served(TARGET) as address:
        cold, *warm = turns(f"{address}/{twin.page(NOTEBOOK)}")
    print(f"{'':6}{'kernel':>9}{'live':>9}{'processor':>11}")
    for name, row in {"cold": cold, "warm": [median(column) for column in zip(*warm, strict=True)]}.items():
        print(f"{name:6}" + "".join(f"{value:>7.1f} s" for value in row[:-1]) + f"{row[-1]:>9.1f} s")
    print(f"\nwarm: the median of {TURNS}.  Measured on: {machine()}.")
    return 0


def turns(address: str) -> Iterator[list[float]]:
    """Yield what a browser took: once with a new profile, then with the same."""
    with tempfile.TemporaryDirectory() as profile:
        for _ in range(1 + TURNS):
            before = _processor()
            with sync_playwright() as playwright:
                context = playwright.chromium.launch_persistent_context(
                    profile, executable_path=find_browser(), args=list(FLAGS), viewport={"width": 1280, "height": 900}
                )
                found = list(moments(context, address))
                took = _processor() - before
                context.close()
            yield [*found, took]


def moments(context: BrowserContext, address: str) -> Iterator[float]:
    """Yield the seconds to each moment."""
    page, start = context.new_page(), time.monotonic()
    page.set_default_timeout(300_000)
    page.goto(address, wait_until="commit")
    for name, happened in MOMENTS.items():
        page.wait_for_function(happened)
        yield time.monotonic() - start
        if name == "kernel":
            page.evaluate(RUN_FIRST)


def _processor() -> float:
    """Return the seconds of processor that this process and all that it has started took until now."""
    us = psutil.Process()
    return sum(sum(one.cpu_times()[:4]) for one in [us, *us.children(recursive=True)])


if __name__ == "__main__":
    sys.exit(main())
