"""Try every scenario of a space against the invariants.

Each broken invariant comes with its smallest counterexample, ready to paste.
The exit status is 1 only for a violation that is not on the revision's list of
known ones.  `--file` runs the file as Python: it is no sandbox.

Examples:
  kvmviz check --revision landed
  kvmviz check --revision v1 --tree 1x2x2
  kvmviz check --revision v1 --against before
  kvmviz check --file mine.c
  kvmviz check --file mine.py:MyPatch

"""

import argparse
import re

from kvmviz.commands import common
from kvmviz.commands.specs import FORMS
from kvmviz.revisions import REVISIONS, RevisionError
from kvmviz.scenario import Scenario

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
    space.add_argument("--space", choices=("default", "quick"), default="default", help="default: default")
    common.add_format(parser, "text", "json", "markdown")
    common.add_width(parser)
    common.add_timeout(parser)


def run(args: argparse.Namespace) -> int:
    """Print the report; 1 if something is broken that is not known to be."""
    from kvmviz.check.engine import check

    name = _own(args.file) if args.file else args.revision
    which = common.find_revision(name, args.kernel)
    against = common.find_revision(args.against, args.kernel) if args.against else None
    space = Scenario.parse(f"tree={args.tree}").tree if args.tree else args.space
    report = check(which, space, against=against)
    if args.format == "json":
        common.print_json({**report.to_json(), "origin": common.origin_json(which)})
    else:
        text = report.text(common.width(args), name, args.against or "")
        origin = common.origin_text([which, *([against] if against else [])], common.width(args))
        common.print_text(f"{text}{origin}\n{report.cost}", args.format)
    return report.status


def _own(text: str) -> str:
    if text in REVISIONS or not re.search(r"\.\w+(:[^:]*)?$|^kernel:|^-(:\w+)?$", text):
        raise RevisionError(f"--file {text}: name a revision of your own, as in {FORMS.removeprefix('NAME, ')}.")
    return text
