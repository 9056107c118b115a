"""What the table of names says of a name: for `kvmviz explain`.

>>> explained("is_hkid_assigned")
['is_hkid_assigned in C, `bool is_hkid_assigned(struct kvm_tdx *kvm_tdx)`: whether the TD still has its key id.']
>>> explained("cpu_relax"), explained("no_such_name")
(['cpu_relax in C: a pause; it is passed over, and listed.'], [])
"""

from collections.abc import Iterator

from kvmviz.c import lookup
from kvmviz.c.loops import LOOPS
from kvmviz.c.macros import ENTRY_COUNTS, MACROS
from kvmviz.c.names import CONSTANTS, GLOBALS, MEMBERS


def explained(name: str) -> list[str]:
    """Return what a name of C stands for in the model, a sentence for each form; empty for one that is not bound."""
    bare = name.removesuffix("()")
    return list(dict.fromkeys([*_calls(bare), *_constants(bare), *_members(bare)]))


def _calls(name: str) -> Iterator[str]:
    for signature in lookup.functions(name):
        yield f"{name} in C, `{signature.row.c}`: {signature.row.meaning}."
    if name in MACROS:
        yield f"{name} in C, `{MACROS[name].form}`: {MACROS[name].meaning}."
    passed = lookup.passed_over(name)
    if passed is not None and name not in MACROS and not lookup.functions(name):
        yield f"{name} in C: {passed}; it is passed over, and listed."
    if name in LOOPS:
        yield f"{name} in C: a loop, which runs over what the model has."


def _constants(name: str) -> Iterator[str]:
    for constant in CONSTANTS:
        if constant.name == name:
            value = f", {constant.value}" if isinstance(constant.value, int) and name != "NULL" else ""
            yield f"{name} in C{value}: {constant.meaning}."
    if name in ENTRY_COUNTS:
        yield f"{name} in C: how many entries a page table has: 512 in the kernel, those in use in the model."
    if name in GLOBALS:
        yield f"{name} in C: a variable of the kernel, which can only be handed on."


def _members(name: str) -> Iterator[str]:
    for member in MEMBERS:
        if member.name == name:
            settable = "; it may be set to NULL" if member.null_only else "; it may be set" if member.settable else ""
            yield f"{name} in C, a member of struct {member.struct}, {member.type}: {member.meaning}{settable}."
    members = [member.name for member in MEMBERS if member.struct == name.removeprefix("struct ")]
    if members:
        yield f"struct {name.removeprefix('struct ')} in C: its members that are bound are {', '.join(members)}."
