"""Several patches as one: each upon what the one before has made of it, or upon a reader's tree.

The new side is what stands after the last of them, the old side what stood before
the first.  For the old side they are undone, the last one first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kvmviz.errors import KvmvizError
from kvmviz.patches.apply import applied, hunks
from kvmviz.patches.code import NotModelled, is_modelled
from kvmviz.patches.comments import scrub, tokens
from kvmviz.patches.errors import PatchTextError
from kvmviz.patches.making import Made, from_diff, from_tree, touched_of
from kvmviz.patches.parts import Side, sides
from kvmviz.patches.splice import complete
from kvmviz.patches.tree import Tree

OTHER: Final[Mapping[Side, Side]] = {"old": "new", "new": "old"}


@dataclass(frozen=True, slots=True)
class _Step:
    """One patch of a series: its place, from 1, and its diff."""

    number: int
    diff: str


def from_series(diffs: Sequence[str], side: Side, tree: Tree | None = None, *, name: str = "patch") -> Made:
    """Return one side of a series, in the order in which it is applied.

    Raises PatchTextError or CError, each with one sentence, where a patch does not
    build on the one before, or cannot be run.
    """
    if len(diffs) == 1:
        return from_diff(diffs[0], side, tree, name=name)
    steps = [_Step(number, diff) for number, diff in enumerate(diffs, 1)]
    if not any(touched_of(sides(step.diff).of(side)) for step in steps):
        return from_diff(diffs[0], side, tree, name=name)  # which says so
    return _from_mails(steps, side, name) if tree is None else _upon(steps, side, tree, name)


# From the patches alone.


def texts_of(made: Made) -> dict[str, str]:
    """Return the C of every function of a side, by name, from which the next patch of a series is completed."""
    found = {name: some[0].text for unit in made.units for name, some in unit.functions.items()}
    return {name: text for name, text in found.items() if name in made.sources or not is_modelled(name)}


def fits(diff: str, earlier: Mapping[str, str], side: Side = "old") -> bool:
    """Say whether one side of a patch is what the patches before have made of the functions that it changes."""
    try:
        there = texts_of(from_diff(diff, side, earlier=earlier, strict=False))
    except KvmvizError:
        return False
    names = [p.name for p in sides(diff).of(side) if p.touched and p.name in earlier and p.name in there]
    return bool(names) and all(_code(there[one]) == _code(earlier[one]) for one in names)


def _code(text: str) -> Sequence[str]:
    return tokens(scrub(text.split("\n")))


def _from_mails(steps: Sequence[_Step], side: Side, name: str) -> Made:
    earlier: dict[str, str] = {}
    completed: list[str] = []
    left_out: list[NotModelled] = []
    made: Made | None = None
    for step in steps if side == "new" else steps[::-1]:
        shown = sides(step.diff).of(side)
        if not touched_of(shown):
            wholes = [part for part in shown if part.touched and part.whole and not part.macro]
            earlier |= {part.name: complete([part], "").text for part in wholes}  # a helper, if a later one calls it
            continue
        known = {part.name for part in shown if part.touched} & set(earlier)
        if known and not fits(step.diff, earlier, OTHER[side]):
            raise _strange(step, steps, side, sorted(known)[0])
        made = from_diff(step.diff, side, name=name, earlier=earlier)
        earlier |= texts_of(made)
        completed += made.completed
        left_out += made.left_out
    assert made is not None
    helpers = {helper.name for helper in made.revision.origin.helpers}
    left = tuple(dict.fromkeys(one for one in left_out if one.name not in helpers))
    sources = dict.fromkeys(made.sources, "mail")
    return replace(made, sources=sources, completed=tuple(dict.fromkeys(completed)), left_out=left)


def _strange(step: _Step, steps: Sequence[_Step], side: Side, function: str) -> PatchTextError:
    other = step.number - 1 if side == "new" else step.number + 1
    first, second = sorted((step.number, other))
    return PatchTextError(
        f"There are {len(steps)} patches in it, and patch {second} does not build on patch {first} in {function}; give "
        "one, or a series in its order."
    )


# Upon a tree.


def _upon(steps: Sequence[_Step], side: Side, tree: Tree, name: str) -> Made:
    """Run a side of a series in a tree that has none of its patches, all of them, or the first few."""
    old, new = _ends(steps, tree)
    touched = tuple(dict.fromkeys(one for step in steps for one in touched_of(sides(step.diff).of(side))))
    made = from_tree(old if side == "old" else new, name=name, must=touched)
    sources = {one: "mail" if one in touched else "kernel" for one in made.sources}
    alone = [_not_modelled(step.diff, side) for step in steps]
    helpers = {helper.name for helper in made.revision.origin.helpers}
    left = tuple(dict.fromkeys(one for some in alone for one in some if one.name not in helpers))
    return replace(made, sources=sources, left_out=left)


def _not_modelled(diff: str, side: Side) -> tuple[NotModelled, ...]:
    """Return the functions that a patch changes and that the model does not have."""
    found = {p.name: p for p in reversed(sides(diff).of(side)) if p.touched and not is_modelled(p.name)}
    return tuple(NotModelled(name, p.file, p.first, "not modelled") for name, p in sorted(found.items()))


def _ends(steps: Sequence[_Step], tree: Tree) -> tuple[Tree, Tree]:
    """Return the tree before the first patch and after the last."""
    failed: PatchTextError | None = None
    for has in (0, len(steps), *range(1, len(steps))):
        try:
            return _walked(steps[:has][::-1], tree, "old"), _walked(steps[has:], tree, "new")
        except PatchTextError as error:
            failed = failed or error
    assert failed is not None
    raise failed


def _walked(steps: Sequence[_Step], tree: Tree, side: Side) -> Tree:
    """Apply patches one upon the other, or undo them; raise PatchTextError for one that does not fit."""
    for step in steps:
        texts = {}
        for file, rows in hunks(step.diff).items():
            if file in tree.texts:
                both = applied(tree.texts[file].replace("\r\n", "\n").split("\n"), rows, file)
                if both.has == side:
                    raise PatchTextError(f"{file}: patch {step.number} does not fit the tree; use the tree that the "
                                         "series was made for.")  # fmt: skip
                texts[file] = "\n".join(both.of(side))
        tree = tree.with_texts(texts)
    return tree
