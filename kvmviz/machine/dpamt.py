"""Dynamic PAMT: 2 MiB regions of host memory, the pair of pages that each needs, and KVM's counter of its users.

>>> from kvmviz.machine.memory import Memory
>>> from kvmviz.machine.recorder import Silent
>>> dpamt = Dpamt(Memory(Silent()))
>>> page = Page(0, "S-EPT", 1)
>>> dpamt.place(page); dpamt.hand_over(page)
>>> counter = dpamt.counter(page)
>>> counter.value, counter.pair
(1, True)

The TDX module keeps 16 bytes of ledger for each 4 KiB page.  With Dynamic PAMT they
are not reserved at boot: before the module gets the first page of a 2 MiB region the
host donates two pages, the pair (512 x 16 bytes), and may have them back when the
module has no page of the region any more.

Two parties keep books here.  The module's: `Region.pair`, and the types of pages,
which `kvmviz.machine.module` reads.  KVM's: `Region.count`, which its functions
`tdx_pamt_get` and `tdx_pamt_put` read and write under `dpamt_lock`, through
`Counter`.  The rest (`Region.phantoms`, what each page holds) is neither's: it is how the model
watches them, as `kvmviz.machine.memory` does for pages.

Grounds.  Region, pair, counter and lock: read in arch/x86/virt/vmx/tdx/tdx.c as it
went into tip x86/tdx on 4 Sep 2026.  What the module checks: read in its source
(intel/tdx-module, tdh_phymem_pamt_add.c and tdh_phymem_pamt_remove.c).  Where pages lie: a choice of ours.
"""

from collections.abc import Iterator
from typing import Final

from kvmviz.machine.memory import Memory
from kvmviz.machine.page import Page, PamtEntry
from kvmviz.machine.pamt import PAIR
from kvmviz.scenario.names import pair_names, region_name
from kvmviz.scenario.tree import NEXT_PLACE, Lie

PAGES: Final = 512
"""4 KiB pages of a region."""

REGION_BITS: Final = 21
"""A region is 2 MiB, aligned."""

FIRST_REGION: Final = 0x1_0000_0000
"""Physical address from which regions are filled, that of the first page of any machine (a choice of ours)."""

OTHER_PAGES: Final = 0xC00_0000_0000
"""Physical address from which the host's other pages lie, beyond every region (a choice of ours)."""


class Region:
    """A 2 MiB region.

    `count` is KVM's counter, `pair` whether the module has the pair; `phantoms`
    counts references that nobody holds, since REMOVE failed; `others` the pages that
    another TD has here; `locked` whether some other call holds the region's entry.
    `times` says for how many regions it stands.
    """

    __slots__ = ("count", "locked", "number", "others", "pages", "pair", "phantoms", "times")

    def __init__(self, number: int, others: int = 0, times: int = 1) -> None:
        self.number, self.others, self.times = number, others, times
        self.count = others
        self.pair = others > 0
        self.phantoms = 0
        self.locked = False
        self.pages: list[Page] = []

    @property
    def address(self) -> int:
        """Where the region begins."""
        return FIRST_REGION + (self.number << REGION_BITS)


class Counter:
    """The counter of the region that a page lies in, as `tdx_find_dpamt_refcount` finds it.

    Of a page that stands for others, `times` of them, it is that of each of their
    regions: `cells` say how many of them lie in which, and `lasts` that each is the
    last of its region to be given up.  `held` is whether the page still has its
    reference, by the model's books.
    """

    __slots__ = ("cells", "dpamt", "held", "lasts", "page", "times")

    def __init__(self, dpamt: "Dpamt", page: Page, cells: tuple[tuple[Region, int], ...], lie: Lie) -> None:
        self.dpamt, self.page, self.cells, self.held = dpamt, page, cells, False
        self.times, self.lasts = lie.times, lie.lasts

    @property
    def region(self) -> Region:
        """The region, or the first of several."""
        return self.cells[0][0]

    @property
    def name(self) -> str:
        """What the region is called: `region 3`."""
        return region_name(self.region.number)

    @property
    def pair(self) -> bool:
        """Whether the module has a pair for the region."""
        return self.region.pair

    @property
    def value(self) -> int:
        """The counter."""
        if self.times == 1:
            return self.cells[0][0].count
        return 1 if self.lasts else 2

    @value.setter
    def value(self, value: int) -> None:
        change = value - self.value
        for region, times in self.cells:
            region.count += change * times
        self.dpamt.written(self, change)


class DpamtLock:
    """C: `dpamt_lock`, a global spin lock that does not disable interrupts."""

    def __init__(self, dpamt: "Dpamt") -> None:
        self.dpamt = dpamt
        self.held = False

    def __enter__(self) -> None:
        lives = self.dpamt.memory.lives
        if self.dpamt.memory.in_rcu_callback:
            lives.wrong(DPAMT_LOCK, "taken in softirq, though process context takes it without masking that")
        self.held = True

    def __exit__(self, kind: object, *_: object) -> None:
        self.held = False
        if kind is None:
            self.dpamt.check()


DPAMT_LOCK: Final = Page(0, "dpamt_lock")
"""Stands for the lock where something is said of no page."""


class Dpamt:
    """The regions of one machine, and which page lies where."""

    def __init__(self, memory: Memory, where: str = "dense") -> None:
        self.memory, self.where = memory, where
        memory.next_address = OTHER_PAGES
        self.lock = DpamtLock(self)
        self.regions: list[Region] = []
        self.counters: dict[Page, Counter] = {}
        self.pairs: dict[int, tuple[Page, Page]] = {}
        self.removed = 0
        self._next = 0
        self._touched: dict[Region, Page] = {}
        self._pinned: dict[Region, Page] = {}
        self._refused: list[Counter] = []

    # Building.

    def place(self, page: Page, lie: Lie = NEXT_PLACE) -> None:
        """Let a page lie where it is told: behind the one before, or in regions that are named."""
        cells = lie.cells
        if self.where == "scattered":
            number = cells[0][0] if cells else self._next
            found: tuple[tuple[Region, int], ...] = ((self._new(number, lie.times), 1),)
        elif cells is None:
            found = ((self._at(self._next // PAGES), 1),)
        else:
            found = tuple((self._at(number), count) for number, count in cells)
        page.address = found[0][0].address + (self._next % PAGES << 12 if self.where != "scattered" else 0)
        self._next += lie.times
        self.counters[page] = Counter(self, page, found, lie)
        for region, _ in found:
            region.pages.append(page)

    def hand_over(self, page: Page) -> None:
        """Leave behind what `tdx_pamt_get` and the SEAMCALL that takes a page do: a reference, and a pair."""
        counter = self.counters[page]
        for region, times in counter.cells:
            region.pair = True
            region.count += times
        counter.held = True

    def _new(self, number: int, times: int) -> Region:
        self.regions.append(Region(number, times=times))
        return self.regions[-1]

    def _at(self, number: int) -> Region:
        while len(self.regions) <= number:
            self.regions.append(Region(len(self.regions), others=self.where == "shared"))
        return self.regions[number]

    # What KVM and the module do.

    def counter(self, page: Page) -> Counter:
        """Return the counter of a page's region."""
        return self.counters[page]

    def number_of(self, page: Page) -> int:
        """Return the number of the region that a page lies in."""
        return self.counters[page].region.number

    def written(self, counter: Counter, change: int) -> None:
        """A counter was written: note who gave up a reference that is not there, or is still needed."""
        lives, page = self.memory.lives, counter.page
        self._touch(counter)
        if not self.lock.held:
            lives.wrong(page, "counted without dpamt_lock")
        if change >= 0:
            counter.held = counter.held or change > 0
            return
        self._given_up(counter)
        self.memory.recorder.pamt_put(page, counter.name, counter.region.count)

    def _touch(self, counter: Counter) -> None:
        if counter.times == 1:  # regions of pages that are counted together go one after another
            self._touched[counter.region] = counter.page

    def _given_up(self, counter: Counter) -> None:
        lives, page = self.memory.lives, counter.page
        if page.owned:
            lives.wrong(page, "put while the TDX module owns it")
        elif not counter.held:
            lives.wrong(page, "put twice")
        counter.held = False

    def pages_of(self, region: Region) -> tuple[Page, Page]:
        """Return the two pages of a region's pair; what the module has of them is only that they are its own."""
        if region.number not in self.pairs:
            made = [self.memory.alloc(name) for name in pair_names(region.number)]
            for page in made:
                page.pamt = PamtEntry(PAIR)
            self.pairs[region.number] = made[0], made[1]
        return self.pairs[region.number]

    def donated(self, region: Region, pair: tuple[Page, Page]) -> None:
        """ADD succeeded: these two pages are the module's."""
        self.pairs[region.number] = pair
        for page in pair:
            page.pamt = PamtEntry(PAIR)

    def asked_for(self, counter: Counter) -> None:
        """REMOVE is asked for: it needs the lock, and is the end of the page's reference, however it ends."""
        lives, page = self.memory.lives, counter.page
        self._touch(counter)
        if not self.lock.held:
            lives.wrong(page, "one for whose region REMOVE is called without dpamt_lock")
        if not counter.held:
            lives.wrong(page, "put twice")

    def refused(self, counter: Counter) -> None:
        """REMOVE failed: the reference that was to be given up stays in the counter, and nobody holds it."""
        for region, _ in counter.cells:
            region.phantoms += counter.held
        if counter.held:
            self._given_up(counter)
            self._refused.append(counter)

    def gave_back(self, counter: Counter) -> None:
        """REMOVE succeeded: the pair is the host's again."""
        for region, _ in counter.cells:
            region.pair = False
            self.removed += region.times

    # Pairs that stay for good: no step of KVM's, noted so that picture and ledger have one.

    def stays(self, page: Page) -> None:
        """A page leaks; if it holds its reference, the pair of its region stays."""
        counter = self.counters.get(page)
        if counter is not None and counter.held:
            self._pin(counter)

    def comes_back(self, page: Page) -> None:
        """Somebody has asked for a page that had leaked."""
        pinned = [region for region, by in self._pinned.items() if by is page and not region.phantoms]
        for region in pinned:
            del self._pinned[region]
        if pinned:
            self.memory.recorder.pamt_unpin(page)

    def _pin(self, counter: Counter, *, phantom: bool = False) -> None:
        new = [region for region, _ in counter.cells if region.pair and region not in self._pinned]
        self._pinned |= dict.fromkeys(new, counter.page)
        if new or phantom:
            first = region_name(new[0].number) if new else counter.name
            phantoms = sum(region.times for region, _ in counter.cells) if phantom else 0
            self.memory.recorder.pamt_pin(counter.page, first, sum(region.times for region in new), phantoms)

    # What must hold.

    def check(self) -> None:
        """A critical section is over: a region has its pair exactly while its counter is above zero."""
        touched, self._touched = self._touched, {}
        for region, page in touched.items():
            self._check_pair(region, page)
        refused, self._refused = self._refused, []
        for counter in refused:
            self._pin(counter, phantom=True)

    def _check_pair(self, region: Region, page: Page) -> None:
        if region.pair and region.count <= 0:
            self.memory.lives.wrong(page, "in a region whose pair the module has, though its counter is at zero")
        elif region.count > 0 and not region.pair:
            self.memory.lives.wrong(page, "in a region without a pair, though its counter is above zero")

    def settle(self) -> None:
        """The teardown is over: each counter has to be what the books say; what still holds a pair keeps it."""
        self.check()
        held: dict[Region, int] = {}
        for counter in self.counters.values():
            if counter.held and not counter.page.owned:
                what = "the host's again with its reference to the region's pair still held"
                self.memory.lives.wrong(counter.page, what)
            for region, times in counter.cells if counter.held else ():
                held[region] = held.get(region, 0) + times
        for region in self.regions:
            page = region.pages[0]
            self._check_pair(region, page)
            books = held.get(region, 0) + region.others + region.phantoms
            if region.count != books:
                self.memory.lives.wrong(page, f"in a region whose counter is {region.count}, where {books} are in use")
        for counter in self.counters.values():
            if counter.held:
                self._pin(counter)

    def freed(self, page: Page) -> None:
        """A page goes back to the allocator: by then its reference has to be given up."""
        counter = self.counters.get(page)
        if counter is not None and counter.held and not page.owned:
            self.memory.lives.wrong(page, "freed with its reference to the region's pair still held")
            counter.held = False

    def used(self, page: Page, what: str) -> None:
        """The module is asked to do something with a page: that has to be between get and put."""
        counter = self.counters.get(page)
        if counter is not None and not counter.held:
            self.memory.lives.wrong(page, f"touched by {what} outside of get and put")

    # What it came to.

    def lost(self) -> Iterator[tuple[Region, int]]:
        """Yield each region whose pair stays for good since a reference was leaked or is a phantom, with how many."""
        leaked: dict[Region, int] = {}
        for counter in self.counters.values():
            for region, times in counter.cells if counter.held else ():
                leaked[region] = leaked.get(region, 0) + times
        for region in self.regions:
            if region.pair and (leaked.get(region) or region.phantoms):
                yield region, leaked.get(region, 0)
