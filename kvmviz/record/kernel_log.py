"""The kernel log that a teardown would leave: what `dmesg` shows of it, built from the run's events.

>>> from kvmviz.record.runs import run
>>> print(run("v1", "fail=TDR").kernel_log(short=True))
------------[ cut here ]------------
WARNING: arch/x86/kvm/vmx/tdx.c at __tdx_reclaim_page
Call Trace:
 tdx_reclaim_td_control_pages
 tdx_vm_destroy
 kvm_arch_destroy_vm
 kvm_destroy_vm
---[ end trace ]---
kvm_intel: SEAMCALL TDH_PHYMEM_PAGE_RECLAIM failed: 0x8000020000000001,
           rcx 0x0, rdx 0x0, r8 0x0

Rests on: the words of error lines are the model's (domain facts read in tdx.c), the shape of
a trace and the text of a panic are general knowledge of the kernel's log.
Simplification: a real block also has the line number, module list, CPU, process, taint and registers.
None of them is modelled; one line says so in their place, and no time stamp is made up.  The chain is
that of the source; a compiler may leave functions out of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from textwrap import wrap
from typing import Final

from kvmviz.record.step import Step
from kvmviz.terms import events as e
from kvmviz.terms.columns import WIDTH

Entry = tuple[tuple[str, ...], int]
"""What one event leaves in the log, line by line, and how often it stands there in a row."""

PREFIX: Final = "kvm_intel: "
"""How lines of TDX code begin: the module's name (arch/x86/kvm/vmx/tdx.c, pr_fmt)."""

CUT: Final = "------------[ cut here ]------------"
END: Final = "---[ end trace ]---"
LEFT_OUT: Final = "[module list, CPU, process, registers: not modelled]"
PANIC: Final = "Kernel panic - not syncing: kernel: panic_on_warn set ..."
NOTHING: Final = "(nothing is printed)"

SHOWN: Final = 4
"""How many callers a short trace names."""


def log_text(steps: Sequence[Step], width: int | None = WIDTH, *, short: bool = False) -> str:
    """Return the log of these steps; a `width` of None leaves long lines whole.

    A `short` log names the nearest callers of a trace only, and tells what repeats by its number.
    """
    found = list(_entries(steps, short))
    lines = [line for lines in _told(_together(found) if short else found) for line in lines]
    return "\n".join(_fitted(line, width) for line in lines) or NOTHING


def log_of_boot(tds: Iterable[tuple[str, Sequence[Step]]], width: int | None = WIDTH, *, short: bool = False) -> str:
    """Return the log of a boot, each TD under a heading of its own that is no line of the kernel's."""
    return "\n\n".join(f"# {heading}\n{log_text(steps, width, short=short)}" for heading, steps in tds)


def _entries(steps: Sequence[Step], short: bool) -> Iterator[Entry]:
    for step, after in pairwise([*steps, None]):
        assert step is not None
        event = step.event
        if isinstance(event, e.Warn) and event.printed:
            panics = after is not None and isinstance(after.event, e.Panic)
            yield _trace(step, panics=panics, short=short), step.times
        elif isinstance(event, e.PrErr) and event.printed:
            yield (PREFIX + event.message,), step.times
        elif isinstance(event, e.PrWarn):
            yield (event.message,), step.times


def _trace(step: Step, *, panics: bool, short: bool) -> tuple[str, ...]:
    *callers, where = [location.function for location in step.where]
    names = [f" {function.name}" for function in reversed(callers)]
    if short and len(names) > SHOWN:
        names = [*names[:SHOWN], f" [{len(names) - SHOWN} more callers]"]
    head = [CUT, f"WARNING: {where.path} at {where.name}", *([] if short else [LEFT_OUT]), "Call Trace:"]
    return (*head, *names, PANIC if panics else END)


def _together(entries: list[Entry]) -> list[Entry]:
    """Return the entries with those that are alike in a row counted together."""
    return [(lines, sum(times for _, times in alike)) for lines, alike in groupby(entries, key=itemgetter(0))]


def _told(entries: Iterable[Entry]) -> Iterator[tuple[str, ...]]:
    """Yield lines; those that come several times once, and how often more."""
    for lines, times in entries:
        yield lines
        if times == 2:
            yield lines
        elif times > 2:
            yield (f"[the same {'line' if len(lines) == 1 else 'lines'} again, {times - 1:,} times]",)


def _fitted(line: str, width: int | None) -> str:
    """Return a line wrapped below its own beginning, as a mail has it."""
    return line if width is None else "\n".join(wrap(line, width, subsequent_indent=" " * len(PREFIX)))
