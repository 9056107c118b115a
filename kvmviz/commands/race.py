"""Explore every interleaving of threads that count the users of a region of memory.

DESIGN says how they count: a name, or PATH.py:CLASS, a class of your own derived from
kvmviz.Design, which is run as Python. Each thread gets the region, hands a page to the
TDX module, gets it back and puts the region, for a number of rounds. The exit status is 0 if
no schedule breaks anything, 1 if one does, 2 if the question was wrong. Without DESIGN
all that are known are listed.

Examples:
  kvmviz race
  kvmviz race old
  kvmviz race v6 --threads 3 --rounds 2 --format json
  kvmviz race old --invariant pages_have_a_pair
  kvmviz race mine.py:Mine --format svg -o race.svg

"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kvmviz.commands import common
from kvmviz.race.design import DESIGNS, MOST, Design, RaceError, design_of
from kvmviz.race.invariants import INVARIANTS

if TYPE_CHECKING:
    from kvmviz.race.result import Finding, Race

HELP = "every interleaving of threads that share a counter, by several designs"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz race`."""
    names = ", ".join(DESIGNS)
    parser.add_argument("design", nargs="?", metavar="DESIGN", help=f"{names}, or mine.py:Mine")
    for name, default, what in (
        ("threads", 3, "how many threads"), ("rounds", 2, "rounds of each thread"), ("refuse", 0, "REMOVEs that fail"),
    ):  # fmt: skip
        least, most = MOST[name]
        said = f"{what}, {least} to {most} (default: {default})"
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N", help=said)
    shown = "whose schedule is shown (default: of the first that breaks)"
    parser.add_argument("--invariant", choices=tuple(INVARIANTS), metavar="NAME", help=shown)
    common.add_format(parser, "text", "json", "markdown", "svg", "dot")
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help="of a picture (default: light)")
    parser.add_argument("-o", "--output", metavar="FILE", help="where the answer goes (default: standard output)")
    common.add_width(parser)
    common.add_timeout(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the answer; 1 if some schedule breaks something."""
    if args.design is None:
        return _all(args)
    from kvmviz.race.result import race

    found = race(_find(args.design), args.threads, args.rounds, args.refuse)
    _put(args, _answer(args, found))
    return 0 if found.clean else 1


def _find(text: str) -> type[Design]:
    if ".py:" not in text:
        return design_of(text)
    from kvmviz.check.loading import load_class

    return load_class(text, Design)


def _all(args: argparse.Namespace) -> int:
    from kvmviz.race.result import race, table_text

    if args.format not in ("text", "markdown") or args.invariant:
        raise RaceError(f"Name a design for that; use {', '.join(DESIGNS)}, or mine.py:Mine.")
    found = [race(one, args.threads, args.rounds, args.refuse) for one in DESIGNS]
    _put(args, _fenced(args, table_text(found, common.width(args))))
    return 0


def _answer(args: argparse.Namespace, found: "Race") -> str:
    if args.format == "json":
        import json

        return json.dumps(found.to_json())
    if args.format in ("svg", "dot"):
        return _picture(found, args)
    from kvmviz.race.result import race_text

    return _fenced(args, race_text(found, args.invariant, common.width(args)))


def _fenced(args: argparse.Namespace, text: str) -> str:
    return f"```text\n{text}\n```" if args.format == "markdown" else text


def _picture(found: "Race", args: argparse.Namespace) -> str:
    from kvmviz.draw.lanes import lanes_dot, lanes_svg

    shown = found[args.invariant] if args.invariant else found.first
    if shown is None or not shown.steps:
        what = "nothing is broken" if shown is None else f"{shown.name} {_without(shown)}"
        raise RaceError(f"{found.design.name}, {found.bounds}: {what}, so there is no schedule to draw.")
    draw = lanes_svg if args.format == "svg" else lanes_dot
    return draw(found, shown.name, args.theme)


def _without(one: "Finding") -> str:
    return "is broken before the first step" if one.verdict == "broken" else "is not broken"


def _put(args: argparse.Namespace, text: str) -> None:
    if args.output is None:
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        return
    from kvmviz.draw.picture import write_file

    write_file(Path(args.output), text.encode() if text.endswith("\n") else f"{text}\n".encode())
