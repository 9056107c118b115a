"""Read a patch mail and draft a reply: what the patch does to the machine, and which claims hold.

The message may be a mail with encodings, an mbox, a page saved from a web
archive, or a quoted reply.  Nothing in it is run, fetched or written to disk.

Examples:
  kvmviz review patch.mbox
  kvmviz review - < message.txt

"""

import argparse
import io
import sys

from kvmviz.commands import common

HELP = "a patch mail in, a reply draft out"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz review`."""
    parser.add_argument("message", nargs="?", default="-", metavar="MESSAGE", help="a file; - for standard input")
    common.add_format(parser, "text", "json")


def run(args: argparse.Namespace) -> int:
    """Print the reply; 0 if it answers, 1 if the mail holds nothing that is modelled."""
    from kvmviz.review import load, review

    answer = review(load(args.message))
    if args.format == "json":
        common.print_json(answer.to_json())
    else:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a quoted line may hold what the terminal cannot show
        print(answer.to_text())
    return answer.exit_status
