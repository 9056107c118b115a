"""Tear a TD down and print what happens, step by step, and what it comes to.

Examples:
  kvmviz run 'fail=L1@0x200'
  kvmviz run --revision before,v1 --format json hkid=assigned
  kvmviz run --revision v1 --step 62 'fail=L1@0x200'
  kvmviz run --scenarios my-scenarios.txt --format json

"""

import argparse
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kvmviz.commands import common
from kvmviz.record.runs import Run, run, run_all
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario, ScenarioError
from kvmviz.scenario.link import Link
from kvmviz.terms.columns import command
from kvmviz.version import SCHEMA, __version__

if TYPE_CHECKING:
    from kvmviz.schema import answers

HELP = "one teardown as a log of steps and its summary"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz run`."""
    common.add_scenario(parser)
    parser.add_argument("--revision", metavar="R,...", help="names, mine.c, mine.patch, ... (default: before)")
    common.add_kernel(parser)
    parser.add_argument("--step", type=int, metavar="N", help="only the step N; 0 is before the first event")
    parser.add_argument("--scenarios", metavar="FILE", help="a scenario a line; - for standard input")
    parser.add_argument(
        "--events", action="store_true", default=None, help="record every event even of a large tree"
    )  # fmt: skip
    common.add_format(parser, "text", "json", "markdown")
    common.add_width(parser)
    common.add_timeout(parser)


def execute(args: argparse.Namespace) -> int:
    """Print each run."""
    link = common.link(args)
    if args.scenarios is not None and args.scenario:
        raise ScenarioError("Give a scenario or --scenarios FILE, not both.")
    scenarios = [link.scenario] if args.scenarios is None else common.scenarios_in(args.scenarios)
    revisions = common.find_revisions(args.revision or ",".join(link.revisions or ("before",)), args.kernel)
    step = link.step if args.step is None else args.step
    lockstep = args.revision is None and link.revisions is not None and len(revisions) == 2
    first = True
    for result, number in _results(revisions, scenarios, args.events, step, lockstep):
        if args.format == "json":
            common.print_json(_step_json(result, number) if number is not None else result.to_json())
        else:
            print("" if first else "\n", end="")
            common.print_text(_text(result, number, common.width(args)), args.format)
        first = False
    origin = common.origin_text(revisions, common.width(args))
    if origin and args.format != "json":
        common.print_text(origin[1:], args.format)
    if step is not None and args.format == "text":
        for scenario in scenarios:
            _print_views(scenario, step, revisions, lockstep=lockstep, width=common.width(args))
    return 0


def _print_views(scenario: Scenario, step: int, revisions: list[type[Revision]], *, lockstep: bool, width: int) -> None:
    """Print the commands that show this step in the explorer, which takes the project's own revisions by name."""
    names = [one.name for one in revisions if one.base is None]
    together = [tuple(names)] if len(names) == len(revisions) else []
    views = together if lockstep else [(name,) for name in names]
    for view in views:
        print(f"\nin the explorer\n{command('kvmviz lab', str(Link(scenario, step, view)), '  ', width)}")


def _results(
    revisions: list[type[Revision]], scenarios: list[Scenario], events: bool | None, step: int | None, lockstep: bool
) -> Iterator[tuple[Run, int | None]]:
    """Yield each run with the number of the step that is asked for."""
    for scenario in scenarios:
        if step is not None and not events:
            runs = run_all(revisions, scenario)
        else:
            runs = [run(revision, scenario, events=events) for revision in revisions]
        numbers = _lockstep(runs, step) if lockstep and step is not None else [step] * len(runs)
        for result, number in zip(runs, numbers, strict=True):
            yield result, _checked(result, number)


def _lockstep(runs: list[Run], step: int) -> list[int | None]:
    """Return each side's own step that stands at this lockstep step."""
    from kvmviz.compare.comparison import Comparison

    rows = Comparison(*runs).rows
    if not 0 <= step <= len(rows):
        raise ScenarioError(f"step={step}: there is no such lockstep step; use 0 to {len(rows)}.")
    done = rows[:step]
    return [sum(row.a is not None for row in done), sum(row.b is not None for row in done)]


def _checked(result: Run, number: int | None) -> int | None:
    if number is None:
        return None
    if not 0 <= number < len(result.frames):
        last = len(result.frames) - 1
        raise ScenarioError(f"step={number}: there is no such step in {result.revision}; use 0 to {last}.")
    return number


def _text(result: Run, number: int | None, width: int) -> str:
    return result.text(width) if number is None else result.step_text(number, width)


def _step_json(result: Run, number: int) -> "answers.Step":
    frame = result.frames[number]
    return {
        "kvmviz": __version__, "schema": SCHEMA, "revision": result.revision, "scenario": str(result.scenario),
        "step": number,
        "event": result.steps[number - 1].to_json() if number else None,
        "frame": {
            "states": dict(frame.states), "pointers": dict(frame.pointers), "hkid": frame.hkid,
            "vm_bugged": frame.vm_bugged, "traces": frame.traces, "lines": frame.lines, "leaked": list(frame.leaked),
            **_times(result, frame.states),
        },
    }  # fmt: skip


def _times(result: Run, pages: Iterable[str]) -> "answers.FrameTimes":
    """Return how many pages stand behind a name, if some do: of a large tree those alike are told as one."""
    found = {page: count for page in pages if (count := result.times(page)) > 1}
    return {"times": found} if found else {}
