"""Firefox and WebKit, for what has to work in every browser: found, started, and driven in three words.

Playwright brings patched builds of these two and does not drive the ones that Debian
has; their own makers' drivers do.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By

Keys = str
RIGHT, LEFT = "\ue014", "\ue012"
"""The arrow keys, as the WebDriver standard writes them."""

SCRIPT = 120
"""Seconds that Firefox waits for what a script promises."""

_MINI_BROWSERS = ("lib/*/webkit2gtk-4.1/MiniBrowser", "libexec/webkit2gtk-4.1/MiniBrowser")


@dataclass(frozen=True)
class Engine:
    """A running browser.

    `open` loads an address afresh, `press` types into what a selector finds, and `ask`
    calls a JavaScript function with one argument in the page and returns what it
    returns, waiting for it if it is a promise.
    """

    open: Callable[[str], None]
    press: Callable[[str, Keys], None]
    ask: Callable[[str, Any], Any]


def firefox() -> Path | None:
    """The first Firefox on PATH."""
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    return Path(found) if found else None


def webkit() -> Path | None:
    """The small browser of WebKitGTK, which its driver starts."""
    return next((found for pattern in _MINI_BROWSERS for found in sorted(Path("/usr").glob(pattern))), None)


def what_is_missing(name: str) -> str | None:
    """One sentence that says what to install before an engine can be driven, or None."""
    if sys.platform != "linux":
        return f"{name} is driven on Linux only, as Debian has it"
    if name == "firefox":
        return None if firefox() else "no Firefox on PATH: apt install firefox-esr"
    if not webkit() or not shutil.which("WebKitWebDriver"):
        return "no WebKit with a driver: apt install webkit2gtk-driver"
    return None if shutil.which("Xvfb") else "no screen for WebKit, which has no mode without: apt install xvfb"


@contextmanager
def started(name: str, folder: Path, settings: Mapping[str, Any] | None = None) -> Iterator[Engine]:
    """Start an engine and end it; what it logs goes to the folder, and Firefox takes settings."""
    with _firefox(folder, settings or {}) if name == "firefox" else _webkit(folder) as engine:
        yield engine


@contextmanager
def _firefox(folder: Path, settings: Mapping[str, Any]) -> Iterator[Engine]:
    from marionette_driver.marionette import Marionette  # installed on Linux only

    log = str(folder / "gecko.log")
    # Port 0 is any that is free: two workers may each drive one at once.
    browser = Marionette(port=0, bin=str(firefox()), headless=True, gecko_log=log, prefs=dict(settings))
    profile = None
    try:
        browser.start_session()
        browser.timeout.script = SCRIPT
        profile = browser.instance.profile

        def fresh(address: str) -> None:
            browser.navigate("about:blank")
            browser.navigate(address)

        yield Engine(
            fresh,
            lambda selector, keys: browser.find_element(By.CSS_SELECTOR, selector).send_keys(keys),
            lambda script, argument: browser.execute_script(f"return ({script})(arguments[0])", script_args=[argument]),
        )
    finally:
        browser.cleanup()
        if profile:
            profile.cleanup()  # or it complains when Python ends


@contextmanager
def _webkit(folder: Path) -> Iterator[Engine]:
    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(webkit())
    options.add_argument("--automation")
    with _screen() as display:
        service = webdriver.WebKitGTKService(
            shutil.which("WebKitWebDriver"),
            log_output=str(folder / "webkit.log"),
            env={**os.environ, "DISPLAY": display},
        )
        browser = webdriver.WebKitGTK(options=options, service=service)

        def fresh(address: str) -> None:
            browser.get("about:blank")
            browser.get(address)

        try:
            yield Engine(
                fresh,
                lambda selector, keys: browser.find_element(By.CSS_SELECTOR, selector).send_keys(keys),
                lambda script, argument: browser.execute_script(f"return ({script})(arguments[0])", argument),
            )
        finally:
            browser.quit()


@contextmanager
def _screen() -> Iterator[str]:
    """Start a screen that nobody sees, under the first free number."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()
