"""A revision from C: `from_c`.

>>> MyPatch = from_c('''
... static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)
... {
...         if (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) ||
...             tdx_reclaim_page(virt_to_page(sp->external_spt)))
...                 sp->external_spt = NULL;
... }
... ''', name="MyPatch")
>>> MyPatch.name, MyPatch.base_name, sorted(MyPatch.own)
('MyPatch', 'v1', ['tdx_sept_free_private_spt'])
>>> print(MyPatch.origin.sentences()[0])
From C: tdx_sept_free_private_spt (MyPatch.c:2).

Nothing of the C is executed on the host: it is parsed, and becomes functions of the
model, which run where the base's would.
"""

import ast
import re
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from types import FunctionType, new_class
from typing import Any, Final

from kvmviz.c import bug_macro, lookup, runtime
from kvmviz.c.base import base_of
from kvmviz.c.ending import Budget, bounded
from kvmviz.c.origin import Fragment, Origin, Ran
from kvmviz.c.passing import PassedOver
from kvmviz.c.program import ALIASES, Program
from kvmviz.c.recipe import Recipe
from kvmviz.c.refuse import CError
from kvmviz.c.statements import lined
from kvmviz.c.syntax import Unit, parse
from kvmviz.c.translate import Translated
from kvmviz.c.values import numbers
from kvmviz.kvm.linking import REPLACEABLE
from kvmviz.machine.callchain import enroll, function_of
from kvmviz.revisions import CHANGEABLE, LEAF_NAMES, Revision, revision

INLINE: Final = ("is_mirror_sp", "KVM_BUG_ON", "TDX_BUG_ON", "TDX_BUG_ON_3")
"""What can be replaced in the model, but is not taken from C: macros, and functions of headers."""

FUNCTIONS_OF_A_FILE: Final = 25
"""A text with more functions is taken for a whole file of the kernel."""

ORDER: Final = CHANGEABLE
"""The order in which an origin lists functions."""


def from_c(
    text_or_path: str | Path, *, base: str | type[Revision] | None = None, name: str | None = None
) -> type[Revision]:
    """Return a revision whose functions are those of some C; what the C lacks comes from the base.

    `text_or_path` is C itself or a file's path; `base` a revision or its name, by
    default told by the op's arguments; `name` what the revision is called, by default
    the file's name.  Raises CError, in one sentence with file and line, for what
    cannot be run.  `Revision.origin` says what ran from C.
    """
    if name is not None and name != _plain(name):
        said = f"name={name[:40]!r}: a link cannot carry it"
        raise CError(f"{said}; leave out spaces and signs, as in {_plain(name)[:40]}.")
    text, file = _read(text_or_path, name)
    return revision_of([parse(text, file)], base=base, name=name or _plain(Path(file).stem))


def _read(text_or_path: str | Path, name: str | None) -> tuple[str, str]:
    """Return C and what its file is called in sentences."""
    if isinstance(text_or_path, str) and not _is_path(text_or_path):
        return text_or_path, f"{_plain(name)}.c" if name else "patch.c"
    path = Path(text_or_path)
    try:
        return path.read_bytes().decode("utf-8", "replace"), str(text_or_path)
    except OSError as error:
        raise CError(f"Cannot read {path}: {error.strerror}; name a file of C, or give the C itself.") from None


def _is_path(text: str) -> bool:
    return "\n" not in text and "{" not in text and len(text) < 1000 and bool(re.search(r"\.[chCH]$", text))


def _plain(text: str) -> str:
    """Return a name that links and file names can carry."""
    return re.sub(r"[^\w.+-]", "_", text) or "patch"


def remade(recipe: Recipe, base: type[Revision], name: str) -> type[Revision]:
    """Return a revision made anew from its recipe, as another process does."""
    units = [parse(text, file) for file, text in recipe.texts]
    return revision_of(units, base=base, name=name, wanted=recipe.wanted)


def revision_of(
    units: Sequence[Unit], *, base: str | type[Revision] | None = None, name: str = "patch",
    wanted: Sequence[str] | None = None,
) -> type[Revision]:  # fmt: skip
    """Return a revision whose functions are those of some parsed texts; see `from_c`.

    `wanted` names the functions that are to run from C, by default all that a
    revision changes and the texts define.
    """
    defined = {function for unit in units for function in unit.functions}
    taken = [n for n in (*CHANGEABLE, *ALIASES) if n in defined] if wanted is None else list(wanted)
    others = [n for n in REPLACEABLE if n in defined and n not in INLINE] if wanted is None else []
    if not (taken or others):
        raise CError(_nothing(units, defined))
    if len(set(taken) & set(LEAF_NAMES)) > 1:
        both = " and ".join(LEAF_NAMES)
        raise CError(f"{units[0].file}: it defines both {both}, one function's two names; leave one.")
    chosen, base_by = (base, "as named") if base is not None else base_of(units)
    parent = revision(chosen)
    macro = _macro(units) if bug_macro.MODEL in taken else None
    taken = [one for one in taken if one != bug_macro.MODEL]
    others, left = _runnable(units, parent, taken, others)
    program = Program(units, parent, [*taken, *others])
    program.passed_over.update({(one.name, one.file, one.line): one for one in left})
    for model, function in program.wanted.items():
        program.translate(function, model)
    return _class(name, parent, base_by, program, macro)


def _macro(units: Sequence[Unit]) -> bug_macro.Macro:
    """Return the macro of these texts; raise CError where there is none."""
    macro = next((one for unit in units if (one := bug_macro.found(unit.source, unit.file))), None)
    if macro is None:
        raise CError(f"{' and '.join(unit.file for unit in units)}: the macro TDX_BUG_ON is not defined there.")
    return macro


def _runnable(
    units: Sequence[Unit], parent: type[Revision], taken: Sequence[str], others: Sequence[str]
) -> tuple[list[str], list[PassedOver]]:
    """Return which functions of the model that no patch changes run from the C, too, and those in whose place it runs.

    In a text of a few functions all of them have to; in a whole file of the kernel
    the model has its own.
    """
    whole_file = sum(len(unit.functions) for unit in units) > FUNCTIONS_OF_A_FILE
    runs, left = list(others), list[PassedOver]()
    for function in others:
        program = Program(units, parent, [*taken, *others])
        try:
            program.translate(function, function)
        except CError as error:
            if not whole_file:
                raise
            runs.remove(function)
            at = program.definitions[function][0]
            left.append(PassedOver(function, at.file, at.line, f"the model's own runs instead, since {error.reason}"))
    return runs, left


def _nothing(units: Sequence[Unit], defined: set[str]) -> str:
    """Return the sentence for C without any function that a revision changes."""
    files = " and ".join(unit.file for unit in units)
    has = f"it defines {', '.join(sorted(defined)[:5])}" if defined else "it defines no function that can be read"
    return f"{files}: none of {', '.join(CHANGEABLE)} is defined there; {has}."


def compiled(program: Program, name: str, parent: type[Revision], budget: Budget) -> dict[str, FunctionType]:
    """Return the Python functions of a program's translated ones; helpers are known to all of them."""
    space = _namespace(name, parent, program, budget)
    own = {key: _made(one, space, program) for key, one in program.done.items()}
    for key, one in program.done.items():
        if not one.model:
            space[f"{key}#c"] = own[key]
            enroll(own[key], one.definition.name, _kernel_path(one, program))
    return own


def _class(
    name: str, parent: type[Revision], base_by: str, program: Program, macro: bug_macro.Macro | None
) -> type[Revision]:
    budget = Budget()
    own = compiled(program, name, parent, budget)
    body = {one.model: own[key] for key, one in program.done.items() if one.model}
    if macro is not None:
        body[bug_macro.MODEL] = macro.function()
    origin = _origin(parent, base_by, program, budget, macro)
    made: Any = new_class(_identifier(name), (Revision,), {"base": parent, "origin": origin},
                          lambda ns: ns.update({"name": name, **body}))  # fmt: skip
    found: type[Revision] = made
    return found


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _namespace(name: str, parent: type[Revision], program: Program, budget: Budget) -> dict[str, Any]:
    """Return what translated functions call: the table's names, and helpers whose names C cannot have."""
    helpers = {f"#{key}": value for key, value in vars(runtime).items() if callable(value)}
    words = "\0".join([name, parent.name, *(unit.source for unit in program.units)])
    digest = sha256(words.encode("utf-8", "replace")).hexdigest()[:12]
    return {**REPLACEABLE, **lookup.namespace(), **helpers, "#next": next, "#iter": iter, "#islice": islice,
            "#min": min, "#max": max, "#budget": budget, "__name__": f"C of {name} {digest}"}  # fmt: skip


def _made(one: Translated, space: dict[str, Any], program: Program) -> FunctionType:
    """Return the Python function of a translated one, with the C that it stands for."""
    definition = one.definition
    # Equal code is one code to Python, wherever it was compiled; this keeps two revisions apart.
    docstring = ast.Expr(ast.Constant(f"{space['__name__']}: {definition.file}"))
    one.node.body.insert(0, lined([docstring], definition.line)[0])
    module = ast.Module([one.node], [])
    names: dict[str, Any] = {}
    try:
        exec(compile(module, definition.file, "exec"), space, names)
    except (SyntaxError, RecursionError, MemoryError, ValueError, OverflowError) as error:
        raise CError(f"{definition.file}:{definition.line}: {definition.name} is too deeply nested to be run here "
                     f"({type(error).__name__}).") from None  # fmt: skip
    made: FunctionType = names[one.node.name]
    made.__dict__["c_numbers"] = numbers(one.node)
    made.__dict__["c_source"] = Fragment(definition.name, definition.file, definition.line, definition.text)
    return made


def _kernel_path(one: Translated, program: Program) -> str:
    """Return the kernel's path of a helper: its own file's if that is one, else that of the functions beside it."""
    file = one.definition.file
    if "arch/" in file:
        return file[file.index("arch/") :]
    models = [o.model for o in program.done.values() if o.model and o.definition.unit is one.definition.unit]
    return function_of(program.model(models[0])).path if models else file


def _origin(
    parent: type[Revision], base_by: str, program: Program, budget: Budget, macro: bug_macro.Macro | None
) -> Origin:
    done = program.done
    ran = {one.model: one.definition for one in done.values() if one.model}
    kept = [k for k in parent.functions if not (k in LEAF_NAMES and set(ran) & set(LEAF_NAMES))]
    names = sorted({*kept, *ran}, key=lambda n: (ORDER.index(n) if n in ORDER else 99, n))
    functions = tuple(Ran(n, "C", ran[n].file, ran[n].line) if n in ran else Ran(n, parent.name) for n in names)
    if macro is not None:
        functions += (Ran(bug_macro.MODEL, "C", macro.file, macro.line),)
    helpers = tuple(
        Ran(one.definition.name, "C", one.definition.file, one.definition.line)
        for one in done.values() if not one.model
    )  # fmt: skip
    reached = {one.definition.name for one in done.values()}
    unused = tuple(sorted(n for n in program.definitions if n not in reached))
    passed = tuple(sorted(program.passed_over.values(), key=lambda p: (p.file, p.line, p.name)))
    choices = tuple(choice for unit in program.units for choice in unit.prepared.choices)
    texts = tuple((unit.file, unit.source) for unit in program.units)
    recipe = Recipe(texts, (*program.wanted.values(), *([bug_macro.MODEL] if macro else [])))
    files = frozenset(unit.file for unit in program.units)
    guard = partial(_bounded, budget, files)
    return Origin(
        recipe, parent.name, base_by, functions, helpers, unused, passed, choices, guard, partial(remade, recipe)
    )


def _bounded(budget: Budget, files: frozenset[str], name: str, tables: int, where: object) -> Any:
    return bounded(name, budget, tables, where, files)
