"""Which browser drives the tests, and how it is started."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

HOW_TO_INSTALL = (
    "no Chromium on PATH, so the browser tests cannot run: "
    "apt install chromium (or name one: KVMVIZ_BROWSER=/path/to/chrome)"
)

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


def browser_is_required() -> bool:
    """Whether a missing browser is a failure, as it is on the machine that checks every change."""
    return os.environ.get("KVMVIZ_REQUIRE_BROWSER", "") not in ("", "0")
