"""Print what a patch does to the machine: a unified diff of behaviour.

Lines behind - only the first revision does, behind + only the second.

Examples:
  kvmviz compare before v1 'fail=L1@0x200'
  kvmviz compare before landed hkid=assigned
  kvmviz compare before mine.py:MyPatch fail=all
  kvmviz compare before v1 --space quick
  kvmviz compare p.patch:old p.patch:new fail=all

"""

import argparse

from kvmviz.commands import common
from kvmviz.compare.comparison import compare
from kvmviz.compare.difference import comparison_json, comparison_text
from kvmviz.compare.many import compare_many, spread_text
from kvmviz.scenario import Scenario, ScenarioError

HELP = "what the kernel does differently under two revisions"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz compare`."""
    parser.add_argument("a", metavar="A", help="a name, mine.c, mine.patch, kernel:DIR or mine.py:CLASS")
    parser.add_argument("b", metavar="B", help="another")
    common.add_scenario(parser)
    common.add_kernel(parser)
    parser.add_argument("--scenarios", metavar="FILE", help="several scenarios, one a line; - for standard input")
    parser.add_argument("--space", choices=("quick", "default"), help="every scenario of a space")
    common.add_format(parser, "text", "json", "markdown")
    common.add_width(parser)
    common.add_timeout(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the comparison; exit status 0 whether or not the two differ."""
    a, b = common.find_revision(args.a, args.kernel), common.find_revision(args.b, args.kernel)
    origins = {"origin_a": common.origin_json(a), "origin_b": common.origin_json(b)}
    origin = common.origin_text((a, b), common.width(args))
    many = _many(args)
    if many is not None:
        from tqdm import tqdm

        # On standard error, and only where that is a terminal.
        spread = compare_many(a, b, tqdm(many, "scenarios", disable=None, leave=False))
        if args.format == "json":
            common.print_json({**spread.to_json(), **origins})
        else:
            text = spread_text(spread, common.width(args), (args.a, args.b))
            common.print_text(f"{text}{origin}", args.format, "diff")
        return 0
    both = compare(a, b, common.link(args).scenario)
    if args.format == "json":
        common.print_json({**comparison_json(both), **origins})
    else:
        common.print_text(f"{comparison_text(both, common.width(args))}{origin}", args.format, "diff")
    return 0


def _many(args: argparse.Namespace) -> list[Scenario] | None:
    given = [bool(args.scenario), args.scenarios is not None, args.space is not None]
    if sum(given) > 1:
        raise ScenarioError("Give a scenario, --scenarios FILE or --space, only one of them.")
    if args.space is not None:
        from kvmviz.check.space import scenarios

        return list(scenarios(args.space))
    return common.scenarios_in(args.scenarios) if args.scenarios is not None else None
