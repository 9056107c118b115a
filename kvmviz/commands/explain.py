"""Say in two sentences what a word means: a site, an event, a page, a state or a term.

Examples:
  kvmviz explain leak
  kvmviz explain 'S-EPT L1 gfn=0x200'
  kvmviz explain tdp_mmu.c:handle_removed_pt:WARN_ON

"""

import argparse

from kvmviz.commands import common
from kvmviz.glossary import explain
from kvmviz.text.layout import paragraph

HELP = "a word in two sentences"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz explain`."""
    parser.add_argument("word", nargs="+", metavar="WORD", help="what to explain")
    common.add_width(parser)


def run(args: argparse.Namespace) -> int:
    """Print the explanation."""
    print(paragraph(explain(" ".join(args.word)), width=common.width(args)))
    return 0
