"""What comes out: a teardown run to its end and recorded as an immutable value.

>>> result = run("v1", "fail=L1@0x200")
>>> result.summary.leaked, result.summary.leaked_bytes, sum(result.summary.splats.values())
(('TDR', 'S-EPT L1 gfn=0x200'), 8192, 1)

Same input, same bytes, in any process.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kvmviz.errors import KvmvizError
from kvmviz.machine.journal import Tape
from kvmviz.machine.recorder import LISTED, Tally
from kvmviz.record.frames import FrameBuilder, Frames, PageInfo, pages_of
from kvmviz.record.step import Step
from kvmviz.record.summary import Summary, summarize
from kvmviz.record.teardown import tear_down, where_it_belongs
from kvmviz.record.text import run_text, step_text
from kvmviz.revisions import Revision, RevisionError, revision
from kvmviz.scenario import Scenario, ScenarioError
from kvmviz.scenario.tree import Tree
from kvmviz.terms.columns import WIDTH, paragraph
from kvmviz.version import SCHEMA, __version__

# What only large trees and some questions need is loaded when they come, so that a command starts quickly.
if TYPE_CHECKING:
    from kvmviz.record.folding import FoldedTree
    from kvmviz.record.regions import Layout
    from kvmviz.record.sources import Source
    from kvmviz.record.tapes import FoldedTape
    from kvmviz.schema import answers

RECORDED_TABLES: Final = 5_000
"""Largest tree, in tables below the root, that is recorded without being asked to."""

MOST_TABLES: Final = 50_000
"""Largest tree that can be recorded."""


class Run:
    """A recorded teardown.

    `revision` is the revision's name, `scenario` what went in, `summary` what came
    out.  `recorded` says whether there are `steps`: a run of a large tree has none,
    and its `folded` has them.  `tree` is what `steps` and `pages` speak of: the scenario's, or that
    one folded.
    """

    def __init__(
        self, which: type[Revision], scenario: Scenario, summary: Summary, tape: Tape | None,
        tree: "Tree | FoldedTree | None" = None,
    ) -> None:  # fmt: skip
        self.revision = which.name
        self.scenario = scenario
        self.summary = summary
        self.recorded = tape is not None
        self.tree = tree or scenario.tree
        self._which = which
        self._tape = tape

    @cached_property
    def folded(self) -> "Run":
        """The same teardown with tables that are alike counted together, or this run if it is recorded.

        >>> large = run("v1", "tree=16GiB fail=L1@0x200")
        >>> large.recorded, large.folded.summary == large.summary, max(s.times for s in large.folded.steps)
        (False, True, 7680)
        """
        return self if self.recorded else run_folded(self._which, self.scenario)

    @cached_property
    def pages(self) -> tuple[PageInfo, ...]:
        """Every page of the TD, in the order of allocation."""
        return pages_of(self.scenario, self.tree)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Everything that happened, in order; empty where the run was not recorded."""
        if self._tape is None:
            return ()
        builder = FrameBuilder(self.pages)
        return tuple(
            Step(phase, event, where, builder.apply(event, times), times)
            for (phase, event), where, times in zip(
                self._tape.entries, self._tape.where, self._tape.often(), strict=True
            )
        )

    @cached_property
    def frames(self) -> Frames:
        """The picture after each step; number 0 is before the first event."""
        return Frames(self.pages, [(step.event, step.times) for step in self.steps])

    def times(self, page: str) -> int:
        """Return how many pages this one stands for: 1 unless the run is folded."""
        return 1 if isinstance(self.tree, Tree) else self.tree.times_of(page)

    @property
    def events(self) -> "list[answers.Event] | None":
        """The events as the run contract writes them."""
        return [step.to_json() for step in self.steps] if self.recorded else None

    @cached_property
    def sources(self) -> "Mapping[str, Source]":
        """The Python source of every model function that stood in a call chain, by `Location.source`."""
        from kvmviz.record.sources import source

        keys = {location.source for step in self.steps for location in step.where}
        return {key: source(key) for key in sorted(keys)}

    def to_json(self) -> "answers.Run":
        """Return the whole run as the run contract writes it."""
        return {
            "kvmviz": __version__, "schema": SCHEMA, "revision": self.revision, "scenario": str(self.scenario),
            "events": self.events, "summary": self.summary.to_json(),
        }  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash((self.revision, str(self.scenario)))

    def text(self, width: int = WIDTH) -> str:
        """Return the run as a log of steps and its summary; a large one with tables that are alike counted together."""
        if self.recorded:
            return run_text(self.title, self.steps, self.summary, width)
        try:
            steps = self.folded.steps
        except KvmvizError as error:
            return run_text(self.title, (), self.summary, width, note=paragraph(str(error), width=width))
        tables = f"{self.scenario.tree.count:,} tables below the root"
        note = f"{tables}; those alike are counted together\n(--events asks for a record of each)."
        return run_text(self.title, steps, self.summary, width, note=note)

    def step_text(self, number: int, width: int = WIDTH) -> str:
        """Return one step as text: what happens, where, and the picture's counts after it."""
        pamt = self.summary.pamt is not None
        return step_text(self.title, self.steps, number, self.frames[number], self.times, width, pamt=pamt)

    def kernel_log(self, width: int | None = WIDTH, *, short: bool = False, whole_boot: bool = True) -> str:
        """Return the kernel log that this teardown would leave; `short` cuts traces and counts what repeats.

        For the second TD of a boot the first one's log stands before it, unless `whole_boot` is off.
        A `width` of None leaves long lines whole.

        >>> print(run("v1", "fail=L1@0x200 boot=second:60s").kernel_log(whole_boot=False))
        kvm_intel: SEAMCALL TDH_PHYMEM_PAGE_RECLAIM failed: 0x8000020000000001,
                   rcx 0x0, rdx 0x0, r8 0x0
        kvm_intel: SEAMCALL TDH_PHYMEM_PAGE_RECLAIM failed: 0xc000040000000000,
                   rcx 0x4, rdx 0x100000000, r8 0x0
        """
        from kvmviz.record.kernel_log import log_of_boot, log_text

        steps, later = self.folded.steps, self.scenario.boot
        if later is None or self.summary.td == "first" or not whole_boot:
            return log_text(steps, width, short=short)
        first = run(self._which, replace(self.scenario, boot=None)).folded.steps
        tds = [("the first TD of the boot", first), (f"the second TD, {later} s later", steps)]
        return log_of_boot(tds, width, short=short)

    @property
    def title(self) -> str:
        """What was run: revision and scenario, a line each."""
        unproven = "" if self._which.identity.recorded else " (no recorded runs of it)"
        return f"revision {self.revision}{unproven}\n{self.scenario}"

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"kvmviz.run({self.revision!r}, {str(self.scenario)!r})"


def run(
    revision_: str | type[Revision] = "before", scenario: str | Scenario = "", *, events: bool | None = None,
    timeout: float | None = None,
) -> Run:  # fmt: skip
    """Tear a TD down under a revision and return the record.

    `revision_` is a name of `REVISIONS` or a class of one's own; `scenario` a line
    or a `Scenario`.  Trees above `RECORDED_TABLES` are recorded only with
    `events=True`, and above `MOST_TABLES` never.  A class of one's own runs in a
    process of its own, for at most `timeout` seconds (10 by default); what it prints
    goes to standard error.  Raises ScenarioError, RevisionError or PatchError with
    one sentence.
    """
    which = revision(revision_)
    wanted = scenario if isinstance(scenario, Scenario) else Scenario.parse(scenario)
    recorder = Tape() if _recorded(wanted, events) else Tally()
    with _allowing(timeout):
        summary, recorder = where_it_belongs(which, _summarized, which, wanted, recorder)
    return Run(which, wanted, summary, recorder if isinstance(recorder, Tape) else None)


def _allowing(seconds: float | None) -> AbstractContextManager[None]:
    if seconds is None:
        return nullcontext()
    from kvmviz.revisions.guard import allowing

    return allowing(seconds)


def _summarized(which: type[Revision], scenario: Scenario, recorder: Tally) -> tuple[Summary, Tally]:
    vm, td = tear_down(which, scenario, recorder)
    return summarize(vm, recorder, td), recorder


def _recorded(scenario: Scenario, events: bool | None) -> bool:
    count = scenario.tree.count
    if events and count > MOST_TABLES:
        raise ScenarioError(
            f"tree={scenario.tree}: its {count:,} tables are too many to record; the limit is {MOST_TABLES:,}."
        )
    return count <= RECORDED_TABLES if events is None else events


def run_folded(which: type[Revision], scenario: Scenario, others: int | None = None) -> Run:
    """Tear a TD down with tables that are alike folded, and return the record.

    `others` says how many tables of a kind that do not fail stand alone.  Raises
    RevisionError for a reader's revision that does not treat tables alike.
    """
    from kvmviz.record.folding import fold
    from kvmviz.record.tapes import FoldedTape

    first = others or _alone([which])
    layout = _layout(which, scenario)
    if which.base and layout and layout.where == "dense":
        raise _not_together(which.name)  # which page is the last of its region is known of the project's own alone
    tree = fold(scenario.tree, scenario.fail, others=first, layout=layout)
    tape, summary = where_it_belongs(which, _folded, which, scenario, FoldedTape(tree))
    result = Run(which, scenario, summary, tape, tree)
    if which.base:
        _treats_alike(result)
    return result


def _folded(which: type[Revision], scenario: Scenario, tape: "FoldedTape") -> "tuple[FoldedTape, Summary]":
    tear_down(which, scenario, tape, tape.tree)
    return tape, summary_folded(which, scenario)


def _treats_alike(result: Run) -> None:
    """Raise RevisionError if two folds of one tree do not come to the same: then tables are not alike to this patch."""
    end, whole = result.frames[-1], result.summary
    same = (end.traces, end.lines) == (whole.traces, whole.lines)
    if not same or (end.leaked_count != whole.leaked_count and not whole.panicked):
        raise _not_together(result.revision)


def _not_together(name: str) -> RevisionError:
    return RevisionError(
        f"{name}: it treats tables differently by where they stand or by how many there are, so they "
        f"cannot be counted together; use a tree of at most {RECORDED_TABLES:,} tables."
    )


def _layout(which: type[Revision], scenario: Scenario) -> "Layout | None":
    from kvmviz.record.regions import layout_of

    return layout_of(scenario) if which.dynamic_pamt else None


def run_all(revisions: Sequence[type[Revision]], scenario: Scenario) -> list[Run]:
    """Run each revision with every step: of a large tree folded, and for all in the same way.

    >>> [len(one.steps) for one in run_all([revision("before"), revision("v1")], Scenario.parse("tree=1TiB"))]
    [112, 112]
    """
    if scenario.tree.count <= RECORDED_TABLES:
        return [run(which, scenario) for which in revisions]
    return [run_folded(which, scenario, _alone(revisions)) for which in revisions]


def shown_tree(revisions: Sequence[type[Revision]], scenario: Scenario) -> "Tree | FoldedTree":
    """Return the tables that the runs of `run_all` speak of: the scenario's tree, or that one folded."""
    if scenario.tree.count <= RECORDED_TABLES:
        return scenario.tree
    from kvmviz.record.folding import fold

    return fold(scenario.tree, scenario.fail, others=_alone(revisions))


def _alone(revisions: Sequence[type[Revision]]) -> int:
    """Return how many tables of a kind stand alone; a reader's revision may print a line for any of them."""
    from kvmviz.record.folding import FAILING_FIRST, OTHERS_FIRST

    return FAILING_FIRST if any(which.base for which in revisions) else OTHERS_FIRST


def summary_folded(which: type[Revision], scenario: Scenario, listed: int = LISTED) -> Summary:
    """Return the summary of the whole tree, whose lists are whole up to `listed` names.

    >>> summary_folded(revision("v1"), Scenario.parse("tree=1TiB hkid=assigned")).leaked_count
    525327
    """
    from kvmviz.record.folding import fold
    from kvmviz.record.tapes import Weighed

    tree = fold(scenario.tree, scenario.fail, listed, listed, _layout(which, scenario))
    tally = Weighed(tree)
    vm, td = tear_down(which, scenario, tally, tree)
    return replace(summarize(vm, tally, td), most_rcu_pending=tally.most_waiting)
