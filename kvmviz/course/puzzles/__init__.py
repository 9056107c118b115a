"""Revisions in C with one line missing or wrong, for readers to find out which.

>>> from kvmviz.record.runs import run
>>> run(PUZZLES["A"], "fail=L1@0x200").summary.violations[-1]
('S-EPT L1 gfn=0x200', 'freed while the TDX module owns it')

The C is our own and stands beside this file.
"""

from importlib.resources import files
from typing import Final

from kvmviz.c.revision import from_c
from kvmviz.revisions import Revision


def puzzle(letter: str, base: str, name: str = "") -> type[Revision]:
    """Return a puzzle's C on this base; by default it is called by its letter."""
    text = files(__name__).joinpath(f"{letter}.c").read_text(encoding="utf-8")
    return from_c(text, base=base, name=name or f"puzzle-{letter}")


PUZZLES: Final[dict[str, type[Revision]]] = {
    letter: puzzle(letter, base) for letter, base in {"A": "v1", "B": "v2", "C": "v1", "D": "landed", "E": "v1"}.items()
}
"""The puzzles by letter; what each lacks is for `kvmviz.course.questions` to ask."""

MISSING: Final = {
    "A": "the line that sets external_spt to NULL",
    "B": "sp->external_spt = NULL, after the page was freed",
    "C": "the KVM_BUG_ON that looks whether the key is left",
    "D": "free_page, where the page has come back",
    "E": "call_rcu, by which the table waits for its readers",
}
"""What is missing, in words."""
