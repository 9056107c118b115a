"""The machine and the versions that the figures belong to.

>>> "Python" in versions()
True
"""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests.browser.chromium import find_browser

PACKAGES = ("jupyterlab", "anywidget")


def machine() -> str:
    """Return processor, cores, memory, system and versions in one sentence."""
    parts = [processor(), f"{os.cpu_count()} cores", memory(), f"{platform.system()} {platform.machine()}", versions()]
    return ", ".join(part for part in parts if part)


def processor() -> str:
    """Return the processor's name, empty where the system does not tell."""
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        return platform.processor()
    return found[1] if found else platform.processor()


def memory() -> str:
    """Return how much memory there is, empty where the system does not tell."""
    try:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return ""
    return f"{pages * size / 2**30:.0f} GiB"


def versions() -> str:
    """Return the versions of what takes part."""
    return ", ".join([f"Python {platform.python_version()}", *_packages(), *_programs()])


def _packages() -> Iterator[str]:
    for name in PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue


def _programs() -> Iterator[str]:
    """Ask the browser and Graphviz for their versions."""
    for program, option in ((find_browser(), "--version"), (shutil.which("dot"), "-V")):
        if program:
            said = subprocess.run([program, option], capture_output=True, text=True, check=False)
            found = re.search(r"(Chromium|Chrome|Firefox|graphviz version) ([\d.]+)", said.stdout + said.stderr)
            if found:
                yield f"{found[1].removesuffix(' version')} {found[2].rstrip('.')}"
