"""Try every scenario of a space against the invariants.

Each broken invariant comes with its smallest counterexample, ready to paste.
The exit status is 1 only for a violation that is not on the revision's list of
known ones.  `--file` runs the file as Python: it is no sandbox.

Examples:
  kvmviz check --revision landed
  kvmviz check --revision v1 --tree 1x2x2
  kvmviz check --revision v1 --against before
  kvmviz check --revision landed --space quick --vcpus 2
  kvmviz check --file mine.c
  kvmviz check --file mine.py:MyPatch

"""

import argparse
import re
import sys
from typing import TYPE_CHECKING

from kvmviz.commands import common
from kvmviz.commands.specs import FORMS
from kvmviz.revisions import EVERY, RevisionError
from kvmviz.scenario import Scenario
from kvmviz.terms.columns import paragraph

if TYPE_CHECKING:
    from kvmviz.check.space import Space

HELP = "every scenario of a space against the invariants"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz check`."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--revision", metavar="R", default="before", help="a revision (default: before)")
    own = "a revision of your own: mine.c, mine.patch, kernel:DIR or mine.py:CLASS"
    which.add_argument("--file", metavar="PATH", help=own)
    common.add_kernel(parser)
    parser.add_argument("--against", metavar="R", help="also say what is broken here and not there, and when")
    space = parser.add_mutually_exclusive_group()
    space.add_argument("--tree", metavar="T", help="every scenario of this tree")
    space.add_argument("--scenarios", metavar="FILE", help="a scenario a line; - for standard input")
    spaces = ("default", "quick")
    space.add_argument("--space", metavar="S", choices=spaces, default="default", help="quick (default: default)")
    parser.add_argument("--status", metavar="S", help="let a failing reclaim return this status in every scenario")
    parser.add_argument("--vcpus", metavar="N", help="give the TD this many vCPUs in every scenario")
    common.add_format(parser, "text", "json", "markdown")
    common.add_width(parser)
    common.add_timeout(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the report; 1 if something is broken that is not known to be."""
    from kvmviz.check.engine import check

    name = _own(args.file) if args.file else args.revision
    which = common.find_revision(name, args.kernel)
    against = common.find_revision(args.against, args.kernel) if args.against else None
    space = _space(args)
    report = check(which, space, against=against, at_first=_at_first if args.format == "text" else None)
    if args.format == "json":
        common.print_json({**report.to_json(), "origin": common.origin_json(which)})
    else:
        text = report.text(common.width(args), name, args.against or "")
        origin = common.origin_text([which, *([against] if against else [])], common.width(args))
        common.print_text(f"{text}{origin}\n{report.cost}", args.format)
    return report.status


def _at_first(statement: str, scenario: str) -> None:
    """Say at once what is broken; the report follows when every scenario has been tried."""
    said = paragraph(f"Broken: {statement} The rest is being tried.")
    print(f"{said}\n  {scenario}", file=sys.stderr, flush=True)


def _space(args: argparse.Namespace) -> "Space":
    """Return what is to be checked: a space with a name, a tree, or scenarios, with another status or vCPUs."""
    space: Space = Scenario.parse(f"tree={args.tree}").tree if args.tree else args.space
    if args.scenarios is not None:
        space = common.scenarios_in(args.scenarios)
    if args.status is None and args.vcpus is None:
        return space
    from kvmviz.check.branch_points import changed
    from kvmviz.check.space import scenarios

    return list(changed(scenarios(space), args.status, args.vcpus))


def _own(text: str) -> str:
    if text in EVERY or not re.search(r"\.\w+(:[^:]*)?$|^kernel:|^-(:\w+)?$", text):
        raise RevisionError(f"--file {text}: name a revision of your own, as in {FORMS.removeprefix('NAME, ')}.")
    return text
