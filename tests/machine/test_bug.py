"""The warning macros: value, trace, side effect, for every state that they can meet."""

from dataclasses import dataclass
from itertools import product

import pytest

from kvmviz.machine.bug import KVM_BUG_ON, TDX_BUG_ON, TDX_BUG_ON_3, WARN_ON, WARN_ON_ONCE, pr_err_ratelimited
from kvmviz.machine.callchain import kernel
from kvmviz.machine.host import Host, HostPanicked
from kvmviz.machine.journal import Journal
from kvmviz.machine.printk import BURST, INTERVAL, Boot, RateLimit


@dataclass
class Vm:
    host: Host
    vm_bugged: bool = False
    vm_dead: bool = False


def watched(**options: bool) -> tuple[Host, Journal]:
    host, journal = Host(**options), Journal()  # type: ignore[arg-type]  # only panic_on_warn is ever given
    host.watch(journal)
    return host, journal


def kinds(journal: Journal) -> list[str]:
    return [f"{e.kind}{'' if getattr(e, 'printed', True) else ':withheld'}" for _, e in journal.entries]


@kernel("a/b/place.c")
def place(host: Host, macro: str, condition: int, vm: Vm | None = None) -> bool:
    match macro:
        case "WARN_ON":
            return WARN_ON(host, condition)
        case "WARN_ON_ONCE":
            return WARN_ON_ONCE(host, condition)
        case "KVM_BUG_ON":
            assert vm is not None
            return KVM_BUG_ON(condition, vm, "why")
        case "TDX_BUG_ON":
            return TDX_BUG_ON(host, condition, "TDH_X", vm)
        case _:
            return TDX_BUG_ON_3(host, condition, "TDH_X", 1, 2, 3, vm)


@pytest.mark.parametrize("macro", ["WARN_ON", "WARN_ON_ONCE", "KVM_BUG_ON", "TDX_BUG_ON", "TDX_BUG_ON_3"])
@pytest.mark.parametrize(("condition", "bugged", "used"), list(product([0, 5], [False, True], [False, True])))
def test_the_value_is_the_condition_every_time(macro: str, condition: int, bugged: bool, used: bool) -> None:
    host, _ = watched()
    if used:
        place(host, macro, 1, Vm(host))
    assert place(host, macro, condition, Vm(host, bugged)) is bool(condition)


def test_warn_on_prints_every_time() -> None:
    host, journal = watched()
    for _ in range(3):
        place(host, "WARN_ON", 1)
    place(host, "WARN_ON", 0)
    assert kinds(journal) == ["warn"] * 3
    assert journal.splats == {"place.c:place:WARN_ON": 3}


def test_once_prints_once_a_site_and_boot() -> None:
    host, journal = watched()
    for _ in range(3):
        place(host, "WARN_ON_ONCE", 1)
    assert kinds(journal) == ["warn", "warn:withheld", "warn:withheld"]


def test_kvm_bug_on_marks_the_vm_once_and_is_mute_after() -> None:
    host, journal = watched()
    vm = Vm(host)
    place(host, "KVM_BUG_ON", 1, vm)
    place(host, "KVM_BUG_ON", 1, vm)
    assert (vm.vm_bugged, vm.vm_dead) == (True, True)
    assert kinds(journal) == ["warn", "vm_bugged", "masked"]
    assert journal.bugged_by == "place.c:place:KVM_BUG_ON/why"


def test_a_used_up_once_still_marks_the_next_vm() -> None:
    host, journal = watched()
    place(host, "KVM_BUG_ON", 1, Vm(host))
    second = Vm(host)
    place(host, "KVM_BUG_ON", 1, second)
    assert second.vm_bugged
    assert kinds(journal)[2:] == ["warn:withheld", "vm_bugged"]


def test_tdx_bug_on_with_a_vm_reports_its_first_bug_only() -> None:
    host, journal = watched()
    vm = Vm(host)
    place(host, "TDX_BUG_ON", 1, vm)
    place(host, "TDX_BUG_ON", 1, vm)
    assert kinds(journal) == ["warn", "vm_bugged", "pr_err", "masked"]


def test_tdx_bug_on_without_a_vm_marks_nobody_and_tries_its_line_each_time() -> None:
    host, journal = watched()
    place(host, "TDX_BUG_ON_3", 7)
    place(host, "TDX_BUG_ON_3", 7)
    assert kinds(journal) == ["warn", "pr_err", "warn:withheld", "pr_err"]
    assert list(journal.splats) == ["place.c:place:TDX_BUG_ON_3/TDH_X"]


def test_panic_on_warn_stops_at_the_first_printed_trace_before_the_vm_is_marked() -> None:
    host, journal = watched(panic_on_warn=True)
    vm = Vm(host)
    with pytest.raises(HostPanicked):
        place(host, "TDX_BUG_ON", 1, vm)
    assert kinds(journal) == ["warn", "panic"]
    assert not vm.vm_bugged


def test_a_withheld_trace_does_not_panic() -> None:
    host, journal = watched(panic_on_warn=True)
    host.boot.used.add("place.c:place:WARN_ON_ONCE")
    place(host, "WARN_ON_ONCE", 1)
    assert kinds(journal) == ["warn:withheld"]


@pytest.mark.parametrize(("after", "opens"), [(0, False), (INTERVAL, False), (INTERVAL + 1, True)])
def test_a_window_ends_when_more_than_its_seconds_have_passed(after: int, opens: bool) -> None:
    limit = RateLimit()
    answers = [limit.allow(100) for _ in range(BURST + 3)]
    assert answers == [(True, 0)] * BURST + [(False, 0)] * 3
    assert limit.allow(100 + after) == ((True, 3) if opens else (False, 0))


def test_the_suppressed_count_is_told_before_the_line_that_opens_a_window() -> None:
    host, journal = watched()
    for _ in range(BURST + 2):
        pr_err_ratelimited(host, "x")
    host.boot.now += INTERVAL + 1
    pr_err_ratelimited(host, "y")
    assert kinds(journal)[-3:] == ["pr_err:withheld", "pr_warn", "pr_err"]
    assert journal.entries[-2][1].message == "?: 2 callbacks suppressed"  # type: ignore[union-attr]  # a PrWarn, as the line above says


def test_a_copied_boot_goes_on_apart() -> None:
    boot = Boot()
    boot.once("a")
    other = boot.copy()
    other.once("b")
    other.limit("c").allow(0)
    assert boot.used == {"a"}
    assert not boot.limits
