"""What a reader's function must not do, seen in its instructions before it runs."""

import dis
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any, Final

from kvmviz.revisions.telling import PatchError

SETTABLE: Final = frozenset({"external_spt", "header", "invalid", "tdp_mmu_pages"})
"""Fields that the functions which a patch changes may set."""

_ALLOCATOR: Final = "only the allocator sets it; use vm.host.memory.free_page"
_LEDGER: Final = "the TDX module's ledger cannot be seen from KVM; decide by what tdx_reclaim_page returns"
_BOOKS: Final = "it belongs to the model's own books, and no kernel function has it"
HIDDEN: Final = {
    "fails": "no kernel function can see which reclaim the scenario lets fail; decide by what tdx_reclaim_page returns",
    "faults": "no kernel function can see what the scenario lets fail; decide by what the SEAMCALLs return",
    "pamt": _LEDGER, "owned": _LEDGER, "tds": _LEDGER, "would_give_back": _LEDGER,
    "allocated": _ALLOCATOR, "in_rcu_callback": _ALLOCATOR, "next_address": _ALLOCATOR,
    "recorder": _BOOKS, "watch": _BOOKS, "sept_pages": _BOOKS, "guest_pages": _BOOKS, "sps": _BOOKS,
    "_external_spt": "use external_spt",
}  # fmt: skip
"""Attributes that a reader's functions cannot use, with the reason."""

_HANDLER_ENDS: Final = {"CHECK_EXC_MATCH", "RERAISE", "RAISE_VARARGS", "WITH_EXCEPT_START", "POP_EXCEPT"}
"""What comes first in an exception handler says what it catches; POP_EXCEPT: everything, and it goes on."""

_NAMES: Final = {
    "setattr": "sets fields by name; set them as in C", "delattr": "removes fields by name; set them as in C",
    "BaseException": "would also catch the host's panic; name the errors that are meant",
}  # fmt: skip


def check_function(owner: str, name: str, function: Callable[..., Any]) -> None:
    """Raise PatchError if the function touches what none of the kernel's could; it does not run."""
    for code in _codes(function.__code__):
        for line, operation, argument in _instructions(code):
            reason = _refusal(operation, argument)
            if reason:
                raise PatchError(f"{owner}: {name}, line {line}, {reason[0]}: {reason[1]}.")


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _instructions(code: CodeType) -> list[tuple[int, str, str]]:
    """Return line, operation and argument of each instruction; a handler that catches all is marked CATCH_ALL."""
    line, found = code.co_firstlineno, list[tuple[int, str, str]]()
    for instruction in dis.get_instructions(code):
        line = instruction.positions.lineno if instruction.positions and instruction.positions.lineno else line
        found.append((line, instruction.opname, str(instruction.argval)))
    for number, (line, operation, _) in enumerate(found):
        following = (name for _, name, _ in found[number:] if name in _HANDLER_ENDS)
        if operation == "PUSH_EXC_INFO" and next(following, "") == "POP_EXCEPT":
            found[number] = (line, "CATCH_ALL", "")
    return found


def _refusal(operation: str, name: str) -> tuple[str, str] | None:
    """Return what an instruction does that it must not, and what would be right."""
    if operation in ("STORE_ATTR", "DELETE_ATTR") and name not in SETTABLE:
        return f"sets .{name}", HIDDEN.get(name, f"what a patch may set is {', '.join(sorted(SETTABLE))}")
    if operation.startswith("LOAD_") and operation.endswith(("ATTR", "METHOD")) and name in HIDDEN:
        return f"uses .{name}", HIDDEN[name]
    if operation == "CATCH_ALL":
        return "catches everything", "that includes the host's panic; name the errors that are meant"
    if operation in ("STORE_GLOBAL", "DELETE_GLOBAL"):
        return f"keeps {name}", "what outlives a run makes the answer depend on the runs before; use the VM or the sp"
    if operation in ("LOAD_GLOBAL", "LOAD_NAME") and name in _NAMES:
        return f"uses {name}", f"it {_NAMES[name]}"
    return None
