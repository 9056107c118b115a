"""What can happen while a TD is torn down: one small frozen dataclass per kind.

>>> Free(page="TDR", how="immediate").kind
'free'

The model emits these and knows nothing of who reads them; viewers read them and
know nothing of the model.  A `page` is a name of `kvmviz.scenario.names`; a `site` names a
line of kernel code as `file:function:macro` (see `kvmviz.machine.callchain`).
Docstrings end in what the kind rests on: recorded runs of the kernel's own
functions, kernel source, a deduction, or a choice of ours.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

How = Literal["rcu", "immediate"]


@dataclass(frozen=True, slots=True)
class Op:
    """Generic code calls the op `free_external_spt` for this S-EPT page.  Recorded runs."""

    kind: ClassVar[str] = "op"
    page: str
    mmu_lock: str = "write"


@dataclass(frozen=True, slots=True)
class Seamcall:
    """KVM asks the TDX module for something; `status` 0 is success.  Recorded runs.

    `page` is set where the operand is a page, else `object` says what it was;
    `registers` are rcx, rdx and r8 where the module filled them.
    """

    kind: ClassVar[str] = "seamcall"
    seamcall: str
    page: str | None
    object: str | None
    status: int
    registers: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Warn:
    """A warning's condition was true; `printed` is False if "once" withheld it.  Recorded runs."""

    kind: ClassVar[str] = "warn"
    site: str
    printed: bool


@dataclass(frozen=True, slots=True)
class Masked:
    """A BUG_ON condition was true, but the VM was marked bugged before.  Recorded runs."""

    kind: ClassVar[str] = "masked"
    site: str


@dataclass(frozen=True, slots=True)
class PrErr:
    """An error line; `printed` is False if the rate limit withheld it.  Recorded runs."""

    kind: ClassVar[str] = "pr_err"
    site: str
    printed: bool
    message: str


@dataclass(frozen=True, slots=True)
class PrWarn:
    """The "callbacks suppressed" line of a rate limit.  Read in include/linux/ratelimit.h, lib/ratelimit.c."""

    kind: ClassVar[str] = "pr_warn"
    site: str
    message: str


@dataclass(frozen=True, slots=True)
class VmBugged:
    """The site set vm_bugged and vm_dead.  Recorded runs."""

    kind: ClassVar[str] = "vm_bugged"
    site: str


@dataclass(frozen=True, slots=True)
class SetNull:
    """`external_spt` of this mirror page's sp became NULL; `by` is the function that did it.  Recorded runs."""

    kind: ClassVar[str] = "set_null"
    page: str
    by: str


@dataclass(frozen=True, slots=True)
class CallRcu:
    """The mirror page waits for a grace period.  Recorded runs."""

    kind: ClassVar[str] = "call_rcu"
    page: str


@dataclass(frozen=True, slots=True)
class RcuBarrier:
    """KVM waits until every callback has run.  Recorded runs."""

    kind: ClassVar[str] = "rcu_barrier"


@dataclass(frozen=True, slots=True)
class RcuCallback:
    """The callback of this mirror page runs.  Recorded runs."""

    kind: ClassVar[str] = "rcu_callback"
    page: str


@dataclass(frozen=True, slots=True)
class Reset:
    """KVM overwrites the page, if the processor has the erratum (tdx_quirk_reset_paddr).  Recorded runs."""

    kind: ClassVar[str] = "reset"
    page: str


@dataclass(frozen=True, slots=True)
class Free:
    """The page goes back to the allocator; `how` says whether an RCU callback did it.  Recorded runs."""

    kind: ClassVar[str] = "free"
    page: str
    how: How


@dataclass(frozen=True, slots=True)
class Leak:
    """The last reference to a page that the module still owns is dropped.  A choice of ours: a step to see it by."""

    kind: ClassVar[str] = "leak"
    page: str


@dataclass(frozen=True, slots=True)
class HkidFree:
    """The key id went back to the pool.  Recorded runs."""

    kind: ClassVar[str] = "hkid_free"


@dataclass(frozen=True, slots=True)
class HkidLeak:
    """Releasing the key id was given up.  A choice of ours: a step to see it by."""

    kind: ClassVar[str] = "hkid_leak"


@dataclass(frozen=True, slots=True)
class Panic:
    """panic_on_warn: the host stops at the first printed trace.  Read in kernel/panic.c."""

    kind: ClassVar[str] = "panic"


@dataclass(frozen=True, slots=True)
class Violation:
    """The code did what must never happen to this page.  A check of ours, never seen in a real revision."""

    kind: ClassVar[str] = "violation"
    page: str
    what: str


@dataclass(frozen=True, slots=True)
class DoubleFree:
    """The page was freed before.  A check of ours, never seen in a real revision."""

    kind: ClassVar[str] = "double_free"
    page: str


Event = (
    Op | Seamcall | Warn | Masked | PrErr | PrWarn | VmBugged | SetNull | CallRcu | RcuBarrier | RcuCallback
    | Reset | Free | Leak | HkidFree | HkidLeak | Panic | Violation | DoubleFree
)  # fmt: skip

KINDS: dict[str, type[Event]] = {
    kind.kind: kind
    for kind in (
        Op, Seamcall, Warn, Masked, PrErr, PrWarn, VmBugged, SetNull, CallRcu, RcuBarrier, RcuCallback,
        Reset, Free, Leak, HkidFree, HkidLeak, Panic, Violation, DoubleFree,
    )
}  # fmt: skip
"""Every kind of event by its word."""
