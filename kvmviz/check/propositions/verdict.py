"""What a claim comes to: how often it was put to the test, how often it held, a witness for each side.

>>> found = tried([("tree=1x1x1", True), ("tree=1x1x2", False), ("tree=1x1x3", True)])
>>> found.because("Because.").verdict, found.holds, found.scenarios, found.witness_against
('holds partly', 2, 3, 'tree=1x1x2')
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Literal, cast

from kvmviz.scenario import Scenario
from kvmviz.terms.columns import WIDTH, ascii_only, command, paragraph

if TYPE_CHECKING:
    from kvmviz.schema import answers

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

    def to_json(self) -> "answers.Claim":
        """Return the verdict as `kvmviz claims --format json` writes it."""
        found = asdict(self)
        del found["revisions"]  # the contract's fields are fixed, and name a scenario, not a command
        return cast("answers.Claim", found)

    def __str__(self) -> str:
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


_PLURAL: Final = {
    "holds": "hold", "holds partly": "hold partly", "does not hold": "do not hold",
    "not checkable here": "cannot be checked here",
}  # fmt: skip


def claims_text(verdicts: Sequence[Verdict], width: int = WIDTH) -> str:
    """Return every verdict, and how many there are of each kind."""
    counts = Counter[str](verdict.verdict for verdict in verdicts)
    total = ", ".join(f"{n} {words if n > 1 else word}" for word, words in _PLURAL.items() if (n := counts[word]))
    number = f"{len(verdicts)} claim{'' if len(verdicts) == 1 else 's'}"
    head = paragraph(f"{number}, in our words: {total}.", width=width)
    return ascii_only("\n\n".join([head, *(verdict_text(verdict, width) for verdict in verdicts)]))


def verdict_text(verdict: Verdict, width: int = WIDTH) -> str:
    """Return one verdict: what was claimed, by whom, whether it holds, why, and a command for each side's witness.

    A scenario line, and the address of a mail, is never wrapped.
    """
    tries = f" ({verdict.holds:,} of {verdict.scenarios:,})" if verdict.scenarios else ""
    lines = [
        f"{verdict.id}: {verdict.verdict}{tries}",
        paragraph(verdict.proposition, "  ", width),
        paragraph(f"-- {verdict.who}, {verdict.when}", "  ", width),
        f"  {verdict.where}",
        paragraph(verdict.why, "  ", width),
    ]
    for side, line in (("for", verdict.witness_for), ("against", verdict.witness_against)):
        lines += [f"  {side}:", command(shows(verdict), line, "    ", width)] if line else []
    return "\n".join(lines)


def shows(verdict: Verdict) -> str:
    """Return the command that shows a scenario under the revisions that the claim is about, but for the scenario."""
    names = verdict.revisions
    if len(names) == 2:
        return f"kvmviz compare {names[0]} {names[1]}"
    return f"kvmviz run --revision {','.join(names)}" if names else "kvmviz run"


def claims_markdown(verdicts: Sequence[Verdict]) -> str:
    """Return the verdicts as one table."""
    head = ["id", "who, when", "proposition", "verdict", "held", "why", "for", "against"]
    rows = [head, ["---"] * len(head), *map(_cells, verdicts)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(v: Verdict) -> list[str]:
    held = f"{v.holds:,} of {v.scenarios:,}" if v.scenarios else ""
    witnesses = [f"`{shows(v)} '{line}'`" if line else "" for line in (v.witness_for, v.witness_against)]
    told = [v.id, f"{v.who}, {v.when}", v.proposition, v.verdict, held, v.why]
    return [cell.replace("|", r"\|") for cell in [*told, *witnesses]]
