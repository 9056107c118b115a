"""The end of a run in figures: what was printed, what leaked, who was told.

Computed from the recorder's counts and from the books of the simulated machine,
never from what a revision says of itself.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final, cast

from kvmviz.kvm.vm import VM
from kvmviz.machine.dpamt import Dpamt
from kvmviz.machine.page import Page
from kvmviz.machine.recorder import LISTED, Tally
from kvmviz.scenario.names import PAGE_SIZE

if TYPE_CHECKING:
    from kvmviz.schema import answers

PAIR_BYTES: Final = 2 * PAGE_SIZE
"""What a region's pair takes."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """What Dynamic PAMT came to: the pairs of pages that hold the module's ledger of 2 MiB regions.

    `pairs_back` went home; `pairs_pinned` stay with the module for good, for
    `leaked_references` of pages that stay too and `phantom_references` that nobody
    holds, left where REMOVE failed; `pinned_bytes` 8192 each.  A pair that another
    TD needs and nothing of this one pins is in neither.
    """

    pairs_back: int
    pairs_pinned: int
    pinned_bytes: int
    leaked_references: int
    phantom_references: int

    @staticmethod
    def of(dpamt: Dpamt, over: bool) -> "Pinned":
        """Return what the books of a machine say; after a panic nothing is pinned."""
        lost = [] if over else [*dpamt.lost()]
        pairs = sum(region.times for region, _ in lost)
        return Pinned(
            dpamt.removed, pairs, pairs * PAIR_BYTES, sum(leaked * region.times for region, leaked in lost),
            sum(region.phantoms * region.times for region, _ in lost),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """What a teardown came to.  Lists hold the first 1,000 names, `..._count` the whole number.

    By site: `splats` traces printed, `suppressed` withheld by "once", `masked`
    muted because the VM was bugged, `pr_err` error lines printed,
    `pr_err_ratelimited` withheld; `notes` counts "callbacks suppressed" lines.
    `leaked` are KVM's pages that stay with the TDX module for good, in order of
    allocation; `needless` those of them that the module would have given back;
    `unfreed` pages that were the host's and were never freed; `guest_owned` guest
    pages never taken back; `pamt` what Dynamic PAMT came to, None without it.
    `silent`: something leaked (a page, or a pair of `pamt`), and nothing at all was
    printed.  `panicked`: the host stopped; then nothing has leaked.  `td` says which
    TD of the boot was recorded.
    """

    splats: Mapping[str, int]
    suppressed: Mapping[str, int]
    masked: Mapping[str, int]
    pr_err: Mapping[str, int]
    pr_err_ratelimited: Mapping[str, int]
    notes: int
    vm_bugged: bool
    leaked: tuple[str, ...]
    leaked_count: int
    leaked_bytes: int
    needless: tuple[str, ...]
    unfreed: tuple[str, ...]
    guest_owned: tuple[str, ...]
    freed: tuple[tuple[str, str], ...]
    freed_count: int
    violations: tuple[tuple[str, str], ...]
    double_frees: tuple[str, ...]
    silent: bool
    panicked: bool
    hkid: str
    most_rcu_pending: int
    td: str
    pamt: Pinned | None = None

    @property
    def traces(self) -> int:
        """Traces printed."""
        return sum(self.splats.values())

    @property
    def lines(self) -> int:
        """Error lines printed."""
        return sum(self.pr_err.values())

    @property
    def lost(self) -> bool:
        """Whether anything is lost: a page of KVM's, or a pair of Dynamic PAMT's pages."""
        return bool(self.leaked or (self.pamt and self.pamt.pairs_pinned))

    def to_json(self) -> "answers.Summary":
        """Return the summary as the run contract writes it."""
        found = {f.name: _plain(getattr(self, f.name)) for f in fields(self)}
        if not self.pamt:
            del found["pamt"]
        return cast("answers.Summary", found)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Pinned):
        return asdict(value)
    return dict(value) if isinstance(value, Mapping) else value


def summarize(vm: VM, tally: Tally, td: str) -> Summary:
    """Return the summary of a TD that was torn down while `tally` watched."""
    over = tally.panicked
    leaked = [] if over else [page for page in vm.pages() if page.owned and page.allocated]
    pamt = None if vm.host.dpamt is None else Pinned.of(vm.host.dpamt, over)
    printed = sum(tally.splats.values()) + sum(tally.lines.values()) + tally.notes
    return Summary(
        splats=dict(tally.splats),
        suppressed=dict(tally.suppressed),
        masked=dict(tally.masked_),
        pr_err=dict(tally.lines),
        pr_err_ratelimited=dict(tally.ratelimited),
        notes=tally.notes,
        vm_bugged=vm.vm_bugged,
        leaked=_names(leaked),
        leaked_count=tally.count(leaked),
        leaked_bytes=tally.count(leaked) * PAGE_SIZE,
        needless=_names([page for page in leaked if vm.host.tdx.would_give_back(page)]),
        unfreed=() if over else _names(_unfreed(vm)),
        guest_owned=() if over else _names([page for page in vm.guest_pages if page.owned]),
        freed=tuple(tally.freed),
        freed_count=tally.freed_count,
        violations=tuple(tally.violations),
        double_frees=tuple(tally.double_frees),
        silent=bool(leaked or (pamt and pamt.pairs_pinned)) and not printed,
        panicked=over,
        hkid="released" if tally.hkid_freed else "assigned" if over else "leaked",
        most_rcu_pending=vm.host.rcu.most_waiting,
        td=td,
        pamt=pamt,
    )


def _unfreed(vm: VM) -> list[Page]:
    own = [page for page in vm.pages() if page.allocated and not page.owned]
    pairs = vm.host.dpamt.pairs.values() if vm.host.dpamt else ()
    own += [page for pair in pairs for page in pair if page.allocated and not page.owned]
    return own + [sp.spt for sp in vm.sps if sp.spt.allocated]


def _names(pages: list[Page]) -> tuple[str, ...]:
    return tuple(page.name for page in pages[:LISTED])
