"""A recorder that keeps the events, and one that keeps call chains and lines too.

>>> journal = Journal()
>>> journal.enter("pre_destroy"); journal.hkid_free()
>>> journal.entries
[('pre_destroy', HkidFree())]
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import repeat

from kvmviz.machine.callchain import KernelFunction, Location, callers, location_of
from kvmviz.machine.page import Page
from kvmviz.machine.recorder import Callback, Tally
from kvmviz.terms import events
from kvmviz.terms.events import Event, How

# Events are values, and checks over many scenarios meet the same ones again and again.
_op, _seamcall, _warn = lru_cache(8192)(events.Op), lru_cache(8192)(events.Seamcall), lru_cache(8192)(events.Warn)
_set_null, _call_rcu = lru_cache(8192)(events.SetNull), lru_cache(8192)(events.CallRcu)
_rcu_callback, _reset = lru_cache(8192)(events.RcuCallback), lru_cache(8192)(events.Reset)
_free, _leak = lru_cache(8192)(events.Free), lru_cache(8192)(events.Leak)
_masked, _vm_bugged = lru_cache(8192)(events.Masked), lru_cache(8192)(events.VmBugged)
_pamt_put, _pamt_pin = lru_cache(8192)(events.PamtPut), lru_cache(8192)(events.PamtPin)
_pr_err, _pr_warn = lru_cache(8192)(events.PrErr), lru_cache(8192)(events.PrWarn)
_barrier, _hkid_free, _hkid_leak, _panic = events.RcuBarrier(), events.HkidFree(), events.HkidLeak(), events.Panic()


class Journal(Tally):
    """Keeps (phase, event) in order, besides counting."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[tuple[str, Event]] = []

    def emit(self, event: Event) -> None:
        self.entries.append((self.phase, event))

    def op(self, page: Page, mmu_lock: str) -> None:
        self.emit(_op(page.name, mmu_lock))

    def seamcall(
        self, seamcall: str, page: Page | None, object: str | None, status: int,
        registers: tuple[int, int, int] | None = None,
    ) -> None:  # fmt: skip
        self.emit(_seamcall(seamcall, page.name if page else None, object, status, registers))

    def warn(self, site: str, printed: bool) -> None:
        super().warn(site, printed)
        self.emit(_warn(site, printed))

    def masked(self, site: str) -> None:
        super().masked(site)
        self.emit(_masked(site))

    def pr_err(self, site: str, printed: bool, message: str) -> None:
        super().pr_err(site, printed, message)
        self.emit(_pr_err(site, printed, message))

    def pr_warn(self, site: str, message: str) -> None:
        super().pr_warn(site, message)
        self.emit(_pr_warn(site, message))

    def vm_bugged(self, site: str) -> None:
        super().vm_bugged(site)
        self.emit(_vm_bugged(site))

    def set_null(self, page: Page, by: KernelFunction) -> None:
        self.emit(_set_null(page.name, f"{by.file}:{by.name}"))

    def call_rcu(self, page: Page) -> None:
        self.emit(_call_rcu(page.name))

    def rcu_barrier(self) -> None:
        self.emit(_barrier)

    def rcu_callback(self, page: Page, callback: Callback) -> None:
        self.emit(_rcu_callback(page.name))

    def reset(self, page: Page) -> None:
        self.emit(_reset(page.name))

    def free(self, page: Page, how: How) -> None:
        super().free(page, how)
        self.emit(_free(page.name, how))

    def leak(self, page: Page) -> None:
        self.emit(_leak(page.name))

    def unleak(self, page: Page) -> None:
        """Take the leak of this page back: somebody has asked for it after all."""
        last = max(i for i, (_, event) in enumerate(self.entries) if event == _leak(page.name))
        self.drop(last)

    def drop(self, number: int) -> None:
        """Take an event out of the record."""
        del self.entries[number]

    def pamt_put(self, page: Page, region: str, left: int) -> None:
        self.emit(_pamt_put(page.name, region, left))

    def pamt_pin(self, page: Page, region: str, pairs: int, phantoms: int) -> None:
        self.emit(_pamt_pin(page.name, region, pairs, phantoms))

    def pamt_unpin(self, page: Page) -> None:
        """Take back that this page's reference stays: somebody has asked for the page after all."""
        pins = (i for i, (_, event) in enumerate(self.entries) if isinstance(event, events.PamtPin))
        self.drop(max(i for i in pins if self.entries[i][1].page == page.name))  # type: ignore[union-attr]  # a pin's

    def hkid_free(self) -> None:
        super().hkid_free()
        self.emit(_hkid_free)

    def hkid_leak(self) -> None:
        self.emit(_hkid_leak)

    def panic(self) -> None:
        super().panic()
        self.emit(_panic)

    def violation(self, page: Page, what: str) -> None:
        super().violation(page, what)
        self.emit(events.Violation(page.name, what))

    def double_free(self, page: Page) -> None:
        super().double_free(page)
        self.emit(events.DoubleFree(page.name))


class Tape(Journal):
    """Keeps, for each event, also the call chain with the line that each function stands on."""

    def __init__(self) -> None:
        super().__init__()
        self.where: list[tuple[Location, ...]] = []

    def emit(self, event: Event) -> None:
        super().emit(event)
        self.where.append(callers())

    def drop(self, number: int) -> None:
        """Take an event out of the record."""
        super().drop(number)
        del self.where[number]

    def often(self) -> Iterable[int]:
        """Return for each event how often it happened."""
        return repeat(1, len(self.entries))

    def rcu_callback(self, page: Page, callback: Callback) -> None:
        self.entries.append((self.phase, _rcu_callback(page.name)))
        self.where.append((location_of(callback),))
