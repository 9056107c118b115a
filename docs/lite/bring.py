"""What the folder is made of, brought by pip and npm into `build/brought`; only what has changed is brought again."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
PYTHON: Final = "3.14"
"""The Python that Pyodide is."""

_PIP: Final = ("-m", "pip", "--disable-pip-version-check", "-q")


@dataclass(frozen=True)
class Brought:
    """Folders with what was brought: the tools' environment, wheels for the browser, packages of npm, our own wheel."""

    tools: Path
    wheels: Path
    packages: Path
    own: Path


def everything(folder: Path, own: Path) -> Brought:
    """Bring whatever is not there yet, and our own wheel into a folder of the caller's; of two at once, one waits."""
    with (folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        return _everything(folder, own)


def _everything(folder: Path, own: Path) -> Brought:
    tools = once(folder / "tools", HERE / "tools.txt", _tools)
    wheels = once(folder / "wheels", HERE / "wheels.txt", _wheels)
    packages = once(folder / "packages", HERE / "package.json", _packages)
    _run(sys.executable, *_PIP, "wheel", "--no-deps", "-w", str(own), str(ROOT))
    return Brought(tools, wheels, packages / "node_modules", own)


def once(folder: Path, pins: Path, bring: Callable[[Path, Path], None]) -> Path:
    """Fill a folder from a file of pins, if that was not done for these very pins."""
    mark, wanted = folder / "pins", hashlib.sha256(pins.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text(encoding="ascii") == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    bring(folder, pins)
    mark.write_text(wanted, encoding="ascii")
    return folder


def _tools(folder: Path, pins: Path) -> None:
    _run(sys.executable, "-m", "venv", str(folder))
    _run(str(folder / "bin" / "python"), *_PIP, "install", "--no-deps", "-r", str(pins))


def _wheels(folder: Path, pins: Path) -> None:
    only = ("--only-binary", ":all:", "--python-version", PYTHON, "--platform", "any")
    _run(sys.executable, *_PIP, "download", "--no-deps", *only, "-d", str(folder), "-r", str(pins))


def _packages(folder: Path, pins: Path) -> None:
    if not (npm := shutil.which("npm")):
        raise SystemExit("lite: npm is needed, which brings Pyodide and Graphviz: apt install npm.")
    shutil.copy(pins, folder / "package.json")
    quiet = ("--no-audit", "--no-fund", "--loglevel=error", "--no-package-lock")
    _run(npm, "install", "--prefix", str(folder), "--ignore-scripts", "--legacy-peer-deps", *quiet)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        raise SystemExit(f"lite: {Path(command[0]).name} failed; what it said stands above.")
