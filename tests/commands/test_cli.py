"""The command line: exit status, one sentence for a wrong question, plain text within 72 columns."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from kvmviz.cli import main
from kvmviz.commands.command_line import COMMANDS
from kvmviz.record.runs import run
from tests.scenario.test_scenario import WRONG
from tests.trying import trying


def text_of(capsys: pytest.CaptureFixture[str], *argv: str, status: int = 0) -> str:
    assert main(argv) == status
    captured = capsys.readouterr()
    if status == 2:
        assert captured.out == ""
        assert captured.err.startswith("kvmviz: ")
        assert captured.err.count("\n") == 1
        return captured.err
    return captured.out


def test_run_prints_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert text_of(capsys, "run", "fail=L1@0x200") == str(run("before", "fail=L1@0x200")) + "\n"


def test_words_of_a_scenario_need_no_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    assert text_of(capsys, "run", "tree=1x1x1", "fail=all") == text_of(capsys, "run", "tree=1x1x1 fail=all")


def test_json_has_an_object_for_each_line_and_revision(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "scenarios"
    file.write_text("# two\n\nfail=all\nhkid=assigned\n")
    out = text_of(capsys, "run", "--revision", "before,v1", "--format", "json", "--scenarios", str(file))
    found = [json.loads(line) for line in out.splitlines()]
    assert [(o["revision"], o["scenario"]) for o in found] == [
        ("before", "tree=1x1x3 fail=all"), ("v1", "tree=1x1x3 fail=all"),
        ("before", "tree=1x1x3 hkid=flushvp-not-done"), ("v1", "tree=1x1x3 hkid=flushvp-not-done"),
    ]  # fmt: skip
    assert found[1] == json.loads(json.dumps(run("v1", "fail=all").to_json()))


def test_a_wrong_line_of_a_file_is_named_and_nothing_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "scenarios"
    file.write_text("fail=all\n# fine\nfail=never\n")
    assert "line 3" in text_of(capsys, "run", "--scenarios", str(file), status=2)


@pytest.mark.parametrize(
    "text", ["\ufefffail=all\r\n\t# a remark\r\n\r\n  hkid=assigned \r\n", "fail=all\n #\nhkid=assigned"]
)
def test_a_file_from_another_system_is_read(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "scenarios"
    file.write_bytes(text.encode())
    read = text_of(capsys, "run", "--format", "json", "--scenarios", str(file))
    assert [json.loads(line)["scenario"] for line in read.splitlines()] == [
        "tree=1x1x3 fail=all", "tree=1x1x3 hkid=flushvp-not-done",
    ]  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert text_of(capsys, "run", "--format", "json", "--scenarios", "-") == read


def test_a_file_in_another_encoding_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "scenarios").write_bytes("fail=all".encode("utf-16"))
    assert "not text" in text_of(capsys, "run", "--scenarios", str(tmp_path / "scenarios"), status=2)


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "Cannot read" in text_of(capsys, "run", "--scenarios", str(tmp_path / "none"), status=2)


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_scenario_is_status_2(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    if line == "step=1":
        pytest.skip("a step is part of a link, which this command reads")
    text_of(capsys, "run", "--", line, status=2)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="-"), min_size=1, max_size=30), max_size=3))
@trying(150, 500, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_end_in_an_answer_or_one_sentence(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    status = main(["run", "--", *words])
    captured = capsys.readouterr()
    assert status in (0, 2)
    assert "Traceback" not in captured.err
    if status:
        assert captured.err.startswith("kvmviz: ")
        assert captured.out == ""


@pytest.mark.parametrize(
    "argv",
    [
        ["run", "fail=all"], ["run", "--step", "0"], ["run", "--step", "62", "fail=L1@0x200"],
        ["run", "tree=16GiB fail=rate:1/100:x"], ["run", "tree=1GiB", "hkid=assigned", "fail=all"],
        ["compare", "before", "v1", "fail=all"], ["compare", "before", "landed", "hkid=assigned"],
        ["run", "--step", "80", "tree=1TiB fail=all"], ["compare", "before", "v1", "tree=1TiB fail=rate:1/9:x"],
        ["explain", "leak"], ["explain", "S-EPT L1 gfn=0x200"], ["doctor"],
    ],
)  # fmt: skip
def test_text_is_ascii_within_72_columns(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(argv)
    out = capsys.readouterr().out
    assert out.isascii()
    assert [line for line in out.splitlines() if len(line) > 72 and not line.startswith("tree=")] == []


def test_a_lockstep_step_stands_at_the_same_place_on_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    out = text_of(capsys, "run", "--format", "json", "fail=L1@0x200 step=64 revisions=before,v1")
    before, v1 = map(json.loads, out.splitlines())
    assert before["event"]["kind"] == v1["event"]["kind"] == "leak"
    assert (before["step"], v1["step"]) == (64, 63)


@pytest.mark.parametrize(
    "words",
    [
        "run --step 999", "run --revision v9", "run --revision before,,v1", "run --scenarios - fail=all",
        "run tree=1TiB --step 999", "explain gibberish", "compare before nobody", "compare before v1 tree=9TiB",
    ],
)  # fmt: skip
def test_a_wrong_question_is_status_2(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    text_of(capsys, *words.split(), status=2)


def kvmviz(*argv: str) -> list[str]:
    return [sys.executable, "-m", "kvmviz", *argv]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_shows_examples(command: str) -> None:
    words = [command, "--help"] if command else ["--help"]
    out = subprocess.run(kvmviz(*words), capture_output=True, text=True, check=True).stdout
    assert f"kvmviz {command}".strip() in out


def test_head_does_not_end_in_a_traceback() -> None:
    child = subprocess.Popen(kvmviz("run", "tree=1GiB fail=all"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.close()
    assert child.stderr.read() == b""
    child.stderr.close()
    child.wait()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
def test_a_full_disk_is_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(kvmviz("run", "fail=all"), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("kvmviz: No space left on device")
    assert done.stderr.count("\n") == 1


def test_text_needs_no_notebook_library() -> None:
    code = (
        "import sys, kvmviz.cli; kvmviz.cli.main(['run', 'fail=all']);"
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'IPython', 'ipywidgets', 'anywidget', 'matplotlib', 'graphviz', 'numpy', 'unidiff', 'traitlets'}))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_every_command(shell: str) -> None:
    out = subprocess.run(kvmviz("completion", shell), capture_output=True, text=True, check=True, env=os.environ)
    assert all(command in out.stdout for command in COMMANDS)
