"""A page is written whole or not at all, and never over a file unless told to."""

import random
from pathlib import Path

import pytest

from kvmviz.cli import main
from kvmviz.explorer.offline.document import page
from kvmviz.explorer.offline.writing import ExportError, write_whole
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


def test_where_no_file_can_have_two_names_it_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    write_whole(tmp_path / "a.html", "new")
    assert [file.name for file in tmp_path.iterdir()] == ["a.html"]
    with pytest.raises(ExportError, match="--replace"):
        write_whole(tmp_path / "a.html", "newer")


def test_a_rest_of_a_killed_run_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / ".a.html.abcdefgh").write_text("ne")
    write_whole(tmp_path / "a.html", "new")
    assert (tmp_path / "a.html").read_text() == "new"


# Writes two pages in turn, for ever; each is too long to be written in one go.
WRITER = """
import sys
from itertools import count
from pathlib import Path
from kvmviz.explorer.offline.writing import write_whole

def work():
    for number in count():
        write_whole(Path(sys.argv[1]), "ab"[number % 2] * (3_000_000 + number % 2), replace=True)
"""


def test_killed_at_any_moment_it_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    file, chance = tmp_path / "a.html", random.Random(1)
    file.write_text("old")
    for _ in kill_in_the_middle(WRITER, [str(file)], [chance.uniform(0, 0.03) for _ in range(30)]):
        text = file.read_text()
        assert (text[:1], len(text)) in {("o", 3), ("a", 3_000_000), ("b", 3_000_001)}
        assert text in ("old", text[0] * len(text))
    rests = [one.name for one in tmp_path.iterdir() if one != file]
    assert rests, "no run was killed while it wrote"
    assert all(name.startswith(".") and not name.endswith(".html") for name in rests)


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
