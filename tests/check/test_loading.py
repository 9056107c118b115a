"""A revision from a file: it works, or one sentence says what is wrong."""

import json
import sys
from pathlib import Path

import pytest

from kvmviz.check.engine import WORTH_WORKERS, check
from kvmviz.check.loading import load_revision
from kvmviz.cli import main
from kvmviz.errors import KvmvizError
from kvmviz.record.runs import run
from kvmviz.revisions.guard import allowing

MINE = """
import kvmviz

def helper(sp):
    sp.external_spt = None

class MyPatch(kvmviz.Revision, base="v2"):
    def tdx_sept_free_private_spt(vm, sp):
        helper(sp)

class Loops(kvmviz.Revision, base="v2"):
    def tdx_sept_free_private_spt(vm, sp):
        while True: pass

class Plain: pass
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.py"
    file.write_text(MINE)
    return file


def sentence(text: str) -> str:
    with pytest.raises(KvmvizError) as caught:
        load_revision(text)
    said = str(caught.value)
    assert said.endswith(".") and "\n" not in said
    return said


def test_load_a_class(mine: Path) -> None:
    found = load_revision(f"{mine}:MyPatch")
    assert (found.name, found.base_name) == ("MyPatch", "v2")
    assert run(found, "tree=1x1x1").summary.needless[0] == "S-EPT L3 gfn=0x0"


@pytest.mark.slow
def test_check_a_class_in_other_processes(mine: Path) -> None:
    found = load_revision(f"{mine}:MyPatch")
    report = check(found, "1x1x3", progress=False)
    assert report.scenarios >= WORTH_WORKERS
    assert report.counterexamples["no_needless_leak"] == "tree=1x1x3"


def test_run_and_check_end_where_the_patch_does_not(mine: Path) -> None:
    loops = load_revision(f"{mine}:Loops")
    for ask in (lambda: run(loops, "tree=1x1x1"), lambda: check(loops, "1x1x3", progress=False)):
        with pytest.raises(KvmvizError, match=r"^Loops: tdx_sept_free_private_spt, line 13, does not end and was"):
            ask()


@pytest.mark.parametrize(
    ("name", "words"),
    [("Nobody", "Nobody is no class in "), ("Plain", "Plain is not derived from"), ("helper", "helper is not derived"),
     ("no-name", "names no class in a file"), ("", "names no class in a file")],
)  # fmt: skip
def test_wrong_class(mine: Path, name: str, words: str) -> None:
    assert words in sentence(f"{mine}:{name}")


@pytest.mark.parametrize(
    ("text", "words"),
    [("def f(:\n", "line 1, is not Python: SyntaxError"), ("x = 1\n1/0\n", "fails in line 2 while it is loaded"),
     ("raise SystemExit\n", "fails in line 1"),
     ("raise KeyboardInterrupt\n", "fails in line 1"), ("a\0b", "is not Python"), ("\xe4\xf6", "fails in line 1"),
     ('import kvmviz\nclass P(kvmviz.Revision, base="v1"):\n  def f(vm): pass\n', "P.f is nothing a revision may"),
     ('import kvmviz\nclass P(kvmviz.Revision, base="v9"): pass\n', "Unknown revision 'v9'"),
     ('import kvmviz\nclass P(kvmviz.Revision, base="v1"):\n  def handle_removed_pt(): pass\n', "is called with")],
)  # fmt: skip
def test_wrong_file(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "wrong.py"
    file.write_text(text)
    assert words in sentence(f"{file}:P")


def test_no_file(tmp_path: Path) -> None:
    assert sentence(f"{tmp_path}/none.py:P").endswith(
        "No such file or directory; use PATH.py:CLASS, as in mine.py:MyPatch."
    )
    assert "Is a directory" in sentence(f"{tmp_path}:P")
    assert "names no class" in sentence("mine.py")


ENDS = {
    "import os\nos._exit(0)\n": "line 2 of the file ends Python: return from the function, or raise an error.",
    "import threading\nthreading.Thread(target=print).start()\n": "line 2 of the file starts a thread:",
    "import subprocess\nsubprocess.Popen(['sleep', '9'])\n": "line 2 of the file starts a process:",
    "x = 1\nwhile True: pass\n": "line 2 of the file does not end: it was stopped after 1 s; --timeout allows more.",
    "import time\ntime.sleep(99)\n": "line 2 of the file does not end",
    "class E(Exception):\n  def __str__(self): 1/0\nraise E\n": "in line 3 while it is loaded: E: its own",
    "raise ValueError('a\\nb\\x1b[31m\xe4' * 500)\n": "ValueError: a b\\x1b[31m\\xe4a b",
}


@pytest.mark.parametrize("text", ENDS)
def test_a_file_is_bounded_while_it_is_loaded(tmp_path: Path, text: str) -> None:
    file = tmp_path / "wrong.py"
    file.write_text(text, encoding="utf-8")
    with allowing(1):
        said = sentence(f"{file}:P")
    assert ENDS[text] in said
    assert said.isascii() and said.isprintable() and len(said) < 600


BESIDE = """
from __future__ import annotations
from dataclasses import dataclass
import random, json
import kvmviz
from helpers import forget
import constants

print("loading")

@dataclass
class Limit:
    most: int = constants.MOST

class MyPatch(kvmviz.Revision, base="v2"):
    def tdx_sept_free_private_spt(vm: VM, sp):
        from later import never
        assert Limit().most == 3 and random.Random and not never
        forget(sp)
"""


def test_a_file_may_import_what_lies_beside_it_and_nothing_in_place_of_pythons(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name, text in {
        "mine": BESIDE, "helpers": "def forget(sp): sp.external_spt = None", "constants": "MOST = 3",
        "later": "never = False", "random": "raise SystemExit('the wrong one')", "json": "raise SystemExit('no')",
        "tempfile": "print('the wrong one')",
    }.items():  # fmt: skip
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    found = load_revision("mine.py:MyPatch")
    assert run(found, "tree=1x1x1").summary.needless[0] == "S-EPT L3 gfn=0x0"
    assert capsys.readouterr() == ("", "loading\n")


def test_a_class_that_defines_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("import kvmviz\nclass P(kvmviz.Revision, base='v1'):\n  LIMIT = 3\n")
    assert sentence(f"{tmp_path}/mine.py:P").startswith("P defines none of the functions that a revision may change")


PRINTS = """
import kvmviz
class P(kvmviz.Revision, base="v1"):
    def tdx_sept_free_private_spt(vm, gfn, sp):
        print("asked for", hex(gfn), end="\\x1b[0m\\n")
"""


def test_what_a_patch_prints_is_shown_once_beside_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.py").write_text(PRINTS)
    assert main(["check", "--file", f"{tmp_path}/mine.py:P", "--tree", "1x1x1", "--format", "json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["revision"] == "P"
    assert err.startswith("asked for 0x0?[0m\n") and err.isascii()
    assert err.count("characters more)") == 1 and len(err) < 2_100
