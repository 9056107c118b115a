"""What claims ask of a run: a recorder that keeps the facts and no events.

>>> facts = observe(REVISIONS["v1"], Scenario.parse("fail=L1@0x200"), Boot())
>>> [page for page in facts.refused_tables()], facts.traces(RECLAIM_SITE), facts.leaked
(['S-EPT L1 gfn=0x200'], 1, ('TDR', 'S-EPT L1 gfn=0x200'))

It is leaner than a `Journal` because a claim is asked of thousands of runs.
"""

from collections.abc import Iterator
from typing import Final

from kvmviz.kvm.vm import VM
from kvmviz.machine.callchain import KernelFunction
from kvmviz.machine.module import RECLAIM
from kvmviz.machine.page import Page
from kvmviz.machine.printk import Boot
from kvmviz.machine.recorder import Callback, Recorder
from kvmviz.record.teardown import watched
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PageName
from kvmviz.terms.events import How

__all__ = ["REVISIONS", "Facts", "Scenario", "observe"]

HKID_SITE: Final = "tdx.c:tdx_sept_free_private_spt:KVM_BUG_ON/hkid"
"""Site of the op's own check: the HKID is still assigned."""
RECLAIM_SITE: Final = "tdx.c:__tdx_reclaim_page:TDX_BUG_ON_3/TDH_PHYMEM_PAGE_RECLAIM"
"""Site of the reclaim helper's report."""
MIRROR_SITE: Final = "tdp_mmu.c:handle_removed_pt:WARN_ON"
"""Site of the generic code's warning, which the patch removes."""
CALLBACK_SITE: Final = "tdp_mmu.c:tdp_mmu_free_sp_rcu_callback:WARN_ON_ONCE"
"""Site of the callback's check in v1+17."""

TABLES: Final = "mmu_uninit"
"""The phase in which tables are given up."""


class _Watch(Recorder):
    """Keeps what happens in a teardown, as the machine tells it."""

    def __init__(self) -> None:
        self.warned: list[tuple[str, str, bool]] = []
        self.masks: list[tuple[str, str]] = []
        self.lines: list[tuple[str, bool]] = []
        self.messages: list[str] = []
        self.ops: list[tuple[str, str, str, bool]] = []
        self.calls: list[tuple[str, str, str, int]] = []
        self.nulled: dict[str, str] = {}
        self.callbacks: list[tuple[str, bool]] = []
        self.frees: list[tuple[str, str, How]] = []
        self.resets: list[str] = []
        self.bad: list[str] = []
        self.notes = 0
        self.bugged_in = ""
        self.hkid_freed = False
        self.leaked: tuple[str, ...] = ()
        self.guest_owned = 0
        self.counted = 0

    def op(self, page: Page, mmu_lock: str) -> None:
        self.ops.append((self.phase, page.name, mmu_lock, self.hkid_freed))

    def seamcall(
        self, seamcall: str, page: Page | None, object: str | None, status: int,
        registers: tuple[int, int, int] | None = None,
    ) -> None:  # fmt: skip
        self.calls.append((self.phase, seamcall, page.name if page else "", status))

    def warn(self, site: str, printed: bool) -> None:
        self.warned.append((self.phase, site, printed))

    def masked(self, site: str) -> None:
        self.masks.append((self.phase, site))

    def pr_err(self, site: str, printed: bool, message: str) -> None:
        self.lines.append((self.phase, printed))
        self.messages.append(message)

    def pr_warn(self, site: str, message: str) -> None:
        self.notes += 1

    def vm_bugged(self, site: str) -> None:
        self.bugged_in = self.bugged_in or self.phase

    def set_null(self, page: Page, by: KernelFunction) -> None:
        self.nulled[page.name] = f"{by.file}:{by.name}"

    def rcu_callback(self, page: Page, callback: Callback) -> None:
        self.callbacks.append((page.name, page.root or page.name in self.nulled))

    def reset(self, page: Page) -> None:
        self.resets.append(page.name)

    def free(self, page: Page, how: How) -> None:
        self.frees.append((self.phase, page.name, how))

    def hkid_free(self) -> None:
        self.hkid_freed = True

    def violation(self, page: Page, what: str) -> None:
        self.bad.append(f"{page.name} {what}")

    def double_free(self, page: Page) -> None:
        self.bad.append(f"{page.name} freed twice")


class Facts(_Watch):
    """What happened in one teardown; a phase comes first where several phases can have it.

    `warned` (phase, site, printed); `masks` (phase, site); `lines` (phase,
    printed) and their `messages`; `ops` (phase, page, lock, whether the HKID was free by then);
    `calls` (phase, SEAMCALL, page or "", status); `nulled` mirror page -> who; `callbacks`
    (mirror page, whether its S-EPT page was forgotten by then); `frees` (phase,
    page, how); `bugged_in` the phase in which the VM was marked, or "".  What the
    books say at the end: `leaked`, `guest_owned`, `counted` (KVM's page count).
    """

    def traces(self, *sites: str, phase: str = TABLES) -> int:
        """Return how many traces these sites (all, if none is named) printed in a phase."""
        return sum(printed and p == phase and (not sites or site in sites) for p, site, printed in self.warned)

    def true(self, site: str, phase: str = TABLES) -> int:
        """Return how often a site's condition was true in a phase, printed or not."""
        return sum(p == phase and s == site for p, s, _ in self.warned) + self.masks.count((phase, site))

    def error_lines(self, phase: str = TABLES, *, printed: bool = True) -> int:
        """Return how many error lines were printed, or withheld, in a phase."""
        return self.lines.count((phase, printed))

    def phases(self) -> set[str]:
        """Return the phases in which a warning was true or an error line tried."""
        return {phase for phase, _, _ in self.warned} | {phase for phase, _ in self.lines}

    def printed(self, phase: str) -> int:
        """Return how many traces and lines a phase printed."""
        return self.traces(phase=phase) + self.error_lines(phase)

    def reclaims(self, phase: str = TABLES) -> Iterator[tuple[str, int]]:
        """Yield page and status of every RECLAIM of a phase."""
        return ((page, status) for p, call, page, status in self.calls if p == phase and call == RECLAIM)

    def refused_tables(self) -> list[str]:
        """Return the S-EPT pages whose reclaim was refused."""
        return [page for page, status in self.reclaims() if status]

    def reclaimed_tables(self) -> list[str]:
        """Return the S-EPT pages that were reclaimed."""
        return [page for page, status in self.reclaims() if not status]

    def leaked_tables(self) -> list[str]:
        """Return the S-EPT pages that stay with the module."""
        return [page for page in self.leaked if PageName.parse(page).kind == "S-EPT"]

    def removed_leaves(self) -> int:
        """Return how many guest pages were taken back while the TD had its key."""
        return sum(p == "gmem_release" and c == "TDH.MEM.PAGE.REMOVE" and not status for p, c, _, status in self.calls)

    def tables_touched_in(self) -> set[str]:
        """Return the phases in which the op was called or a table's page was freed."""
        kinds = ("spt", "S-EPT")
        return {p for p, *_ in self.ops} | {p for p, page, _ in self.frees if PageName.parse(page).kind in kinds}

    def status_of(self, seamcall: str, page: str = "") -> int | None:
        """Return the status of the first such SEAMCALL, None if it was never made."""
        return next((s for _, call, p, s in self.calls if call == seamcall and p == page), None)

    def succeeded_before_tables(self) -> set[str]:
        """Return the SEAMCALLs of the key's release that succeeded and none of which failed; all precede the tables."""
        early = [(call, status) for phase, call, _, status in self.calls if phase == "pre_destroy"]
        return {call for call, _ in early} - {call for call, status in early if status}

    def log(self) -> tuple[object, ...]:
        """Return everything that reached the log: traces by site, lines, notes."""
        return sorted(site for _, site, printed in self.warned if printed), self.lines, self.notes

    def memory(self) -> tuple[object, ...]:
        """Return what became of memory: what leaked, what was freed, in any order."""
        return self.leaked, self.guest_owned, sorted(page for _, page, _ in self.frees), self.bad


def observe(revision: type[Revision], scenario: Scenario, boot: Boot) -> Facts:
    """Tear a TD down in this boot and return the facts; the boot goes on from there."""
    facts = Facts()
    return close_books(watched(revision, scenario, boot, facts), facts)


def close_books(vm: VM, facts: Facts) -> Facts:
    """Note what the machine's books say at the end of a teardown."""
    own = list(vm.pages())
    facts.leaked = tuple(page.name for page in own if page.owned and page.allocated)
    facts.guest_owned = sum(page.owned for page in vm.guest_pages)
    facts.counted = vm.tdp_mmu_pages
    return facts
