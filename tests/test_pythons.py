"""The product says the same under every Python that it promises, and under -O and -OO."""

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.said import HELP

ROOT = Path(__file__).parents[1]
OTHERS = ("3.11", "3.12", "3.13", "3.14")


@cache
def said(python: str, *options: str) -> str:
    """What `tests/said.py` prints."""
    command = [python, *options, "-m", "tests.said"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr
    return re.sub(r"\d+\.\d+", "N", done.stdout)  # how long it took


@pytest.mark.slow
@pytest.mark.parametrize("option", ["-OO", "-O"])
def test_optimizing_changes_no_word(option: str) -> None:
    assert said(sys.executable, option) == said(sys.executable)


def test_it_says_something() -> None:
    text = said(sys.executable)
    words = " ".join(text.split())
    assert "leak: a page that is lost on purpose, since the TDX module still owns it." in words
    assert len(re.findall(r"^\[[012]\]$", text, re.MULTILINE)) > 100


def another(version: str) -> str:
    """A Python of this version that runs, on PATH or among those of pyenv."""
    for found in (shutil.which(f"python{version}"), *of_pyenv(version)):
        if found and not subprocess.run([found, "-c", "import ensurepip"], capture_output=True, check=False).returncode:
            return found
    pytest.skip(f"no python{version} on PATH, so nothing was tried with it")


def of_pyenv(version: str) -> list[str]:
    """The Pythons of this version that pyenv has, if it is there; on PATH it puts one of them only."""
    if not shutil.which("pyenv"):
        return []
    root, *names = (
        line
        for words in (["root"], ["versions", "--bare"])
        for line in subprocess.run(["pyenv", *words], capture_output=True, text=True, check=True).stdout.split()
    )
    return [f"{root}/versions/{name}/bin/python" for name in names if name.startswith(f"{version}.")]


@pytest.mark.slow
@pytest.mark.parametrize("version", OTHERS)
def test_another_python_says_the_same(version: str, tmp_path: Path) -> None:
    python = environment(another(version), tmp_path, "-e", f"{ROOT}[notebook]")
    assert said(python).partition(HELP)[0] == said(sys.executable).partition(HELP)[0]


@pytest.mark.slow
def test_the_lowest_versions_that_are_declared_are_enough(tmp_path: Path) -> None:
    """Each dependency at its lower bound; the tests of what uses one pass."""
    python = environment(sys.executable, tmp_path, "--resolution", "lowest-direct", "-e", f"{ROOT}[test]")
    assert said(python) == said(sys.executable)
    rooms = ("commands", "draw", "mail", "course", "explorer", "c", "test_show.py", "test_schema.py")
    tests = [f"tests/{room}" for room in rooms]
    command = [python, "-m", "pytest", "-q", "-m", "not slow and not browser", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def environment(python: str, folder: Path, *what: str) -> str:
    """Make an environment with what uv installs, and return its Python."""
    place = folder / "environment"
    subprocess.run([python, "-m", "venv", "--without-pip", place], check=True)
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "pip", "install", "-q", "--python", place / "bin" / "python", *what], check=True, cwd=ROOT)
    return str(place / "bin" / "python")
