"""Print what people said about the change, and whether it holds: computed, with counts and witnesses.

Each witness is a command that shows it.

Examples:
  kvmviz claims
  kvmviz claims B4 V2
  kvmviz claims --format markdown

"""

import argparse

from kvmviz.commands import common
from kvmviz.errors import KvmvizError
from kvmviz.version import SCHEMA, __version__

HELP = "what people said, and whether it holds"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz claims`."""
    parser.add_argument("id", nargs="*", metavar="ID", help="only these claims, such as B4")
    common.add_format(parser, "text", "json", "markdown")
    common.add_width(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the verdicts."""
    from kvmviz.check.propositions import CLAIMS, Runs, claims
    from kvmviz.check.propositions.verdict import claims_markdown, claims_text

    if unknown := [name for name in args.id if name not in CLAIMS]:
        raise KvmvizError(f"There is no claim {unknown[0]!r}; the claims are {', '.join(CLAIMS)}.")
    runs = Runs()
    verdicts = [CLAIMS[name].verdict(runs) for name in args.id] or claims()
    if args.format == "json":
        common.print_json(
            {"kvmviz": __version__, "schema": SCHEMA, "claims": [verdict.to_json() for verdict in verdicts]}
        )
    elif args.format == "markdown":
        print(claims_markdown(verdicts))
    else:
        print(claims_text(verdicts, common.width(args)))
    return 0
