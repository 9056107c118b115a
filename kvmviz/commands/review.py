"""Read a patch mail, run the patch, and draft a reply: what it does to the machine, and which claims hold.

The message may be a mail with encodings, an mbox, a page saved from a web
archive, or a quoted reply; several are a series, applied in their order. The
patch is run in the model: its C is never executed on this computer. Nothing
in a mail is fetched or written to disk.

Examples:
  kvmviz review patch.mbox
  kvmviz review 0001-first.patch 0002-second.patch
  kvmviz review --kernel ~/linux - < message.txt

"""

import argparse
import io
import sys
from pathlib import Path

from kvmviz.commands import common

HELP = "a patch mail in, a reply draft out"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz review`."""
    parser.add_argument("message", nargs="*", metavar="MESSAGE", help="files; - for standard input, the default")
    parser.add_argument("--kernel", metavar="DIR", help="a Linux tree that has the functions a patch shows in part")
    parser.add_argument("--space", default="quick", help="quick (default), default, or a tree such as 1x1x4")
    common.add_format(parser, "text", "json")


def execute(args: argparse.Namespace) -> int:
    """Print the reply; 0 if it answers, 1 if the mail holds nothing that is modelled."""
    from kvmviz.review import Options, load, review

    names = args.message or ["-"]
    options = Options(space=args.space, kernel=args.kernel, path=_path(names))
    answer = review([load(name) for name in names], options)
    if args.format == "json":
        common.print_json(answer.to_json())
    else:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a quoted line may hold what the terminal cannot show
        print(answer.to_text())
    return answer.exit_status


def _path(names: list[str]) -> str:
    """Return what the commands of a reply call the mail: its file, if commands know it for a mail by its name."""
    if len(names) == 1 and Path(names[0]).suffix in (".patch", ".eml", ".mbox"):
        return names[0]
    return "mail.eml"
