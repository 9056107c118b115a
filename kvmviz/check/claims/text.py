"""Verdicts as plain text for a mail, and as a table in markdown."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kvmviz.terms.columns import WIDTH, ascii_only, command, paragraph

if TYPE_CHECKING:
    from kvmviz.check.claims import Verdict

_PLURAL: Final = {
    "holds": "hold", "holds partly": "hold partly", "does not hold": "do not hold",
    "not checkable here": "cannot be checked here",
}  # fmt: skip


def claims_text(verdicts: "Sequence[Verdict]", width: int = WIDTH) -> str:
    """Return every verdict, and how many there are of each kind."""
    counts = Counter[str](verdict.verdict for verdict in verdicts)
    total = ", ".join(f"{n} {words if n > 1 else word}" for word, words in _PLURAL.items() if (n := counts[word]))
    number = f"{len(verdicts)} claim{'' if len(verdicts) == 1 else 's'}"
    head = paragraph(f"{number}, in our words: {total}.", width=width)
    return ascii_only("\n\n".join([head, *(verdict_text(verdict, width) for verdict in verdicts)]))


def verdict_text(verdict: "Verdict", width: int = WIDTH) -> str:
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


def shows(verdict: "Verdict") -> str:
    """Return the command that shows a scenario under the revisions that the claim is about, but for the scenario."""
    names = verdict.revisions
    if len(names) == 2:
        return f"kvmviz compare {names[0]} {names[1]}"
    return f"kvmviz run --revision {','.join(names)}" if names else "kvmviz run"


def claims_markdown(verdicts: "Sequence[Verdict]") -> str:
    """Return the verdicts as one table."""
    head = ["id", "who, when", "proposition", "verdict", "held", "why", "for", "against"]
    rows = [head, ["---"] * len(head), *map(_cells, verdicts)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(v: "Verdict") -> list[str]:
    held = f"{v.holds:,} of {v.scenarios:,}" if v.scenarios else ""
    witnesses = [f"`{shows(v)} '{line}'`" if line else "" for line in (v.witness_for, v.witness_against)]
    told = [v.id, f"{v.who}, {v.when}", v.proposition, v.verdict, held, v.why]
    return [cell.replace("|", r"\|") for cell in [*told, *witnesses]]
