"""The page of the commands follows from the parser."""

from pathlib import Path

from kvmviz.commands.command_line import COMMANDS
from kvmviz.commands.manual_page import manual

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == manual(), "run: make manual"


def test_it_holds_every_command_with_an_example() -> None:
    page = manual()
    for command in COMMANDS:
        section = page.split(f"## kvmviz {command}\n")[1].split("\n## ")[0]
        assert f"$ kvmviz {command}" in section
