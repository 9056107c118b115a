"""`kvmviz race`: exit status, forms, and a design of one's own from a file."""

import json
from pathlib import Path

import pytest

from kvmviz.cli import main
from kvmviz.race.design import DESIGNS
from tests.test_schema import validate

MINE = """import kvmviz


class Mine(kvmviz.Design, base="landed"):
    def put(region):
        if (yield region.decrement()) == 0:
            yield region.remove_pair()
            yield region.free_pair()


class Same(kvmviz.Design, base="landed"):
    pass
"""


def said(words: str, capsys: pytest.CaptureFixture[str], status: int) -> str:
    assert main(words.split()) == status
    captured = capsys.readouterr()
    assert (captured.out == "") == (status == 2)
    return captured.err if status == 2 else captured.out


@pytest.mark.parametrize("design", DESIGNS)
def test_the_status_says_whether_there_is_a_race_and_json_fits(design: str, capsys: pytest.CaptureFixture[str]) -> None:
    clean = design in ("v6", "landed")
    answer = json.loads(said(f"race {design} --threads 2 --format json", capsys, 0 if clean else 1))
    validate("race", answer)
    assert answer["clean"] is clean
    assert (answer["threads"], answer["rounds"]) == (2, 2)


def test_without_a_design_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    text = said("race --threads 2 --rounds 1", capsys, 0)
    assert all(f"  {name} " in text for name in DESIGNS)


def test_a_design_of_ones_own_is_read_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.py"
    file.write_text(MINE)
    assert "added_once" in said(f"race {file}:Mine --threads 2 --rounds 1", capsys, 1)
    assert "No schedule breaks anything." in said(f"race {file}:Same --threads 2 --rounds 1", capsys, 0)
    assert "Absent is no class in" in said(f"race {file}:Absent", capsys, 2)


def test_a_picture_is_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(f"race old --threads 2 --rounds 1 --format svg -o {tmp_path / 'a.svg'}".split()) == 1
    assert (tmp_path / "a.svg").read_text().startswith("<svg")
    assert said("race old --threads 2 --rounds 1 --format dot --theme dark", capsys, 1).startswith("digraph race")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("race new", "new is no design; use naive, old, v6, landed, per-region"),
        ("race old --threads 0", "threads=0: use 1 to 6."),
        ("race landed --threads 2 --format svg", "landed, 2 threads, 2 rounds: nothing is broken"),
        ("race old --threads 2 --format svg --invariant gets_succeed", "gets_succeed is not broken"),
        ("race --format json", "Name a design for that"),
    ],
)
def test_a_wrong_question_is_answered_by_a_sentence(
    words: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in said(words, capsys, 2)


def test_an_invariant_that_holds_has_no_schedule(capsys: pytest.CaptureFixture[str]) -> None:
    text = said("race old --threads 2 --rounds 1 --invariant gets_succeed", capsys, 1)
    assert "A shortest schedule" not in text
    assert "thread" in text
