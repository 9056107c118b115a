"""What `pip install` gives without extras: few packages, and still the model, the command and a picture."""

import json
import subprocess
import sys
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

BASE = {"graphviz", "unidiff"}
"""The libraries that the base install brings."""

PROGRAM = """
import json, sys
blocked, arguments = json.loads(sys.argv[1])
sys.modules |= dict.fromkeys(blocked)  # None here: as if it were not installed
from kvmviz.cli import main
status = main(arguments)
print(*sorted(name for name, module in sys.modules.items() if module), file=sys.stderr)
sys.exit(status)
"""


def kvmviz(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a Python that has the base install only; standard error ends in the modules it loaded."""
    blocked = sorted(set(packages_distributions()) - BASE - {"kvmviz"})
    command = [sys.executable, "-c", PROGRAM, json.dumps([blocked, arguments])]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    ["run", "run --format json hkid=assigned", "compare before v1", "explain TDR", "doctor", "draw -o a.svg",
     "draw -o a.png"],
)  # fmt: skip
def test_command_needs_the_base_install_only(command: str, tmp_path: Path) -> None:
    done = kvmviz(tmp_path, *command.split())
    assert done.returncode == 0, done.stderr


def test_lab_says_what_to_install(tmp_path: Path) -> None:
    done = kvmviz(tmp_path, "lab")
    assert done.returncode == 2
    assert "pip install 'kvmviz[notebook]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["run", "run --format json hkid=assigned"])
def test_run_loads_nothing_but_the_standard_library(command: str, tmp_path: Path) -> None:
    loaded = {name.split(".")[0] for name in kvmviz(tmp_path, *command.split()).stderr.split()}
    assert "kvmviz" in loaded
    assert BASE.isdisjoint(loaded)


OURS = {
    "apart", "c", "check", "compare.comparison", "course", "draw", "explorer", "race.result", "record.folding",
    "record.kernel_log", "record.regions", "record.sources", "record.tapes", "review", "revisions.guard",
    "revisions.readers_class", "revisions.sealed",
}  # fmt: skip
"""What only other commands, large trees and readers' revisions want."""


@pytest.mark.parametrize(
    ("words", "idle"),
    [
        ("run", {"asyncio", "difflib", "hashlib", "importlib.metadata", "json", "logging", "pathlib", "subprocess"}),
        ("--help", {"asyncio", "importlib.metadata", "logging", "multiprocessing", "subprocess"}),
    ],
)
def test_a_start_loads_only_what_it_needs(words: str, idle: set[str]) -> None:
    """What costs a start its time and only other commands want: `run` starts in a few times a bare Python."""
    code = f"""import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
from kvmviz.cli import main; main({[words]})"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded, ours = set(done.stderr.split()), OURS - ({"compare.comparison"} if words == "--help" else set())
    assert "argparse" in loaded
    assert not (idle | {f"kvmviz.{name}" for name in ours}) & loaded


def test_what_a_start_leaves_alone_is_there() -> None:
    """So that a module which gets another name is not left alone for that reason."""
    assert [name for name in OURS if find_spec(f"kvmviz.{name}") is None] == []
