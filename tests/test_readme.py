"""README shows what the commands print today."""

import re
import shlex
from pathlib import Path

import pytest

from kvmviz.cli import main

README = (Path(__file__).parents[1] / "README.md").read_text()
SHOWN = re.findall(r"^\$ kvmviz (.*)\n((?:(?!\$ |```).*\n)*)", README, re.MULTILINE)


def test_readme_shows_a_command() -> None:
    assert SHOWN


@pytest.mark.parametrize(("arguments", "output"), SHOWN)
def test_readme_shows_what_a_command_prints(arguments: str, output: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(arguments)) == 0
    assert capsys.readouterr().out == output
