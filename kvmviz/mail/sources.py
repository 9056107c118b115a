"""The functions that the model follows, by the kernel's names, and the files they stand in.

>>> files()["handle_removed_pt"], "private_spt" in files()
('arch/x86/kvm/mmu/tdp_mmu.c', False)
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from inspect import getmembers, isfunction
from typing import Any, Final

from kvmviz.kvm import kvm_main, tdp_mmu, tdx
from kvmviz.machine.callchain import function_of
from kvmviz.mail.functions import declared, defined
from kvmviz.revisions import REVISIONS

OPS: Final = ("free_external_spt", "reclaim_external_sp")
"""The op and the name that it had in the RFC."""

OTHER_NAMES: Final[Mapping[str, str]] = {
    "tdx_sept_reclaim_private_sp": "tdx_sept_free_private_spt",
    "__tdp_mmu_free_sp": "tdp_mmu_free_sp",
    "tdp_mmu_free_unused_sp": "tdp_mmu_free_sp",
}
"""Functions that some versions have under another name or in two, and the model's one."""


@cache
def files() -> Mapping[str, str]:
    """Give every function that the model follows, by the kernel's name, and the file it stands in."""
    found: dict[str, str] = {}
    functions: list[Callable[..., Any]] = [f for revision in REVISIONS.values() for f in revision.functions.values()]
    functions += [function for module in (kvm_main, tdp_mmu, tdx) for _, function in getmembers(module, isfunction)]
    for function in functions:
        try:
            known = function_of(function)
        except KeyError:  # a helper of the model's own
            continue
        found[known.name] = known.path
    return found | {other: found[name] for other, name in OTHER_NAMES.items()}


def file_of(section: str, lines: Iterable[str]) -> str:
    """Guess the file of a hunk whose header names none: by a function of the model that begins in it or above it."""
    for text in (section, *(line[1:] for line in lines)):
        name = defined(text)
        if name in files():
            return files()[name]
        if declared(text) in OPS:
            return "arch/x86/include/asm/" + ("kvm_host.h" if "(*" in text else "kvm-x86-ops.h")
    return ""
