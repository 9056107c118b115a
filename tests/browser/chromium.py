"""Which browser drives the tests, how it is started, and what is missing if it cannot be."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Nothing leaves the machine: a request to any other host fails, and a failed request fails the test.
FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--disable-quic",
    "--disable-sync",
    "--disable-gpu",
    "--font-render-hinting=none",
)


def find_browser() -> Path | None:
    """The Chromium that ``KVMVIZ_BROWSER`` names, else the first one on PATH."""
    named = os.environ.get("KVMVIZ_BROWSER")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


@cache
def what_is_missing() -> str | None:
    """One sentence that says what to install before a browser can be driven, or None."""
    if find_browser() is None:
        return (
            "no Chromium on PATH, so the browser tests cannot run: "
            "apt install chromium (or name one: KVMVIZ_BROWSER=/path/to/chrome)"
        )
    # Playwright comes with a node of its own, which a bare Debian lacks a library for.
    driver = subprocess.run([compute_driver_executable()[0], "--version"], capture_output=True, text=True, check=False)
    if driver.returncode:
        said = driver.stderr.strip().rpartition("driver/node: ")[2]
        return f"Playwright cannot start, so the browser tests cannot run: apt install libatomic1 ({said})"
    return None


def browser_is_required() -> bool:
    """Whether a missing browser is a failure, as it is on the machine that checks every change."""
    return os.environ.get("KVMVIZ_REQUIRE_BROWSER", "") not in ("", "0")
