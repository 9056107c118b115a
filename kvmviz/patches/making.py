"""Revisions from patches and trees: which functions run from their C, and which cannot.

A function of the model runs from a tree's C where it can; what cannot be translated
is refused by name, and the base has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kvmviz.c import bug_macro
from kvmviz.c.base import base_of
from kvmviz.c.program import ALIASES, Program
from kvmviz.c.refuse import CError
from kvmviz.c.revision import revision_of
from kvmviz.c.syntax import Unit
from kvmviz.kvm.linking import REPLACEABLE
from kvmviz.patches.apply import applied, hunks
from kvmviz.patches.code import NotModelled, bases_by_head, code_of, is_modelled
from kvmviz.patches.errors import PatchTextError
from kvmviz.patches.parts import Part, Side, Sides, sides
from kvmviz.patches.tree import Tree
from kvmviz.revisions import CHANGEABLE, Revision, revision

INLINE: Final = ("is_mirror_sp", "KVM_BUG_ON", "TDX_BUG_ON_3")
"""What is replaced in the model, but not taken from a tree: functions of its headers, and what these two call."""


@dataclass(frozen=True)
class Made:
    """A revision from a patch or a tree.

    `sources` says for each function that runs from C whether it is the patch's
    (`mail`) or the tree's (`kernel`); what is not named comes from the base.
    `completed` are those that the patch shows in part.  `refused` are functions
    whose C cannot be run, with the sentence; `left_out` is what the patch changes
    and is not modelled; `units` the C; `base_by` how the base was told.
    """

    revision: type[Revision]
    sources: Mapping[str, str]
    completed: tuple[str, ...]
    refused: Mapping[str, CError]
    left_out: tuple[NotModelled, ...]
    units: tuple[Unit, ...]
    base_by: str


def from_diff(
    diff: str, side: Side, tree: Tree | None = None, *, name: str = "patch", strict: bool = True,
    earlier: Mapping[str, str] | None = None, among: Sequence[str] = (),
) -> Made:  # fmt: skip
    """Return one side of a diff as a revision; `earlier` is the C, by function, that patches before it made.

    `among` are the revisions that it can build on, as far as somebody knows that.

    Raises PatchTextError or CError, each with one sentence, where nothing of it can
    be run; with `strict` also where a modelled function that it changes cannot be.
    """
    shown = sides(diff)
    touched = touched_of(shown.of(side))
    if tree is None:
        if not touched:
            raise PatchTextError(_nothing(shown))
        code = code_of(shown, side, earlier, bases_by_head(diff) or among)
        made = _of_units(code.units, code.touched, (code.base, code.base_by), name, must=touched if strict else ())
        completed, known = code.completed, code.left_out
    else:
        old, new = (tree.with_texts(_texts(diff, one, tree)) for one in ("old", "new"))
        touched += tuple({bug_macro.MODEL} - {*touched}) if _macros(old) != _macros(new) else ()
        if not touched:
            raise PatchTextError(_nothing(shown))
        made = from_tree(old if side == "old" else new, name=name, must=touched if strict else ())
        completed, known = (), ()
    sources = {function: "mail" if function in touched else "kernel" for function in made.sources}
    by_name = {*touched, *(bug_macro.NAMES if bug_macro.MODEL in touched else ())}
    outside = tuple(
        NotModelled(" ".join(text.split())[:60], file, line, _why(text)) for file, line, text in shown.outside
        if not (tree and bug_macro.MODEL in touched and text.endswith("\\"))
    )  # fmt: skip
    helpers = {helper.name for helper in made.revision.origin.helpers}
    strangers = _strangers(shown.of(side), {*by_name, *helpers, *(one.name for one in known)})
    return replace(made, sources=sources, completed=completed, left_out=(*known, *strangers, *outside))


def touched_of(parts: Sequence[Part]) -> tuple[str, ...]:
    """Return what the model has of what a patch changes, macros by the model's name."""
    found = (bug_macro.MODEL if p.macro else p.name for p in parts if p.touched and is_modelled(p.name))
    return tuple(dict.fromkeys(found))


def _macros(tree: Tree) -> list[str]:
    """Return the text of the macro behind TDX_BUG_ON, wherever it is; one that cannot be followed stands for itself."""
    return [text for source in tree.texts.values() for text in bug_macro.texts(source)]


def _why(text: str) -> str:
    return "in no function" if not text.endswith("\\") else "part of a macro; a tree has the rest (--kernel DIR)"


def from_tree(tree: Tree, *, name: str = "kernel", must: Sequence[str] = ()) -> Made:
    """Return a tree as a revision; raise CError if one of the functions in `must` cannot be run, or none can."""
    units = tree.units()
    defined = {function for unit in units for function in unit.functions}
    plain = [n for n in (*CHANGEABLE, *REPLACEABLE) if n in defined and n not in INLINE]
    if any(bug_macro.texts(unit.source) for unit in units):
        plain.append(bug_macro.MODEL)
    alias = [n for n, model in ALIASES.items() if n in defined and model not in plain]
    made = _of_units(units, (*plain, *alias), base_of(units), name, must=must)
    return replace(made, sources=dict.fromkeys(made.sources, "kernel"))


def _of_units(
    units: Sequence[Unit], wanted: Sequence[str], based: tuple[str, str], name: str, must: Sequence[str]
) -> Made:
    """Return a revision in which those of these functions run from C that can; `based` is base and how it was told."""
    base, base_by = based
    runnable, refused = sorted_out(units, revision(base), wanted)
    for function in (*must, *([] if runnable else wanted)):
        if function in refused:
            raise refused[function]
    made = revision_of(units, base=base, name=name, wanted=runnable)
    return Made(made, dict.fromkeys(runnable, "mail"), (), refused, (), tuple(units), base_by)


def sorted_out(
    units: Sequence[Unit], base: type[Revision], wanted: Sequence[str]
) -> tuple[list[str], dict[str, CError]]:
    """Return which functions can run from C together, and of the others what stands in the way."""
    refused: dict[str, CError] = {}
    runnable = [function for function in wanted if not _refusal(units, base, [function], function, refused)]
    while any(_refusal(units, base, runnable, function, refused) for function in runnable):
        runnable = [function for function in runnable if function not in refused]
    return runnable, refused


def _refusal(
    units: Sequence[Unit], base: type[Revision], wanted: Sequence[str], function: str, refused: dict[str, CError]
) -> bool:
    """Say whether a function cannot be translated beside these others, and note why."""
    try:
        if function == bug_macro.MODEL:
            return not any(bug_macro.found(unit.source, unit.file) for unit in units)
        wanted = [one for one in wanted if one != bug_macro.MODEL]
        Program(units, base, wanted).translate(function, ALIASES.get(function, function))
    except CError as error:
        refused[function] = error
    return function in refused


def _texts(diff: str, side: Side, tree: Tree) -> dict[str, str]:
    """Return the texts of the tree that a diff changes, on one of its sides."""
    found = {}
    for file, rows in hunks(diff).items():
        if file in tree.texts:
            lines = tree.texts[file].replace("\r\n", "\n").split("\n")
            found[file] = "\n".join(applied(lines, rows, file).of(side))
    return found


def _strangers(parts: Sequence[Part], known: set[str]) -> tuple[NotModelled, ...]:
    """Return the functions that a patch changes, that the model has not, and that no other of its functions calls."""
    found = {p.name: p for p in reversed(parts) if p.touched and p.name not in known}
    return tuple(NotModelled(name, p.file, p.first, "not modelled") for name, p in sorted(found.items()))


def _nothing(shown: Sides) -> str:
    names = list(dict.fromkeys(part.name for part in (*shown.new, *shown.old) if part.touched))
    if not names and any(text.endswith("\\") for *_, text in shown.outside):
        return "This patch shows a macro in part, and only a tree has the rest; give it with --kernel DIR."
    if not names:
        return "This patch changes no function that can be read; give one that changes arch/x86/kvm/vmx/tdx.c."
    listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return f"Of the functions that this patch changes none is modelled: {listed}."
