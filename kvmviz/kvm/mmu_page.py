"""One table page of the mirror, as KVM keeps it: `struct kvm_mmu_page`, called an "sp".

Every sp but the root's has an S-EPT page that belongs to it, `external_spt`.
KVM passes it to the TDX module and never reads it.  NULL, here None, means that
there is none, or that KVM has forgotten it on purpose.
"""

from typing import Any, Final

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

    def __reduce__(self) -> str:
        return self.name  # one object in every process: entries are told apart by identity


SHADOW_NONPRESENT_VALUE: Final = Spte("SHADOW_NONPRESENT_VALUE")
FROZEN_SPTE: Final = Spte("FROZEN_SPTE")


class kvm_mmu_page:  # the kernel's name: someone who greps for it finds it here
    """C: `struct kvm_mmu_page` (arch/x86/kvm/mmu/mmu_internal.h), the fields that a teardown needs.

    `spt` is the table page; `gfn` the first guest frame that it covers; `level`
    and `is_mirror` are from `role`; `parent` and `index` stand for `ptep`, the
    entry that points here (None for a root).  `header` says whether this struct
    itself is still allocated.
    """

    __slots__ = (
        "_external_spt", "_header", "_own", "gfn", "index", "invalid", "is_mirror", "level", "memory", "parent", "spt",
        "tdp_mmu_scheduled_root_to_zap",
    )  # fmt: skip

    def __init__(
        self, memory: Memory, spt: Page, external_spt: Page | None, level: int, gfn: int,
        parent: "kvm_mmu_page | None" = None, index: int = 0,
    ) -> None:  # fmt: skip
        self.memory = memory
        self.spt = spt
        self._external_spt = self._own = external_spt
        self.level = level
        self.gfn = gfn
        self.is_mirror = True
        self.invalid = False
        self.tdp_mmu_scheduled_root_to_zap = False
        self.parent = parent
        self.index = index
        self._header = True

    @property
    def external_spt(self) -> Page | None:
        """The S-EPT page of this table, or None.

        Forgetting it is watched: the recorder notes which function does it, and
        that the page leaks if the TDX module still owns it then and nobody asks for
        it any more.  Only the table's own page can be put back.
        """
        return self._external_spt

    @external_spt.setter
    def external_spt(self, page: Page | None) -> None:
        if page is not None and page is not self._own:
            raise TypeError("external_spt can only be set to None, or to the table's own page, during a teardown")
        forgotten, self._external_spt = self._external_spt, page
        if page is not None:
            self.memory.lives.asked_for(page)
        elif forgotten is not None:
            self.memory.recorder.set_null(self.spt, caller())
            self.memory.lives.last_reference(forgotten)

    @property
    def header(self) -> bool:
        """Whether this struct itself is still allocated; setting it to False frees it (C: `kmem_cache_free`)."""
        return self._header

    @header.setter
    def header(self, allocated: bool) -> None:
        if allocated:
            raise TypeError("a header cannot be allocated again; sp.header = False frees it")
        table: Page = object.__getattribute__(self, "spt")
        lives = self.memory.lives
        if not self._header:
            lives.wrong(table, "a table whose header is freed twice")
            return
        if not lives.is_over(table):
            lives.wrong(table, "a table whose header is freed before its grace period is over")
        self._header = False
        lives.settle()
        lives.last_reference(self._external_spt)
        object.__setattr__(self, "__class__", freed(type(self)))

    def _check_queued(self) -> None:
        """Note what must not be so when the table is queued for RCU, which is the last that is done with it."""
        page = self._external_spt
        if page is not None and not page.allocated:
            self.memory.lives.wrong(page, "pointed at by a table that is queued, though it is free")
        elif page is not None and page.owned:
            self.memory.lives.wrong(page, "pointed at by a table that is queued, though the TDX module owns it")
        if any(is_shadow_present_pte(entry) for entry in self.spt.entries):
            self.memory.lives.wrong(self.spt, "queued with an entry that is still present")


_FIELDS: Final = frozenset({"external_spt", "gfn", "index", "invalid", "is_mirror", "level", "parent", "spt"})
"""What the kernel's struct has of these, in other words or in the same."""


_FREED: Final[dict[type[kvm_mmu_page], type[kvm_mmu_page]]] = {}


def freed(cls: type[kvm_mmu_page]) -> type[kvm_mmu_page]:
    """Return the class of a header that was freed: the first use of one of its fields by the kernel is noted."""
    if cls in _FREED:
        return _FREED[cls]

    class freed_kvm_mmu_page(cls):  # type: ignore[valid-type, misc]  # derived from what the header was
        __slots__ = ()

        def __getattribute__(self, name: str) -> Any:
            found = object.__getattribute__(self, name)
            if name in _FIELDS and caller().name != "?":
                object.__setattr__(self, "__class__", cls)
                lives = object.__getattribute__(self, "memory").lives
                lives.wrong(object.__getattribute__(self, "spt"), "a table whose header is used after it was freed")
            return found

    return _FREED.setdefault(cls, freed_kvm_mmu_page)


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
    """Return the table's entries that are in use; using those of a freed table is a violation."""
    return sp.spt.entries


def check_changed(sp: kvm_mmu_page, gfn: int, new_spte: Entry, level: int) -> None:
    """Note it if a change is handled that the entry does not show, or a table that is being removed is not frozen."""
    lives, index = sp.memory.lives, (gfn - sp.gfn) // gfn_step(sp.level - 1)
    if level != sp.level or not 0 <= index < len(sp.spt.entries):
        lives.wrong(sp.spt, "changed at a level or for a frame that it does not have")
    elif sp.spt.entries[index] is not new_spte:
        lives.wrong(sp.spt, "changed in the S-EPT before its own entry is written")
    if sp.parent is not None and sp.parent.spt.entries[sp.index] is not sp and new_spte is not FROZEN_SPTE:
        lives.wrong(sp.spt, "a table that is being removed and whose entries are not frozen")


def private_spt(sp: kvm_mmu_page) -> Page:
    """Return the sp's S-EPT page; in C this is `virt_to_page(sp->external_spt)`, which needs one to be there."""
    if sp.external_spt is None:
        raise TypeError(f"{sp.spt.name} has no S-EPT page, so there is nothing to reclaim")
    return sp.external_spt
