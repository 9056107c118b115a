"""What a patch does to the functions of the model, read from its lines: the features it is recognised by.

Not the subject and not the words of the log: people reuse both.  Of the lines
only what the kernel's own identifiers say is looked at, with all blanks left out,
so that a patch whose indentation an archive has lost has the same features.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from inspect import getmembers, isfunction
from typing import Final

from kvmviz.kvm import kvm_main, tdp_mmu, tdx
from kvmviz.machine.callchain import function_of
from kvmviz.mail.functions import declared, defined
from kvmviz.mail.patch import Patch, Row
from kvmviz.review.lineage import INT
from kvmviz.revisions import CHANGEABLE

OPS: Final = ("free_external_spt", "reclaim_external_sp")
"""The op and the name that it had in the RFC."""

OP_FUNCTIONS: Final = ("tdx_sept_free_private_spt", "tdx_sept_reclaim_private_sp")
"""The TDX function behind the op, and its name in the RFC."""

_FREEING: Final = ("tdp_mmu_free_sp", "tdp_mmu_free_sp_rcu_callback", "__tdp_mmu_free_sp", "tdp_mmu_free_unused_sp")
_CLEARED: Final = re.compile(r"external_spt=NULL;")
_FREED: Final = re.compile(r"free_(?:control_)?page\(")
_PARAMETER: Final = re.compile(r"(\w{1,60})\W{0,5}$")
_CALLED: Final = re.compile(r"kvm_x86_call\((?:free_external_spt|reclaim_external_sp)\)\(")
_PASSED: Final = re.compile(r"(?:\*|\()private_spt\)")  # the page itself is a parameter: before 16/17 only
_SAME: Final = {"private_spt": "external_spt", "base_gfn": "gfn"}  # one parameter, named as it suits either side


@dataclass(frozen=True, slots=True)
class Side:
    """The code before a patch, or after it, as far as the patch shows it.

    `signature` is the op's, such as `void (kvm, gfn, sp)`, empty if not shown;
    `clears` the functions that set `external_spt` to NULL; `checks_hkid`, `reclaims`,
    `frees` whether the TDX function checks that the HKID is freed, asks for the page,
    frees it at once; `warns` whether `handle_removed_pt` warns of the op's result.
    """

    signature: str
    clears: frozenset[str]
    checks_hkid: bool
    reclaims: bool
    frees: bool
    warns: bool


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of a patch from its lines.

    `functions` are the modelled functions with a changed line, in order; `ops` the
    ops among `OPS` whose declaration or use it changes; `digest` the SHA-256 of its
    changed lines without blanks.
    """

    functions: tuple[str, ...]
    ops: tuple[str, ...]
    old: Side
    new: Side
    digest: str

    @property
    def modelled(self) -> bool:
        """Whether the patch touches anything that the model has."""
        return bool(self.functions or self.ops)


@cache
def modelled_functions() -> frozenset[str]:
    """Give the kernel's names of every function that the model follows."""
    found = set(CHANGEABLE) | set(OP_FUNCTIONS) | set(_FREEING)
    for module in (kvm_main, tdp_mmu, tdx):
        for _, function in getmembers(module, isfunction):
            try:
                found.add(function_of(function).name)
            except KeyError:  # a helper of the model's own
                continue
    return frozenset(found)


def features(patch: Patch) -> Features:
    """Read the features of a patch."""
    changed = [row for row in patch.rows if row.kind != " "]
    names = dict.fromkeys(row.function for row in changed if row.function in modelled_functions() and _counts(row))
    text = "\n".join(row.text for row in changed)
    return Features(
        functions=tuple(names),
        ops=tuple(op for op in OPS if re.search(rf"\b{op}\b", text)),
        old=_side(patch.rows, "- "),
        new=_side(patch.rows, "+ "),
        digest=digest(changed),
    )


def _counts(row: Row) -> bool:
    return row.file.startswith(("arch/x86/kvm/", "arch/x86/virt/", "virt/kvm/")) and bool(row.text.strip())


def digest(changed: Iterable[Row]) -> str:
    """Give the SHA-256 of changed lines in order, each with its sign and without any blank."""
    lines = (row.kind + "".join(row.text.split()) for row in changed)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()


def _side(rows: Sequence[Row], kinds: str) -> Side:
    shown = [row for row in rows if row.kind in kinds]
    code = {name: _code(row for row in shown if row.function == name) for name in {row.function for row in shown}}
    op = "".join(code.get(name, "") for name in OP_FUNCTIONS)
    return Side(
        signature=_signature(shown),
        clears=frozenset(name for name, text in code.items() if _CLEARED.search(text)),
        checks_hkid="KVM_BUG_ON(is_hkid_assigned(" in op,
        reclaims="tdx_reclaim_page(" in op,
        frees=bool(_FREED.search(op)),
        warns="WARN_ON(kvm_x86_call(free_external_spt)" in code.get("handle_removed_pt", ""),
    )


def _code(rows: Iterable[Row]) -> str:
    """Give lines without blanks and without those of block comments, which begin with a star."""
    return "".join("".join(row.text.split()) for row in rows if not row.text.lstrip().startswith(("*", "/*")))


def _signature(rows: Sequence[Row]) -> str:
    """Read the op's signature from its declaration, the head of the TDX function, or how it is called."""
    for number, row in enumerate(rows):
        head = " ".join(line.text.strip() for line in rows[number : number + 4])[:400]
        if (declared(row.text) in OPS and "(*" in row.text) or defined(row.text) in OP_FUNCTIONS:
            before, _, after = head.partition(")(" if "(*" in row.text else "(")
            return f"{before.replace('static', '').split()[0]} ({_names(after)})"
    for number, row in enumerate(rows):
        call = _CALLED.search(row.text)
        if call:
            after = " ".join([row.text[call.end() :], *(line.text.strip() for line in rows[number + 1 : number + 3])])
            return f"{'int' if 'WARN_ON(' in row.text else 'void'} ({_names(after[:400])})"
    return INT if any(row.function in OP_FUNCTIONS and _PASSED.search(row.text) for row in rows) else ""


def _names(parameters: str) -> str:
    """Give the names in a list of parameters or arguments, up to its closing bracket."""
    names = [match[1] for part in parameters.partition(")")[0].split(",") if (match := _PARAMETER.search(part))]
    return ", ".join(_SAME.get(name, name) for name in names)
