"""A comparison over many scenarios as text: groups, counts, and a scenario of each to look at."""

from shlex import quote
from typing import TYPE_CHECKING

from kvmviz.terms.columns import WIDTH, ascii_only, command, paragraph

if TYPE_CHECKING:
    from kvmviz.compare.many import Group, Spread


def spread_text(spread: "Spread", width: int = WIDTH, names: tuple[str, str] | None = None) -> str:
    """Return the groups, each with its count, what differs, and a command that shows it.

    `names` are what the command line calls the revisions, where that is not their own name.
    """
    show = f"kvmviz compare {' '.join(map(quote, names or (spread.a, spread.b)))}"
    lines = [f"--- {spread.a}", f"+++ {spread.b}", f"{spread.scenarios:,} scenarios", ""]
    for group in spread.groups:
        lines += [*_group(group, width), command(show, group.witness, "  ", width), ""]
    return ascii_only("\n".join(lines).rstrip())


def _group(group: "Group", width: int) -> list[str]:
    if group.alike:
        return [f"identical in {group.count:,}"]
    head = [f"differs in {group.count:,}" + (": the same things in another order" if group.moved else "")]
    marked = [(mark, text) for mark, texts in (("-", group.only_a), ("+", group.only_b)) for text in texts]
    body = [paragraph(text, f"{mark}   ", width).replace(f"\n{mark}   ", f"\n{mark}     ") for mark, text in marked]
    return head + body
