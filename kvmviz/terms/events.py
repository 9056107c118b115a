"""What can happen while a TD is torn down: one small frozen dataclass per kind.

>>> Free(page="TDR", how="immediate").kind
'free'

The model emits these and knows nothing of who reads them; viewers read them and
know nothing of the model.  A `page` is a name of `kvmviz.scenario.names`; a `site` names a
line of kernel code as `file:function:macro` (see `kvmviz.machine.callchain`).
What each kind means, what it rests on and how it is told stands in one table,
`kvmviz.terms.kinds`, which puts the first two at the head of these docstrings.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

How = Literal["rcu", "immediate"]


# What several kinds have.  A dataclass costs a quarter of a millisecond as it is made, which every command waits for:
# a kind with the fields of one of these derives from it, and is still equal to its own kind alone.


@dataclass(frozen=True, slots=True)
class _Bare:
    pass


@dataclass(frozen=True, slots=True)
class _OfPage:
    page: str


@dataclass(frozen=True, slots=True)
class _AtSite:
    site: str


@dataclass(frozen=True, slots=True)
class Op:
    """Fields: `page` is the S-EPT page, `mmu_lock` how KVM holds its MMU lock."""

    kind: ClassVar[str] = "op"
    page: str
    mmu_lock: str = "write"


@dataclass(frozen=True, slots=True)
class Seamcall:
    """Fields: `status` 0 is success.

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
    """Fields: `printed` is False if "once" withheld the trace."""

    kind: ClassVar[str] = "warn"
    site: str
    printed: bool


class Masked(_AtSite):
    """Fields: `site` is the one that kept silent."""

    __slots__ = ()
    kind: ClassVar[str] = "masked"


@dataclass(frozen=True, slots=True)
class PrErr:
    """Fields: `printed` is False if the rate limit withheld it."""

    kind: ClassVar[str] = "pr_err"
    site: str
    printed: bool
    message: str


@dataclass(frozen=True, slots=True)
class PrWarn:
    """Fields: `site` is the one whose lines were withheld."""

    kind: ClassVar[str] = "pr_warn"
    site: str
    message: str


class VmBugged(_AtSite):
    """Fields: `site` is the one that marked the VM."""

    __slots__ = ()
    kind: ClassVar[str] = "vm_bugged"


@dataclass(frozen=True, slots=True)
class SetNull:
    """Fields: `page` is the mirror page, `by` the function as `file:function`."""

    kind: ClassVar[str] = "set_null"
    page: str
    by: str


class CallRcu(_OfPage):
    """Fields: `page` is the mirror page."""

    __slots__ = ()
    kind: ClassVar[str] = "call_rcu"


class RcuBarrier(_Bare):
    """No fields."""

    __slots__ = ()
    kind: ClassVar[str] = "rcu_barrier"


class RcuCallback(_OfPage):
    """Fields: `page` is the mirror page."""

    __slots__ = ()
    kind: ClassVar[str] = "rcu_callback"


class Reset(_OfPage):
    """Fields: `page` is any page of the TD."""

    __slots__ = ()
    kind: ClassVar[str] = "reset"


@dataclass(frozen=True, slots=True)
class Free:
    """Fields: `how` says whether an RCU callback freed the page."""

    kind: ClassVar[str] = "free"
    page: str
    how: How


class Leak(_OfPage):
    """Fields: `page` is the page that is lost."""

    __slots__ = ()
    kind: ClassVar[str] = "leak"


@dataclass(frozen=True, slots=True)
class PamtPut:
    """Fields: `page` is the page, `region` the 2 MiB that it lies in, `left` what the region's counter is now."""

    kind: ClassVar[str] = "pamt_put"
    page: str
    region: str
    left: int


@dataclass(frozen=True, slots=True)
class PamtPin:
    """Fields: `page` is the page whose reference stays, `region` its 2 MiB, or the first of several.

    `pairs` says how many pairs stay for good from here, none if another page has
    pinned them before; `phantoms` how many references stay that nobody holds, since
    REMOVE was refused: 0 where a page of the module's holds its own.
    """

    kind: ClassVar[str] = "pamt_pin"
    page: str
    region: str
    pairs: int
    phantoms: int


class HkidFree(_Bare):
    """No fields."""

    __slots__ = ()
    kind: ClassVar[str] = "hkid_free"


class HkidLeak(_Bare):
    """No fields."""

    __slots__ = ()
    kind: ClassVar[str] = "hkid_leak"


class Panic(_Bare):
    """No fields."""

    __slots__ = ()
    kind: ClassVar[str] = "panic"


@dataclass(frozen=True, slots=True)
class Violation:
    """Fields: `what` completes a sentence that begins with the page."""

    kind: ClassVar[str] = "violation"
    page: str
    what: str


class DoubleFree(_OfPage):
    """Fields: `page` is the page that was freed before."""

    __slots__ = ()
    kind: ClassVar[str] = "double_free"


Event = (
    Op | Seamcall | Warn | Masked | PrErr | PrWarn | VmBugged | SetNull | CallRcu | RcuBarrier | RcuCallback
    | Reset | Free | Leak | PamtPut | PamtPin | HkidFree | HkidLeak | Panic | Violation | DoubleFree
)  # fmt: skip
