"""A page is written whole or not at all, and never over a file unless told to."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from kvmviz.cli import main
from kvmviz.export.writing import ExportError, write_whole


def test_a_new_file_holds_the_text_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.html", "new")
    assert [file.name for file in tmp_path.iterdir()] == ["a.html"]
    assert (tmp_path / "a.html").read_text() == "new"


def test_an_existing_file_is_replaced_only_when_told(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text("old")
    with pytest.raises(ExportError, match="--replace"):
        write_whole(file, "new")
    assert file.read_text() == "old"
    write_whole(file, "new", replace=True)
    assert file.read_text() == "new"


KILLED = """
import os, sys
from pathlib import Path
from kvmviz.export import writing
real = os.fsync
def stop(descriptor):
    real(descriptor)
    print("written", flush=True)
    sys.stdin.read()
os.fsync = stop
writing.write_whole(Path(sys.argv[1]), "new" * 100_000, replace=True)
"""


@pytest.mark.parametrize("old", ["old", None])
def test_killed_before_the_end_it_leaves_what_was_there(tmp_path: Path, old: str | None) -> None:
    file = tmp_path / "a.html"
    if old is not None:
        file.write_text(old)
    command = [sys.executable, "-c", KILLED, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        time.sleep(0.05)
        process.kill()
    assert (file.read_text() if file.exists() else None) == old


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["page.txt"], "ends in .html"),
        (["no/such/page.html"], "no folder"),
        (["page.html", "--tree", "1x1x9"], "at most 8"),
        (["page.html", "--tree", "nonsense"], "tree=nonsense"),
        (["page.html", "--revisions", "v9"], "v9"),
        (["page.html", "--revisions", "v1,v1"], "twice"),
    ],
)
def test_a_wrong_question_is_answered_in_a_sentence(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", *words]) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert len(output.err.splitlines()) == 1
    assert not list(tmp_path.iterdir())
