"""Streams that whoever started us closed, and files beside the user that bear the names of Python's modules."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

KVMVIZ = f"{sys.executable} -m kvmviz"


def shell(line: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True, timeout=120, check=False)


CLOSED = {
    "run >&-": (0, "", ""),
    "run --format json >&-": (0, "", ""),
    "compare before v1 fail=all >&-": (0, "", ""),
    "check --tree 1x1x1 >&-": (0, "", ""),
    "run fail=never >&-": (2, "", "kvmviz: fail="),
    "run fail=never 2>&-": (2, "", ""),
    "run --format json fail=never 2>&-": (2, "", ""),
    "run --scenarios - <&-": (0, "", ""),
    "review - <&-": (2, "", "kvmviz: "),
    "run tree=1x1x1 <&- >&- 2>&-": (0, "", ""),
    "export page.html --tree 1x1x1 --revisions v1 <&- >&-": (0, "", ""),
    "explain leak >&- 2>&-": (0, "", ""),
}


@pytest.mark.parametrize("words", CLOSED)
def test_a_closed_stream_is_no_traceback(words: str, tmp_path: Path) -> None:
    status, out, err = CLOSED[words]
    done = shell(f"{KVMVIZ} {words}", tmp_path)
    assert (done.returncode, done.stdout) == (status, out), done
    assert done.stderr.startswith(err) and done.stderr.count("\n") == (1 if err else 0), done
    if words.startswith("export"):
        page = (tmp_path / "page.html").read_text(encoding="utf-8")
        assert page.startswith("<!doctype html>") and page.rstrip().endswith("</html>")


@pytest.mark.parametrize(
    ("words", "status"),
    [("run tree=1GiB fail=all", 0), ("run nonsense", 2), ("explain --help", 0), ("--nonsense", 2),
     ("check --tree 1x1x1", 0)],
)  # fmt: skip
def test_a_reader_that_has_gone_is_no_traceback(words: str, status: int, tmp_path: Path) -> None:
    """Nothing is to be flushed at the end: Python 3.13 would end with 120."""
    nobody, end = os.pipe()
    os.close(nobody)
    with subprocess.Popen(
        [sys.executable, "-m", "kvmviz", *words.split()], cwd=tmp_path, stdout=end, stderr=end
    ) as process:
        os.close(end)
    assert process.returncode == status


MINE = """
import random, json, kvmviz
class Mine(kvmviz.Revision, base='v1'):
    def tdp_mmu_free_sp_rcu_callback(vm, sp):
        import secrets
        super().tdp_mmu_free_sp_rcu_callback(vm, sp)
"""
FOREIGN = "import sys\nsys.stderr.write('a file that happens to lie here was run\\n')\nsys.exit(9)\n"


@pytest.mark.parametrize(
    "words",
    ["run fail=all", pytest.param("check --revision v1 --space quick", marks=pytest.mark.slow),
     "check --file mine.py:Mine --tree 1x1x1",
     pytest.param("export page.html --tree 1x1x1 --revisions before,v1 --file mine.py:Mine", marks=pytest.mark.slow),
     "draw -o a.svg", "lab --help"],
)  # fmt: skip
def test_files_beside_the_user_are_not_run_in_pythons_place(words: str, tmp_path: Path) -> None:
    for name in ("random", "tempfile", "secrets", "json", "pickle", "socket", "tqdm", "cloudpickle", "graphviz"):
        (tmp_path / f"{name}.py").write_text(FOREIGN)
    (tmp_path / "mine.py").write_text(MINE)
    done = shell(f"{Path(sys.executable).parent}/kvmviz {words}", tmp_path)
    assert "happens to lie here" not in done.stderr
    assert done.returncode == 0, done.stderr
