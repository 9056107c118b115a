"""Both sides of a mail's patch as revisions that can be run, or why they cannot.

`kvmviz.patches` makes the revisions.  Here is decided what may be said of them: if
anything that the patch changes could matter and did not run, nothing is said of
what the patch as a whole is equal to.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from unidiff.errors import UnidiffParseError

from kvmviz.c import bug_macro, lookup
from kvmviz.c.macros import MACROS
from kvmviz.c.program import ALIASES
from kvmviz.errors import KvmvizError
from kvmviz.mail.patch import Patch
from kvmviz.mail.sources import OTHER_NAMES
from kvmviz.patches.code import is_modelled
from kvmviz.patches.making import Made, from_diff
from kvmviz.patches.parts import Sides, sides
from kvmviz.patches.series import fits, texts_of
from kvmviz.patches.tree import Tree, read_tree
from kvmviz.review.findings import Finding
from kvmviz.review.ran import Missing, NotRun
from kvmviz.revisions import REVISIONS, Revision

OLDER: Final[Mapping[str, str]] = {"before": "before", "v1": "before", "v1+17": "v1", "v2": "before", "landed": "v2"}
"""What a patch that makes a revision builds on."""

MOST_CUT: Final = 5
"""Hunks that may be cut for the rest to be run; where there are more, a mail was harmed as a whole."""

_DECLARES: Final = re.compile(
    r"\s*(?:/?\*|//|#endif|#else|[{}]|(?:static |extern )?[\w \t*]+\w\([^{=]*$|[\w \t*,]+\)[,;]\s*$)"
)
"""Lines outside of functions that change nothing that runs: declarations of functions, comments."""


@dataclass(frozen=True)
class Loaded:
    """A patch that can be run; fields as in `Ran`.

    `texts` is the C of the new side by function, from which the next patch of a
    series is completed; `on_top` says that this one builds on the patch before it;
    `incomplete` that something of the patch that could matter does not run;
    `completed` are functions that it shows in part.
    """

    new: type[Revision]
    old: type[Revision]
    old_shown: bool
    functions: Mapping[str, str]
    not_modelled: tuple[Missing, ...]
    passed_over: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    on_top: bool = False
    incomplete: bool = False
    completed: tuple[str, ...] = ()


def load_sides(found: Finding, before: Loaded | None, kernel: str | None) -> Loaded | NotRun | None:
    """Make revisions of a patch; None if there is none to what is modelled.

    With `before` the patch is put upon that one if it fits, else it stands for itself.
    """
    if found.patch is None or not (found.functions or found.ops):
        return None
    if found.patch.mended.cut > MOST_CUT:
        return NotRun(f"{found.patch.mended.cut} hunks are cut; give the whole patch.")
    try:
        tree = read_tree(Path(kernel).expanduser()) if kernel else None
        return _upon(found, _renamed(found.patch.text), before, tree)
    except KvmvizError as error:
        if not found.patch.cut:
            return NotRun(str(error))
    try:
        return _upon(found, _renamed(found.patch.uncut), before, tree)
    except (KvmvizError, UnidiffParseError):
        return NotRun("a hunk is cut, and no other runs without it; give the whole patch.")


def _upon(found: Finding, diff: str, before: Loaded | None, tree: Tree | None) -> Loaded:
    shown = sides(diff)
    fitting = before if before is not None and fits(diff, before.texts) else None
    loaded = _loaded(shown, diff, tree, fitting, () if fitting else _among(found))
    gone = tuple(_cut(found.patch)) if found.patch else ()
    return replace(loaded, not_modelled=(*loaded.not_modelled, *gone), incomplete=loaded.incomplete or bool(gone))


def _cut(patch: Patch) -> Iterator[Missing]:
    """Name what hunks that are not all there change, or may."""
    places = dict.fromkeys((row.file, row.function) for row in patch.cut if row.kind != " ")
    for file, function in places or dict.fromkeys((row.file, "") for row in patch.cut):
        why = "its hunk is cut in the mail; what is there of it may not be all"
        yield Missing(function or "a hunk", file, None, why, matters=True)


def _renamed(diff: str) -> str:
    """Call a helper as the model does, if the patch only gives it another name: then its events have the same chain."""
    for other, name in OTHER_NAMES.items():
        defines = re.search(rf"(?m)^[+ ](?:static )?[\w *]+\b{other}\(", diff)
        stays = re.search(rf"(?m)^[+ ](?:static )?[\w *]+\b{name}\([^;]*$", diff)
        if defines and not stays and other.startswith("__"):
            return re.sub(rf"(?m)^([+ ].*)\b{other}\b", rf"\g<1>{name}", diff)
    return diff


def _among(found: Finding) -> tuple[str, ...]:
    """Give the revisions that a patch can build on, by the posting that it is."""
    posting = found.recognised.posting
    return (posting.base, posting.revision) if posting else ()


def _loaded(
    shown: Sides, diff: str, tree: Tree | None, before: Loaded | None, among: Sequence[str] = ()
) -> Loaded:
    earlier = before.texts if before else None
    made = from_diff(diff, "new", tree, name="patch", strict=False, earlier=earlier, among=among)
    old, old_shown = (before.new, True) if before else _old(diff, tree, made.revision, among)
    missing = tuple(_missing(shown, made))
    touched = {bug_macro.MODEL if part.macro else part.name for part in shown.new if part.touched}
    touched |= set(before.texts if before else ())
    sources = {name: "mail" if name in touched else place for name, place in made.sources.items()}
    functions = {**sources, **{name: "base" for name in made.revision.functions if name not in sources}}
    origin = made.revision.origin
    passed = tuple(str(item) for item in origin.passed_over) if origin else ()
    incomplete = any(item.matters for item in missing) or (before is not None and before.incomplete)
    texts = texts_of(made) if tree is None else {}
    return Loaded(
        made.revision, old, old_shown, functions, missing, passed, texts, before is not None, incomplete, made.completed
    )


def _old(
    diff: str, tree: Tree | None, new: type[Revision], among: Sequence[str]
) -> tuple[type[Revision], bool]:
    """Give the old side and whether the mail shows it; else the revision before the one that the new side builds on."""
    try:
        made = from_diff(diff, "old", tree, name="patch:old", strict=True, among=among)
    except KvmvizError:
        return REVISIONS[OLDER[new.base_name or "v1"]], False
    return made.revision, True


def _missing(shown: Sides, made: Made) -> Iterator[Missing]:
    """Name what the patch changes and what did not run of it."""
    origin = made.revision.origin
    helpers = {helper.name for helper in origin.helpers} if origin else set()
    ran = {*made.sources, *(ALIASES.get(name, name) for name in made.sources)}
    new = {part.name for part in shown.new}
    seen: set[str] = set()
    for part in (*shown.new, *shown.old):
        runs = bug_macro.MODEL if part.macro and part.name in bug_macro.NAMES else part.name
        if not part.touched or part.name in seen or runs in ran or part.name in helpers:
            continue
        seen.add(part.name)
        line = next((line.number for line in part.lines if line.changed), part.first)
        known = is_modelled(part.name) or bool(lookup.functions(part.name)) or part.name in MACROS or part.macro
        why = "it does not run from C here" if known else "not modelled"
        if part.name in made.refused:
            why = str(made.refused[part.name])
        elif part.name not in new and known:
            why = "the patch removes it; here it stays as the base has it"
        yield Missing(part.name, part.file, line, why, known)
    for file, number, text in shown.outside:
        if not _declares(file, text) and not (bug_macro.MODEL in made.sources and text.endswith("\\")):
            yield Missing(" ".join(text.split())[:60], file, number, "a line in no function", matters=True)


def _declares(file: str, text: str) -> bool:
    """Tell whether a line outside of functions changes nothing that runs; in headers only values do."""
    if file.endswith(".h"):
        return "=" not in text and not text.lstrip().startswith("#")
    return _DECLARES.match(text) is not None
