"""Say in two sentences what a word means: a site, an event, a page, a state, a term, a claim, an invariant.

Examples:
  kvmviz explain leak
  kvmviz explain 'S-EPT L1 gfn=0x200'
  kvmviz explain same_pages_leak
  kvmviz explain tdp_mmu.c:handle_removed_pt:WARN_ON

"""

import argparse
import re

from kvmviz.commands import common
from kvmviz.terms.columns import paragraph
from kvmviz.terms.glossary import explain

HELP = "a word in two sentences"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz explain`."""
    parser.add_argument("word", nargs="+", metavar="WORD", help="what to explain")
    common.add_width(parser)


def run(args: argparse.Namespace) -> int:
    """Print the explanation."""
    word = " ".join(args.word)
    print(paragraph(_of_the_checks(word) or explain(word), width=common.width(args)))
    return 0


def _of_the_checks(word: str) -> str | None:
    """Return what an invariant of `kvmviz check` or a claim of `kvmviz claims` says, None for any other word."""
    if not re.fullmatch(r"[A-Z]\d+|[a-z]+(_[a-z]+)+", word):
        return None
    from kvmviz.check.catalogue import INVARIANTS
    from kvmviz.check.claims import CLAIMS

    if word in INVARIANTS:
        return f"{word}: {INVARIANTS[word].statement} Put to the test where {INVARIANTS[word].premise}"
    return (
        f"{word}: {CLAIMS[word].proposition} `kvmviz claims {word}` says whether it holds." if word in CLAIMS else None
    )
