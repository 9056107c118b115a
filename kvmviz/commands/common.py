"""What several commands share: reading a scenario or link, revisions, and the width of text."""

import argparse
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kvmviz.revisions import EVERY, Revision, RevisionError, revision
from kvmviz.scenario import Scenario, ScenarioError
from kvmviz.scenario.link import Link
from kvmviz.terms.columns import WIDTH, ascii_only, paragraph

if TYPE_CHECKING:
    from kvmviz.schema import answers

COLOURS = {"-": "33", "+": "36", "@": "1"}
"""Yellow, cyan and bold for the lines of a diff: told apart by everybody, and the sign says it too."""

WIDE = 1000
"""Columns of `--wide`: nothing that kvmviz prints is wrapped."""


def add_scenario(parser: argparse.ArgumentParser) -> None:
    """Add the positional scenario; its words may be quoted or not."""
    parser.add_argument("scenario", nargs="*", metavar="SCENARIO", help="a scenario line or a link")


def add_width(parser: argparse.ArgumentParser) -> None:
    """Add --wide."""
    parser.add_argument("--wide", action="store_true", help=f"do not wrap at {WIDTH} columns")


def add_timeout(parser: argparse.ArgumentParser) -> None:
    """Add --timeout; `kvmviz.cli.main` reads it."""
    parser.add_argument(
        "--timeout", metavar="S", type=float, help="seconds that a run of Python of your own may take (default: 10)"
    )


def add_format(parser: argparse.ArgumentParser, *choices: str) -> None:
    """Add --format; the first choice is the default."""
    parser.add_argument("--format", choices=choices, default=choices[0], help=f"default: {choices[0]}")


def width(args: argparse.Namespace) -> int:
    """Return the number of columns to wrap at."""
    return WIDE if args.wide else WIDTH


def link(args: argparse.Namespace) -> Link:
    """Return the scenario or link that was given."""
    return Link.parse(" ".join(args.scenario))


def find_revision(text: str, kernel: str | None = None) -> type[Revision]:
    """Return the revision that a text names (see `kvmviz.commands.specs`)."""
    if text in EVERY:
        return revision(text)
    from kvmviz.commands.specs import revision_of

    return revision_of(text, kernel)


def find_revisions(text: str, kernel: str | None = None) -> list[type[Revision]]:
    """Return the revisions of a list separated by commas."""
    if not all(text.split(",")):
        raise RevisionError(f"{text!r} is no list of revisions; use names separated by commas, as in before,v1.")
    return [find_revision(part, kernel) for part in text.split(",")]


def add_kernel(parser: argparse.ArgumentParser) -> None:
    """Add --kernel."""
    parser.add_argument("--kernel", metavar="DIR", help="the Linux tree that a patch is for; it has what that omits")


def scenarios_in(path: str) -> list[Scenario]:
    """Read a file of scenario lines, `-` for standard input; raise ScenarioError with the wrong line's number."""
    from pathlib import Path

    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ScenarioError(f"Cannot read {path}: {reason}; name a file with a scenario a line.") from None
    found = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                found.append(Scenario.parse(line))
            except ScenarioError as error:
                raise ScenarioError(f"{path}, line {number}: {error}") from None
    return found


def origin_text(revisions: Iterable[type[Revision]], columns: int) -> str:
    """Return what is said of revisions that are not Python: which functions ran, and what did not.

    Empty if there is none, else it begins with an empty line.
    """
    parts = []
    for which in dict.fromkeys(revisions):
        if which.origin is not None:
            parts += ["", f"{which.name}", *(paragraph(one, "  ", columns) for one in which.origin.sentences())]
    return ascii_only("\n".join(["", *parts])) if parts else ""


def origin_json(which: type[Revision]) -> "answers.Origin | None":
    """Return the same for JSON, None for a revision in Python."""
    found: answers.Origin | None = None if which.origin is None else which.origin.to_json()
    return found


def print_text(text: str, form: str = "text", language: str = "text") -> None:
    """Print text: in a fence for markdown; a diff in colours on a terminal, unless NO_COLOR is set."""
    if form == "markdown":
        text = f"```{language}\n{text}\n```"
    elif language == "diff" and has_colours():
        text = "\n".join(map(_coloured, text.split("\n")))
    print(text)


def has_colours() -> bool:
    """Say whether standard output is a terminal that shows colours, and nobody asked for none."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _coloured(line: str) -> str:
    code = COLOURS.get(line[:1])
    return f"\033[{code}m{line}\033[0m" if code else line


def print_json(value: Any) -> None:
    """Print one JSON object on one line."""
    import json

    print(json.dumps(value))
