"""A notebook cell in which one writes C: `%load_ext kvmviz`, then `%%kernel_c NAME [--base B] [--space S]`.

>>> print(verdict("Mine", '''static void tdp_mmu_free_sp(struct kvm_mmu_page *sp)
... {
...         free_page((unsigned long)sp->spt);
...         kmem_cache_free(mmu_page_header_cache, sp);
... }
... ''', base="landed", space="1x1x1").text)
Mine: from C: tdp_mmu_free_sp (Mine.c:2).
From landed (as named): handle_removed_pt, tdx_sept_free_private_spt,
tdp_mmu_free_sp_rcu_callback, tdx_sept_remove_leaf_spte.
Nothing breaks but what is known of landed. Equal to landed in all 1,104
scenarios.

The cell defines the revision in the notebook and says at once what it comes to: what
breaks, with the smallest counterexample in the explorer; else to which known revision
it is equal, or where it first differs.  Lines count as the notebook shows them, the
line with the magic being the first.
"""

import argparse
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any, Final, NoReturn, Protocol

from kvmviz.c.revision import from_c
from kvmviz.check.engine import check
from kvmviz.check.report import Report
from kvmviz.check.results import Result
from kvmviz.compare.comparison import compare
from kvmviz.errors import KvmvizError
from kvmviz.revisions import EVERY, Revision
from kvmviz.terms.columns import ascii_only, paragraph

USAGE: Final = "%%kernel_c NAME [--base REVISION] [--space quick|default|TREE], and C below it"


class Shell(Protocol):
    """What is needed of IPython."""

    user_ns: dict[str, Any]

    def register_magic_function(self, func: Callable[..., Any], magic_kind: str, magic_name: str) -> None:
        """Enter a magic."""


@dataclass(frozen=True)
class Verdict:
    """What some C comes to: the revision, the report on it, what is said, and the scenario and step to look at."""

    revision: type[Revision]
    report: Report
    text: str
    scenario: str | None
    step: int


def verdict(name: str, text: str, *, base: str | None = None, space: str = "quick") -> Verdict:
    """Return what some C of a cell comes to over a space; raise KvmvizError for what cannot be run."""
    mine = from_c(f"\n{text}", base=base, name=name)
    report = check(mine, space)
    broken = sorted((r for r in report.results if r.beyond and r.broken), key=lambda r: -r.beyond)
    scenario = broken[0].broken.smallest.scenario if broken and broken[0].broken else report.like.first
    step = report.like.step if scenario == report.like.first else _parting(mine, scenario)
    return Verdict(mine, report, _said(name, mine, report, broken), scenario, step)


def _parting(mine: type[Revision], scenario: str | None) -> int:
    """Return the step at which a revision parts from what it builds on, 0 where it does not."""
    if scenario is None or mine.base is None:
        return 0
    rows = compare(mine.base, mine, scenario).rows
    return next((number for number, row in enumerate(rows, 1) if not row.same), 0)


def _said(name: str, mine: type[Revision], report: Report, broken: list[Result]) -> str:
    first, *others = mine.origin.sentences()
    lines = [f"{name}: {first[0].lower()}{first[1:]}", *others]
    for result in broken:
        assert result.broken is not None
        lines.append(f"Breaks {result.name}, in {result.beyond:,} of {report.scenarios:,} scenarios: "
                     f"{result.invariant.statement} First here:\n  {result.broken.smallest.scenario}\n"
                     f"{result.broken.smallest.what}.")  # fmt: skip
    known = [r.name for r in report.results if r.broken and not r.beyond]
    if not broken:
        besides = f" but what is known of {mine.base_name}" if known else ""
        lines.append(f"Nothing breaks{besides}. {report.like}")
    else:
        lines.append(str(report.like))
    return ascii_only("\n".join(_wrapped(line) for line in lines))


def _wrapped(text: str) -> str:
    """Return text in lines of the usual width; a scenario line stays whole."""
    return "\n".join(line if line.startswith("  tree=") else paragraph(line) for line in text.split("\n"))


class _Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise KvmvizError(f"%%kernel_c: {message}; write {USAGE}.")


def arguments(line: str) -> argparse.Namespace:
    """Return what stands behind `%%kernel_c`; raise KvmvizError, in one sentence, for what is wrong there."""
    parser = _Arguments(add_help=False)
    parser.add_argument("name")
    parser.add_argument("--base")
    parser.add_argument("--space", default="quick")
    try:
        found = parser.parse_args(shlex.split(line))
    except ValueError as error:
        raise KvmvizError(f"%%kernel_c: {error}; write {USAGE}.") from None
    if not found.name.isidentifier() or found.name in EVERY:
        raise KvmvizError(f"%%kernel_c: {found.name[:60]!r} is no name for a revision; write {USAGE}.")
    return found


def kernel_c(shell: Shell, line: str, cell: str) -> Any:
    """Define the revision that a cell of C is, print what it comes to, and return the explorer where it parts."""
    try:
        asked = arguments(line)
        found = verdict(asked.name, cell, base=asked.base, space=asked.space)
    except KvmvizError as error:
        from IPython.core.error import UsageError

        raise UsageError(str(error)) from None
    shell.user_ns[asked.name] = found.revision
    print(found.text)
    if found.scenario is None or find_spec("anywidget") is None:
        return None
    from kvmviz.explorer import Explorer

    base = found.revision.base
    shown = (found.revision,) if base is None else (base, found.revision)
    return Explorer(found.scenario, revisions=shown, step=found.step)


def load(shell: Shell) -> None:
    """Teach a running IPython `%%kernel_c`."""
    shell.register_magic_function(partial(kernel_c, shell), "cell", "kernel_c")
