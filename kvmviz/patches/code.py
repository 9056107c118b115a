"""One side of a patch as C that can be run, without a tree: functions shown whole, and those completed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from kvmviz.c import bug_macro
from kvmviz.c.base import base_of
from kvmviz.c.program import ALIASES
from kvmviz.c.refuse import CError
from kvmviz.c.syntax import Unit, parse
from kvmviz.kvm.linking import REPLACEABLE
from kvmviz.patches.comments import scrub, tokens
from kvmviz.patches.errors import PatchTextError
from kvmviz.patches.ours import FILES, text_of
from kvmviz.patches.parts import Part, Side, Sides
from kvmviz.patches.splice import Whole, complete
from kvmviz.revisions import CHANGEABLE

NEWEST: Final = "landed"

_HEAD: Final = re.compile(
    r"(?m)^@@[^@\n]*@@ *static (int|void) tdx_sept_(?:free_private_spt|reclaim_private_sp)"
    r"\(struct kvm \*kvm,( gfn_t\b)?[^\n;]*$"
)
"""How the header of a hunk shows the op, of which it has one line."""


@dataclass(frozen=True, slots=True)
class NotModelled:
    """What a patch changes and is not run: a function or a line, where it stands, and why."""

    name: str
    file: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.name} ({self.file}:{self.line}): {self.why}"


@dataclass(frozen=True, slots=True)
class Code:
    """One side: its C by file, the functions that the patch changes and the model has, and what is left out.

    `completed` are functions that the patch shows in part; `base` is the revision
    that has the rest, `base_by` how that was told.
    """

    units: tuple[Unit, ...]
    touched: tuple[str, ...]
    completed: tuple[str, ...]
    base: str
    base_by: str
    left_out: tuple[NotModelled, ...]


_Groups = Mapping[str, list[Part]]


def bases_by_head(diff: str) -> tuple[str, ...]:
    """Return the revisions that a diff can build on, by the op's head in the headers of its hunks; none if not there.

    >>> bases_by_head("@@ -9,4 +9,4 @@ static int tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn,")
    ('before',)
    """
    head = _HEAD.search(diff)
    if head is None:
        return ()
    return ("before",) if head[1] == "int" else ("v1", "v1+17") if head[2] else ("v2", "landed")


def is_modelled(function: str) -> bool:
    """Say whether a function or macro of C stands for one of the model's."""
    return function in bug_macro.NAMES or function in CHANGEABLE or function in ALIASES or function in REPLACEABLE


def code_of(shown: Sides, side: Side, earlier: Mapping[str, str] | None = None, among: Sequence[str] = ()) -> Code:
    """Return what can be run of one side; raise PatchTextError if a function that is modelled cannot be completed.

    `earlier` is the C, by function, of the patches that this one is put upon;
    `among` the revisions that it can build on, as far as that is known.
    """
    groups = _groups(shown.of(side))
    pairs = _groups(shown.of(_other(side)))
    before = earlier or {}
    old = groups if side == "old" else pairs
    base, base_by = _base((groups, pairs), old, before, among)
    wholes: list[Whole] = []
    left_out: list[NotModelled] = []
    touched: list[str] = []
    completed: list[str] = []
    for name, parts in groups.items():
        if is_modelled(name):
            wholes.append(_completed(parts, pairs.get(name, ()), base, before))
            touched.append(bug_macro.MODEL if parts[0].macro else name)
            completed += [] if all(part.whole and not part.filled for part in parts) else [name]
        elif all(part.whole for part in parts):
            wholes.append(complete(parts, ""))  # a helper, if one of the others calls it
        else:
            left_out.append(NotModelled(name, parts[0].file, parts[0].first, "not modelled, and shown in part only"))
    units = tuple(parse(_placed(whole), whole.file) for whole in wholes)
    kept = {name: text for name, text in before.items() if name not in groups}
    units += tuple(parse(f"{text}\n", f"{name} of the patch before") for name, text in kept.items())
    touched += [name for name in kept if is_modelled(name)]
    return Code(units, tuple(touched), tuple(completed), base, base_by, tuple(left_out))


def _groups(parts: Iterable[Part]) -> _Groups:
    """Return by function what is shown of it, of those that the patch changes."""
    touched = (p for p in parts if p.touched and (not p.macro or is_modelled(p.name)))
    changed = sorted(touched, key=lambda p: (p.file, p.name, p.first))
    found = {name: list(some) for name, some in groupby(changed, key=lambda p: p.name)}
    return dict(sorted(found.items(), key=lambda item: (item[1][0].file, item[1][0].first)))


def _other(side: Side) -> Side:
    return "new" if side == "old" else "old"


def _completed(parts: Sequence[Part], pairs: Sequence[Part], base: str, earlier: Mapping[str, str]) -> Whole:
    name = ALIASES.get(parts[0].name, parts[0].name)
    other = earlier.get(parts[0].name) or text_of(base, name)
    if other is None and not (len(parts) == 1 and parts[0].whole):
        where = f"{parts[0].file}, lines {parts[0].first} to {parts[-1].last}"
        raise PatchTextError(
            f"{name} is shown in part ({where}), and only a tree has the rest; give it with --kernel DIR."
        )
    return complete(parts, other or "", pairs)


def _placed(whole: Whole) -> str:
    """Return a function at its line number, so that every line is called by the number that it has in the kernel."""
    return "\n" * (max(whole.first, 1) - 1) + whole.text


def _base(
    groups: tuple[_Groups, _Groups], old: _Groups, earlier: Mapping[str, str], among: Sequence[str]
) -> tuple[str, str]:
    """Return the revision that a side builds on, and how it was told; `groups` are that side's and the other's."""
    for some, others in (groups, groups[::-1]):
        texts = ["\n".join(line.text for line in part.lines) for parts in some.values() for part in parts]
        with suppress(CError):
            if some is groups[0]:
                texts += [text for name, text in earlier.items() if name not in some]
                return base_of([parse(text, "patch.c") for text in texts])
        possible = [name for name in list(FILES)[::-1] if not among or name in among]
        skipped = {name: _skipped(some, others, name, earlier) for name in possible}
        fitting = [(count, _strange(old, name), name) for name, count in skipped.items() if count is not None]
        if fitting and any(not part.whole for parts in some.values() for part in parts):
            return min(fitting, key=lambda one: one[:2])[2], "its lines are the ones of that revision"
    return NEWEST, "the patch does not tell; this is the newest"


def _strange(old: _Groups, base: str) -> int:
    """Return how many parts of the old side do not stand in C of a revision as they are."""
    texts = {name: " ".join(tokens(scrub((text_of(base, ALIASES.get(name, name)) or "").split("\n")))) for name in old}
    return sum(
        " ".join(tokens(line.code for line in part.lines)) not in texts[name]
        for name, parts in old.items() if is_modelled(name) for part in parts
    )  # fmt: skip


def _skipped(groups: _Groups, others: _Groups, base: str, earlier: Mapping[str, str]) -> int | None:
    """Return how many of the lines shown in part do not stand in C of a revision; None if it completes nothing."""
    count = 0
    try:
        for name, parts in groups.items():
            if is_modelled(name):
                kept = _completed(parts, others.get(name, ()), base, earlier).shown
                count += sum(bool(line.code.strip()) and line.number not in kept for p in parts for line in p.lines)
    except PatchTextError:
        return None
    return count
