"""One table page of the mirror, as KVM keeps it: `struct kvm_mmu_page`, called an "sp".

Every sp but the root's has an S-EPT page that belongs to it, `external_spt`.
KVM passes it to the TDX module and never reads it.  NULL, here None, means that
there is none, or that KVM has forgotten it on purpose.
"""

from typing import Final

from kvmviz.machine.callchain import caller
from kvmviz.machine.memory import Memory
from kvmviz.machine.page import Page
from kvmviz.scenario.names import gfn_step

PG_LEVEL_4K: Final = 1
PG_LEVEL_2M: Final = 2
PG_LEVEL_1G: Final = 3


class Spte:
    """An entry that points at nothing: non-present, or frozen while its table is being removed.

    The kernel parks an entry at FROZEN_SPTE, a fixed non-present value
    (arch/x86/kvm/mmu/spte.h), so that other threads that see it try again.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


SHADOW_NONPRESENT_VALUE: Final = Spte("SHADOW_NONPRESENT_VALUE")
FROZEN_SPTE: Final = Spte("FROZEN_SPTE")


class kvm_mmu_page:  # the kernel's name: someone who greps for it finds it here
    """C: `struct kvm_mmu_page` (arch/x86/kvm/mmu/mmu_internal.h), the fields that a teardown needs.

    `spt` is the table page; `gfn` the first guest frame that it covers; `level`
    and `is_mirror` are from `role`; `parent` and `index` stand for `ptep`, the
    entry that points here (None for a root).  `header` says whether this struct
    itself is still allocated.
    """

    __slots__ = ("_external_spt", "gfn", "header", "index", "invalid", "is_mirror", "level", "memory", "parent", "spt")

    def __init__(
        self, memory: Memory, spt: Page, external_spt: Page | None, level: int, gfn: int,
        parent: "kvm_mmu_page | None" = None, index: int = 0,
    ) -> None:  # fmt: skip
        self.memory = memory
        self.spt = spt
        self._external_spt = external_spt
        self.level = level
        self.gfn = gfn
        self.is_mirror = True
        self.invalid = False
        self.parent = parent
        self.index = index
        self.header = True

    @property
    def external_spt(self) -> Page | None:
        """The S-EPT page of this table, or None.

        Forgetting it is watched: the recorder notes which function does it, and
        that the page leaks if the TDX module still owns it then.
        """
        return self._external_spt

    @external_spt.setter
    def external_spt(self, page: Page | None) -> None:
        if page is not None:
            raise TypeError("external_spt can only be set to None during a teardown; no new page can be hung here")
        forgotten, self._external_spt = self._external_spt, None
        if forgotten is not None:
            self.memory.recorder.set_null(self.spt, caller())
            if forgotten.owned and forgotten.allocated:
                self.memory.recorder.leak(forgotten)


Entry = kvm_mmu_page | Page | Spte
"""What an entry of a mirror table can be: a table below, a guest page, or nothing."""


def is_mirror_sp(sp: kvm_mmu_page) -> bool:
    """C: `is_mirror_sp` (arch/x86/kvm/mmu/mmu_internal.h)."""
    return sp.is_mirror


def is_shadow_present_pte(entry: Entry) -> bool:
    """C: `is_shadow_present_pte` (arch/x86/kvm/mmu/spte.h): says whether the entry points at anything."""
    return not isinstance(entry, Spte)


def is_last_spte(entry: Entry) -> bool:
    """C: `is_last_spte` (arch/x86/kvm/mmu/spte.h): says whether the entry maps memory, rather than a table."""
    return isinstance(entry, Page)


def entry_gfn(sp: kvm_mmu_page, index: int) -> int:
    """Return the first guest frame that an entry of this table covers."""
    return sp.gfn + index * gfn_step(sp.level - 1)


def read_entries(sp: kvm_mmu_page) -> list[Entry]:
    """Return the table's entries that are in use; reading a freed table is a violation."""
    sp.memory.check_use(sp.spt, "read")
    return sp.spt.entries


def private_spt(sp: kvm_mmu_page) -> Page:
    """Return the sp's S-EPT page; in C this is `virt_to_page(sp->external_spt)`, which needs one to be there."""
    if sp.external_spt is None:
        raise TypeError(f"{sp.spt.name} has no S-EPT page, so there is nothing to reclaim")
    return sp.external_spt
