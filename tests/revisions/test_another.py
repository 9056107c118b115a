"""Another revision is its own file, one line of registration and its number of recorded runs; nothing is stale."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME = "twin"
TESTS = (
    "tests/revisions/test_siblings.py", "tests/test_reference.py", "tests/check/test_known.py",
    "tests/draw/test_looks.py", "tests/kvm/test_teardown.py", "tests/check/test_claims.py",
    "kvmviz/revisions/__init__.py",
)  # fmt: skip
"""What asks every revision; each runs over the new one, too."""

WHOLE = ("test_siblings", "test_looks", "__init__")
"""Files of these that run as a whole, since they hold all revisions against each other."""


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with a copy of `landed` in it, under a new name."""
    root = tmp_path_factory.mktemp("house")
    ignore = shutil.ignore_patterns("__pycache__", "node_modules", ".venv")
    for folder in ("kvmviz", "tests"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", root)
    revisions = root / "kvmviz" / "revisions"
    shutil.copy(revisions / "landed.py", revisions / f"{NAME}.py")
    changed(revisions / f"{NAME}.py", 'name="landed"', f'name="{NAME}"')
    changed(revisions / f"{NAME}.py", '"""`landed`: ', f'"""`{NAME}`: ')
    changed(revisions / "__init__.py", '"v2", "landed")', f'"v2", "landed", "{NAME}")')
    changed(root / "tests" / "test_reference.py", '"landed": 2456', f'"landed": 2456, "{NAME}": 0')
    return root


def python(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", *arguments]
    return subprocess.run(
        command, cwd=house, env={"PYTHONPATH": str(house), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )


def test_it_can_be_run_compared_and_checked(house: Path) -> None:
    done = python(house, "-m", "kvmviz", "compare", "landed", NAME, "fail=all")
    assert "does the same" in done.stdout, done.stdout + done.stderr
    known = python(house, "-c", f"import kvmviz; print(kvmviz.check({NAME!r}, '1x1x1', progress=False).ok)")
    assert known.stdout == "True\n", known.stdout + known.stderr


@pytest.mark.slow
def test_nothing_is_stale(house: Path) -> None:
    """The quick tests of the new revision and those of all siblings; nothing is tried on the others again."""
    own = ("-m", "not slow and not marathon", "-k", f"{NAME} or {' or '.join(WHOLE)}")
    done = python(house, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *own, *TESTS)
    assert done.returncode == 0, done.stdout[-3000:]
