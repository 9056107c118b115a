"""Say in two sentences what a word means: a site, an event, a page, a state, a term, a claim, an invariant.

A name of the kernel that C may use is answered from the table that binds it to the model.

Examples:
  kvmviz explain leak
  kvmviz explain 'S-EPT L1 gfn=0x200'
  kvmviz explain same_pages_leak
  kvmviz explain tdp_mmu.c:handle_removed_pt:WARN_ON
  kvmviz explain virt_to_page

"""

import argparse
import re

from kvmviz.commands import common
from kvmviz.errors import KvmvizError
from kvmviz.terms.columns import paragraph
from kvmviz.terms.glossary import explain

HELP = "a word in two sentences"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz explain`."""
    parser.add_argument("word", nargs="+", metavar="WORD", help="what to explain")
    common.add_width(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the explanation."""
    word = " ".join(args.word)
    said = [_of_the_checks(word), _of_the_model(word), *_of_the_names(word)]
    found = list(filter(None, said)) or [explain(word)]
    print("\n".join(paragraph(one, width=common.width(args)) for one in found))
    return 0


def _of_the_model(word: str) -> str | None:
    """Return what the glossary says of a word that the table of names may know as well, None if it does not know it."""
    try:
        return explain(word) if _of_the_names(word) else None
    except KvmvizError:
        return None


def _of_the_names(word: str) -> list[str]:
    """Return what a name of the kernel stands for in the model, a sentence for each form in which it is bound."""
    from kvmviz.c.meaning import explained

    return explained(word)


def _of_the_checks(word: str) -> str | None:
    """Return what an invariant of `kvmviz check` or a claim of `kvmviz claims` says, None for any other word."""
    if not re.fullmatch(r"[A-Z]\d+|[a-z]+(_[a-z]+)+", word):
        return None
    from kvmviz.check.catalogue import INVARIANTS, PAMT_INVARIANTS
    from kvmviz.check.propositions import CLAIMS

    if found := (INVARIANTS | PAMT_INVARIANTS).get(word):
        return f"{word}: {found.statement} Put to the test where {found.premise}"
    return (
        f"{word}: {CLAIMS[word].proposition} `kvmviz claims {word}` says whether it holds." if word in CLAIMS else None
    )
