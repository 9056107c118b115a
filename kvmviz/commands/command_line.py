"""The parser of the command line, made of the subcommands' own arguments."""

import argparse
import sys
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from kvmviz.terms.columns import WIDTH, paragraph
from kvmviz.terms.docstrings import docstring
from kvmviz.version import __version__

COMMANDS = (
    "run", "log", "compare", "check", "claims", "kernel", "review", "race", "draw", "export", "lab", "explain",
    "doctor", "completion",
)  # fmt: skip
"""Every subcommand, in the order in which help lists them; each is a module beside this one."""


class Help(argparse.HelpFormatter):
    """Help of at most 72 columns in any terminal: paragraphs are wrapped, the examples stand as they are."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=WIDTH)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        said, _, examples = text.strip().partition("\nExamples:")
        filled = [paragraph(" ".join(part.split()), indent, width) for part in said.split("\n\n")]
        return "\n\n".join([*filled, *([f"Examples:{examples}"] if examples else [])])


class Parser(argparse.ArgumentParser):
    """A parser for which a wrong question stays one when nobody can read that it is wrong."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with 2."""
        with suppress(BrokenPipeError):  # Python 3.11.2's lets it out, later ones' do not
            super().error(message)
        sys.exit(2)


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """Return the parser; with `only`, of that subcommand alone, which spares loading the others."""
    top = Parser(
        prog="kvmviz",
        description="Watch a TDX guest being torn down by Linux KVM, before and after a patch.",
        epilog="`kvmviz COMMAND --help` shows examples.",
        formatter_class=Help,
    )
    top.add_argument("--version", action="version", version=f"kvmviz {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in [only] if only else COMMANDS:
        module = import_module(f"kvmviz.commands.{name}")
        sub = commands.add_parser(name, help=module.HELP, description=docstring(module), formatter_class=Help)
        module.arguments(sub)
    return top
