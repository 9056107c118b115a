"""What several commands share: fences, colours."""

import os
import pty
import subprocess
import sys

import pytest

from kvmviz.cli import main

COMPARE = [sys.executable, "-m", "kvmviz", "compare", "before", "v1"]


def on_a_terminal(**more: str) -> bytes:
    """Run a comparison with a terminal for its standard output; return what arrives there."""
    ours, theirs = pty.openpty()
    wanted = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"} | more
    subprocess.run(COMPARE, stdout=theirs, env=wanted, check=True)
    os.close(theirs)
    found = os.read(ours, 100_000)
    os.close(ours)
    return found


def test_a_diff_has_colours_on_a_terminal_and_nowhere_else() -> None:
    coloured = on_a_terminal()
    assert b"\033[36m+++ v1\033[0m" in coloured
    assert b"\033" not in subprocess.run(COMPARE, capture_output=True, check=True).stdout


@pytest.mark.parametrize("wish", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_colours_gets_none(wish: dict[str, str]) -> None:
    assert b"\033" not in on_a_terminal(**wish)


@pytest.mark.parametrize(
    ("words", "fence"),
    [("compare before v1 fail=all", "```diff"), ("check --tree 1x1x1", "```text"), ("run", "```text")],
)
def test_markdown_is_the_text_in_a_fence(words: str, fence: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([*words.split(), "--format", "markdown"])
    first, *_, last = capsys.readouterr().out.splitlines()
    assert (first, last) == (fence, "```")


def test_a_step_names_the_command_that_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "fail=L1@0x200 step=62 revisions=before,v1"])
    assert capsys.readouterr().out.endswith("  kvmviz lab 'tree=1x1x3 fail=L1@0x200 step=62 revisions=before,v1'\n")
    main(["run", "--revision", "v1,landed", "--step", "3"])
    assert capsys.readouterr().out.count("kvmviz lab 'tree=1x1x3 step=3 revisions=") == 2


@pytest.mark.parametrize("word", ["B4", "same_pages_leak"])
def test_claims_and_invariants_can_be_explained(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", word]) == 0
    assert capsys.readouterr().out.startswith(f"{word}: ")
