"""What of a patch the model has: the functions, macros and ops that its changed lines touch."""

from collections.abc import Iterable
from typing import Final

from unidiff.errors import UnidiffParseError

from kvmviz.mail.patch import Patch, Row
from kvmviz.mail.sources import OPS, files
from kvmviz.patches.code import is_modelled
from kvmviz.patches.parts import sides

_PLACES: Final = (
    "arch/x86/kvm/",
    "arch/x86/virt/",
    "virt/kvm/",
    "arch/x86/include/asm/kvm",
    "arch/x86/include/asm/tdx",
)


def touched(rows: Iterable[Row]) -> tuple[str, ...]:
    """Give the modelled functions with a changed line, in order."""
    changed = (row for row in rows if row.kind != " " and row.text.strip() and row.file.startswith(_PLACES))
    return tuple(dict.fromkeys(row.function for row in changed if row.function in files()))


def ops(rows: Iterable[Row]) -> tuple[str, ...]:
    """Give the ops among `OPS` that changed lines declare or call."""
    text = "\n".join(row.text for row in rows if row.kind != " ")
    return tuple(op for op in OPS if op in text)


def functions_of(patch: Patch) -> tuple[str, ...]:
    """Give the modelled functions and macros that a patch touches: by its lines, and by what its sides show."""
    try:
        shown = sides(patch.text)
    except UnidiffParseError:
        return touched(patch.rows)
    parts = [part for part in (*shown.new, *shown.old) if part.touched and part.file.startswith(_PLACES)]
    named = [part.name for part in parts if is_modelled(part.name) or part.name.startswith("TDX_BUG_ON")]
    return tuple(dict.fromkeys([*touched(patch.rows), *named]))
