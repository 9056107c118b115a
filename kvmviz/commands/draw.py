"""Draw the page tables at one step of a teardown.

Examples:
  kvmviz draw -o leak.svg 'fail=L1@0x200 step=64'
  kvmviz draw --revision v1 --step 40 -o step40.png hkid=assigned
  kvmviz draw -o tree.dot tree=1x2x2

"""

import argparse
from pathlib import Path

from kvmviz.commands import common
from kvmviz.folded import recorded
from kvmviz.scenario import ScenarioError

HELP = "one picture, as SVG, PNG or DOT"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz draw`."""
    common.add_scenario(parser)
    parser.add_argument("--revision", metavar="R", help="a revision, or PATH.py:CLASS (default: before)")
    parser.add_argument("--step", type=int, metavar="N", help="the step N; default: the last")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="FILE.svg, FILE.png or FILE.dot")


def run(args: argparse.Namespace) -> int:
    """Write the picture."""
    from kvmviz.draw.picture import write_picture

    link = common.link(args)
    names = link.revisions or ("before",)
    if args.revision is None and len(names) > 1:
        raise ScenarioError("A picture shows one revision; name it with --revision.")
    [result] = recorded([common.find_revision(args.revision or names[0])], link.scenario)
    wanted = link.step if args.step is None else args.step
    last = len(result.frames) - 1
    step = last if wanted is None else wanted
    if not 0 <= step <= last:
        raise ScenarioError(f"step={step}: there is no such step; use 0 to {last}.")
    write_picture(result, step, Path(args.output))
    return 0
