"""The command line: one subcommand a question.

Exit status: 0 done, 1 the answer is no, 2 the question was wrong.  Each command
lives in `kvmviz.commands` and loads what it needs when it runs, so that text
starts quickly.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from kvmviz.errors import KvmvizError
from kvmviz.terms.columns import WIDTH, paragraph
from kvmviz.version import __version__

COMMANDS = (
    "run", "compare", "check", "claims", "review", "draw", "export", "lab", "explain", "doctor", "completion",
)  # fmt: skip
"""Every subcommand, in the order in which help lists them; each is a module of `kvmviz.commands`."""


class Help(argparse.HelpFormatter):
    """Help of at most 72 columns in any terminal: paragraphs are wrapped, the examples stand as they are."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=WIDTH)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        said, _, examples = text.strip().partition("\nExamples:")
        filled = [paragraph(" ".join(part.split()), indent, width) for part in said.split("\n\n")]
        return "\n\n".join([*filled, *([f"Examples:{examples}"] if examples else [])])


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """Return the parser; with `only`, of that subcommand alone, which spares loading the others."""
    top = argparse.ArgumentParser(
        prog="kvmviz",
        description="Watch a TDX guest being torn down by Linux KVM, before and after a patch.",
        epilog="`kvmviz COMMAND --help` shows examples.",
        formatter_class=Help,
    )
    top.add_argument("--version", action="version", version=f"kvmviz {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in [only] if only else COMMANDS:
        module = import_module(f"kvmviz.commands.{name}")
        sub = commands.add_parser(name, help=module.HELP, description=module.__doc__, formatter_class=Help)
        module.arguments(sub)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    only = words[0] if words and words[0] in COMMANDS else None
    try:
        args = parser(only).parse_args(words)
        status: int = import_module(f"kvmviz.commands.{args.command}").run(args)
        if sys.stdout:  # None if whoever started us closed it
            sys.stdout.flush()
    except KvmvizError as error:
        print(f"kvmviz: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        _stop_writing()  # whoever read our output has gone, as in `kvmviz run | head`
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"kvmviz: {where}{error.strerror or error}.", file=sys.stderr)
        _stop_writing()
        return 2
    except KeyboardInterrupt:
        return 130
    return status


def _stop_writing() -> None:
    """Send what is left of the output nowhere: Python would complain once more when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
