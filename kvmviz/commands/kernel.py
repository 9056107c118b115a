"""Run the C of a Linux tree in the model, and say which known revision it does the same as.

DIR is a checkout, or any folder with arch/x86/kvm/vmx/tdx.c and
arch/x86/kvm/mmu/tdp_mmu.c. Nothing there is changed or executed. The exit status
is 0 if the tree is equal to a known revision, 1 if to none, 2 if there is nothing
to read.

Examples:
  kvmviz kernel ~/src/linux
  kvmviz kernel ~/src/linux --space default --format json
  kvmviz compare landed kernel:~/src/linux fail=all

"""

import argparse
from pathlib import Path

from kvmviz.commands import common

HELP = "which known revision a Linux tree does the same as"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz kernel`."""
    parser.add_argument("folder", metavar="DIR", help="a Linux tree")
    parser.add_argument("--space", choices=("quick", "default"), default="quick", help="default: quick")
    common.add_format(parser, "text", "json", "markdown")
    common.add_width(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the answer; 1 if the tree is equal to no known revision."""
    from kvmviz.checkout.answer import kernel, kernel_text

    found = kernel(Path(args.folder).expanduser(), space=args.space)
    if args.format == "json":
        common.print_json(found.to_json())
    else:
        common.print_text(kernel_text(found, common.width(args)), args.format)
    return found.status
