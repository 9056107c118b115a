"""Write the explorer as one file that opens from disk, with no network, server or kernel.

For its trees the file holds every combination of revision, cause, failing S-EPT
pages, boot, leaves, zap and panic, the named cases, and every status for each
page alone and for all.  Of a tree of more than 5,000 tables it holds three
scenarios: nothing fails, one page fails, the HKID stays.

Examples:
  kvmviz export explorer.html
  kvmviz export small.html --tree 1x1x1 --revisions before,v1
  kvmviz export mine.html --file mine.py:MyPatch --replace

"""

import argparse
from pathlib import Path

from kvmviz.commands import common

HELP = "the explorer as one offline file"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz export`."""
    parser.add_argument("output", metavar="FILE.html", help="where to write the page")
    parser.add_argument("--tree", metavar="T,...", help="trees that it carries (default: 1x1x1,1x1x3,1x2x2,1TiB)")
    parser.add_argument(
        "--revisions", metavar="A,B,...", help="revisions that it carries (default: those with recorded runs)"
    )
    parser.add_argument("--file", metavar="PATH", help="a revision of your own, carried beside them")
    common.add_kernel(parser)
    parser.add_argument("--replace", action="store_true", help="replace the file if it exists")
    common.add_timeout(parser)


def execute(args: argparse.Namespace) -> int:
    """Write the page."""
    from kvmviz.explorer.offline import space
    from kvmviz.explorer.offline.document import page
    from kvmviz.explorer.offline.writing import check_target, write_whole
    from kvmviz.revisions import REVISIONS

    path = Path(args.output)
    check_target(path, replace=args.replace)
    trees = list(dict.fromkeys(args.tree.split(","))) if args.tree is not None else space.TREES
    revisions = common.find_revisions(",".join(REVISIONS) if args.revisions is None else args.revisions, args.kernel)
    if args.file is not None:
        revisions.append(common.find_revision(args.file, args.kernel))
    write_whole(path, page(trees, revisions), replace=args.replace)
    print(f"{path}: {path.stat().st_size:,} bytes")
    return 0
