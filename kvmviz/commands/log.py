"""Print the kernel log that a teardown would leave: traces, error lines, notes of what was withheld.

Module list, CPU, process, registers and time stamps are not modelled and not made up.

Examples:
  kvmviz log 'fail=L1@0x200'
  kvmviz log --revision v1 --short 'tree=1x1x8 fail=all'
  kvmviz log --revision before,v1 'fail=L1@0x200 boot=second:60s'

"""

import argparse

from kvmviz.commands import common
from kvmviz.record.runs import Run, run_all
from kvmviz.terms.columns import ascii_only
from kvmviz.terms.words import many

HELP = "the kernel log that a teardown would leave"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz log`."""
    common.add_scenario(parser)
    parser.add_argument("--revision", metavar="R,...", help="names, mine.c, mine.patch, ... (default: before,v1)")
    common.add_kernel(parser)
    parser.add_argument("--short", action="store_true", help="cut traces, count what repeats")
    common.add_format(parser, "text", "markdown")
    common.add_width(parser)
    common.add_timeout(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the log under each revision, below a line that names it and the scenario."""
    link = common.link(args)
    names = args.revision or ",".join(link.revisions or ("before", "v1"))
    revisions = common.find_revisions(names, args.kernel)
    logs = run_all(revisions, link.scenario)
    width = None if args.wide else common.width(args)
    texts = [
        f"# {one.revision}: {one.scenario}\n\n{one.kernel_log(width, short=args.short)}{_besides(one)}" for one in logs
    ]
    common.print_text(ascii_only("\n\n".join(texts)) + common.origin_text(revisions, common.width(args)), args.format)
    return 0


def _besides(one: Run) -> str:
    """Return what the log does not say of Dynamic PAMT, below a mark that no line of the kernel's has."""
    pamt = one.summary.pamt
    if pamt is None or not pamt.pairs_pinned:
        return ""
    pairs, phantoms = many(pamt.pairs_pinned, "PAMT pair"), pamt.phantom_references
    said = f"{pairs} pinned, {pamt.pinned_bytes // 1024:,} KiB, of which no line says how many or where"
    held = f"{pamt.leaked_references:,} by leaked pages, {phantoms:,} by phantom references"
    return f"\n# {said}:\n# references left: {held}"
