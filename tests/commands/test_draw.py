"""`kvmviz draw` writes whole pictures or nothing."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from kvmviz.cli import main
from kvmviz.record.runs import run


@pytest.mark.parametrize("step", ["0", "64", "117"])
def test_a_drawn_svg_has_every_page_in_its_state(step: str, tmp_path: Path) -> None:
    target = tmp_path / "leak.svg"
    assert main(["draw", "-o", str(target), "--step", step, "fail=L1@0x200"]) == 0
    drawn = ElementTree.parse(target).getroot().iter()
    states = {e.attrib["data-page"]: e.attrib["data-state"] for e in drawn if "data-page" in e.attrib}
    assert states == dict(run("before", "fail=L1@0x200").frames[int(step)].states)


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("dot", b"digraph"), ("svg", b"<")])
def test_the_suffix_chooses_the_form(suffix: str, start: bytes, tmp_path: Path) -> None:
    target = tmp_path / f"picture.{suffix}"
    assert main(["draw", "--revision", "v1", "-o", str(target)]) == 0
    assert start in target.read_bytes()[:200]
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_is_followed_and_a_read_only_file_left_alone(tmp_path: Path) -> None:
    target, link = tmp_path / "target.dot", tmp_path / "link.dot"
    link.symlink_to(target)
    assert main(["draw", "-o", str(link)]) == 0
    assert link.is_symlink()
    drawn = target.read_bytes()
    target.chmod(0o444)
    assert main(["draw", "-o", str(link), "fail=all"]) == 2
    assert target.read_bytes() == drawn


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_a_map_of_a_large_guest(suffix: str, start: bytes, tmp_path: Path) -> None:
    target = tmp_path / f"map.{suffix}"
    assert main(["draw", "--map", "-o", str(target), "tree=1TiB fail=all"]) == 0
    assert target.read_bytes().startswith(start)


@pytest.mark.parametrize(
    "words",
    [
        "-o {}/a.jpg",
        "-o {}/none/a.svg",
        "-o {}/a.svg --step 999",
        "-o {}/a.svg revisions=before,v1",
        "-o {}/a.svg x",
        "--map -o {}/a.dot",
        "--map -o {}/a.svg --step 3",
    ],
)
def test_a_wrong_question_writes_nothing(words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", *words.format(tmp_path).split()]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
