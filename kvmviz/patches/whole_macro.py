r"""The macro behind TDX_BUG_ON where a diff shows the middle of it, as three lines of context do.

>>> old = ["\tif (WARN_ON_ONCE(bad && (!who || !who->vm_bugged))) { \\", "\t\tif (who) \\"]
>>> above, below = around(old)
>>> above[0]
'#define __TDX_BUG_ON(err, fn, owner, format, args...) \\'
>>> below[0].strip(), len(above), len(below)
('kvm_vm_bugged(who); \\', 5, 6)

No header of a hunk names a macro, so it is known by its lines: what the old side shows
must stand in one place of our own text of it, names of parameters and variables aside.
What is not shown is taken from there, under the names that the diff has.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import Final

from kvmviz.patches.comments import scrub, tokens

NAME: Final = "__TDX_BUG_ON"

OURS: Final = r"""
#define __TDX_BUG_ON(err, fn, owner, format, args...) \
({ \
	struct kvm *whose = (owner); \
	bool failed = !!(err); \
 \
	if (WARN_ON_ONCE(failed && (!whose || !whose->vm_bugged))) { \
		if (whose) \
			kvm_vm_bugged(whose); \
		pr_err_ratelimited("SEAMCALL " fn " failed: 0x%llx" format "\n", \
				err, args); \
	} \
	unlikely(failed); \
})
""".strip().split("\n")
"""What the macro does, in our words: a trace once a boot unless the VM is bugged already, an error line each time."""

_NAMES: Final = ("err", "fn", "owner", "format", "args", "whose", "failed")
_IDENTIFIER: Final = re.compile(r"[A-Za-z_]\w*")
_LEAST: Final = 8
"""Tokens that must be shown; fewer tell nothing."""


def around(shown: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """Return the lines of the macro above and below those of a diff's old side; None if it is not that macro."""
    flat = [token for line in shown for token in _code(line)]
    if len(flat) < _LEAST:
        return None
    ours = _ours()
    found = []
    for start, end in combinations(range(len(ours) + 1), 2):
        if ours[start] and ours[end - 1]:
            names = _bound([token for line in ours[start:end] for token in line], flat)
            if names is not None:
                found.append((start, end, names))
    if len(found) != 1:
        return None
    start, end, names = found[0]
    return [_renamed(line, names) for line in OURS[:start]], [_renamed(line, names) for line in OURS[end:]]


def shown_in(lines: Sequence[str]) -> tuple[int, int]:
    """Return where the first run of lines that go on in the next one begins and ends, with the line that ends it."""
    on = [line.rstrip().endswith("\\") for line in lines]
    start = next((n for n, goes_on in enumerate(on) if goes_on), len(lines))
    end = next((n for n in range(start, len(lines)) if not on[n]), len(lines))
    return start, end + (end < len(lines) and lines[end].strip() == "})")


@cache
def _ours() -> list[list[str]]:
    return [_code(line) for line in OURS]


def _code(line: str) -> list[str]:
    return [token for token in tokens(scrub([line.rstrip().removesuffix("\\")])) if token]


def _bound(ours: Sequence[str], theirs: Sequence[str]) -> Mapping[str, str] | None:
    """Return what our names are called there, None if the two are not the same."""
    if len(ours) != len(theirs):
        return None
    names: dict[str, str] = {}
    for mine, other in zip(ours, theirs, strict=True):
        if mine in _NAMES and _IDENTIFIER.fullmatch(other):
            if names.setdefault(mine, other) != other:
                return None
        elif mine != other:
            return None
    return names if len(set(names.values())) == len(names) else None


def _renamed(line: str, names: Mapping[str, str]) -> str:
    parts = re.split(r'("[^"]*")', line)
    swap = re.compile(r"\b(?:" + "|".join(_NAMES) + r")\b")
    return "".join(p if p.startswith('"') else swap.sub(lambda m: names.get(m[0], m[0]), p) for p in parts)
