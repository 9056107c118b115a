"""What a claim comes to: how often it was put to the test, how often it held, a witness for each side.

>>> found = tried([("tree=1x1x1", True), ("tree=1x1x2", False), ("tree=1x1x3", True)])
>>> found.because("Because.").verdict, found.holds, found.scenarios, found.witness_against
('holds partly', 2, 3, 'tree=1x1x2')
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from kvmviz.scenario import Scenario

Word = Literal["holds", "holds partly", "does not hold", "not checkable here"]
WORDS: Final[tuple[Word, ...]] = ("holds", "holds partly", "does not hold", "not checkable here")
"""Every verdict there is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A claim and what became of it.

    `id` as in the table of claims; `who` said it, `when`, `where` (a mail's
    Message-ID or address, or a kernel file and commit); `proposition` in our
    words; `verdict` one of `WORDS`; `scenarios` in how many its premise was met,
    or how many trials an experiment made; `holds` in how many of them it held;
    a witness is the simplest scenario line for either side, None where there is
    none or a line cannot say it; `why` one or two sentences with computed figures;
    `revisions` are those that were looked at, in their order of time.
    """

    id: str
    who: str
    when: str
    where: str
    proposition: str
    verdict: Word
    scenarios: int
    holds: int
    witness_for: str | None
    witness_against: str | None
    why: str
    revisions: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as `kvmviz claims --format json` writes it."""
        found = asdict(self)
        del found["revisions"]  # the contract's fields are fixed, and name a scenario, not a command
        return found

    def __str__(self) -> str:
        from kvmviz.check.claims.text import verdict_text

        return verdict_text(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a claim's function returns: a `Verdict` without its source."""

    verdict: Word
    why: str
    scenarios: int = 0
    holds: int = 0
    witness_for: str | None = None
    witness_against: str | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A count of tries: those whose premise was met, those that held, the first witness of each side."""

    scenarios: int
    holds: int
    witness_for: str | None
    witness_against: str | None

    def __add__(self, other: "Tried") -> "Tried":
        return Tried(
            self.scenarios + other.scenarios, self.holds + other.holds,
            self.witness_for or other.witness_for, self.witness_against or other.witness_against,
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.holds:,} of {self.scenarios:,}"

    def because(self, why: str) -> Finding:
        """Return the finding; a premise that was never met settles nothing and is said."""
        if not self.scenarios:
            return Finding("not checkable here", "No run meets the premise of this claim.")
        word: Word = "holds partly"
        if self.holds in (0, self.scenarios):
            word = "holds" if self.holds else "does not hold"
        return Finding(word, why, self.scenarios, self.holds, self.witness_for, self.witness_against)


def tried(cases: Iterable[tuple[Scenario | str | None, bool]]) -> Tried:
    """Count cases, each a scenario (None where no line can say it) and whether the claim holds there."""
    counts, witnesses = [0, 0], dict[bool, str | None]()
    for scenario, holds in cases:
        counts[holds] += 1
        if holds not in witnesses:
            witnesses[holds] = None if scenario is None else str(scenario)
    return Tried(sum(counts), counts[True], witnesses.get(True), witnesses.get(False))


def not_checkable(why: str) -> Finding:
    """Return the finding of a claim that no run can settle."""
    return Finding("not checkable here", why)
