"""What a patch does, in figures: both sides of it in the cases that matter, and about what somebody speaks of.

>>> from kvmviz.revisions import REVISIONS
>>> shift = shifts(REVISIONS["before"], REVISIONS["v1"])[1]
>>> str(shift.scenario), shift.traces, shift.leaked
('tree=1x1x3 fail=L1@0x200', (2, 1), (2, 2))
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kvmviz.record.runs import Run, run
from kvmviz.record.summary import Summary
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PageName
from kvmviz.terms.events import Event, Free, Seamcall

CASES: Final = (
    "fail=none",
    "fail=L1@0x200",
    "fail=all",
    "fail=L1@0x200 boot=second:60s",
    "hkid=flushvp-not-done",
    "hkid=key-freeid-error",
)
"""The two faults, alone: nothing fails, one page, every page, one again in the same boot; the key, silently, loudly."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One scenario before a patch and after it."""

    scenario: Scenario
    a: Summary
    b: Summary

    @property
    def traces(self) -> tuple[int, int]:
        """Traces printed."""
        return self.a.traces, self.b.traces

    @property
    def lines(self) -> tuple[int, int]:
        """Error lines printed."""
        return self.a.lines, self.b.lines

    @property
    def leaked(self) -> tuple[int, int]:
        """Pages leaked."""
        return self.a.leaked_count, self.b.leaked_count

    @property
    def at_once(self) -> tuple[int, int]:
        """S-EPT pages freed inside the op, not by the RCU callback."""
        return _at_once(self.a), _at_once(self.b)

    @property
    def bugged(self) -> tuple[str, str]:
        """Whether the VM ends up marked as bugged."""
        return _yes(self.a.vm_bugged), _yes(self.b.vm_bugged)

    @property
    def wrong(self) -> tuple[int, int]:
        """Violations and double frees."""
        return _wrong(self.a), _wrong(self.b)

    @property
    def same_pages(self) -> bool:
        """Whether the same pages leak on both sides."""
        return self.a.leaked == self.b.leaked

    @property
    def name(self) -> str:
        """The scenario without its tree."""
        return str(self.scenario).removeprefix(f"tree={self.scenario.tree}").strip() or "nothing fails"


def _at_once(summary: Summary) -> int:
    return sum(PageName.parse(page).kind == "S-EPT" and how == "immediate" for page, how in summary.freed)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _wrong(summary: Summary) -> int:
    return len(summary.violations) + len(summary.double_frees)


def shifts(a: type[Revision], b: type[Revision]) -> tuple[Shift, ...]:
    """Run the cases under two revisions."""
    scenarios = [Scenario.parse(case) for case in CASES]
    return tuple(Shift(s, run(a, s, events=False).summary, run(b, s, events=False).summary) for s in scenarios)


@dataclass(frozen=True, slots=True)
class Topic:
    """A thing that people speak of: the word for it, and what of a `Shift` is about it."""

    words: re.Pattern[str]
    figure: str
    title: str


def _topic(words: str, figure: str, title: str) -> Topic:
    return Topic(re.compile(words, re.IGNORECASE), figure, title)


_TOPICS: Final = (
    _topic(r"\bwarn|\btraces?\b|\bsplats?\b|\bwarn_on|\bbug_on", "traces", "traces printed"),
    _topic(r"\bpr_err|\berror lines?\b|\blogs?\b|\bdmesg|\bprintk?\b|\brate.?limit", "lines", "error lines"),
    _topic(r"\bleak", "leaked", "pages leaked"),
    _topic(r"\bfree[sd]?\b|\bimmediate|\bat once\b", "at_once", "S-EPT pages freed inside the op"),
    _topic(r"\bdouble.free|\buse.after.free|\bcorrupt|\btwice\b", "wrong", "violations and double frees"),
    _topic(r"\bvm_bugged|\bbugged|\bvm_dead|\bstops? the (?:vm|td)", "bugged", "the VM marked as bugged"),
)
_ORDER: Final = re.compile(r"\border\b|\bbefore\b|\bafter\b|\bfirst\b|\bthen\b|\bearlier\b|\blater\b|\brcu\b", re.I)


def figures_about(
    text: str, a: type[Revision], b: type[Revision], moved: Iterable[Shift], functions: Mapping[str, str]
) -> Iterator[str]:
    """Give a sentence for each thing that a text speaks of and a run has figures on.

    `moved` are the cases under both sides, `functions` those that ran, each with where its code is from.
    """
    cases = tuple(moved)
    for topic in _TOPICS:
        if topic.words.search(text):
            cells = ", ".join(f"{shift.name}: {_pair(getattr(shift, topic.figure))}" for shift in cases)
            yield f"{topic.title}: {cells}"
    if _ORDER.search(text):
        one, other = order_of(a), order_of(b)
        yield f"order for one table, nothing fails: {other}" + ("" if one == other else f" (before: {one})")
    for name, place in functions.items():
        if re.search(rf"\b{re.escape(name)}\b", text):
            yield f"{name}: ran, from the {place}"


def _pair(figures: tuple[object, object]) -> str:
    a, b = figures
    return str(a) if a == b else f"{a} -> {b}"


def order_of(which: type[Revision]) -> str:
    """Give what happens to one table of the smallest tree, and to its S-EPT page, in order, when nothing fails."""
    done: Run = run(which, "tree=1x1x1")
    pages = ("S-EPT L1 gfn=0x0", "spt L1 gfn=0x0")
    events = [step.event for step in done.steps if getattr(step.event, "page", None) in pages]
    return ", ".join(_deed(event) for event in events)


def _deed(event: Event) -> str:
    match event:
        case Seamcall(name):
            return name.rpartition(".")[2]
        case Free(page):
            return f"free {'S-EPT page' if PageName.parse(page).kind == 'S-EPT' else 'table'}"
        case _:
            return event.kind
