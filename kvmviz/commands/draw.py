"""Draw the page tables at one step of a teardown.

Examples:
  kvmviz draw -o leak.svg 'fail=L1@0x200 step=64'
  kvmviz draw --revision v1 --step 40 -o step40.png hkid=assigned
  kvmviz draw -o tree.dot tree=1x2x2
  kvmviz draw --map -o lost.png 'tree=1TiB fail=rate:1/1000:7'

"""

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from kvmviz.commands import common
from kvmviz.errors import KvmvizError
from kvmviz.record.runs import run_all
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario, ScenarioError

HELP = "one picture, as SVG, PNG or DOT"

FORMS: tuple[Literal["svg", "png", "pdf"], ...] = ("svg", "png", "pdf")
"""What a map is written as."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz draw`."""
    common.add_scenario(parser)
    parser.add_argument("--revision", metavar="R", help="a name, mine.c, mine.patch, ... (default: before)")
    common.add_kernel(parser)
    parser.add_argument("--step", type=int, metavar="N", help="the step N; default: the last")
    parser.add_argument("--map", action="store_true", help="where in the guest's memory pages were lost, as a figure")
    files = "FILE.svg, FILE.png or FILE.dot; a map as .svg, .png or .pdf"
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help=files)
    common.add_timeout(parser)


def execute(args: argparse.Namespace) -> int:
    """Write the picture."""
    from kvmviz.draw.picture import write_picture

    link = common.link(args)
    names = link.revisions or ("before",)
    if args.revision is None and len(names) > 1:
        raise ScenarioError("A picture shows one revision; name it with --revision.")
    if args.map:
        return _map(args, common.find_revision(args.revision or names[0], args.kernel), link.scenario)
    [result] = run_all([common.find_revision(args.revision or names[0], args.kernel)], link.scenario)
    wanted = link.step if args.step is None else args.step
    last = len(result.frames) - 1
    step = last if wanted is None else wanted
    if not 0 <= step <= last:
        raise ScenarioError(f"step={step}: there is no such step; use 0 to {last}.")
    write_picture(result, step, Path(args.output))
    return 0


def _map(args: argparse.Namespace, which: type[Revision], scenario: Scenario) -> int:
    """Write the map of the guest's memory, which shows the end of the teardown."""
    if find_spec("matplotlib") is None:
        raise KvmvizError("A map needs matplotlib; install it with: pip install 'kvmviz[notebook]'.")
    from kvmviz.draw import address_map
    from kvmviz.draw.picture import write_file

    path, forms = Path(args.output), FORMS
    form = next((form for form in forms if path.suffix.lower() == f".{form}"), None)
    if form is None or args.step is not None:
        raise KvmvizError(f"{path.name}: a map is of the end, without --step, and is written as .svg, .png or .pdf.")
    write_file(path, address_map(scenario, which).bytes(form))
    return 0
