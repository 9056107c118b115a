"""Running what is in the mails: each patch in its turn, a series one upon the other, and the whole together."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kvmviz.apart import AVAILABLE, processors, result_of, workers
from kvmviz.check.engine import check
from kvmviz.check.nearest import likeness
from kvmviz.check.report import Report
from kvmviz.check.space import Space, scenarios
from kvmviz.errors import KvmvizError
from kvmviz.review.case import Case
from kvmviz.review.findings import Finding
from kvmviz.review.matches import READ_INTO
from kvmviz.review.ran import NotRun, Ran
from kvmviz.review.sides import Loaded, load_sides
from kvmviz.review.verdicts import Judged, judge, known, submit
from kvmviz.revisions import REVISIONS

SMALLEST: Final = tuple(s for s in scenarios("1x1x1") if s.boot is None and s.zap == "default" and not s.panic)
"""What the code before a patch is compared with the known revisions in: the smallest tree, first in its boot."""


@dataclass(frozen=True, slots=True)
class Options:
    """How patches are run: over which `space`, completed from which tree (`kernel`), and what commands call the mail.

    `parallel` spreads the runs over processes; `progress` draws a bar on standard error, by default on a terminal.
    """

    space: Space = "quick"
    kernel: str | None = None
    path: str = "mail.eml"
    parallel: bool = True
    progress: bool | None = None


DEFAULTS: Final = Options()


class Series:
    """The messages of an answer with what came of their patches; they run when `cases` is first asked for."""

    def __init__(self, findings: Sequence[Finding], chosen: frozenset[int], options: Options) -> None:
        self._findings = findings
        self._chosen = chosen
        self.options = options

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Give every message in order."""
        return tuple(self._cases())

    @cached_property
    def together(self) -> Ran | None:
        """The last of several patches that build on each other, seen from before the first; None for a single one."""
        stacked = [case for case in self.cases if case.done and not _quoted(case.found)]
        if len(stacked) < 2 or not stacked[-1].earlier:
            return None
        first, last = stacked[-1 - stacked[-1].earlier].done, stacked[-1].done
        return None if first is None or last is None else last.seen_from(first)

    def _cases(self) -> Iterator[Case]:
        before: Loaded | None = None
        stacked = 0
        for number, found in enumerate(self._findings):
            if number not in self._chosen:
                yield Case(found, None, {}, self.options.path)
                continue
            loaded = load_sides(found, before, self.options.kernel)
            on_top = isinstance(loaded, Loaded) and loaded.on_top
            stacked = stacked + 1 if on_top else 0
            yield self._case(found, loaded, stacked)
            if isinstance(loaded, Loaded) and not _quoted(found):
                before = loaded

    def _case(self, found: Finding, loaded: Loaded | NotRun | None, earlier: int) -> Case:
        path = self.options.path
        if not isinstance(loaded, Loaded):
            return Case(found, loaded, self._table(found), path, earlier)
        try:
            ran, verdicts = self._run(found, loaded)
        except KvmvizError as error:  # it runs into a wall only in the middle of some scenario
            return Case(found, NotRun(str(error), loaded.not_modelled, stopped=True), self._table(found), path, earlier)
        return Case(found, ran, verdicts, path, earlier)

    def _table(self, found: Finding) -> dict[str, Judged]:
        """Judge the claims of a mail of which nothing ran, by the revision that its posting is modelled as."""
        posting = found.recognised.posting
        if posting is None:
            return {}
        return judge(called_for(found), known(posting.base), known(posting.revision), same=True)

    def _run(self, found: Finding, loaded: Loaded) -> tuple[Ran, dict[str, Judged]]:
        executor = workers() if self.options.parallel and AVAILABLE and processors() > 1 else None
        space = self.options.space
        old_like = likeness(loaded.old, SMALLEST if isinstance(space, str) else space, executor)
        posting = found.recognised.posting
        guess = posting.revision if posting and posting.base in old_like.same_as else None
        names = called_for(found)
        early: Future[dict[str, Judged]] | None = None
        if executor is not None and guess and names:  # most mails are about what they seem to be
            early = submit(names, known(posting.base if posting else ""), known(guess), executor, same=True)
        report = check(loaded.new, space, executor, progress=self.options.progress)
        ran = _ran(loaded, report, old_like.same_as)
        if early is not None and guess in ran.same_as:
            return ran, result_of(early)
        if early is not None:
            early.cancel()
        return ran, _verdicts(names, ran, executor)


def _verdicts(names: Sequence[str], ran: Ran, executor: Executor | None) -> dict[str, Judged]:
    if not names:
        return {}
    if ran.same_as and ran.old_same_as:
        return submit(names, REVISIONS[ran.old_same_as[0]], REVISIONS[ran.same_as[0]], None, same=True).result()
    return submit(names, ran.old, ran.new, None, same=False).result()


def called_for(found: Finding) -> tuple[str, ...]:
    """Give the claims that a mail makes or is near to, and those that are easily read into them."""
    said = [name for remark in found.remarks for name in (*remark.heard.said, *remark.heard.near)]
    read = [READ_INTO[name] for remark in found.remarks for name in remark.heard.said if name in READ_INTO]
    return tuple(dict.fromkeys([*said, *read, *(claimed.claim for claimed in found.claimed)]))


def _quoted(found: Finding) -> bool:
    return found.patch is None or found.patch.depth > 0


def _ran(loaded: Loaded, report: Report, old_same_as: tuple[str, ...]) -> Ran:
    like = report.like
    aside = report.aside.like if report.aside else None
    if aside is not None and like.same_as and not set(like.same_as) & set(aside.same_as):
        like = aside  # it is the same in the space, and parts from it only where patches branch
    same_as = () if loaded.incomplete else like.same_as
    return Ran(
        loaded.new, loaded.old, loaded.old_shown, loaded.functions, report, same_as, like.nearest, like.differs,
        like.first, old_same_as, loaded.not_modelled, loaded.passed_over, loaded.completed,
    )  # fmt: skip
