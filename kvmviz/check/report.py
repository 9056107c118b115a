"""What a check found: for each invariant how often it was put to the test, and whether it held.

A `Report` prints as text for a mail, and is a value: the same question gives the
same text, JSON and repr, but for `seconds`, which are measured.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from shlex import quote
from textwrap import wrap
from typing import TYPE_CHECKING

from kvmviz.check.catalogue import invariants_of
from kvmviz.check.known import NATURES
from kvmviz.check.nearest import Likeness
from kvmviz.check.outcome import Outcome
from kvmviz.check.results import Aside, Broken, Result, result_of
from kvmviz.revisions import EVERY, Revision
from kvmviz.revisions.ran import is_readers
from kvmviz.terms.columns import ascii_only, command, paragraph
from kvmviz.version import SCHEMA, __version__

if TYPE_CHECKING:
    from kvmviz.schema import answers

MOST_TERMS = 6
"""Longest description of a condition that is printed; JSON has it whole."""


@dataclass(frozen=True)
class Report:
    """A revision over a space of scenarios.

    `behaviours` counts the scenarios' distinct behaviours (the same events for the
    same pages); `against` names the other revision, if one was given; `seconds` is
    processor time of all runs together and `elapsed` what one waited for it.
    `like` is which of the project's revisions it behaves like; `own` the functions
    that are the reader's, and how often each ran.  `less` and `more` are in how many
    scenarios less or more is put into the log than by `against`; `recorded` whether
    recorded runs of the kernel's own functions stand behind the revision, or its base.
    """

    revision: str
    base: str | None
    space: str
    scenarios: int
    behaviours: int
    results: tuple[Result, ...]
    against: str | None
    seconds: float
    elapsed: float
    like: Likeness
    own: Mapping[str, int]
    less: int = 0
    more: int = 0
    aside: Aside | None = None
    recorded: bool = True

    @staticmethod
    def of(
        which: type[Revision],
        space: str,
        outcome: Outcome,
        against: type[Revision] | None,
        elapsed: float,
        like: Likeness,
        aside: Aside | None = None,
    ) -> "Report":
        """Return the report of what a space came to."""
        besides = aside.outcome if aside else Outcome()
        results = tuple(result_of(invariant, outcome, which, besides) for invariant in invariants_of(which).values())
        return Report(
            which.name, which.base_name, space, outcome.scenarios, len(outcome.behaviours), results,
            against.name if against else None, outcome.seconds, elapsed, like,
            {name: outcome.ran[name] for name, function in which.functions.items() if is_readers(function)},
            outcome.less, outcome.more, aside, which.identity.recorded,
        )  # fmt: skip

    @property
    def ok(self) -> bool:
        """Whether nothing is broken beyond what is known of the revision, or of the one that it builds on."""
        return not any(result.beyond for result in self.results)

    @property
    def status(self) -> int:
        """The exit status of `kvmviz check`: 0, or 1 for a violation that is not known."""
        return 0 if self.ok else 1

    @property
    def counterexamples(self) -> Mapping[str, str]:
        """The smallest counterexample, as a scenario line, of each invariant that is broken."""
        return {r.name: r.broken.smallest.scenario for r in self.results if r.broken}

    @property
    def cost(self) -> str:
        """What it took, in one line."""
        each = 1000 * self.seconds / max(self.scenarios, 1)
        return f"{self.scenarios:,} runs in {self.elapsed:.1f} s; {each:.2f} ms of a processor for each."

    def __getitem__(self, name: str) -> Result:
        return next(result for result in self.results if result.name == name)

    def to_json(self) -> "answers.Check":
        """Return the report for JSON."""
        like = self.like.to_json()
        return {
            "kvmviz": __version__, "schema": SCHEMA, "revision": self.revision, "base": self.base,
            "space": self.space, "against": self.against, "less_reported": self.less, "more_reported": self.more,
            "ok": self.ok, "scenarios": self.scenarios, "behaviours": self.behaviours,
            "same_as": like["same_as"], "nearest": like["nearest"], "differs": like["differs"], "first": like["first"],
            "step": like["step"], "sampled": like["sampled"], "own": dict(self.own),
            "besides": None if self.aside is None else self.aside.to_json(),
            "invariants": [result.to_json() for result in self.results],
            "seconds_per_run": round(self.seconds / max(self.scenarios, 1), 6),
        }  # fmt: skip

    def text(self, width: int = 72, name: str = "", against: str = "") -> str:
        """Return the report as ASCII text of at most `width` columns; scenario lines are never wrapped.

        `name` and `against` are what the command line calls the revisions, as in `mine.py:MyPatch`.
        """
        return report_text(self, width, name, against)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        answer = "ok" if self.ok else "broken"
        return f"<kvmviz.check {self.revision} in {self.scenarios:,} scenarios: {answer}>"


def report_text(report: Report, width: int, name: str = "", against: str = "") -> str:
    """Return the report as text; scenario lines are never wrapped.

    `name` and `against` are how the command line names the revisions, `PATH.py:CLASS` for one of a reader's own;
    without them only counterexamples of the project's own revisions can be shown by a command.
    """
    word, other = _word(name or report.revision), _word(against or report.against or "")
    show = f"kvmviz run --revision {word}" if word else ""
    lines = [paragraph(_headline(report), width=width), "", _row("invariant", "asked", "broken", "verdict")]
    lines += [_row(r.name, f"{r.met:,}", _count(r.broken), r.verdict) for r in report.results]
    for result in sorted(report.results, key=lambda r: not r.beyond):  # the patch's own faults come first
        if result.broken:
            lines += ["", *_finding(result, result.broken, report, width, show)]
    if report.against:
        lines += ["", *_beside(report, width, f"kvmviz compare {other} {word}" if other and word else "")]
    lines += ["", *_likeness(report, width)]
    lines += ["", paragraph(_last(report), width=width)]
    if not report.recorded:
        lines.append(paragraph(f"No recorded runs stand behind {report.base or report.revision}.", width=width))
    return ascii_only("\n".join(lines))


def _likeness(report: Report, width: int) -> Iterator[str]:
    yield report.like.text(width)
    if report.aside:
        yield from _aside(report.aside, width)
    if report.own:
        ran = ", ".join(f"{name} {count:,} times" for name, count in report.own.items() if count)
        if ran:
            yield paragraph(f"Own functions, and how often they ran: {ran}.", width=width)
        for name in (name for name, count in report.own.items() if not count):
            yield paragraph(f"{name} is the reader's and never ran, so nothing here speaks of it.", width=width)


def _aside(aside: Aside, width: int) -> Iterator[str]:
    """Say what was looked at besides the space, how it is there, and what neither holds."""
    like = aside.like
    own = f", and for {', '.join(map(hex, aside.constants))} in its source" if aside.constants else ""
    same = (
        f"equal to {' and '.join(like.same_as)}"
        if like.same_as
        else (f"differs from {like.nearest} in {like.differs:,} of them, first at step {like.step} of the line below")
    )
    yield paragraph(
        f"Looked at besides, one thing changed at a time: {like.scenarios:,} scenarios with other statuses, 0 and 2 "
        f"vCPUs, tables of 9 and 11 entries, frames above 8 GiB{own}: {same}. Not looked at: these in other mixes.",
        width=width,
    )  # fmt: skip
    if like.first:
        yield f"  {like.first}"


def _word(name: str) -> str:
    """Return a revision's name as a shell takes it, empty if no command could find it by this name."""
    return quote(name) if name in EVERY or ":" in name else ""


def _headline(report: Report) -> str:
    base = f" (on {report.base})" if report.base else ""
    space = f"space {report.space}" if " " not in report.space else report.space
    return (
        f"{report.revision}{base}, {space}: {report.scenarios:,} scenarios, "
        f"{report.behaviours:,} distinct behaviours."
    )  # fmt: skip


def _row(name: str, met: str, broken: str, verdict: str) -> str:
    return f"{name:<41}{met:>7}{broken:>9}  {verdict}".rstrip()


def _count(broken: Broken | None) -> str:
    return f"{broken.count:,}" if broken else "-"


def _finding(result: Result, broken: Broken, report: Report, width: int, show: str) -> Iterator[str]:
    yield paragraph(f"{result.name}: {_nature(result, broken, report.base)}.", width=width)
    yield paragraph(result.invariant.statement, "  ", width)
    if result.why and not result.beyond:
        yield paragraph(f"Why: {result.why}.", "  ", width)
    yield from _where(broken, width, show)


def _nature(result: Result, broken: Broken, base: str | None) -> str:
    """Return what a violation is: whose, and in how many scenarios."""
    word = NATURES[str(result.nature)]
    if not result.beyond:
        return f"{word}, as {base} has it, too" if base else word
    if result.besides:
        return f"{word}, in {result.beyond:,} of the scenarios looked at besides"
    known = broken.count - result.beyond
    also = f"; in {known:,} more it is known of {base or 'it'}" if known else ""
    return f"{word}, in {result.beyond:,} scenarios{also}"


def _where(broken: Broken, width: int, show: str) -> Iterator[str]:
    yield "  Smallest counterexample:"
    yield f"    {broken.smallest.scenario}"
    yield paragraph(f"{broken.smallest.what}.", "    ", width)
    if show:
        yield command(show, broken.smallest.scenario, "    ", width)
    if broken.when is not None and len(broken.when) <= MOST_TERMS:
        yield "  Exactly when one of these lines applies:" if len(broken.when) > 1 else "  Exactly when:"
        yield from (_condition(line, width) for line in broken.when)


def _condition(line: str, width: int) -> str:
    """Return a condition; what does not fit its line goes on below, further in."""
    return "\n".join(wrap(line, width, initial_indent="    ", subsequent_indent="        ", break_on_hyphens=False))


def _beside(report: Report, width: int, show: str) -> Iterator[str]:
    yield paragraph(f"Beside {report.against}:", width=width)
    parts = [(r.name, part, words) for r in report.results for part, words in (
        (r.newly, f"broken by {report.revision}, and not by {report.against}"),
        (r.mended, f"broken by {report.against}, and no longer by {report.revision}"),
        (r.quieter, f"broken by {report.against} and not by {report.revision}, which puts less into the log there; "
                    "that mends nothing"),
    )]  # fmt: skip
    if not any(part for _, part, _ in parts):
        yield "  the same invariants are broken in the same scenarios."
    found = (("less", report.less), ("more", report.more))
    words = " and ".join(f"{word} into the log in {count:,} scenarios" for word, count in found if count)
    if words:
        yield paragraph(f"{report.revision} puts {words}.", "  ", width)
    for name, part, words in parts:
        if part:
            yield paragraph(f"{name}: {words} ({part.count:,} scenarios).", "  ", width)
            yield from _where(part, width, show)


def _last(report: Report) -> str:
    held = sum(result.verdict == "holds" for result in report.results)
    holds = f"{held} invariants hold in {report.scenarios:,} scenarios"
    if not report.ok:
        bugs = ", ".join(result.name for result in report.results if result.beyond)
        return f"{report.revision} breaks {bugs}."
    known = sum(result.broken is not None for result in report.results)
    beyond = f"; {known} are broken only as is known of {report.base or report.revision}" if known else ""
    return f"{holds}{beyond}."
