"""On which revision C builds: told by the arguments of the op, where it is defined or called.

>>> from kvmviz.c.syntax import parse
>>> units = [parse("void tdx_sept_free_private_spt(struct kvm *k, struct kvm_mmu_page *sp) { f(); }", "a.c")]
>>> base_of(units)
('v2', 'its op takes (kvm, sp)')
"""

import re
from collections.abc import Sequence
from typing import Final

from kvmviz.c.refuse import CError
from kvmviz.c.syntax import Unit, text_of

OP_NAMES: Final = ("tdx_sept_free_private_spt", "tdx_sept_reclaim_private_sp")

BY_ARGUMENTS: Final = {
    4: ("before", "before", "(kvm, gfn, level, page)"),
    3: ("v1", "v1+17", "(kvm, gfn, sp)"),
    2: ("v2", "landed", "(kvm, sp)"),
}
"""By the number of the op's arguments: the revision, the one whose op frees the page, and the arguments."""

_FREES: Final = re.compile(r"\b(?:__)?free_pages?\s*\(")
_CALL: Final = re.compile(r"kvm_x86_call\s*\(\s*(?:free_external_spt|reclaim_external_sp)\s*\)\s*\(")


def base_of(units: Sequence[Unit]) -> tuple[str, str]:
    """Return the revision that some C builds on, and how that was told; raise CError where it cannot be."""
    for unit in units:
        for name in OP_NAMES:
            for definition in unit.functions.get(name, ()):
                node = definition.node.child_by_field_name("declarator")
                while node is not None and node.type != "function_declarator":
                    node = node.child_by_field_name("declarator")
                given = node.child_by_field_name("parameters").named_children if node is not None else []  # type: ignore[union-attr]
                number = len([p for p in given if p.type == "parameter_declaration"])
                return _chosen(unit, number, bool(_FREES.search(text_of(definition.node))), "takes", definition.line)
    for unit in units:
        found = _CALL.search(unit.prepared.text)
        if found:
            line = unit.prepared.text.count("\n", 0, found.start()) + 1
            number = _arguments(unit.prepared.text, found.end())
            frees = not any(_frees_external(unit, name) for name in ("tdp_mmu_free_sp",)) and number == 2
            return _chosen(unit, number, frees, "is called with", line)
    files = " and ".join(unit.file for unit in units)
    raise CError(f"{files}: neither the op tdx_sept_free_private_spt nor a call of it tells on which revision this "
                 f"builds; name one, as in PATH.c:landed or base=\"landed\".")  # fmt: skip


def _frees_external(unit: Unit, name: str) -> bool:
    return any("external_spt" in text_of(d.node) for d in unit.functions.get(name, ()))


def _chosen(unit: Unit, number: int, frees: bool, verb: str, line: int) -> tuple[str, str]:
    if number not in BY_ARGUMENTS:
        known = "; ".join(f"{n}: {plain} {arguments}" for n, (plain, _, arguments) in BY_ARGUMENTS.items())
        raise CError(f"{unit.file}:{line}: the op {verb} {number} arguments, which is none of {known}; name a base, as "
                     "in PATH.c:landed, if it is one of them all the same.")  # fmt: skip
    plain, freeing, arguments = BY_ARGUMENTS[number]
    name = freeing if frees else plain
    and_frees = " and frees the page" if frees and number != 4 and verb == "takes" else ""
    return name, f"its op {verb} {arguments}{and_frees}"


def _arguments(text: str, at: int) -> int:
    """Return how many arguments follow an opening bracket."""
    depth, commas, something = 1, 0, False
    for character in text[at : at + 2000]:
        depth += (character in "([{") - (character in ")]}")
        if depth == 0:
            break
        commas += character == "," and depth == 1
        something = something or not character.isspace()
    return commas + something
