"""Named scenarios: small things worth talking about, each with a question and the figures that answer it.

>>> case = CASES["one-page-fails"]
>>> print(case.question)
One page cannot be reclaimed: how loud is that before and after the patch?
>>> print(case.answer())
traces 2 | 1, error lines 2 | 2, pages leaked 2 | 2
>>> case.holds()
True

What a case expects stands in the table below; what it answers is computed from
its two runs.  `holds` holds one against the other, and one test asks every case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from kvmviz.compare.comparison import Comparison, compare
from kvmviz.machine.module import RECLAIM
from kvmviz.record.runs import Run
from kvmviz.scenario.names import PageName
from kvmviz.terms.events import Free, Seamcall, Warn


class Figure(NamedTuple):
    """One figure of a case: its name in `FIGURES`, its value in either run."""

    name: str
    a: int
    b: int

    def __str__(self) -> str:
        return f"{self.name} {self.a} | {self.b}"


def _traces_in_teardown(run: Run) -> int:
    """Traces printed while tables are given up."""
    steps = run.steps
    return sum(s.phase == "mmu_uninit" and isinstance(s.event, Warn) and s.event.printed for s in steps)


def _at_once(run: Run) -> int:
    events = [step.event for step in run.steps]
    return sum(isinstance(e, Free) and e.how == "immediate" and PageName.parse(e.page).kind == "S-EPT" for e in events)


def _refused(run: Run) -> int:
    events = [step.event for step in run.steps]
    return sum(isinstance(e, Seamcall) and e.seamcall == RECLAIM and e.status != 0 for e in events)


FIGURES: Final[dict[str, Callable[[Run], int]]] = {
    "traces": lambda run: run.summary.traces,
    "traces as tables go": _traces_in_teardown,
    "error lines": lambda run: run.summary.lines,
    "lines withheld": lambda run: sum(run.summary.pr_err_ratelimited.values()),
    "notes of withheld lines": lambda run: run.summary.notes,
    "reclaims refused": _refused,
    "pages leaked": lambda run: run.summary.leaked_count,
    "PAMT pairs back": lambda run: run.summary.pamt.pairs_back if run.summary.pamt else 0,
    "PAMT pairs pinned": lambda run: run.summary.pamt.pairs_pinned if run.summary.pamt else 0,
    "phantom references": lambda run: run.summary.pamt.phantom_references if run.summary.pamt else 0,
    "guest pages lost": lambda run: len(run.summary.guest_owned),
    "S-EPT pages freed at once": _at_once,
    "silent": lambda run: int(run.summary.silent),
    "VM bugged": lambda run: int(run.summary.vm_bugged),
    "panic": lambda run: int(run.summary.panicked),
}
"""What a case may ask of a run; yes is 1, no is 0."""


@dataclass(frozen=True, slots=True)
class Case:
    """A named scenario: `name` (a slug), `question`, scenario line, two revisions.

    `expected` are the figures that a reading of the kernel's source predicts, and
    `alike` whether both revisions should do the same, step by step.
    """

    name: str
    question: str
    scenario: str
    expected: tuple[Figure, ...]
    alike: bool = False
    revisions: tuple[str, str] = ("before", "v1")

    @property
    def link(self) -> str:
        """The case as a link, which explorer and command line open."""
        return f"{self.scenario} revisions={','.join(self.revisions)}"

    def comparison(self) -> Comparison:
        """Run the case under both revisions."""
        return compare(*self.revisions, self.scenario)

    def figures(self) -> tuple[Figure, ...]:
        """Return the figures that the case asks for, computed."""
        return _answer(self)[0]

    def answer(self) -> str:
        """Return the computed figures in one line."""
        return ", ".join(map(str, self.figures()))

    def holds(self) -> bool:
        """Say whether the runs come out as expected."""
        return _answer(self) == (self.expected, self.alike)


@cache
def _answer(case: Case) -> tuple[tuple[Figure, ...], bool]:
    """Return what the case asks for, and whether its runs are alike; the runs themselves are not kept."""
    found = case.comparison()
    names = [figure.name for figure in case.expected]
    return tuple(Figure(name, FIGURES[name](found.a), FIGURES[name](found.b)) for name in names), found.alike


def _case(
    name: str, question: str, scenario: str, expected: dict[str, tuple[int, int]], *,
    alike: bool = False, revisions: tuple[str, str] = ("before", "v1"),
) -> Case:  # fmt: skip
    return Case(name, question, scenario, tuple(Figure(n, a, b) for n, (a, b) in expected.items()), alike, revisions)


_TABLE: Final = (
    _case(
        "nothing-fails", "Nothing goes wrong: does anybody notice the patch?", "tree=1x1x3",
        {"traces": (0, 0), "pages leaked": (0, 0)}, alike=True,
    ),
    _case(
        "one-page-fails", "One page cannot be reclaimed: how loud is that before and after the patch?",
        "tree=1x1x3 fail=L1@0x200", {"traces": (2, 1), "error lines": (2, 2), "pages leaked": (2, 2)},
    ),
    _case(
        "every-page-fails", "No page can be reclaimed: does the number of traces grow with the number of failures?",
        "tree=1x1x3 fail=all", {"traces": (6, 1), "error lines": (6, 6), "pages leaked": (6, 6)},
    ),
    _case(
        "one-costs-two", "One table page fails: why does the log tell of two refused reclaims?",
        "tree=1x1x1 fail=L1@0x0", {"reclaims refused": (2, 2), "pages leaked": (2, 2)},
    ),
    _case(
        "tdr-alone", "Only the TDR fails: does the patch, which is about tables, make a difference?",
        "tree=1x1x3 fail=TDR", {"traces": (1, 1), "pages leaked": (1, 1)}, alike=True,
    ),
    _case(
        "vcpu-page-first", "A vCPU page fails before a table page does: what is left to be printed for the table page?",
        "tree=1x1x3 fail=L1@0x200,TDVPR[0]", {"traces": (2, 1), "traces as tables go": (1, 0), "pages leaked": (3, 3)},
    ),
    _case(
        "hkid-leaked-loudly", "The HKID could not be freed, and KVM said so: who still says anything as tables go?",
        "tree=1x1x3 hkid=key-freeid-error",
        {"traces as tables go": (5, 0), "error lines": (2, 2), "pages leaked": (18, 18), "VM bugged": (1, 1)},
    ),
    _case(
        "hkid-leaked-quietly", "The HKID stayed assigned and nobody said so: what is the first sign of it?",
        "tree=1x1x3 hkid=flushvp-not-done",
        {"traces as tables go": (6, 1), "error lines": (0, 0), "pages leaked": (18, 18), "VM bugged": (1, 1)},
    ),
    _case(
        "the-silent-leak", "The HKID stays assigned for a second TD of the boot: is there anything in the log?",
        "tree=1x1x3 hkid=flushvp-not-done boot=second:60s",
        {"traces": (5, 0), "error lines": (0, 0), "pages leaked": (18, 18), "silent": (0, 1)},
    ),
    _case(
        "vcpu-flush-fails", "A vCPU flush fails, so the HKID stays assigned: is the VM bugged before tables go?",
        "tree=1x1x3 hkid=vp-flush-error", {"traces": (6, 1), "traces as tables go": (5, 0), "VM bugged": (1, 1)},
    ),
    _case(
        "caches-not-written-back", "The cache write-back fails: how many reports come before the first table?",
        "tree=1x1x3 hkid=cache-wb-error", {"traces": (7, 2), "traces as tables go": (5, 0), "error lines": (3, 3)},
    ),
    _case(
        "second-td", "The same page fails again in a second TD a minute later: what is still printed?",
        "tree=1x1x3 fail=L1@0x200 boot=second:60s",
        {"traces": (1, 0), "error lines": (2, 2), "silent": (0, 0)},
    ),
    _case(
        "rate-limit", "Ten table pages fail at once: how many error lines does the log hold?",
        "tree=1x1x8 fail=all", {"error lines": (10, 10), "lines withheld": (1, 1), "traces": (11, 1)},
    ),
    _case(
        "rate-limit-used-up", "A second TD fails within the same five seconds: is its failure in the log?",
        "tree=1x1x8 fail=all boot=second:1s",
        {"error lines": (0, 0), "lines withheld": (11, 11), "traces": (10, 0), "silent": (0, 1)},
    ),
    _case(
        "rate-limit-told-later", "Lines were withheld from the log: when does it say so?",
        "tree=1x1x8 fail=all boot=second:60s", {"notes of withheld lines": (1, 1), "error lines": (10, 10)},
    ),
    _case(
        "burst-in-a-gigabyte", "Twenty of the 514 table pages of 1 GiB fail in a burst: traces, lines?",
        "tree=1GiB fail=L1@0x0-0x2600",
        {"traces": (21, 1), "error lines": (10, 10), "lines withheld": (11, 11), "pages leaked": (21, 21)},
    ),
    _case(
        "gigabyte-without-its-key-back", "The HKID of a TD of 1 GiB could not be freed: how many traces is that?",
        "tree=1GiB hkid=key-freeid-error",
        {"traces as tables go": (514, 0), "pages leaked": (527, 527)},
    ),
    _case(
        "panic-on-warn", "The host panics on a warning: does the patch save it?",
        "tree=1x1x3 fail=L1@0x200 panic=on", {"panic": (1, 1), "traces": (1, 1)}, alike=True,
    ),
    _case(
        "guest-pages-still-mapped", "Guest pages are still mapped when the key is gone: who notices, what is lost?",
        "tree=1x1x3 leaves=present",
        {"traces": (2, 2), "guest pages lost": (6, 6), "pages leaked": (1, 1), "VM bugged": (1, 1)}, alike=True,
    ),
    _case(
        "other-zap-order", "With PROVE_MMU tables go in another order: does that change what is printed or leaked?",
        "tree=2x1x1 fail=all zap=prove-mmu", {"traces": (7, 1), "error lines": (7, 7), "pages leaked": (7, 7)},
    ),
    _case(
        "free-at-once", "17/17 frees the page at once instead of after RCU: what is different in the end?",
        "tree=1x1x3", {"S-EPT pages freed at once": (0, 5), "pages leaked": (0, 0), "traces": (0, 0)},
        revisions=("v1", "v1+17"),
    ),
    _case(
        "second-version", "v2 no longer passes gfn: does the kernel do anything differently?",
        "tree=1x1x3 fail=L1@0x200", {"traces": (1, 1), "pages leaked": (2, 2)}, alike=True, revisions=("v1", "v2"),
    ),
    _case(
        "what-landed", "One page fails: what is different between what there was and what landed in the tree?",
        "tree=1x1x3 fail=L1@0x200",
        {"traces": (2, 1), "S-EPT pages freed at once": (0, 4), "pages leaked": (2, 2)}, revisions=("before", "landed"),
    ),
    _case(
        "what-a-page-costs-next", "One page fails, with Dynamic PAMT and pages far apart: what else is lost?",
        "tree=1x1x3 fail=L1@0x200 region=scattered",
        {"traces": (1, 1), "pages leaked": (2, 2), "PAMT pairs back": (0, 22), "PAMT pairs pinned": (0, 2)},
        revisions=("landed", "dpamt"),
    ),
    _case(
        "pair-not-given-back", "The module does not give a pair of PAMT pages back: who says so, and is a page lost?",
        "tree=1x1x3 region=dense remove=fails",
        {"traces": (0, 1), "error lines": (0, 0), "pages leaked": (0, 0), "phantom references": (0, 1)},
        revisions=("landed", "dpamt"),
    ),
    _case(
        "pair-lost-in-silence", "The same happens to a second TD of the boot: is there anything in the log?",
        "tree=1x1x3 boot=second:60s region=dense remove=fails",
        {"traces": (0, 0), "PAMT pairs pinned": (0, 1), "silent": (0, 1)}, revisions=("landed", "dpamt"),
    ),
)  # fmt: skip

CASES: Final[dict[str, Case]] = {case.name: case for case in _TABLE}
"""Every case by name, in the order in which they are best read."""
