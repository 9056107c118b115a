"""C on the command line: a path of C wherever a revision may stand, and what the answers say of it."""

import json
from pathlib import Path

import pytest

from kvmviz.cli import main
from tests.test_schema import validate

SOURCES = Path(__file__).parents[1] / "c" / "sources"


def test_a_comparison_says_what_ran_from_c(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "before", str(SOURCES / "v1.c"), "fail=L1@0x200"]) == 0
    said = capsys.readouterr().out
    assert "From C: handle_removed_pt" in " ".join(said.split())
    assert "cpu_relax" in said
    assert all(len(line) <= 72 for line in said.split("\n"))


def test_a_check_of_c_is_one_of_its_revision_and_fits_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--file", str(SOURCES / "landed.c"), "--tree", "1x1x1", "--format", "json"]) == 0
    mine = json.loads(capsys.readouterr().out)
    assert main(["check", "--revision", "landed", "--tree", "1x1x1", "--format", "json"]) == 0
    theirs = json.loads(capsys.readouterr().out)
    validate("check", mine)
    assert [r["broken"] for r in mine["invariants"]] == [r["broken"] for r in theirs["invariants"]]
    assert {f["from"] for f in mine["origin"]["functions"]} == {"C"}
    assert theirs["origin"] is None


@pytest.mark.parametrize(
    ("words", "form"),
    [(["compare", "v1", "C", "fail=all"], "comparison"), (["compare", "C", "landed", "--space", "quick"], "spread")],
)
def test_comparisons_with_c_fit_their_schemas(
    words: list[str], form: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kvmviz.check.space.scenarios", lambda space: iter(()))
    path = str(SOURCES / "landed.c")
    assert main([*(path if word == "C" else word for word in words), "--format", "json"]) == 0
    validate(form, json.loads(capsys.readouterr().out))


def test_the_base_stands_behind_the_path(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "free.c"
    text = "static void tdp_mmu_free_sp(struct kvm_mmu_page *sp)\n{\n\tfree_page((unsigned long)sp->spt);\n}\n"
    file.write_text(text)
    assert main(["run", "--revision", f"{file}:landed", ""]) == 0
    assert "From landed (as named)" in " ".join(capsys.readouterr().out.split())
    assert main(["run", "--revision", str(file), ""]) == 2
    assert "name one, as in PATH.c:landed" in capsys.readouterr().err


def test_what_cannot_be_run_is_one_sentence_with_its_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "mine.c"
    file.write_text((SOURCES / "v1.c").read_text().replace("\ttdp_mmu_free_sp(sp);", "\tput_table(sp);"))
    assert main(["check", "--file", str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"kvmviz: {file}:17: `put_table(sp)`: `put_table` is not bound to the model")
    assert main(["check", "--file", str(tmp_path / "none.c")]) == 2
    assert "Cannot read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("virt_to_page", "the page behind an address"), ("external_spt", "a member of struct kvm_mmu_page"),
        ("KVM_BUG_ON", "marks the VM as bugged"), ("FROZEN_SPTE", "parked"), ("PG_LEVEL_4K", "PG_LEVEL_4K in C, 1:"),
        ("cpu_relax", "passed over"), ("kvm_mmu_page", "its members that are bound are"),
        ("mmu_page_header_cache", "a variable of the kernel"),
    ],
)  # fmt: skip
def test_explain_answers_from_the_table_of_names(word: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", word]) == 0
    assert said in " ".join(capsys.readouterr().out.split())


def test_what_is_broken_is_said_before_the_rest_is_tried(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "mine.c"
    file.write_text((SOURCES / "v1.c").read_text().replace("\t\tsp->external_spt = NULL;", "\t\t;"))
    assert main(["check", "--file", str(file), "--tree", "1x1x1"]) == 1
    first, line = capsys.readouterr().err.rstrip().rsplit("\n", 1)
    assert first.startswith("Broken: ")
    assert main(["compare", "v1", str(file), line.strip()]) == 0
    assert "The kernel does the same" not in capsys.readouterr().out
    assert main(["check", "--file", str(SOURCES / "v1.c"), "--tree", "1x1x1"]) == 0
    assert capsys.readouterr().err == ""
