"""The page of the commands, made from the parser that reads them: `python -m kvmviz.commands.manual_page`."""

import argparse
import sys

from kvmviz.commands.command_line import COMMANDS, parser

HEAD = """# The commands

Made from the parser itself by `make manual`; a test holds this page against it.

Exit status: 0 done, 1 the answer is no, 2 the question was wrong. Text is plain ASCII of at most
72 columns unless `--wide` is given; JSON goes to standard output alone, progress to standard error.
"""


def manual() -> str:
    """Return the page as Markdown: each command with its description, its examples and its arguments."""
    commands = _subparsers(parser())
    return "\n".join([HEAD, *(_command(name, commands[name]) for name in COMMANDS)])


def _subparsers(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = (action for action in top._actions if isinstance(action, argparse._SubParsersAction))
    choices: dict[str, argparse.ArgumentParser] = dict(next(found).choices)
    return choices


def _command(name: str, command: argparse.ArgumentParser) -> str:
    text, _, examples = (command.description or "").strip().partition("\nExamples:")
    lines = [f"## kvmviz {name}\n", text.strip(), ""]
    if examples:
        lines += ["```console", *(f"$ {line.strip()}" for line in examples.split("\n")[1:] if line.strip()), "```", ""]
    rows = [_argument(action) for action in command._actions if action.dest != "help"]
    return "\n".join(lines + (["| argument | meaning |", "|---|---|", *rows, ""] if rows else []))


def _argument(action: argparse.Action) -> str:
    shown = ", ".join(action.option_strings) or str(action.metavar or action.dest)
    if action.option_strings and action.nargs != 0:
        shown += f" {action.metavar or '{' + ','.join(map(str, action.choices or ())) + '}'}"
    text = (action.help or "").replace("|", "\\|")
    return f"| `{shown}` | {text} |"


if __name__ == "__main__":
    sys.stdout.write(manual())
