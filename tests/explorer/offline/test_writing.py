"""A page is written whole or not at all, and never over a file unless told to."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from kvmviz.cli import main
from kvmviz.explorer.offline import writing
from kvmviz.explorer.offline.document import page
from kvmviz.explorer.offline.writing import ExportError, _lock, _rest, write_whole
from kvmviz.revisions import Revision, RevisionError
from tests.killing import kill_in_the_middle


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


def test_a_link_stays_a_link_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    page, link = tmp_path / "public" / "page.html", tmp_path / "link.html"
    link.symlink_to(page)
    with pytest.raises(ExportError, match="--replace"):
        write_whole(link, "new")
    for text in ("new", "newer"):
        write_whole(link, text, replace=True)
        assert link.is_symlink()
        assert page.read_text() == text
    assert sorted(one.name for one in tmp_path.rglob("*.html")) == ["link.html", "page.html"]


def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text("old")
    file.chmod(0o640)
    write_whole(file, "new", replace=True)
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_read_only_file_is_left_alone_also_by_root(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text("old")
    file.chmod(0o444)
    with pytest.raises(ExportError, match="read-only"):
        write_whole(file, "new", replace=True)
    assert file.read_text() == "old"


@pytest.mark.parametrize("words", [["page.html", "--replace"], ["page.html"]])
def test_the_folder_is_tried_before_anything_is_computed(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(**options: object) -> None:
        raise OSError(28, "No space left on device")

    def computed(*arguments: object) -> str:
        raise AssertionError

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kvmviz.explorer.offline.writing.tempfile.TemporaryFile", full)
    monkeypatch.setattr("kvmviz.explorer.offline.document.page", computed)
    assert main(["export", *words]) == 2
    assert "No space left" in capsys.readouterr().err


@pytest.fixture(params=["nameless", "named"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With files that have no name until they are whole, and as where there are none."""
    if request.param == "named":
        monkeypatch.setattr(writing, "_nameless", lambda path: None)
    return str(request.param)


def test_where_no_file_can_have_two_names_it_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(writing, "_nameless", lambda path: None)
    monkeypatch.setattr(Path, "hardlink_to", refused)
    write_whole(tmp_path / "a.html", "new")
    assert [file.name for file in tmp_path.iterdir()] == ["a.html"]
    with pytest.raises(ExportError, match="--replace"):
        write_whole(tmp_path / "a.html", "newer")


@pytest.mark.usefixtures("way")
def test_whatever_goes_wrong_while_it_writes_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "a.html"
    monkeypatch.setattr("os.fsync", full)
    for replace in (False, True):
        with pytest.raises(ExportError, match="No space left"):
            write_whole(file, "new", replace=replace)
        assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("way")
def test_a_rest_of_a_killed_run_is_removed_and_what_another_run_still_writes_is_not(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    killed, busy, other = _rest(file), _rest(file), _rest(tmp_path / "b.html")
    for one in (killed, busy, other):
        one.write_text("ne")
    with busy.open() as still:
        assert _lock(still.fileno())
        write_whole(file, "new")
    assert sorted(tmp_path.iterdir()) == sorted([file, busy, other])
    write_whole(file, "newer", replace=True)
    assert sorted(tmp_path.iterdir()) == sorted([file, other])


# Writes two pages in turn, for ever; each is too long to be written in one go.
WRITER = """
import sys
from itertools import count
from pathlib import Path
from kvmviz.explorer.offline import writing
from kvmviz.explorer.offline.writing import write_whole

path, way = Path(sys.argv[1]), sys.argv[2]
if way == "named":
    writing._nameless = lambda path: None

def work():
    for number in count():
        write_whole(path, "ab"[number % 2] * (3_000_000 + number % 2), replace=True)
"""


def is_whole(text: str) -> bool:
    return (text[:1], len(text)) in {("o", 3), ("a", 3_000_000), ("b", 3_000_001)} and text in (
        "old",
        text[0] * len(text),
    )


def test_killed_at_any_moment_it_leaves_the_old_file_or_the_new(tmp_path: Path, way: str) -> None:
    file, chance = tmp_path / "a.html", random.Random(1)
    file.write_text("old")
    for _ in kill_in_the_middle(WRITER, [str(file), way], [chance.uniform(0, 0.03) for _ in range(30)]):
        assert is_whole(file.read_text())
        rests = [one for one in tmp_path.iterdir() if one != file]
        assert len(rests) < 2, "a run removes what the one before left"
        assert all(one.name.startswith(".kvmviz-") for one in rests)
        assert way == "named" or all(is_whole(one.read_text()) for one in rests), "killed before its name was changed"
    write_whole(file, "new", replace=True)
    assert list(tmp_path.iterdir()) == [file]


# Writes a new page, for ever; after the first time it is refused, as the file is there.
NEW = WRITER.replace(", replace=True", "").replace('path, "ab"', 'path.with_name(f"{number}.html"), "ab"')


def test_a_new_file_is_there_whole_or_nothing_is(tmp_path: Path) -> None:
    chance = random.Random(2)
    for _ in kill_in_the_middle(
        NEW, [str(tmp_path / "a.html"), "nameless"], [chance.uniform(0, 0.03) for _ in range(15)]
    ):
        for one in tmp_path.iterdir():
            assert one.suffix == ".html" or not hasattr(os, "O_TMPFILE")
            assert is_whole(one.read_text())
            one.unlink()


@pytest.mark.parametrize("replace", [True, False])
def test_two_at_once_do_not_harm_each_other(tmp_path: Path, way: str, replace: bool) -> None:
    script = (
        WRITER
        + f"""
from kvmviz.explorer.offline.writing import ExportError
done = 0
for number in range(20):
    try:
        write_whole(path, sys.argv[3] * (3_000_000 + (sys.argv[3] == "b")), replace={replace})
        done += 1
    except ExportError as error:
        assert "exists" in str(error)
print(done)
"""
    )
    file = tmp_path / "a.html"
    both = [
        subprocess.Popen([sys.executable, "-c", script, str(file), way, letter], stdout=subprocess.PIPE, text=True)
        for letter in "ab"
    ]
    while any(one.poll() is None for one in both):
        assert not file.exists() or is_whole(file.read_text())
    written = [int(one.communicate()[0]) for one in both]
    assert written == [20, 20] if replace else sum(written) == 1
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["page.txt"], "ends in .html"),
        (["no/such/page.html"], "no folder"),
        (["page.html", "--tree", "1x1x9"], "at most 8"),
        (["page.html", "--tree", "nonsense"], "tree=nonsense"),
        (["page.html", "--revisions", "v9"], "v9"),
        (["page.html", "--revisions", "v1,v1"], "twice"),
        (["page.html", "--revisions", ""], "no list of revisions"),
        (["page.html", "--tree", ""], "tree="),
        (["page.html", "--file", ""], "''"),
        (["page.html", "--file", "mine.py:Mine"], "mine.py"),
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


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "a,b", "a&b", "", "@1@", "</script>"])
def test_a_revision_that_no_link_can_name_is_refused(name: str) -> None:
    class Mine(Revision, base="v1"):
        pass

    Mine.name = name
    with pytest.raises(RevisionError, match="letters, digits"):
        page(["1x1x1"], ["v1", Mine])
